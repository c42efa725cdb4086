"""`tinygrad-vn recommend`, run in this process: every step, in both languages, and what it refuses."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_vn.cli import main
from tinygrad_vn.cli.recommend import OPTIONS, STEPS
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.models import MeanAndBiases, collab_learner
from tinygrad_vn.models.collab.learner import CollabLearner

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
    (tmp_path / "u.data").write_text("1\t10\t3\t881250949\n2\t10\t4\t881250950\n", encoding="utf-8")
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
    assert values(["evaluate", path], capsys)["judged"]["dot_bias"]["all"]["errors"]["rmse"] is None
    assert len(values(["rate", path, "--rated", "1=5,matrix=2", "--n", "3"], capsys)["recommended"]) == 3
    for argv, english, vietnamese in (
        (["fit", "--loss", "softmax", "--out", tmp_path], "predicts no stars. Judge it by", "chứ không dự đoán số sao"),
        (["top", path, "--user", "15"], "user 15 (score, not stars)", "không phải số sao"),
        (["rate", path, "--rated", "1=5"], "to you (score, not stars)", "không phải số sao"),
        (["explain", path, "--user", "15", "--film", "1"], "has this score for user 15 (it ranks", "xếp hạng"),
    ):
        assert english in said(argv, capsys)
        assert vietnamese in said([*argv, "--lang", "vi"], capsys)


# --- the questions ----------------------------------------------------------------------------------------------------


def test_evaluate(learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = values(["evaluate", learner], capsys)
    assert list(found["judged"]) == ["dot_bias", "GlobalMean", "MeanAndBiases", "Popularity", "ItemNeighbours"]
    assert found["remarks"] == []
    _, test = lecture_table().split(test=0.2, seed=0)
    expected = CollabLearner.load(learner).evaluate(test)
    own = found["judged"]["dot_bias"]
    assert own["all"]["errors"]["rmse"] == pytest.approx(expected.rmse)
    assert own["all"]["ranking"]["ndcg"] == pytest.approx(expected.ndcg)
    assert own["cold"]["errors"]["rmse"] is None
    out = said(["evaluate", learner], capsys)
    assert out.startswith("dot_bias, judged by ")
    assert f"{expected.rmse:.4f}" in out
    assert "item neighbours" in out
    out = said(["evaluate", learner, "--lang", "vi"], capsys)
    assert out.startswith("Đánh giá mô hình dot_bias trên tập kiểm tra ")
    assert "độ phủ" in out


def test_evaluate_counts_new_users_apart(learner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = CollabLearner.load(learner).data
    unseen = next(
        film for film in train.item_ids if not ((train.users == 0) & (train.item_ids[train.items] == film)).any()
    )
    user = train.user_ids[0]
    test = tmp_path / "test.csv"
    test.write_text(f"userId,movieId,rating\n{user},{unseen},5\n4711,2571,4\n{user},777,3\n", encoding="utf-8")
    found = values(["evaluate", learner, "--test", test], capsys)
    assert (found["n_ratings"]["warm"], found["n_ratings"]["cold"]) == (1, 2)


def test_evaluate_says_where_the_test_was_learned_from(
    learner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = CollabLearner.load(learner).data
    user, film = train.user_ids[train.users[0]], train.item_ids[train.items[0]]
    test = tmp_path / "test.csv"
    test.write_text(f"userId,movieId,rating\n{user},{film},5\n4711,2571,4\n", encoding="utf-8")
    assert "1 of these 2 ratings" in said(["evaluate", learner, "--test", test], capsys)
    assert "1 trong 2 đánh giá" in said(["evaluate", learner, "--test", test, "--lang", "vi"], capsys)
    assert "1 of these 2" in values(["evaluate", learner, "--test", test], capsys)["remarks"][0]


def test_evaluate_on_other_splits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The seed that `fit` took gives what `fit` has made; others, what they would have made."""
    for seed in (3, 5):
        said(["fit", "--factors", "3", "--seed", seed, "--out", tmp_path / str(seed)], capsys)
    path = tmp_path / "3/recommender.npz"
    found = values(["evaluate", path, "--seed", "3,5"], capsys)["seeds"]
    for seed in ("3", "5"):
        alone = values(["evaluate", tmp_path / seed / "recommender.npz"], capsys)
        assert found[seed]["judged"]["dot_bias"] == alone["judged"]["dot_bias"]
        assert found[seed]["judged"]["MeanAndBiases"] == alone["judged"]["MeanAndBiases"]
    errors = [found[seed]["judged"]["dot_bias"]["all"]["errors"]["rmse"] for seed in found]
    out = said(["evaluate", path, "--seed", "3,5", "--epochs", "15"], capsys)
    assert "learned anew from 206 ratings, of which 20% are held out" in out
    said(["evaluate", path, "--seed", "3,5", "--out", tmp_path / "judged.csv"], capsys)
    rows = list(csv.DictReader((tmp_path / "judged.csv").read_text(encoding="utf-8-sig").splitlines()))
    own = [float(row["RMSE"]) for row in rows if (row["model"], row["part"]) == ("dot_bias", "all")]
    assert own == errors
    assert f"{np.mean(errors):.4f} ± {np.std(errors, ddof=1):.4f}" in said(["evaluate", path, "--seed", "3,5"], capsys)


