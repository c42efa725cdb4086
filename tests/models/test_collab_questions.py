"""What a recommender answers: films, similar films, reasons, pictures; and what is no question."""

from typing import Any, Literal

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.models.tastes import KINDS, tastes, trained
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models import collab_learner


@pytest.mark.parametrize("kind", KINDS)
def test_recommendations_are_unseen_films_of_the_right_kind(kind: str) -> None:
    learner = trained(kind, epochs=200)
    found = learner.recommend(102, n=3)
    seen = {learner.data.item_ids[i] for i in learner.data.items[learner.data.users == 2]}
    assert not {one.item for one in found} & seen
    assert all(int(one.item.split()[1]) % 2 == 0 for one in found[:2])
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert [one.score for one in found] == pytest.approx(learner.predict(102, [one.item for one in found]), rel=1e-5)
    assert len(learner.recommend(102, n=99, exclude_seen=False)) == 30
    assert len(learner.recommend(102, n=99)) == 30 - len(seen)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_counts_that_make_no_sense_are_refused(lang: Literal["en", "vi"]) -> None:
    learner, says = trained(epochs=1), {"en": "makes no sense; write a whole number", "vi": "hãy viết một số nguyên"}
    tg.set_language(lang)
    for question in (
        lambda: learner.recommend(102, -1),
        lambda: learner.recommend(102, 2.5),  # type: ignore[arg-type]
        lambda: learner.recommend(102, True),
        lambda: learner.similar_items("film 04", -3),
        lambda: learner.explain(102, "film 04", top=-1),
        lambda: learner.plot_embedding(1),
    ):
        with pytest.raises(ValueError, match=says[lang]):
            question()
    assert len(learner.recommend(102, np.int64(2))) == 2  # type: ignore[arg-type]
    assert learner.explain(102, "film 04", top=0).n_other == 4


def test_similar_films_are_of_the_same_kind() -> None:
    learner = trained()
    found = learner.similar_items("film 04", n=5)
    assert all(int(one.item.split()[1]) % 2 == 0 for one in found)
    assert "film 04" not in {one.item for one in found}
    with pytest.raises(ValueError, match="film 99"):
        learner.similar_items("film 99")
    with pytest.raises(ValueError, match="net"):
        trained("net", epochs=1).similar_items("film 04")


@pytest.mark.parametrize("y_range", [None, "padded"])
@pytest.mark.parametrize("kind", ["dot_bias", "audience"])
def test_an_explanation_sums_up_to_the_prediction(kind: str, y_range: Any) -> None:
    learner = trained(kind, y_range=y_range)
    why = learner.explain(103, "film 00", top=2)
    parts = [why.mean, why.user_bias, why.item_bias, *(term.term for term in why.factors), why.other_factors]
    assert sum(parts) == pytest.approx(why.total, abs=1e-12)
    assert [term.term for term in why.factors] == pytest.approx([term.user * term.film for term in why.factors])
    assert len(why.factors) + why.n_other == 4
    users, items = np.array([3]), np.array([0])
    assert why.prediction == pytest.approx(learner.model(users, items).item(), abs=1e-5)
    assert "The First" in why.text("en")
    assert ("sigmoid" in why.text("en")) == (learner.y_range is not None)
    assert why.text("vi").startswith("Vì sao mô hình dự đoán như vậy cho người dùng 103 và phim The First:\n")


