"""The tables of recommenders are complete, on a small table of ratings in place of MovieLens."""

import numpy as np

from benchmarks import recommender_settings, recommenders
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.models.collab.recipes import RECIPES


def ratings() -> RatingsDataset:
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((30, 25)) < 0.5)
    return RatingsDataset.from_arrays(users, items, rng.integers(1, 11, len(users)) / 2)


def test_every_model_is_in_the_tables() -> None:
    data = ratings()
    found = recommenders.ours(data)
    for table, count in (
        (recommenders.of_ratings(data, found), 2 + 5),
        (recommenders.of_rankings(found), 2 + len(recommenders.OURS)),
        (recommenders.of_lecture(data), len(recommenders.LECTURE)),
    ):
        lines = table.splitlines()
        ours = [line for line in lines[2:] if "Surprise" not in line]
        assert len(ours) == count
        assert len({line.count("|") for line in lines}) == 1
        assert not any("nan" in line.replace("nan (nan – nan)", "") for line in ours)


def test_settings_are_chosen_without_the_test_part() -> None:
    data = ratings()
    learned, valid = recommender_settings.parts_of(data, 1)
    train, test = data.split(seed=1)
    assert sorted([*learned.rows, *valid.rows]) == sorted(train.rows)
    assert not set(test.rows) & {*learned.rows, *valid.rows}


def test_every_setting_is_varied_alone() -> None:
    recipe = RECIPES["dot_bias", "mse"]
    found = list(recommender_settings.variants(recipe))
    assert found[0][2] == recipe
    for name, value, other in found[1:]:
        changed = {key for key in vars(recipe) if vars(recipe)[key] != vars(other)[key]}
        assert changed == {name}
        assert float(value) == float(f"{getattr(other, name):g}")
    assert {name for name, _, _ in found[1:]} == {"n_factors", "epochs", "lr", "penalty", "bias_penalty"}


def test_a_spread_is_mean_smallest_and_largest() -> None:
    assert recommenders.spread([1.0, 2.0, 4.5]) == "2.5000 (1.0000 – 4.5000)"
