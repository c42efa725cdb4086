"""Who rated what, and how: the data that a movie recommender learns from.

A rating is a user, a film and a number, from 0.5 to 5 as a rule. Models want users and films counted from 0, each a row
of a matrix, while files have ids with gaps, or names: "The Matrix" is MovieLens' film 2571, and the fifteenth of the
lecture's table. A `RatingsDataset` holds both, the numbers that models use and the ids and titles that people know.

    ratings = RatingsDataset.from_csv("ratings.csv", movies="movies.csv")
    train, test = ratings.split(test=0.2, seed=0)
    table = ratings.top(users=15, films=15).matrix()    # the lecture's
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files
from os import PathLike
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_vn.data.rating_arrays import axis_ids, checked_scale, rated_cells, seconds, stars, two_axes
from tinygrad_vn.data.rating_files import RATING_SCALE, Scale, read_rating_list, read_titles
from tinygrad_vn.data.rating_ids import Ids, first_pair_twice, ids_of
from tinygrad_vn.data.rating_layouts import (
    RATING_COLUMNS,
    RATING_HEADER,
    TITLE_COLUMNS,
    TITLE_HEADER,
    FileLayout,
    any_layout,
    comma_list,
    titles_layout,
)
from tinygrad_vn.data.rating_splits import By, RatingsSplit, drawn, fingerprint_of
from tinygrad_vn.data.rating_tables import matrix_layout, place_in, read_matrix, read_rating_table
from tinygrad_vn.data.words import complaint
from tinygrad_vn.errors import DataError

__all__ = ["RatingsDataset", "lecture_table"]


@dataclass(frozen=True, eq=False, repr=False)
class RatingsDataset:
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

    @classmethod
    def from_csv(
        cls, path: str | PathLike[str], movies: str | PathLike[str] | None = None, scale: Scale = RATING_SCALE
    ) -> "RatingsDataset":
        """Read MovieLens' `ratings.csv`: one rating per line, the header userId,movieId,rating,timestamp.

        The timestamp, and other columns, may be absent or present. Users and films are numbered in the order of their
        ids, which may be whole numbers or names.

        Args:
            path: the file of ratings.
            movies: MovieLens' `movies.csv` (movieId,title,genres), for the titles.
            scale: the lowest and the highest rating.

        Raises:
            DataError: a file cannot be read as meant; the text names the file, the line and the remedy.
        """
        titles = None if movies is None else comma_list(movies, TITLE_COLUMNS, TITLE_HEADER)
        return cls._from_list(comma_list(path, RATING_COLUMNS, RATING_HEADER), titles, checked_scale(scale))

    @classmethod
    def from_file(
        cls,
        path: str | PathLike[str],
        movies: str | PathLike[str] | None = None,
        scale: Scale = RATING_SCALE,
        encoding: str = "utf-8",
    ) -> "RatingsDataset":
        """Read a file of ratings whatever its layout, which is found out and kept in `layout`.

        Lists with one rating per line: `ratings.csv`, the `u.data` (tabs, no header) and `ratings.dat` ("::") of older
        releases, or with semicolons, vertical bars or spaces; without a header the columns are user, film, rating and
        time, with one they are found by name (userId, user_id, item, ISBN, stars …). Tables and matrices with 5 films
        or more: as `from_table` and `from_matrix` read them.

        Args:
            path: the file of ratings.
            movies: the file of titles: `movies.csv`, `movies.dat` or `u.item`, for a list.
            scale: the lowest and the highest rating.
            encoding: of both files; "latin-1" for `movies.dat` and `u.item`.

        Raises:
            DataError: a file cannot be read as meant; the text names the file, the line and the remedy.
        """
        layout = any_layout(path, checked_scale(scale), encoding)
        titles = None if movies is None else titles_layout(movies, encoding)
        if layout.kind == "list":
            return cls._from_list(layout, titles, scale)
        if layout.kind == "table":
            return cls.from_table(path, scale)
        known = None if titles is None else read_titles(titles, whole=True)
        return cls.from_matrix(path, titles=known, scale=scale, encoding=encoding)

    @classmethod
    def from_table(cls, path: str | PathLike[str], scale: Scale = RATING_SCALE) -> "RatingsDataset":
        """Read a table with one line per user and one column per film, as a spreadsheet shows it.

        The first line is `movieId` and the film ids, the second `userId` and the titles; every further line
        is a user's id and one rating per film, empty where there is none. Users and films keep their order.

        Raises:
            DataError: the file cannot be read as meant; the text names the file, the line and the remedy.
        """
        table = read_rating_table(path, checked_scale(scale))
        layout = FileLayout(Path(path), "table", ",", ("movieId", *map(str, table.item_ids)))
        columns = np.array(table.users, np.intp), np.array(table.items, np.intp), np.array(table.ratings)
        ids = np.array(table.user_ids, np.int64), np.array(table.item_ids, np.int64)
        return cls(*columns, *ids, table.titles, scale=scale, layout=layout)

    @classmethod
    def from_matrix(
        cls,
        source: str | PathLike[str] | ArrayLike,
        mask: ArrayLike | None = None,
        *,
        user_ids: ArrayLike | None = None,
        item_ids: ArrayLike | None = None,
        titles: Mapping[Any, str] | None = None,
        scale: Scale = RATING_SCALE,
        encoding: str = "utf-8",
    ) -> "RatingsDataset":
        """Read a matrix, one row per user and one column per film: the report's `ratings.txt`, or an array.

        Args:
            source: a file of bare numbers with spaces, commas, semicolons or tabs between them; or an array, shape
                (users, films), where NaN is no rating either.
            mask: true where there is a rating, shape (users, films). Without it, 0 is a film that was not rated.
            user_ids: shape (users,); 1, 2, 3, … where nothing is said.
            item_ids: shape (films,); 1, 2, 3, … where nothing is said.
            titles: film id to title.
            scale: the lowest and the highest rating.
            encoding: of the file.

        Raises:
            DataError: a cell is no number or off the scale, lines differ in length, or shapes do not fit.
        """
        low, high = checked_scale(scale)
        layout: FileLayout | None = None
        if isinstance(source, str | PathLike):
            layout = matrix_layout(source, encoding)
            values = read_matrix(layout, scale)
        else:
            values = two_axes(source)
        rated = rated_cells(values, mask)
        off = rated & ~((values >= low) & (values <= high))
        if off.any():
            row, column = (int(k) for k in np.argwhere(off)[0])
            text = f"{values[row, column]:g}"
            raise complaint("cell off the scale", place_in(layout, row, column), text=text, low=low, high=high)
        users, items = np.nonzero(rated)
        if not len(users):
            raise complaint("no ratings in matrix", None if layout is None else layout.path)
        names = axis_ids(user_ids, "user_ids", len(values)), axis_ids(item_ids, "item_ids", values.shape[1])
        return cls(users, items, values[rated], *names, titles or {}, scale=(low, high), layout=layout)

    @classmethod
    def from_arrays(
        cls,
        users: Any,
        items: Any,
        ratings: ArrayLike,
        timestamps: ArrayLike | None = None,
        *,
        titles: Mapping[Any, str] | None = None,
        scale: Scale = RATING_SCALE,
    ) -> "RatingsDataset":
        """Ratings from three columns, lists or arrays, such as those of a data frame.

        Args:
            users: the id of who rated, shape (n,): numbers, texts or other objects.
            items: the id of what was rated, shape (n,).
            ratings: shape (n,).
            timestamps: when, in seconds, shape (n,), whole numbers.
            titles: film id to title.
            scale: the lowest and the highest rating.

        Raises:
            DataError: lengths differ, an id is blank, a rating is NaN or off the scale, or a pair stands there twice.
        """
        (user_ids, user_numbers), (item_ids, item_numbers) = ids_of(users, "users"), ids_of(items, "items")
        values, times = stars(ratings, checked_scale(scale)), None if timestamps is None else seconds(timestamps)
        data = cls(user_numbers, item_numbers, values, user_ids, item_ids, titles or {}, times, scale)
        twice = first_pair_twice(data.users, data.items, data.n_items)
        if twice is not None:
            user, item = user_ids.tolist()[data.users[twice[1]]], item_ids.tolist()[data.items[twice[1]]]
            raise complaint("pair twice in arrays", f"ratings[{twice[1]}]", user=user, item=item, earlier=twice[0])
        return data

    @classmethod
    def _from_list(cls, layout: FileLayout, movies: FileLayout | None, scale: Scale) -> "RatingsDataset":
        """A list of ratings of known layout, and the titles of its films."""
        found = read_rating_list(layout, scale)
        titles = {} if movies is None else read_titles(movies, whole=found.item_ids.dtype.kind == "i")
        columns = found.users, found.items, found.ratings, found.user_ids, found.item_ids
        return cls(*columns, titles, found.timestamps, scale, layout=layout, no_time=found.no_time)

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
    def split(
        self, valid: None = None, test: float = ..., seed: int = ..., by: By = ...
    ) -> tuple["RatingsDataset", "RatingsDataset"]: ...
    @overload
    def split(
        self, valid: float, test: float = ..., seed: int = ..., by: By = ...
    ) -> tuple["RatingsDataset", "RatingsDataset", "RatingsDataset"]: ...
    def split(
        self, valid: float | None = None, test: float = 0.2, seed: int = 0, by: By = "random"
    ) -> tuple["RatingsDataset", ...]:
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

    def split_as(self, split: RatingsSplit) -> tuple["RatingsDataset", ...]:
        """The parts of a split that was chosen before: (train, test), or (train, valid, test).

        Raises:
            DataError: it was made for other ratings.
        """
        if (found := self.fingerprint()) != split.fingerprint:
            raise complaint("other ratings", made=split.fingerprint, found=found)
        parts = (split.train, split.valid, split.test) if len(split.valid) else (split.train, split.test)
        return tuple(self.part(rows) for rows in parts)

    def fingerprint(self) -> str:
        """A short text that differs where any user, film or rating does."""
        return fingerprint_of(self.users, self.items, self.ratings)

    def part(self, rows: NDArray[np.signedinteger[Any]]) -> "RatingsDataset":
        """The ratings at the chosen positions, with all users and films."""
        return replace(
            self,
            users=self.users[rows],
            items=self.items[rows],
            ratings=self.ratings[rows],
            timestamps=None if self.timestamps is None else self.timestamps[rows],
            rows=np.asarray(rows, np.intp) if self.rows is None else self.rows[rows],
        )

    def top(self, users: int = 15, films: int = 15) -> "RatingsDataset":
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


def lecture_table() -> RatingsDataset:
    """The lecture's table: 206 ratings that 15 users gave 15 films, with 19 cells left to be predicted.

    Source: MovieLens ml-latest-small of October 2016, as printed in a lecture on collaborative filtering of
    July 2018 (`002_8a50c176e41375fb.txt`). The ratings are under MovieLens' terms, not under this project's
    licence: see LICENSE.txt and README.md beside the file.
    """
    with as_file(files("tinygrad_vn.data") / "movielens_15x15" / "ratings.csv") as path:
        return RatingsDataset.from_table(path)
