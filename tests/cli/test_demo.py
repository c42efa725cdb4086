"""`tinygrad-vn demo`, run in this process: what it prints, what it writes, what it refuses."""

import csv
import dataclasses
import errno
import importlib.util
import re
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tinygrad_vn.cli import main
from tinygrad_vn.cli.demo import FEWEST, Learned, worst_fitted
from tinygrad_vn.cli.report import shortened, title_of
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.models import SparseMatrixFactorization

PICTURES = ["loss_curve.png", "loss_curve.svg", "rating_graph.png", "rating_graph.svg"]
RATINGS = "userId,movieId,rating,timestamp\n" + "".join(
    f"{user},{film},{(user * film) % 9 / 2 + 0.5},0\n"
    for user in range(1, 9)
    for film in range(1, 31)
    if (user + film) % 3
)


@pytest.fixture
def quick(tmp_path: Path) -> list[str]:
    """A demo of few epochs that writes where tests may write."""
    return ["demo", "--epochs", "20", "--out", str(tmp_path / "out")]


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_text(RATINGS, encoding="utf-8")
    return path


def rows_of(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    return list(csv.reader(content.decode("utf-8-sig").splitlines()))


def numbers_after(label: str, text: str) -> list[float]:
    line = next(line for line in text.splitlines() if line.startswith(label))
    return [float(number) for number in re.findall(r"\d+\.\d+", line)]


def test_the_whole_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("pygraphviz")
    folder = tmp_path / "kết quả của tôi"
    assert main(["demo", "--out", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert 2.6 <= numbers_after("RMSE before", out)[0] <= 3.2
    assert numbers_after("RMSE after", out)[0] <= 0.41
    assert len(re.findall(r"\d\*", out)) == 19
    assert "User 212 has not seen 2 films" in out
    assert str(folder) in out
    assert max(map(len, out.splitlines())) <= 100 + len(str(folder))
    assert err.count("epoch") == 5
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*PICTURES, "completed_table.csv", "recommendations.csv"]
    )
    for name in PICTURES:
        if name.endswith(".svg"):
            assert ElementTree.parse(folder / name).getroot().tag.endswith("svg")
        else:
            assert (folder / name).read_bytes().startswith(b"\x89PNG\r\n")
    graph = (folder / "rating_graph.svg").read_text(encoding="utf-8")
    assert "user 212" in graph
    assert "m: " in graph
    assert "∂mul_1/∂" in graph
    assert "Predictions are not cut off at 5: 5.4 is even better than 5." in out
    assert "gradient" in graph


def test_the_tables_for_spreadsheets(quick: list[str], tmp_path: Path) -> None:
    assert main([*quick, "--user", "213"]) == 0
    table = rows_of(tmp_path / "out/completed_table.csv")
    data = lecture_table()
    assert [int(film) for film in table[0][1:-1]] == data.item_ids.tolist()
    assert table[1][15] == "The Matrix (1999)"
    assert [int(row[0]) for row in table[2:]] == data.user_ids.tolist()
    values, known = np.array([[float(cell) for cell in row[1:-1]] for row in table[2:]]), data.matrix()
    assert (values[~np.isnan(known)] == known[~np.isnan(known)]).all()
    assert [row[-1] for row in table[:3]] == ["", "predicted", ""]
    matrix_row = next(row for row in table if row[0] == "213")
    assert matrix_row[-1] == "Pulp Fiction (1994); The Shawshank Redemption (1994); Schindler's List (1993)"
    assert np.isfinite(values).all()

    best = rows_of(tmp_path / "out/recommendations.csv")
    assert best[0] == ["rank", "movieId", "title", "predicted"]
    assert {row[2] for row in best[1:]} == {
        "Pulp Fiction (1994)",
        "The Shawshank Redemption (1994)",
        "Schindler's List (1993)",
    }
    assert [float(row[3]) for row in best[1:]] == sorted((float(row[3]) for row in best[1:]), reverse=True)


def test_vietnamese(quick: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*quick, "--lang", "vi"]) == 0
    out = capsys.readouterr().out
    for said in (
        "RMSE trước khi học",
        "206 lượt đánh giá của 15 người dùng cho 15 phim",
        "Người dùng 212 chưa xem 2 phim",
        "Đã lưu vào",
        "dự đoán",
    ):
        assert said.lower() in out.lower()
    assert max(len(line) for line in out.splitlines() if "/" not in line) <= 105
    assert not re.search(r"\b(the|and|before|after)\b", out.split("\n\n")[1])


def test_the_language_setting_counts_where_no_lang_is_given(
    quick: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINYGRAD_VN_LANG", "vi")
    assert main(quick) == 0
    assert "RMSE trước khi học" in capsys.readouterr().out
    assert main([*quick, "--lang", "en"]) == 0
    assert "RMSE before" in capsys.readouterr().out


def test_somebody_who_has_seen_everything(quick: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*quick, "--user", "15"]) == 0
    assert "User 15 has seen all 15 films" in capsys.readouterr().out


