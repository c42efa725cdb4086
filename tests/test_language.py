"""One language setting: who decides, in which order, and what a mistake leads to."""

import locale
import os
import subprocess
import sys

import pytest

from tinygrad_vn.language import current_language, resolve, set_language

VARIABLES = ("TINYGRAD_VN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def machine(monkeypatch):
    """Set the machine's language: `machine(LANG="vi_VN.UTF-8", getlocale="Vietnamese_Vietnam")`."""

    def configure(getlocale=None, **variables):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(locale, "getlocale", lambda: (getlocale, None))

    configure()
    return configure


def test_a_machine_that_says_nothing_gets_english(machine):
    assert current_language() == "en"


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN"}, "vi"),
        ({"LANG": "vi"}, "vi"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "vie"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "vi_VN.UTF-8", "LC_MESSAGES": "vi_VN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": ""}, "vi"),
    ],
)
def test_the_locale_decides_in_posix_order(machine, variables, language):
    machine(**variables)
    assert current_language() == language


@pytest.mark.parametrize(
    ("name", "language"), [("Vietnamese_Vietnam", "vi"), ("English_United States", "en"), ("vi_VN", "vi")]
)
def test_windows_tells_its_language_without_variables(machine, name, language):
    machine(getlocale=name)
    assert current_language() == language


def test_a_locale_python_cannot_name_means_english(machine, monkeypatch):
    def unnamed():
        raise ValueError("unknown locale: UTF-8")

    monkeypatch.setattr(locale, "getlocale", unnamed)
    assert current_language() == "en"


def test_the_environment_variable_outranks_the_locale(machine):
    machine(TINYGRAD_VN_LANG="vi", LANG="en_US.UTF-8")
    assert current_language() == "vi"
    machine(TINYGRAD_VN_LANG=" EN ", LANG="vi_VN.UTF-8")
    assert current_language() == "en"
    machine(TINYGRAD_VN_LANG="", LANG="vi_VN.UTF-8")
    assert current_language() == "vi"


def test_set_language_outranks_everything_until_it_is_taken_back(machine):
    machine(TINYGRAD_VN_LANG="vi", LANG="vi_VN.UTF-8")
    set_language("en")
    assert current_language() == "en"
    set_language(None)
    assert current_language() == "vi"


def test_an_argument_outranks_the_setting_for_one_call():
    set_language("vi")
    assert resolve("en") == "en"
    assert resolve(None) == "vi"
    assert resolve("vi-VN") == "vi"


@pytest.mark.parametrize("lang", ["vn", "fr", "", "tiếng Việt"])
def test_an_unknown_language_is_refused_with_the_two_choices(lang):
    set_language("vi")
    for refuse in (resolve, set_language):
        with pytest.raises(ValueError, match=r"write 'vi' .Vietnamese. or 'en' .English.") as caught:
            refuse(lang)
        assert repr(lang) in str(caught.value)
    assert current_language() == "vi"


def test_an_unknown_environment_variable_is_told_and_the_locale_decides(machine):
    machine(TINYGRAD_VN_LANG="vn", LANG="vi_VN.UTF-8")
    with pytest.warns(UserWarning, match=r"TINYGRAD_VN_LANG=vn: write 'vi' .* or 'en' .*; using 'vi' meanwhile"):
        assert current_language() == "vi"
    set_language("en")
    assert current_language() == "en"


def test_an_unknown_environment_variable_does_not_break_the_import():
    environment = os.environ | {"TINYGRAD_VN_LANG": "klingon"}
    command = [sys.executable, "-W", "error", "-c", "import tinygrad_vn.language"]
    subprocess.run(command, env=environment, check=True)
