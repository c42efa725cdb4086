"""Ratings one below the other, however they were read: counted, parted, and shown as a table."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, overload

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.ratings.columns import RATING_SCALE, Scale
from tinygrad_vn.data.ratings.ids import Ids
from tinygrad_vn.data.ratings.layouts import FileLayout
from tinygrad_vn.data.ratings.splits import By, RatingsSplit, drawn, fingerprint_of
from tinygrad_vn.data.words import complaint
from tinygrad_vn.errors import DataError


@dataclass(frozen=True, eq=False, repr=False)
class RatingRecords:
    """Ratings one below the other: user number `users[k]` gave film number `items[k]` `ratings[k]` stars.

    Attributes:
        users: which user, counted from 0, shape (n,), integers.
        items: which film, counted from 0, shape (n,), integers.
        ratings: how many stars, shape (n,), float64.
        user_ids: the id that each user has in the file, shape (n_users,), integers, texts or objects.
        item_ids: the id that each film has in the file, shape (n_items,), integers, texts or objects.
        titles: film id to title; films that nobody rated may be in it, films of unknown title are not.
        timestamps: when, in seconds since 1970, shape (n,), int64; None where that is not known.
        scale: the lowest and the highest rating that there can be.
        rows: which ratings of the whole these are, where they are a part of it; None for the whole.
        parted: the split that this is a part of; None for what `split` has not made.
        layout: how the file was laid out: separator, header and columns; None for what comes from no file.
        no_time: why there are no timestamps, although the file has such a column.

    Raises:
        DataError: the columns differ in length, or an index has no id.
    """

    users: NDArray[np.intp]
    items: NDArray[np.intp]
    ratings: NDArray[np.float64]
    user_ids: Ids
    item_ids: Ids
    titles: Mapping[Any, str] = field(default_factory=dict)
    timestamps: NDArray[np.int64] | None = None
    scale: Scale = RATING_SCALE
    rows: NDArray[np.intp] | None = None
    parted: RatingsSplit | None = None
    layout: FileLayout | None = None
    no_time: DataError | None = None

    def __post_init__(self) -> None:
        if not self.users.shape == self.items.shape == self.ratings.shape == (len(self.ratings),):
            raise complaint("shapes", users=self.users.shape, items=self.items.shape, ratings=self.ratings.shape)
        if self.timestamps is not None and self.timestamps.shape != self.ratings.shape:
            raise complaint(
                "lengths",
                first="ratings",
                rows=len(self.ratings),
                other="timestamps",
                other_rows=self.timestamps.size,
            )
        for what, index, ids in (("users", self.users, self.user_ids), ("items", self.items, self.item_ids)):
            if index.size and not (index.min() >= 0 and index.max() < len(ids)):
                raise complaint("no such index", what=what, low=index.min(), high=index.max(), count=len(ids))

    @property
    def n_users(self) -> int:
        """How many users there are, those without a rating in this part of the data included."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """How many films there are, those without a rating in this part of the data included."""
        return len(self.item_ids)

    def __len__(self) -> int:
        """How many ratings there are."""
        return len(self.ratings)

    def __repr__(self) -> str:
        found = "" if self.layout is None else f"; {self.layout}"
        return f"RatingsDataset({len(self):,} ratings of {self.n_items:,} films by {self.n_users:,} users{found})"

    def title_of(self, item_id: Hashable) -> str:
        """The title of the film with this id in the file, or "#31" where film 31 has no known title."""
        return self.titles.get(item_id, f"#{item_id}")

    @overload
    def split(self, valid: None = None, test: float = ..., seed: int = ..., by: By = ...) -> tuple[Self, Self]: ...
    @overload
    def split(self, valid: float, test: float = ..., seed: int = ..., by: By = ...) -> tuple[Self, Self, Self]: ...
    def split(
        self, valid: float | None = None, test: float = 0.2, seed: int = 0, by: By = "random"
    ) -> tuple[Self, ...]:
        """Part the ratings into some to learn from, some to choose settings by, and some to be judged by.

        All parts keep all users and films with their numbers, so a model of one fits the others. The test part does
        not depend on `valid`.

        Args:
            valid: the share to choose settings by; None for no such part.
            test: the share to hold out, above 0 and below 1, rounded down to whole ratings.
            seed: the same seed gives the same parts on every machine.
            by: "random"; or "user_time", which holds out the latest ratings of every user.

        Returns:
            (train, test), or (train, valid, test) where `valid` is given.

        Raises:
            DataError: a share is none, a part would be empty, or there are no times to split by.
        """
        return self.split_as(self.choose_split(valid, test, seed, by))

    def choose_split(
        self, valid: float | None = None, test: float = 0.2, seed: int = 0, by: By = "random"
    ) -> RatingsSplit:
        """What `split` does, as row numbers, which can be stored with a model and used again by `split_as`."""
        parts = drawn(self.users, self.timestamps, (valid or 0.0, test), seed, by, self.no_time)
        return RatingsSplit(*parts, by, seed, self.fingerprint())

    def split_as(self, split: RatingsSplit) -> tuple[Self, ...]:
        """The parts of a split that was chosen before: (train, test), or (train, valid, test).

        Raises:
            DataError: it was made for other ratings.
        """
        if (found := self.fingerprint()) != split.fingerprint:
            raise complaint("other ratings", made=split.fingerprint, found=found)
        parts = (split.train, split.valid, split.test) if len(split.valid) else (split.train, split.test)
        return tuple(replace(self.part(rows), parted=split) for rows in parts)

    def fingerprint(self) -> str:
        """A short text that differs where any user, film or rating does."""
        return fingerprint_of(self.users, self.items, self.ratings)

    def part(self, rows: NDArray[np.signedinteger[Any]]) -> Self:
        """The ratings at the chosen positions, with all users and films."""
        return replace(
            self,
            users=self.users[rows],
            items=self.items[rows],
            ratings=self.ratings[rows],
            timestamps=None if self.timestamps is None else self.timestamps[rows],
            rows=np.asarray(rows, np.intp) if self.rows is None else self.rows[rows],
            parted=None,
        )

    def top(self, users: int = 15, films: int = 15) -> Self:
        """The ratings that the busiest users gave the most-rated films, and nobody else: the lecture's table.

        Who has as many ratings as another comes first with the smaller id. Both keep the order of their ids; `matrix`
        shows the ratings as a table, `rows` says which they are.

        Raises:
            DataError: users or films is no whole number from 1.

        Source: `002_8a50c176e41375fb.txt`, pandas' crosstab of the 15 most active users and most rated films.
        """
        kept = []
        for name, count, index, n in (
            ("users", users, self.users, self.n_users),
            ("films", films, self.items, self.n_items),
        ):
            if count < 1 or count != int(count):
                raise complaint("no count", name=name, value=count)
            ratings = np.bincount(index, minlength=n)
            kept.append(np.sort(np.argsort(-ratings, kind="stable")[: int(count)]))
        chosen = self.part(np.flatnonzero(np.isin(self.users, kept[0]) & np.isin(self.items, kept[1])))
        return replace(
            chosen,
            users=np.searchsorted(kept[0], chosen.users),
            items=np.searchsorted(kept[1], chosen.items),
            user_ids=self.user_ids[kept[0]],
            item_ids=self.item_ids[kept[1]],
        )

    def matrix(self) -> NDArray[np.float64]:
        """One row per user, one column per film, NaN where there is no rating; shape (n_users, n_items).

        Meant for tables that fit on a page: it takes 8 bytes for every pair, rated or not.
        """
        table = np.full((self.n_users, self.n_items), np.nan)
        table[self.users, self.items] = self.ratings
        return table
