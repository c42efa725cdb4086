"""`tinygrad-vn recommend`, run in this process: every step, in both languages, and what it refuses."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_vn.cli import main
from tinygrad_vn.cli.recommend import OPTIONS, STEPS
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.models import MeanAndBiases
from tinygrad_vn.models.collab.learner import CollabLearner, collab_learner

TOY_STORY, MATRIX = 1, 2571


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recommender of the lecture's table."""
    folder = tmp_path_factory.mktemp("learner")
    assert main(["recommend", "fit", "--factors", "3", "--epochs", "20", "--out", str(folder)]) == 0
    return folder / "recommender.npz"


def said(argv: list[str], capsys: pytest.CaptureFixture[str], status: int = 0) -> str:
    """What a call prints; the error channel where it fails."""
    capsys.readouterr()
    assert main(["recommend", *map(str, argv)]) == status
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    if status:
        assert (out, err.count("\n")) == ("", 1)
    return err if status else out


def values(argv: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(said([*argv, "--json"], capsys), parse_constant=pytest.fail)  # NaN is no JSON


def triples(data: RatingsDataset) -> set[tuple[Any, ...]]:
    columns = data.user_ids[data.users], data.item_ids[data.items], data.ratings
    return set(zip(*(column.tolist() for column in columns), strict=True))


# --- inspect and fit --------------------------------------------------------------------------------------------------


def test_inspect(capsys: pytest.CaptureFixture[str]) -> None:
    found, data = values(["inspect"], capsys), lecture_table()
    assert (found["ratings"], found["users"], found["films"]) == (206, 15, 15)
    assert found["filled"] == pytest.approx(206 / 225)
    assert found["stars"]["5"] == int((data.ratings == 5).sum())
    assert sum(found["stars"].values()) == 206
    assert found["mean"] == pytest.approx(np.mean(data.ratings))
    assert found["ratings_per_user"] == {"fewest": 12, "median": 14, "most": 15}
    assert found["layout"]["separator"] == ","
    out = said(["inspect"], capsys)
    assert "206 ratings that 15 users gave 15 films" in out
    assert "212     3    5    4    4  4.5    4    3    5    3    4    ·    ·    3    3    5" in out
    assert "The Matrix (1999)  [2571]" in out
    assert "206 lượt đánh giá của 15 người dùng" in said(["inspect", "--lang", "vi"], capsys)


def test_inspect_reads_every_layout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "u.data").write_text("1\t10\t3\t5\n2\t10\t4\t6\n", encoding="utf-8")
    (tmp_path / "u.item").write_text("10|Cléo (1962)|\n", encoding="latin-1")
    found = values(["inspect", tmp_path / "u.data"], capsys)
    assert (found["ratings"], found["layout"]) == (2, {"kind": "list", "separator": "\t", "header": None})
    movies = ["--movies", tmp_path / "u.item", "--encoding", "latin-1"]
    assert "Cléo (1962)  [10]" in said(["inspect", tmp_path / "u.data", *movies], capsys)
    assert "a list, separated by tabs, no header" in said(["inspect", *movies, tmp_path / "u.data"], capsys)
    (tmp_path / "ratings.txt").write_text("1 2 3 4 0\n0 5 3 1 2\n", encoding="utf-8")
    assert values(["inspect", tmp_path / "ratings.txt"], capsys)["ratings"] == 8


