"""`tinygrad-vn fit-table`: tables as lecturers save them, what is printed and drawn, and what is refused."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from tinygrad_vn.cli import main
from tinygrad_vn.data.number_table import read_number_table

LAND = ["56", "45"], ["45", "23,5"], ["234", "199"], ["113", "123"], ["542", "448"], ["351", "367"]


@pytest.fixture
def land(tmp_path: Path) -> Path:
    """As a Vietnamese spreadsheet saves it: byte-order mark, semicolons, decimal commas, CRLF."""
    path = tmp_path / "đất.csv"
    lines = ["diện tích (m²);giá (triệu)", *(";".join(row) for row in LAND), ""]
    path.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    return path


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """Two columns of numbers, and three classes in quotation marks."""
    rng = np.random.default_rng(0)
    path = tmp_path / "flowers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(["length, cm", "width", "kind"])
        for k in range(60):
            writer.writerow([*(rng.normal(size=2) * 0.3 + [k % 3, (k % 3) ** 2]), ["a", "b, c", "d"][k % 3]])
    return path


def call(*words: object) -> int:
    return main(["fit-table", *map(str, words)])


def test_a_line_through_land_prices(land: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    folder = tmp_path / "kết quả"
    assert call(land, "--target", "giá (triệu)", "--seed", 3, "--out", folder) == 0
    out = capsys.readouterr().out
    table = read_number_table(land)
    area, price = table.numbers("diện tích (m²)"), table.numbers("giá (triệu)")
    assert price[1] == 23.5
    order = np.random.RandomState(3).permutation(6)  # scikit-learn's split: the test rows come first
    test, train = order[:2], order[2:]
    w, b = np.polyfit(area[train], price[train], 1)
    found = [float(n.replace("−", "-")) for n in re.findall(r"(?:m²\)|intercept\)).* (\S+)\n", out)]
    np.testing.assert_allclose(found, [w, b], rtol=1e-4)
    rmse = [np.sqrt(np.mean((w * area[rows] + b - price[rows]) ** 2)) for rows in (train, test)]
    assert f"RMSE {rmse[0]:29.5g} {rmse[1]:14.5g}".split() == re.search(r"RMSE +[\d.]+ +[\d.]+", out)[0].split()
    assert "6 rows, 2 columns, separated by semicolons" in out
    assert sorted(path.name for path in folder.iterdir()) == ["fit_table.png", "fit_table.svg"]
    assert "giá (triệu)" in (folder / "fit_table.svg").read_text(encoding="utf-8")


def test_in_vietnamese(land: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(land, "--target", "giá (triệu)", "--lang", "vi", "--out", tmp_path) == 0
    out = capsys.readouterr().out
    assert "Dự đoán giá (triệu): học từ 4 dòng, giữ lại 2 dòng để kiểm tra." in out
    assert "hệ số bias" in out
    assert call(land, "--target", "gia (triệu)", "--lang", "vi") == 2
    assert "không có cột gia (triệu); có phải ý bạn là giá (triệu)?" in capsys.readouterr().err


def test_standardized_columns_change_coefficients_but_no_scores(
    land: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = []
    for more in ([], ["--standardize"]):
        assert call(land, "--target", "giá (triệu)", "--out", tmp_path, *more) == 0
        tables.append(capsys.readouterr().out)
    plain, scaled = ([line for line in out.splitlines() if line.startswith(("RMSE", "R²"))] for out in tables)
    assert plain == scaled
    assert "per standard deviation" in tables[1]


@pytest.mark.parametrize("model", ["logistic", "mlp"])
def test_classes(model: str, flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(flowers, "--target", "kind", "--model", model, "--out", tmp_path / "out") == 0
    out = capsys.readouterr().out
    accuracy = re.search(r"accuracy +([\d.]+)% +([\d.]+)%", out)
    assert accuracy
    assert min(float(accuracy[1]), float(accuracy[2])) > 80
    assert "always guessing" in out
    assert ("2-100-3" in out) == (model == "mlp")
    assert "length, cm" in (tmp_path / "out/fit_table.svg").read_text(encoding="utf-8")  # the decision boundary's axis


def test_a_net_for_numbers_and_the_columns_to_take(
    flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--target", "width", "--features", "kind", "--out", tmp_path]
    assert call(flowers, *words) == 2
    assert re.search(r"flowers.csv, line 2, column 'kind': 'a' is no number\. .*--features", capsys.readouterr().err)
    with flowers.open(encoding="utf-8") as file:
        renamed = file.read().replace("length, cm", "length")
    flowers.write_text(renamed, encoding="utf-8")
    assert call(flowers, "--target", "width", "--features", "length", "--model", "mlp", "--out", tmp_path) == 0
    assert "1-100-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3,\n", r"line 3, column 'b': this cell is blank"),
        ("a,b\n1,2\nx,3\n", r"line 3, column 'a': 'x' is no number"),
        ("a,b\n1,nan\n2,3\n", r"line 2, column 'b': 'nan' is no number"),
        ("a,b\n1,1e999\n2,3\n", r"line 2, column 'b': this number is too large"),
        ('a,b\n1,"1,500"\n2,3\n', r"line 2, column 'b': '1,500' may have a decimal comma, .* Write 1500"),
        ("a;b\n1,5;2\n3;2.5\n", r"line 3: '2.5' here and '1,5' on line 2: one has a comma, the other a point"),
        ("a,b\n1,2,3\n", r"line 2: '1,2,3' has 3 fields, but the header has 2"),
        ("1,2\n3,4\n", r"line 1: the first line should name the columns, but '1' is a number"),
        ("a,b,a\n1,2,3\n", r"line 1: two columns are called 'a'"),
        ("a,b,\n1,2,3\n", r"line 1: column 3 has no name"),
        ("b\n1\n", r"line 1: there is one column only, 'b'"),
        ("a,b\n", r"there is nothing below the header"),
        ("a,b\n1,2\n2,3\n", r"2 rows are too few, as a fifth is held out to judge by; there must be at least 5"),
        ('a,b\n1,"2\n', "a quotation mark is not closed"),
    ],
)
def test_tables_that_cannot_be_meant(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert call(path, "--target", "b", "--out", tmp_path / "out") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert re.search(message, err), err
    assert call(path, "--target", "b", "--lang", "vi") == 2
    vietnamese = capsys.readouterr().err
    assert any(letter in vietnamese for letter in "ảàạốớươđị")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "say which column is to be predicted: --target COLUMN; there are length, cm, width, kind"),
        (["--target", "colour"], "there is no column colour; there are"),
        (["--target", "kind"], "the column kind holds texts, which are classes: write --model logistic"),
        (["--target", "width", "--model", "logistic", "--features", "width"], "name every column once"),
        (["--target", "width", "--model", "forest"], "forest"),
        (["--target", "width", "--features", "width"], "name every column once, and not width"),
        (["--target", "width", "--seed", "x"], "--seed x: write a whole number"),
        (["--target", "width", "--out", ""], "name a folder"),
    ],
)
def test_calls_that_cannot_be_meant(
    words: list[str], message: str, flowers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(flowers, *words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert message in err


def test_measured_numbers_are_no_classes(land: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(land, "--target", "giá (triệu)", "--model", "logistic") == 2
    assert "the column giá (triệu) holds measured numbers such as 23.5, not classes" in capsys.readouterr().err


def test_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path / "no.csv", "--target", "a") == 2
    assert "there is no such file" in capsys.readouterr().err
    assert call(tmp_path, "--target", "a") == 2
    assert "this is a folder" in capsys.readouterr().err


def test_one_class_and_too_few_rows_for_the_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("a\tb\tc\td\te\ty\n" + "".join(f"{k}\t{k**2}\t{k**3}\t1\t{7 - k}\t4\n" for k in range(6)))
    assert call(path, "--target", "y", "--model", "logistic") == 2
    assert "the column y holds a single value, 4.0" in capsys.readouterr().err
    assert call(path, "--target", "e", "--out", tmp_path) == 0
    assert "there are only 4 rows for 5 columns" in capsys.readouterr().out
