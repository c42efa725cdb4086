"""Which ratings to learn from, which to choose settings by, and which to be judged by.

A split is three lists of row numbers. At random, it asks how well ratings are predicted that are missing here and
there; by the time of every user, how well the *next* ratings are predicted from those before, as in use. A split is
small, and is stored with the model that was made on it, so that nobody judges a model by what it has learned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.words import complaint
from tinygrad_vn.errors import DataError

Indices = NDArray[np.intp]
By = Literal["random", "user_time"]

WAYS: Final = ("random", "user_time")


@dataclass(frozen=True, eq=False)
class RatingsSplit:
    """The rows of every part, and how they were chosen.

    Attributes:
        train, valid, test: positions of ratings, counted from 0; `valid` may be empty.
        by: "random", or "user_time".
        seed: what chance began with.
        fingerprint: of the ratings that were split, see `fingerprint_of`.
    """

    train: Indices
    valid: Indices
    test: Indices
    by: By
    seed: int
    fingerprint: str

    def state(self) -> dict[str, Any]:
        """What to store: arrays, texts and numbers, as `tg.save` takes them."""
        parts = {name: getattr(self, name).astype(np.int64) for name in ("train", "valid", "test")}
        return {**parts, "by": self.by, "seed": self.seed, "fingerprint": self.fingerprint}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> RatingsSplit:
        """The split that `state` stored.

        Raises:
            DataError: something is missing, or no row number, or in two parts.
        """
        try:
            parts = [np.asarray(state[name]) for name in ("train", "valid", "test")]
            by, seed, fingerprint = str(state["by"]), int(state["seed"]), str(state["fingerprint"])
        except (KeyError, TypeError, ValueError) as error:
            raise complaint("no split", why=f"{type(error).__name__}: {error}") from None
        rows = np.concatenate([part.reshape(-1) for part in parts])
        if rows.dtype.kind not in "iu" or len(np.unique(rows)) != len(rows) or (rows < 0).any() or by not in WAYS:
            raise complaint("no split", why=f"{rows.dtype}, by={by!r}")
        train, valid, test = (part.astype(np.intp) for part in parts)
        return cls(train, valid, test, "random" if by == "random" else "user_time", seed, fingerprint)


def fingerprint_of(*columns: NDArray[Any]) -> str:
    """A short text that differs where any number of the columns does."""
    digest = hashlib.blake2b(digest_size=12)
    for column in columns:
        digest.update(np.ascontiguousarray(column).view(np.uint8).data)
    return digest.hexdigest()


def random_rows(n: int, valid: float, test: float, seed: int) -> tuple[Indices, Indices, Indices]:
    """(train, valid, test): the head of a seeded permutation is the test part, what follows is for validation.

    So the test part is the same with and without a validation part.
    """
    n_test, n_valid = int(n * test), int(n * valid)
    order = np.random.RandomState(seed).permutation(n).astype(np.intp, copy=False)
    return order[n_test + n_valid :], order[n_test : n_test + n_valid], order[:n_test]


def user_time_rows(
    users: Indices, timestamps: NDArray[np.int64], valid: float, test: float, seed: int
) -> tuple[Indices, Indices, Indices]:
    """(train, valid, test): of every user's ratings the latest are the test part, those just before for validation.

    Shares are rounded down for each user, so that whoever has few ratings may have none held out. People rate several
    films in one second; which of these is the later, chance decides.
    """
    chance = np.random.RandomState(seed).permutation(len(users))
    order = np.lexsort((chance, timestamps, users)).astype(np.intp, copy=False)
    counts = np.bincount(users)
    n_test, n_valid = (counts * test).astype(np.intp), (counts * valid).astype(np.intp)
    owner = users[order]
    left = np.cumsum(counts)[owner] - np.arange(len(users))  # how many ratings this user has from here on; the last: 1
    is_test = left <= n_test[owner]
    is_valid = ~is_test & (left <= (n_test + n_valid)[owner])
    return order[~is_test & ~is_valid], order[is_valid], order[is_test]


def drawn(
    users: Indices,
    timestamps: NDArray[np.int64] | None,
    shares: tuple[float, float],
    seed: int,
    by: By,
    no_time: DataError | None,
) -> tuple[Indices, Indices, Indices]:
    """(train, valid, test), checked.

    Args:
        users: who rated, shape (n,).
        timestamps: when, shape (n,); None where nobody knows.
        shares: of the validation and the test part.
        seed: the same seed gives the same parts on every machine.
        by: "random", or "user_time".
        no_time: why there are no timestamps, where a file has some that are none.

    Raises:
        DataError: a share is none, a part would be empty, `by` is unknown, or there are no times to split by.
    """
    valid, test = shares
    for name, share in (("valid", valid), ("test", test)):
        if not 0 < share < 1 and not (name == "valid" and share == 0):
            raise complaint("no share", name=name, share=share)
    if valid + test >= 1:
        raise complaint("no parts", valid=valid, test=test)
    if by == "random":
        parts = random_rows(len(users), valid, test, seed)
    elif by != "user_time":
        raise complaint("no such way", by=by)
    elif timestamps is None:
        raise no_time or complaint("no times")
    else:
        parts = user_time_rows(users, timestamps, valid, test, seed)
    for name, share, part in (("valid", valid, parts[1]), ("test", test, parts[2])):
        if share and not (len(part) and len(parts[0])):
            raise complaint("empty part", name=name, share=share, count=len(users), held_out=len(part))
    return parts