def test_the_dot_product_is_explained_by_its_factors_alone() -> None:
    why = trained("dot").explain(103, "film 00", top=1)
    assert (why.mean, why.user_bias, why.item_bias, why.n_other) == (0, 0, 0, 3)
    assert why.factors[0].term + why.other_factors == pytest.approx(why.total)
    assert why.prediction == why.total == pytest.approx(trained("dot").predict(103, "film 00")[0], abs=1e-5)
    assert "bias" not in why.text("en")
    assert len(why.text("vi").splitlines()) == 4
    with pytest.raises(ValueError, match="net"):
        trained("net", epochs=1).explain(103, "film 00")


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("wrong", ["103", None, 103.5, True, (103,), [[103]], np.str_("103")])
def test_an_id_of_another_type_is_no_new_user(wrong: Any, lang: Literal["en", "vi"]) -> None:
    learner = trained(epochs=1)
    tg.set_language(lang)
    says = {"en": "ids of users are of type int, such as 100", "vi": "id của người dùng có kiểu int, chẳng hạn 100"}
    for question in (
        lambda: learner.predict(wrong, "film 03") if wrong != (103,) else learner.predict([wrong], "film 03"),
        lambda: learner.recommend(wrong),
        lambda: learner.explain(wrong, "film 03"),
    ):
        with pytest.raises(TypeError, match=says[lang]):
            question()
    with pytest.raises(TypeError, match={"en": "ids of films are of type str", "vi": "id của phim có kiểu str"}[lang]):
        learner.predict(103, [3])
    with pytest.raises(TypeError, match="str"):
        learner.similar_items(3)
    with pytest.raises(TypeError, match="str"):
        learner.fold_in({3: 4.0})


def test_ids_in_other_clothes_are_the_same_ids() -> None:
    learner = trained(epochs=1)
    expected = learner.predict(103, "film 03")
    for user in (np.int32(103), np.array([103]), 103.0, np.float64(103), [103]):
        assert learner.predict(user, np.str_("film 03")) == expected
    assert learner.is_cold([103, 7.0], "film 03").tolist() == [False, True]


def test_ids_may_be_anything() -> None:
    data = RatingsDataset.from_arrays([("An", 1), ("Bình", 2), ("An", 1)], [1.5, 1.5, 2.5], [4, 3, 5])
    learner = collab_learner(data, "dot_bias", 2)
    assert learner.predict(("An", 1), 1.5) == learner.predict([("An", 1)], [1.5])
    assert learner.is_cold([("An", 1), ("Chi", 3)], 1.5).tolist() == [False, True]
    with pytest.raises(TypeError, match="type tuple"):
        learner.predict("An", 1.5)


def test_the_explanation_of_a_ranking_speaks_of_a_score() -> None:
    why = trained("dot_bias", epochs=20, loss="softmax").explain(103, "film 00")
    assert why.only_ranks
    assert "score" in why.text("en")
    assert "mean of all" not in why.text("en")
    assert "điểm xếp hạng" in why.text("vi")
    assert "score" not in trained(epochs=1).explain(103, "film 00").text("en")


def test_new_users_and_films_fall_back_on_means_and_are_flagged() -> None:
    whole = tastes()
    known = whole.part(np.flatnonzero((whole.users != 5) & (whole.items != 6)))
    learner = collab_learner(known, "dot_bias", 4, y_range=None)
    learner.fit(50, progress=False)
    model: Any = learner.model
    mean, ub, mb = model.mean, model.ub.weight.detach().numpy()[:, 0], model.mb.weight.detach().numpy()[:, 0]
    for user in (105, 7):  # without ratings, and not in the data at all
        assert learner.predict(user, "film 01")[0] == pytest.approx(mean + mb[1], abs=1e-6)
        assert learner.predict(user, "film 06")[0] == pytest.approx(mean, abs=1e-6)
        assert learner.predict(103, ["film 06", "other"]) == pytest.approx([mean + ub[3]] * 2, abs=1e-6)
        assert learner.recommend(user)[0].cold
    flags = learner.is_cold([103, 105, 7, 103, 103], ["film 01", "film 01", "film 01", "film 06", "other"])
    assert flags.tolist() == [False, True, True, True, True]
    assert learner.explain(7, "other").cold
    assert learner.explain(7, "other").total == pytest.approx(mean)


@pytest.mark.parametrize("kind", ["dot", "net"])
def test_without_biases_new_users_are_like_the_average(kind: str) -> None:
    learner = trained(kind)
    rows = learner.model.u.weight.detach().numpy()  # type: ignore[union-attr]
    np.testing.assert_allclose(rows[-1], rows[:-1].mean(0), rtol=1e-5)


def test_plots() -> None:
    pytest.importorskip("matplotlib")
    learner = trained()
    axes = learner.plot_embedding(n=10, lang="en").axes[0]
    assert "The First" in {text.get_text() for text in axes.texts} or len(axes.texts) == 10
    assert "RMSE" in learner.plot_predictions(learner.data, lang="vi").axes[0].get_title()
