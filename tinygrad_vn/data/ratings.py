"""Who rated what, and how: the data that a movie recommender learns from.

A rating is a user, a film and a number from 0.5 to 5. Models want users and films counted from 0, each a row
of a matrix, while files have ids with gaps: "The Matrix" is MovieLens' film 2571, and the fifteenth of the
lecture's table. A `RatingsDataset` holds both, the numbers that models use and the ids and titles that people
know.

    ratings = RatingsDataset.from_csv("ratings.csv", movies="movies.csv")
    train, test = ratings.split(test=0.2, seed=0)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_vn.data.rating_files import read_rating_list, read_rating_table, read_titles
from tinygrad_vn.data.words import complaint

__all__ = ["RatingsDataset", "lecture_table"]


@dataclass(frozen=True, eq=False, repr=False)
class RatingsDataset:
    """Ratings one below the other: user number `users[k]` gave film number `items[k]` `ratings[k]` stars.

    Attributes:
        users: which user, counted from 0, shape (n,), integers.
        items: which film, counted from 0, shape (n,), integers.
        ratings: how many stars, 0.5 to 5, shape (n,), float64.
        user_ids: the id that each user has in the file, shape (n_users,), integers.
        item_ids: the id that each film has in the file, shape (n_items,), integers.
        titles: film id to title; films that nobody rated may be in it, films of unknown title are not.

    Raises:
        DataError: the three columns differ in length, or an index has no id.
    """

    users: NDArray[np.intp]
    items: NDArray[np.intp]
    ratings: NDArray[np.float64]
    user_ids: NDArray[np.int64]
    item_ids: NDArray[np.int64]
    titles: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.users.shape == self.items.shape == self.ratings.shape == (len(self.ratings),):
            raise complaint("shapes", users=self.users.shape, items=self.items.shape, ratings=self.ratings.shape)
        for what, index, ids in (("users", self.users, self.user_ids), ("items", self.items, self.item_ids)):
            if index.size and not (index.min() >= 0 and index.max() < len(ids)):
                raise complaint("no such index", what=what, low=index.min(), high=index.max(), count=len(ids))

    @classmethod
    def from_csv(cls, path: str | PathLike[str], movies: str | PathLike[str] | None = None) -> "RatingsDataset":
        """Read MovieLens' `ratings.csv`: one rating per line, the header userId,movieId,rating,timestamp.

        The timestamp may be absent. Users and films are numbered in the order of their ids.

        Args:
            path: the file of ratings.
            movies: MovieLens' `movies.csv` (movieId,title,genres), for the titles.

        Raises:
            DataError: a file cannot be read as meant; the text names the file, the line and the remedy.
        """
        titles = {} if movies is None else read_titles(movies)
        triples = read_rating_list(path)
        user_ids, users = np.unique(np.array(triples.users, dtype=np.int64), return_inverse=True)
        item_ids, items = np.unique(np.array(triples.items, dtype=np.int64), return_inverse=True)
        return cls(users, items, np.array(triples.ratings), user_ids, item_ids, titles)

    @classmethod
    def from_table(cls, path: str | PathLike[str]) -> "RatingsDataset":
        """Read a table with one line per user and one column per film, as a spreadsheet shows it.

        The first line is `movieId` and the film ids, the second `userId` and the titles; every further line
        is a user's id and one rating per film, empty where there is none. Users and films keep their order.

        Raises:
            DataError: the file cannot be read as meant; the text names the file, the line and the remedy.
        """
        table = read_rating_table(path)
        user_number = {user: number for number, user in enumerate(table.user_ids)}
        item_number = {item: number for number, item in enumerate(table.item_ids)}
        return cls(
            np.array([user_number[user] for user in table.triples.users], dtype=np.intp),
            np.array([item_number[item] for item in table.triples.items], dtype=np.intp),
            np.array(table.triples.ratings),
            np.array(table.user_ids, dtype=np.int64),
            np.array(table.item_ids, dtype=np.int64),
            table.titles,
        )

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
        return f"RatingsDataset({len(self):,} ratings of {self.n_items:,} films by {self.n_users:,} users)"

    def title_of(self, item_id: int) -> str:
        """The title of the film with this id in the file, or "#31" where film 31 has no known title."""
        return self.titles.get(item_id, f"#{item_id}")

    def split(self, test: float = 0.2, seed: int = 0) -> tuple["RatingsDataset", "RatingsDataset"]:
        """Part the ratings at random into some to learn from and some to be judged by.

        Both parts keep all users and films with their numbers, so a model of one fits the other.

        Args:
            test: the share to hold out, above 0 and below 1, rounded down to whole ratings.
            seed: the same seed gives the same parts on every machine.

        Returns:
            (train, test)

        Raises:
            DataError: test is not such a share, or leaves one part empty.
        """
        if not 0 < test < 1:
            raise complaint("no share", test=test)
        n_test = int(len(self) * test)
        if not 0 < n_test < len(self):
            raise complaint("empty part", test=test, count=len(self), held_out=n_test)
        order = np.random.RandomState(seed).permutation(len(self))
        return self._part(order[n_test:]), self._part(order[:n_test])

    def _part(self, chosen: NDArray[np.signedinteger[Any]]) -> "RatingsDataset":
        """The ratings at the chosen positions, with all users and films."""
        return replace(self, users=self.users[chosen], items=self.items[chosen], ratings=self.ratings[chosen])

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
