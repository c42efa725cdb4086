"""What a recommender's file holds: its settings and parameters, the ratings it learned from, and who is who in them."""

from __future__ import annotations

from os import PathLike
from typing import Any, Final

import numpy as np

from tinygrad_vn.checkpoint import load
from tinygrad_vn.data import RatingsDataset, RatingsSplit
from tinygrad_vn.models.collab.words import say

FORMAT: Final = "tinygrad_vn recommender 2"


def packed(data: RatingsDataset) -> dict[str, Any]:
    """Ratings as plain arrays and lists; `rows` says which of the whole they are, `split` how they were chosen."""
    return {
        "users": data.users,
        "items": data.items,
        "ratings": data.ratings,
        "user_ids": data.user_ids.tolist(),
        "item_ids": data.item_ids.tolist(),
        "titles": [list(data.titles), list(data.titles.values())],
        "scale": list(data.scale),
        "rows": data.rows,
        "split": None if data.parted is None else data.parted.state(),
    }


def unpacked(parts: dict[str, Any]) -> RatingsDataset:
    """Ratings as they were."""
    ids = (_ids(parts["user_ids"]), _ids(parts["item_ids"]))
    titles = dict(zip(*parts["titles"], strict=True))
    low, high = parts["scale"]
    columns = (parts["users"], parts["items"], parts["ratings"])
    split = None if parts["split"] is None else RatingsSplit.from_state(parts["split"])
    return RatingsDataset(*columns, *ids, titles, scale=(low, high), rows=parts["rows"], parted=split)


def content_of(path: str | PathLike[str]) -> dict[str, Any]:
    """What stands in the file; ValueError where it is no recommender's, CheckpointError where it is damaged."""
    content = load(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(say("not a learner", path=path))
    return content


def _ids(names: list[Any]) -> Any:
    """Whole numbers as an array of such, anything else as an array of objects."""
    return np.array(names, np.int64 if all(type(name) is int for name in names) else object)
