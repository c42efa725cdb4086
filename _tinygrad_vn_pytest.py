"""What pytest loads wherever tinygrad_vn is installed: the names of the fixture, the marker and the options.

It stands outside the package, since importing anything inside a package imports the package first, with NumPy: a run
of tests that have nothing to do with gradients would begin a tenth of a second later, and tinygrad_vn's own tests
would measure their coverage too late. What there is to do is done in tinygrad_vn/testing/plugin.py, at first use.
"""

from collections.abc import Callable

import pytest

MARKER = (
    "gradcheck(order=1, **options): defaults of the fixture `gradcheck` in this test: order=2 to check second "
    "derivatives too, and the options of tinygrad_vn.gradcheck, such as atol, rtol, seed, fast_mode, strict."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a whole run; what a marker or a call says goes before them."""
    group = parser.getgroup("gradcheck", "gradient checks (tinygrad_vn)")
    group.addoption("--gradcheck-fast", action="store_true", help="check random directions, not every element")
    group.addoption("--gradcheck-seed", type=int, metavar="N", help="seed of the checks' random numbers (default: 0)")
    group.addoption("--gradcheck-strict", action="store_true", help="fail where a check is inconclusive")
    parser.addini("gradcheck_strict", "fail where a gradient check is inconclusive", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, for --strict-markers and --markers."""
    config.addinivalue_line("markers", MARKER)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A marker that would do nothing is an error: it is the fixture that checks."""
    if any(mark.name == "gradcheck" for mark in item.own_markers) and "gradcheck" not in getattr(
        item, "fixturenames", ()
    ):
        pytest.fail(
            "@pytest.mark.gradcheck does nothing without the fixture: add the argument `gradcheck`", pytrace=False
        )


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Check a function's gradients: `gradcheck(func, *inputs, order=1, **options)`.

    It fails with a report that names every wrong element. The defaults of its options come from
    `@pytest.mark.gradcheck(order=2, atol=1e-6, …)`, then from the command line (`--gradcheck-seed=1`, …).
    """
    from tinygrad_vn.testing.plugin import checker  # noqa: PLC0415 - tinygrad_vn waits for the first test that needs it

    return checker(request)