def test_another_test_file_on_other_splits(learner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test.csv").write_text("userId,movieId,rating\n4711,2571,4\n4711,777,5\n", encoding="utf-8")
    out = said(["evaluate", learner, "--test", tmp_path / "test.csv", "--seed", "1", "--epochs", "5"], capsys)
    assert "learned anew from 167 ratings" in out  # 165 and 2


# --- files ------------------------------------------------------------------------------------------------------------

QUESTIONS = {
    "inspect": ["inspect"],
    "evaluate": ["evaluate", "LEARNER"],
    "top": ["top", "LEARNER", "--user", "15", "--n", "2"],
    "similar": ["similar", "LEARNER", "--film", "1", "--n", "3"],
    "explain": ["explain", "LEARNER", "--user", "15", "--film", "1"],
    "rate": ["rate", "LEARNER", "--rated", "1=5,318=4", "--n", "2"],
}


@pytest.mark.parametrize("step", QUESTIONS)
def test_every_answer_goes_into_a_file(
    step: str, learner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = [str(learner) if word == "LEARNER" else word for word in QUESTIONS[step]]
    shown = said(argv, capsys)
    out = said([*argv, "--out", tmp_path / "new folder/answer.txt"], capsys)
    written = (tmp_path / "new folder/answer.txt").read_text(encoding="utf-8")
    without_times = [re.sub(r"[0-9]+ ms", "ms", text) for text in (written, shown, out)]
    assert without_times[0] == without_times[1]
    assert without_times[2] == f"{without_times[1]}\nWritten: {tmp_path / 'new folder/answer.txt'}\n"
    found = values([*argv, "--out", tmp_path / "answer.json"], capsys)
    assert json.loads((tmp_path / "answer.json").read_text(encoding="utf-8")) == found
    said([*argv, "--out", tmp_path / "answer.CSV"], capsys)
    assert (tmp_path / "answer.CSV").read_bytes().startswith(b"\xef\xbb\xbf")


def rows_of(argv: list[Any], path: Path, capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    said([*argv, "--out", path], capsys)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_tables_for_spreadsheets(learner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, made = tmp_path / "answer.csv", CollabLearner.load(learner)
    said(["inspect", "--out", path], capsys)
    assert triples(RatingsDataset.from_file(path)) == triples(lecture_table())
    films = [["1", str(film.item), film.title, str(film.score)] for film in made.recommend(15, 1)]
    assert rows_of(["top", learner, "--user", "15", "--n", "1"], path, capsys) == [
        ["rank", "movieId", "title", "score"],
        *films,
    ]
    rows = rows_of(["explain", learner, "--user", "15", "--film", "1"], path, capsys)
    parts = {row[0]: float(row[3]) for row in rows[1:]}
    total, prediction = parts.pop("total"), parts.pop("prediction")
    assert sum(parts.values()) == pytest.approx(total)
    assert prediction == pytest.approx(made.explain(15, 1).prediction)
    rows = rows_of(["rate", learner, "--rated", "1=5,318=4", "--n", "1"], path, capsys)
    assert rows[1] == ["rated", "", "1", "Toy Story (1995)", "5.0"]
    assert [row[0] for row in rows] == ["what", "rated", "rated", "recommended"]
    rows = rows_of(["evaluate", learner], path, capsys)
    assert rows[0][:3] == ["part", "model", "RMSE"]
    cold = next(row for row in rows if row[:2] == ["cold", "dot_bias"])
    assert cold[2] == ""  # NaN: there is nobody new


@pytest.mark.parametrize("step", QUESTIONS)
def test_a_file_of_an_unknown_kind_is_refused_before_any_work(
    step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("", "answer", "answer.xlsx"):
        argv = [*QUESTIONS[step], "--out", name]
        assert "name a file that ends with .txt, .json, .csv" in said(argv, capsys, status=2)
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "--out file/a.txt: cannot be written" in said(["inspect", "--out", "file/a.txt"], capsys, status=2)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_which_films_are_asked(
    learner: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def films(*options: str) -> list[int]:
        monkeypatch.setattr("sys.stdin", io.StringIO("4\n" * 99))
        return [one["film"] for one in values(["rate", learner, *options], capsys)["rated"]]

    best_known = films()
    assert films("--seed", "1") == films("--seed", "1")
    assert len({tuple(films("--seed", seed)) for seed in "123"} | {tuple(best_known)}) == 4
    assert len(set(films("--seed", "1"))) == 10


def test_a_file_that_could_be_a_list_or_a_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ratings.txt"
    path.write_text("1 2 3\n2 1 5\n", encoding="utf-8")
    assert "--layout list" in said(["inspect", path], capsys, status=2)
    assert values(["inspect", path, "--layout", "matrix"], capsys)["ratings"] == 6
    assert values(["inspect", path, "--layout", "list"], capsys)["ratings"] == 2


# --- the other questions ----------------------------------------------------------------------------------------------


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
        (["fit", "--loss", "bce"], "mse, softmax, bpr"),
        (["inspect", "x.csv", "--layout", "cube"], "list, table, matrix"),
        (["evaluate", "LEARNER", "--epochs", "3"], "--epochs is for learning anew: add --seed"),
        (["evaluate", "LEARNER", "--seed", "1,,2"], "--seed ''"),
        (["rate", "LEARNER", "--rated", "1=4", "--seed", "3"], "with --rated nothing is asked"),
        (["top", "LEARNER", "--user", "15", "--seed", "3"], "there is no argument --seed"),
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
    said(["fit", "--model", "net", "--epochs", "2", "--out", tmp_path], capsys)
    path = tmp_path / "recommender.npz"
    for argv in (["explain", path, "--user", "15", "--film", "1"], ["rate", path, "--rated", "1=5"]):
        english = said(argv, capsys, status=2)
        assert "needs a model that is a dot product" in english
        assert said([*argv, "--lang", "vi"], capsys, status=2) != english


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("step", STEPS)
def test_help(step: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = said([step, "--help", "--lang", lang], capsys)
    assert all(f"--{name}" in out for name in (*OPTIONS[step], "json", "lang"))
    assert f"  {step} " in said(["--help", "--lang", lang], capsys)
