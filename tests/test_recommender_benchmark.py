"""The tables of recommenders are complete, on a small table of ratings in place of MovieLens."""

import numpy as np
import pytest

from benchmarks import recommenders
from tinygrad_vn.data import RatingsDataset


def parts() -> dict[int, recommenders.Parts]:
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((30, 25)) < 0.5)
    data = RatingsDataset.from_arrays(users, items, rng.integers(1, 11, len(users)) / 2)
    return {seed: data.split(seed=seed) for seed in recommenders.SEEDS}


@pytest.mark.parametrize("part", [recommenders.of_rankings, recommenders.of_lecture])
def test_every_model_is_in_the_table(part: object) -> None:
    table = part(parts())  # type: ignore[operator]
    lines = table.splitlines()
    assert len(lines) - 2 == (7 if part is recommenders.of_rankings else len(recommenders.LECTURE))
    assert len({line.count("|") for line in lines}) == 1
    assert "nan" not in table


def test_a_spread_is_mean_smallest_and_largest() -> None:
    assert recommenders.spread([1.0, 2.0, 4.5]) == "2.5000 (1.0000 – 4.5000)"