def test_one_unseen_film(quick: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*quick, "--user", "564"]) == 0
    assert "User 564 has not seen 1 film " in capsys.readouterr().out


def test_seed_factors_and_epochs_matter(quick: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for more in ([], ["--seed", "1"], ["--factors", "2"], []):
        assert main([*quick, *more]) == 0
        said.append(capsys.readouterr().out)
    assert main([*quick, "--factors", "1", "--epochs", "1"]) == 0
    assert "\n1 factor, 1 epoch, seed 0." in capsys.readouterr().out
    assert said[0] == said[3]
    assert len(set(said)) == 3


def test_a_file_of_ratings(ratings: Path, quick: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(quick) == 0
    assert (tmp_path / "out/completed_table.csv").exists()
    capsys.readouterr()
    movies = tmp_path / "movies.csv"
    movies.write_text('movieId,title,genres\n1,"Misérables, Les (1995)",Drama\n', encoding="utf-8")
    assert main([*quick, "--ratings", str(ratings), "--movies", str(movies), "--user", "3"]) == 0
    out = capsys.readouterr().out
    for row in ("mean of all ratings", "mean + user bias + film bias", "matrix factorization"):
        assert len(numbers_after(row, out)) == 2
    assert "User 3 has not seen 10 films" in out
    assert [len(row) for row in rows_of(tmp_path / "out/recommendations.csv")] == [4] * 11
    assert not (tmp_path / "out/completed_table.csv").exists()
    if importlib.util.find_spec("matplotlib"):
        assert "held out" in (tmp_path / "out/loss_curve.svg").read_text(encoding="utf-8")


def test_the_real_ratings(movielens: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--ratings", str(movielens / "ratings.csv"), "--movies", str(movielens / "movies.csv")]
    assert main(["demo", *files, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    train, test = numbers_after("matrix factorization", out)
    assert numbers_after("mean of all ratings", out)[1] == pytest.approx(1.0517, abs=1e-4)
    assert numbers_after("mean + user bias", out)[1] == pytest.approx(0.885, abs=1e-3)
    assert train < 0.7
    assert test <= 0.872
    assert "10.  " in out


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--factors", "0"], "--factors 0: write a whole number from 1"),
        (["--factors", "-3"], "--factors -3"),
        (["--factors", "abc"], "--factors abc"),
        (["--factors", "2.5"], "--factors 2.5"),
        (["--factors", "1000000000"], "to 1000"),
        (["--factors", ""], "--factors ''"),
        (["--epochs", "0"], "--epochs 0"),
        (["--epochs", "1e3"], "--epochs 1e3"),
        (["--seed", "-1"], "--seed -1"),
        (["--seed", ""], "--seed ''"),
        (["--seed"], "--seed needs a value"),
        (["--user", "999"], "--user 999: there is no such user; there are 15: 15, 30, 73"),
        (["--user", "nobody"], "--user nobody"),
        (["--lang", "fr"], "--lang fr: write vi or en"),
        (["--lang"], "--lang needs a value"),
        (["--movies", "movies.csv"], "goes with --ratings"),
        (["--ratings", "absent.csv"], "absent.csv: there is no such file"),
        (["--ratings", ""], "--ratings '': name a file."),
        (["--ratings", "r.csv", "--movies", ""], "--movies '': name a file."),
        (["--out", ""], "--out '': name a folder."),
        (["--fctors", "3"], "there is no argument --fctors"),
        (["more"], "there is no argument more"),
    ],
)
def test_nonsense_ends_in_one_line(
    quick: list[str], wrong: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*quick, *wrong]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["demo", "--factors", "0"], "--factors 0: hãy viết một số nguyên từ 1"),
        (["demo", "--user", "999"], "không có người dùng này"),
        (["demo", "--movies", "m.csv"], "--movies cần đi cùng --ratings"),
        (["demo", "--seed"], "sau --seed cần một giá trị"),
        (["demo", "--what"], "không hiểu --what."),
        (["dmo"], "không có lệnh dmo"),
        (["demo", "--out", ""], "--out '': hãy ghi tên một thư mục."),
        (["demo", "--out", __file__], "không ghi được vào đây: đây là tệp, không phải thư mục."),
        (["demo", "--ratings", "x.csv"], "x.csv: không có tệp này trong "),
    ],
)
def test_nonsense_in_vietnamese(wrong: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "vi", *wrong] if "--seed" in wrong else [*wrong, "--lang", "vi"]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder, reason in (
        (tmp_path / "file", "this is a file, not a folder"),
        (tmp_path / "file/below", "a part of the path is a file, not a folder"),
    ):
        assert main(["demo", "--out", str(folder)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert f"--out {folder}: cannot write here: {reason}. Choose" in err
        assert err.count("\n") == 1


def test_a_result_that_cannot_be_written(quick: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out/recommendations.csv").mkdir(parents=True)
    assert main(quick) == 2
    assert "cannot write recommendations.csv: " in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("number", "en", "vi"),
    [
        (errno.EACCES, "permission denied", "không có quyền truy cập"),
        (errno.ENOSPC, "the disk is full", "ổ đĩa đã đầy"),
        (errno.ENOENT, "there is no such folder", "không có thư mục này"),
        (errno.EIO, "the system's own words", "the system's own words"),
    ],
)
def test_why_the_system_refuses(
    number: int, en: str, vi: str, quick: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(number, "the system's own words")

    monkeypatch.setattr(Path, "mkdir", refuse)
    for lang, reason in (("en", f"cannot write here: {en}."), ("vi", f"không ghi được vào đây: {vi}.")):
        assert main([*quick, "--lang", lang]) == 2
        assert reason in capsys.readouterr().err


def test_a_malformed_file(quick: list[str], ratings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ratings.write_text("userId,movieId,rating\n1,2,3.5\n1,3,seven\n", encoding="utf-8")
    assert main([*quick, "--ratings", str(ratings)]) == 2
    err = capsys.readouterr().err
    assert f"{ratings}, line 3" in err
    assert err.count("\n") == 1
    assert main([*quick, "--ratings", str(ratings), "--lang", "vi"]) == 2
    assert f"{ratings}, dòng 3: điểm 'seven' không phải là số." in capsys.readouterr().err


def test_a_file_with_too_few_ratings(quick: list[str], ratings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = RATINGS.splitlines(keepends=True)
    for n, said in ((1, "1 rating is too few"), (FEWEST - 1, "4 ratings is too few")):
        ratings.write_text("".join(lines[: n + 1]), encoding="utf-8")
        assert main([*quick, "--ratings", str(ratings)]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert f"{said}, as a fifth is held out to judge by. Take a file with at least 5." in err
    ratings.write_text("".join(lines[: FEWEST + 1]), encoding="utf-8")
    assert main([*quick, "--ratings", str(ratings)]) == 0
    assert "4 ratings to learn from, 1 held out" in capsys.readouterr().out


def test_our_own_table_is_not_a_list(quick: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(quick) == 0
    capsys.readouterr()
    for table in (tmp_path / "out/completed_table.csv", files("tinygrad_vn.data") / "movielens_15x15/ratings.csv"):
        assert main([*quick, "--ratings", str(table)]) == 2
        assert "this is the table layout" in capsys.readouterr().err


def test_a_setting_that_is_no_language(
    quick: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINYGRAD_VN_LANG", "fr")
    for locale, says in (("C", "write vi or en; using en."), ("vi_VN.UTF-8", "hãy viết vi hoặc en; đang dùng vi.")):
        monkeypatch.setenv("LC_ALL", locale)
        assert main(["--version"]) == 0
        assert capsys.readouterr().err == f"tinygrad-vn: TINYGRAD_VN_LANG=fr: {says}\n"
    assert main(["--version", "--lang", "en"]) == 0
    assert capsys.readouterr().err == ""


def test_the_worst_fitted_rating_is_drawn() -> None:
    data = lecture_table()
    X = np.stack([data.users, data.items], axis=1)
    model = SparseMatrixFactorization(epochs=50).fit(X, data.ratings)
    missed_by = np.abs(model.predict(X) - data.ratings)
    of_user = data.users == 3
    assert missed_by[worst_fitted(Learned(model, data, {}), 3)] == missed_by[of_user].max()
    others = dataclasses.replace(
        data, users=data.users[~of_user], items=data.items[~of_user], ratings=data.ratings[~of_user]
    )
    assert worst_fitted(Learned(model, others, {}), 3) == np.argmax(missed_by[~of_user])


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in ([], ["--help"], ["-h"]):
        assert main(argv) == 0
        assert "watch a movie recommender learn" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("tinygrad-vn 0.")
    for lang, words in (("en", "usage: tinygrad-vn demo"), ("vi", "cách dùng: tinygrad-vn demo")):
        assert main(["demo", "--help", "--lang", lang]) == 0
        out = capsys.readouterr().out
        assert words in out
        for option in ("--seed", "--user", "--factors", "--epochs", "--out", "--lang", "--ratings", "--movies"):
            assert f"  {option}" in out
        assert max(map(len, out.splitlines())) <= 100
    assert "đặc trưng ẩn (latent factors)" in out
    assert "hạt giống (seed) của bộ sinh số ngẫu nhiên" in " ".join(out.split())


def test_titles_for_people() -> None:
    one = np.array([0])
    for title, spoken in (
        ("Matrix, The (1999)", "The Matrix (1999)"),
        ("American in Paris, An (1951)", "An American in Paris (1951)"),
        ("Crouching Tiger, Hidden Dragon (2000)", "Crouching Tiger, Hidden Dragon (2000)"),
        ("Thing, The", "The Thing"),
    ):
        data = RatingsDataset(one, one, np.array([3.0]), np.array([1]), np.array([7]), {7: title})
        assert title_of(data, 0) == spoken
    assert shortened("The Matrix (1999)", 14) == "The Ma… (1999)"
    assert shortened("Twelve Monkeys", 7) == "Twelve…"
    assert shortened("Fargo (1996)", 12) == "Fargo (1996)"
