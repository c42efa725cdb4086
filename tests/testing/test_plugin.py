"""The pytest plugin: what a test author sees of the fixture and the marker `gradcheck`, in runs of pytest's own."""

import os
import re
import subprocess
import sys
import textwrap

import pytest

import tinygrad_vn.testing.plugin  # so that runs inside this process share one copy of tinygrad_vn  # noqa: F401

pytest_plugins = ["pytester"]

BEGINNING = """
import numpy as np
import pytest


def half(x):
    return x.detach() * x


def settings(error):
    found = error.value.report.settings
    return found.seed, found.atol, found.rtol, found.fast_mode, found.strict

"""


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Run a test file with pytest, in this process; its result."""

    def run(tests: str, *args: str) -> pytest.RunResult:
        pytester.makepyfile(BEGINNING + textwrap.dedent(tests))
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "--strict-markers", *args)

    return run


def test_pass_and_fail(run):
    result = run("""
        def test_right(gradcheck):
            gradcheck(np.tanh, np.array([0.5, 1.0]), order=2)

        def test_wrong(gradcheck):
            gradcheck(half, np.array([0.5, 1.0]))
    """)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*gradcheck(half, np.array([[]0.5, 1.0]))*",
            "E *GradcheckError: Gradient check FAILED: 2 FAIL*",
            "E *x[[]0[]]*FAIL",
            "E *Hint:*0.5 times*",
            "*test_pass_and_fail.py:*GradcheckError*",
        ]
    )
    failure = result.stdout.str().partition("FAILURES")[2].partition("short test summary")[0]
    assert len(failure.splitlines()) < 25
    assert re.findall(r"^\S+\.py:\d+", failure, re.MULTILINE) == ["test_pass_and_fail.py:18"]


def test_the_marker_gives_the_defaults_and_the_call_overrides_them(run):
    run("""
        @pytest.mark.gradcheck(seed=3, atol=1e-4, rtol=1e-2, fast_mode=True, strict=True)
        def test_marker(gradcheck):
            with pytest.raises(AssertionError) as error:
                gradcheck(half, 1.0)
            assert settings(error) == (3, 1e-4, 1e-2, True, True)
            with pytest.raises(AssertionError) as error:
                gradcheck(half, 1.0, seed=4, fast_mode=False)
            assert settings(error) == (4, 1e-4, 1e-2, False, True)

        def test_no_marker(gradcheck):
            with pytest.raises(AssertionError) as error:
                gradcheck(half, 1.0)
            assert settings(error) == (0, 1e-7, 1e-5, False, False)

        @pytest.mark.gradcheck(rtol=0.9)
        def test_wide(gradcheck):
            gradcheck(half, 1.0)

        @pytest.mark.gradcheck(order=2, seed=5)
        class TestMany:
            @pytest.mark.gradcheck(seed=6)
            def test_nearest_marker(self, gradcheck):
                with pytest.raises(AssertionError) as error:
                    gradcheck(half, 1.0)
                assert settings(error)[0] == 6

            def test_order(self, gradcheck):
                from tinygrad_vn.rules import Primitive
                from tinygrad_vn.rules.primitive import values_of

                cut = Primitive("cut", lambda x: x**3, "x³", {"x": lambda g, out, x: g * 3 * values_of(x) ** 2})
                gradcheck(cut, 2.0, order=1)
                with pytest.raises(AssertionError):
                    gradcheck(cut, 2.0)
    """).assert_outcomes(passed=5)


def test_the_command_line_and_the_ini_file_come_after_the_marker(run, pytester):
    pytester.makeini("[pytest]\ngradcheck_strict = true\n")
    tests = """
        import os

        def test_run(gradcheck):
            with pytest.raises(AssertionError) as error:
                gradcheck(half, 1.0)
            assert settings(error) == (9, 1e-7, 1e-5, True, True)

        @pytest.mark.gradcheck(seed=1, strict=False, fast_mode=False)
        def test_marker(gradcheck):
            with pytest.raises(AssertionError) as error:
                gradcheck(half, 1.0)
            assert settings(error) == (1, 1e-7, 1e-5, False, False)
    """
    run(tests, "--gradcheck-seed=9", "--gradcheck-fast").assert_outcomes(passed=2)
    pytester.makeini("[pytest]\n")
    run(tests, "--gradcheck-seed=9", "--gradcheck-fast", "--gradcheck-strict").assert_outcomes(passed=2)


def test_a_mistake_in_the_marker_is_said_in_one_line(run):
    result = run("""
        @pytest.mark.gradcheck(tol=1e-3)
        def test_name(gradcheck):
            pass

        @pytest.mark.gradcheck(2)
        def test_position(gradcheck):
            pass
    """)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*has no option 'tol'; it has: atol,*, order,*", "*takes options by name, not (2,)*"])
    assert "plugin.py" not in result.stdout.str()


def test_doubts_are_seen_among_the_warnings(run):
    result = run(
        """
        from tinygrad_vn.nn.functional import relu

        def test_kink(gradcheck):
            gradcheck(relu, 0.0)
    """,
        "-W",
        "default",
    )
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        ["*test_doubts_are_seen_among_the_warnings.py::test_kink", "*.py:17: GradcheckWarning: *1 KINK*", "*at a kink*"]
    )


def test_the_marker_and_the_options_are_documented(run):
    run("", "--markers").stdout.fnmatch_lines(["@pytest.mark.gradcheck(order=1, [*][*]options): *atol, rtol, seed*"])
    run("", "--help").stdout.fnmatch_lines(["*--gradcheck-fast*", "*--gradcheck-seed=N*", "*gradcheck_strict (bool)*"])
    run("", "--fixtures").stdout.fnmatch_lines(["gradcheck -- *", "*Check a function's gradients*"])


def test_a_project_may_have_a_fixture_of_this_name(run):
    run("""
        @pytest.fixture
        def gradcheck():
            return "theirs"

        @pytest.mark.gradcheck
        def test_it(gradcheck):
            assert gradcheck == "theirs"
    """).assert_outcomes(passed=1)


def test_tinygrad_vn_is_not_imported_before_it_is_used(pytester):
    pytester.makepyfile("""
        import sys

        def test_nothing_of_ours():
            ours = [name for name in sys.modules if name.split(".")[0] in ("tinygrad_vn", "numpy")]
            assert ours == []
            assert "_tinygrad_vn_pytest" in sys.modules

        def test_now(gradcheck):
            assert "tinygrad_vn.checking" in sys.modules
    """)
    # Other plugins of this environment may import NumPy: only ours is loaded.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "_tinygrad_vn_pytest", "-p", "no:cacheprovider", "-q"],
        cwd=pytester.path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_is_registered_where_the_package_is_installed(pytester):
    pytester.makepyfile("def test_it(request): assert request.config.pluginmanager.hasplugin('tinygrad_vn')")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    pytester.runpytest_subprocess("-p", "no:tinygrad_vn").assert_outcomes(failed=1)


def test_a_marker_without_the_fixture_is_an_error(run):
    result = run("""
        @pytest.mark.gradcheck(order=2)
        def test_nothing():
            pass

        @pytest.mark.gradcheck(order=2)
        class TestSome:
            def test_without(self):
                pass
    """)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*does nothing without the fixture: add the argument `gradcheck`*"])
