"""`tinygrad-vn worksheet` and `tinygrad-vn play`: the files they write, and what they say to nonsense."""

from pathlib import Path

import pytest

from tinygrad_vn.cli import main

Out = pytest.CaptureFixture[str]


@pytest.mark.parametrize(("lang", "ending"), [("vi", "dap-an"), ("en", "answers")])
def test_a_sheet_and_its_answers(lang: str, ending: str, tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "new" / "de.html"
    assert main(["worksheet", "backprop", "--seed", "7", "--count", "4", "--lang", lang, "-o", str(path)]) == 0
    key = path.with_name(f"de.{ending}.html")
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, key.name])
    assert path.read_text(encoding="utf-8").count("<h2>") == 20
    assert key.read_text(encoding="utf-8").count("<h2>") == 20
    out = capsys.readouterr().out
    assert str(path) in out
    assert str(key) in out
    before = path.read_bytes(), key.read_bytes()
    assert main(["worksheet", "--seed", "7", "--count", "4", "--lang", lang, "-o", str(path)]) == 0
    assert (path.read_bytes(), key.read_bytes()) == before
    assert main(["worksheet", "--seed", "8", "--count", "4", "--lang", lang, "-o", str(path)]) == 0
    assert path.read_bytes() != before[0]


@pytest.mark.parametrize("kind", ["neuron", "net", "matrices", "descent", "factorization"])
def test_one_kind_into_this_folder(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["worksheet", kind, "--count", "3"]) == 0
    assert (tmp_path / "worksheet.html").read_text(encoding="utf-8").count(f'class="exercise {kind}"') == 3
    assert (tmp_path / "worksheet.answers.html").is_file()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["worksheet", "poems"], "there is no kind poems; there are: backprop, neuron"),
        (["worksheet", "--seed", "x"], "--seed x"),
        (["worksheet", "--seed", "-1"], "--seed -1"),
        (["worksheet", "--count", "0"], "--count 0"),
        (["worksheet", "-o", "sheet.pdf"], "let its name end with .html"),
        (["worksheet", "-o", ""], "''"),
        (["worksheet", "--nonsense"], "there is no argument --nonsense"),
        (["play", "-o", "play.txt"], "let its name end with .html"),
        (["play", "x^2"], "there is no argument x^2"),
    ],
)
def test_nonsense_has_exit_status_2(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file(tmp_path: Path, capsys: Out) -> None:
    (tmp_path / "file").write_text("")
    for command in ("worksheet", "play"):
        assert main([command, "-o", str(tmp_path / "file" / "x.html")]) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_to_play_with(lang: str, tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "play.html"
    assert main(["play", "--lang", lang, "-o", str(path)]) == 0
    assert str(path) in capsys.readouterr().out
    page = path.read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    assert "http:" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https:" not in page