def test_fit_holds_ratings_out(learner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = values(["fit", "--seed", "3", "--epochs", "5", "--out", tmp_path], capsys)
    train, test = lecture_table().split(test=0.2, seed=3)
    assert (out["train"], out["test"]) == (len(train), len(test))
    held_out = RatingsDataset.from_csv(tmp_path / "test_ratings.csv")
    assert triples(held_out) == triples(test)
    made = CollabLearner.load(tmp_path / "recommender.npz")
    assert made.data.fingerprint() == train.fingerprint()
    predicted = made.predict(test.user_ids[test.users], test.item_ids[test.items])
    assert out["rmse"]["dot_bias"]["test"] == pytest.approx(np.sqrt(np.mean((predicted - test.ratings) ** 2)))
    X, X_test = (np.stack([part.users, part.items], axis=1) for part in (train, test))
    biases = MeanAndBiases().fit(X, train.ratings, (15, 15)).rmse(X_test, test.ratings)
    assert out["rmse"]["mean + user bias + film bias"]["test"] == pytest.approx(biases)


@pytest.mark.parametrize("model", ["dot", "audience", "net"])
def test_every_model(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(["fit", "--model", model, "--epochs", "2", "--factors", "2", "--out", tmp_path], capsys)
    assert f"{model}, 2 factors: 165 ratings to learn from, 41 held out" in out
    assert str(tmp_path / "recommender.npz") in out
    assert len(values(["top", tmp_path / "recommender.npz", "--user", 15], capsys)["recommended"]) > 0


def test_a_model_that_ranks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = values(["fit", "--loss", "softmax", "--epochs", "20", "--out", tmp_path], capsys)
    assert (found["loss"], found["rmse"]) == ("softmax", None)
    path = tmp_path / "recommender.npz"
    train, _ = lecture_table().split(test=0.2, seed=0)
    learner = collab_learner(train, loss="softmax")
    learner.fit_one_cycle(20, progress=False)
    top = values(["top", path, "--user", "15", "--n", "2"], capsys)["recommended"]
    assert [film["film"] for film in top] == [film.item for film in learner.recommend(15, 2)]
    assert values(["evaluate", path], capsys)["dot_bias"]["errors"] is None
    assert len(values(["rate", path, "--rated", "1=5,matrix=2", "--n", "3"], capsys)["recommended"]) == 3
    for argv, english, vietnamese in (
        (["fit", "--loss", "softmax", "--out", tmp_path], "predicts no stars. Judge it by", "chứ không dự đoán số sao"),
        (["top", path, "--user", "15"], "user 15 (score, not stars)", "không phải số sao"),
        (["rate", path, "--rated", "1=5"], "to you (score, not stars)", "không phải số sao"),
        (["explain", path, "--user", "15", "--film", "1"], "Why this score", "Vì sao điểm xếp hạng này"),
    ):
        assert english in said(argv, capsys)
        assert vietnamese in said([*argv, "--lang", "vi"], capsys)


# --- the questions ----------------------------------------------------------------------------------------------------


def test_evaluate(learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = values(["evaluate", learner], capsys)
    assert list(found) == ["dot_bias", "GlobalMean", "MeanAndBiases", "Popularity", "ItemNeighbours"]
    _, test = lecture_table().split(test=0.2, seed=0)
    expected = CollabLearner.load(learner).evaluate(test)
    assert found["dot_bias"]["errors"]["rmse"] == pytest.approx(expected.rmse)
    assert found["dot_bias"]["ranking"]["ndcg"] == pytest.approx(expected.ndcg)
    assert found["dot_bias"]["errors"]["rmse_cold"] is None
    out = said(["evaluate", learner], capsys)
    assert f"{expected.rmse:.4f}" in out
    assert "item-based neighbours" in out
    assert "độ phủ" in said(["evaluate", learner, "--lang", "vi"], capsys)


def test_evaluate_counts_new_users_apart(learner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test.csv").write_text("userId,movieId,rating\n15,1,5\n4711,2571,4\n15,777,3\n", encoding="utf-8")
    found = values(["evaluate", learner, "--test", tmp_path / "test.csv"], capsys)
    for name in ("dot_bias", "GlobalMean"):
        assert (found[name]["errors"]["n_warm"], found[name]["errors"]["n_cold"]) == (1, 2)


def test_top(learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = CollabLearner.load(learner)
    expected = made.recommend(212, 3)
    found = values(["top", "--user", "212", "--n", "3", learner], capsys)
    assert [film["film"] for film in found["recommended"]] == [film.item for film in expected]
    assert found["recommended"][0]["score"] == pytest.approx(expected[0].score)
    out = said(["top", learner, "--user", "212", "--n", "3"], capsys)
    assert "Recommended to user 212" in out
    assert f"1.   {expected[0].score:.2f}" in out


def test_similar(learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = [film.item for film in CollabLearner.load(learner).similar_items(MATRIX, 2)]
    for name in ("2571", "Matrix, The (1999)", "the matrix (1999)", "matrix"):
        found = values(["similar", learner, "--film", name, "--n", "2"], capsys)
        assert (found["film"], [film["film"] for film in found["similar"]]) == (MATRIX, expected)
    assert "Films like The Matrix (1999)" in said(["similar", learner, "--film", "matrix"], capsys)


def test_explain(learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = values(["explain", learner, "--user", "15", "--film", "toy story"], capsys)
    parts = found["mean"] + found["user_bias"] + found["item_bias"] + found["other_factors"]
    assert parts + sum(term["term"] for term in found["factors"]) == pytest.approx(found["total"])
    prediction = CollabLearner.load(learner).predict(15, TOY_STORY)[0]
    assert np.clip(found["prediction"], 0.5, 5) == pytest.approx(prediction, rel=1e-5)
    assert "bias of the user" in said(["explain", learner, "--user", "15", "--film", "1"], capsys)
    vietnamese = said(["explain", learner, "--user", "15", "--film", "1", "--lang", "vi"], capsys)
    assert "bias của người dùng" in vietnamese


def test_rate_asks(learner: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("5\n\nlots\n9\n3,5\nq\n"))
    capsys.readouterr()
    assert main(["recommend", "rate", str(learner), "--n", "3", "--json"]) == 0
    out, err = capsys.readouterr()
    data = CollabLearner.load(learner).data
    order = np.argsort(-np.bincount(data.items, minlength=15), kind="stable")
    films = [int(data.item_ids[k]) for k in order[[0, 2]]]
    found = json.loads(out)
    assert found["rated"] == [{"film": films[0], "rating": 5.0}, {"film": films[1], "rating": 3.5}]
    made = CollabLearner.load(learner)
    expected = made.recommend(made.fold_in({films[0]: 5.0, films[1]: 3.5}), 3)
    assert [film["film"] for film in found["recommended"]] == [film.item for film in expected]
    assert err.count("Write a number from 0.5 to 5.") == 2


def test_rate_ends_after_ten_answers(
    learner: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("4\n" * 99))
    assert len(values(["rate", learner], capsys)["rated"]) == 10


def test_rate_without_asking(learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rated = "318=5,Matrix, The (1999)=4.5,toy story=1"
    found = values(["rate", learner, "--rated", rated], capsys)
    assert found["rated"] == [
        {"film": 318, "rating": 5.0},
        {"film": MATRIX, "rating": 4.5},
        {"film": TOY_STORY, "rating": 1.0},
    ]
    assert len(found["recommended"]) == 10
    assert "Đã học từ 3 lượt đánh giá của bạn" in said(["rate", learner, "--rated", rated, "--lang", "vi"], capsys)


def test_names_instead_of_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["userId", "movieId", "rating"]]
    rows += [
        [user, film, 1 + (i + k) % 5] for i, user in enumerate(("An", "Bình", "Chi")) for k, film in enumerate("xyzw")
    ]
    with (tmp_path / "ratings.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    said(["fit", tmp_path / "ratings.csv", "--factors", "2", "--epochs", "3", "--out", tmp_path], capsys)
    path = tmp_path / "recommender.npz"
    assert values(["top", path, "--user", "Bình"], capsys)["user"] == "Bình"
    assert values(["explain", path, "--user", "An", "--film", "x"], capsys)["item"] == "x"
    assert "RMSE" in said(["evaluate", path], capsys)


# --- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], "choose a step: inspect, fit, evaluate, top, similar, explain, rate."),
        (["dance"], "there is no command dance; there are: inspect"),
        (["inspect", "a.csv", "b.csv"], "a.csv b.csv: one file is enough here"),
        (["inspect", ""], "name a file"),
        (["inspect", "nothing.csv"], "there is no such file"),
        (["inspect", "--movies", "movies.csv"], "--movies goes with --ratings"),
        (["inspect", "x.csv", "--encoding", "klingon"], "--encoding klingon: there is no such encoding"),
        (["inspect", "--user", "3"], "there is no argument --user"),
        (["fit", "--model", "cnn"], "cnn"),
        (["fit", "--factors", "0"], "--factors 0"),
        (["fit", "--epochs", "many"], "--epochs many"),
        (["fit", "--seed", "-1"], "--seed -1"),
        (["fit", "--out", ""], "name a folder"),
        (["top", "--user", "15", "nothing.npz"], "nothing.npz: there is no model here. Run tinygrad-vn recommend fit"),
        (["top", "LEARNER"], "add --user, such as --user 15"),
        (["top", "LEARNER", "--user", "999"], "--user 999: there is no such user; there are 15, such as 15, 30"),
        (["top", "LEARNER", "--user", "15", "--n", "16"], "--n 16: write a whole number from 1 to 15"),
        (["similar", "LEARNER"], '--film "Toy Story (1995)"'),
        (["similar", "LEARNER", "--film", ""], "there is no such film. Ids of films are, for example, 1 Toy Story"),
        (["similar", "LEARNER", "--film", "Toy Sorty (1995)"], "Perhaps: 1 Toy Story (1995)"),
        (
            ["similar", "LEARNER", "--film", "star wars"],
            "there are 2 such films; write more of the title, or the id: 260",
        ),
        (["explain", "LEARNER", "--user", "15", "--film", "9999"], "9999: there is no such film"),
        (["rate", "LEARNER", "--rated", "1=9"], "stars from 0.5 to 5, such as 1=5"),
        (["rate", "LEARNER", "--rated", "1=4,toy story=5"], "film 1 Toy Story (1995) is rated twice"),
        (["fit", "--loss", "bce"], "mse, softmax"),
        (["fit", "--loss", "softmax", "--model", "net"], "dot product"),
        (["rate", "LEARNER", "--rated", "hello"], "hello: write film's id=stars"),
        (["rate", "LEARNER", "--rated", ""], "write film's id=stars"),
        (["evaluate", "LEARNER", "--test", "nothing.csv"], "there is no such file"),
    ],
)
def test_mistakes(
    argv: list[str],
    says: str,
    learner: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("userId,movieId,rating\n1,1,3\n", encoding="utf-8")
    words = [str(learner) if word == "LEARNER" else word for word in argv]
    english = said(words, capsys, status=2)
    assert says in english
    assert said([*words, "--lang", "vi"], capsys, status=2) != english


def test_files_that_are_no_recommender(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.npz").write_text("not at all", encoding="utf-8")
    assert "recommend fit has not written this" in said(["top", tmp_path / "a.npz", "--user", "1"], capsys, status=2)
    np.savez(tmp_path / "b.npz", x=np.zeros(3))
    assert "recommend fit has not written this" in said(["top", tmp_path / "b.npz", "--user", "1"], capsys, status=2)


def test_few_ratings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "few.csv").write_text("userId,movieId,rating\n1,1,3\n", encoding="utf-8")
    assert "1 rating is too few" in said(["fit", tmp_path / "few.csv"], capsys, status=2)


def test_nobody_answers(learner: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["recommend", "rate", str(learner)]) == 2
    assert "Rate at least one" in capsys.readouterr().err


def test_a_model_that_cannot_explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(["fit", "--model", "dot", "--epochs", "2", "--out", tmp_path], capsys)
    path = tmp_path / "recommender.npz"
    assert "needs a model with biases" in said(["explain", path, "--user", "15", "--film", "1"], capsys, status=2)
    asked = ["rate", path, "--rated", "1=5", "--lang", "vi"]
    assert "cần mô hình có bias" in said(asked, capsys, status=2)


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("step", STEPS)
def test_help(step: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = said([step, "--help", "--lang", lang], capsys)
    assert all(f"--{name}" in out for name in (*OPTIONS[step], "json", "lang"))
    assert f"  {step} " in said(["--help", "--lang", lang], capsys)
