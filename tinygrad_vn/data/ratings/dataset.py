"""Who rated what, and how: the data that a movie recommender learns from.

A rating is a user, a film and a number, from 0.5 to 5 as a rule. Models want users and films counted from 0, each a row
of a matrix, while files have ids with gaps, or names: "The Matrix" is MovieLens' film 2571, and the fifteenth of the
lecture's table. A `RatingsDataset` holds both, the numbers that models use and the ids and titles that people know.

    ratings = RatingsDataset.from_csv("ratings.csv", movies="movies.csv")
    train, test = ratings.split(test=0.2, seed=0)
    table = ratings.top(users=15, films=15).matrix()    # the lecture's
"""

from collections.abc import Mapping
from os import PathLike
from typing import Any, Self

from numpy.typing import ArrayLike

from tinygrad_vn.data.ratings.arrays import array_columns, checked_scale
from tinygrad_vn.data.ratings.columns import RATING_SCALE, RatingColumns, Scale
from tinygrad_vn.data.ratings.layouts import (
    RATING_COLUMNS,
    RATING_HEADER,
    TITLE_COLUMNS,
    TITLE_HEADER,
    FileLayout,
    Kind,
    any_layout,
    comma_list,
    titles_layout,
)
from tinygrad_vn.data.ratings.lists import read_rating_list, read_titles
from tinygrad_vn.data.ratings.matrices import matrix_columns, matrix_layout, read_matrix, two_axes
from tinygrad_vn.data.ratings.records import RatingRecords
from tinygrad_vn.data.ratings.tables import read_rating_table, table_layout

__all__ = ["RatingsDataset"]


class RatingsDataset(RatingRecords):
    """Ratings of films, read from a file or from arrays; `RatingRecords` says what they hold and can do."""

    @classmethod
    def from_csv(
        cls, path: str | PathLike[str], movies: str | PathLike[str] | None = None, scale: Scale = RATING_SCALE
    ) -> Self:
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
        layout: Kind | None = None,
    ) -> Self:
        """Read a file of ratings whatever its layout, which is found out and kept in `layout`.

        Lists with one rating per line: `ratings.csv`, the `u.data` (tabs, no header) and `ratings.dat` ("::") of older
        releases, or with semicolons, vertical bars or spaces; without a header the columns are user, film, rating and
        time, with one they are found by name (userId, user_id, item, ISBN, stars …). Tables and matrices: as
        `from_table` and `from_matrix` read them.

        Args:
            path: the file of ratings.
            movies: the file of titles: `movies.csv`, `movies.dat` or `u.item`, for a list.
            scale: the lowest and the highest rating.
            encoding: of both files; "latin-1" for `movies.dat` and `u.item`.
            layout: "list", "table" or "matrix", for a file that could be two of them: bare numbers in three or four
                columns, all small.

        Raises:
            DataError: a file cannot be read as meant; the text names the file, the line and the remedy.
        """
        found = any_layout(path, checked_scale(scale), encoding, layout)
        titles = None if movies is None else titles_layout(movies, encoding)
        if found.kind == "list":
            return cls._from_list(found, titles, scale)
        if found.kind == "table":
            return cls.from_table(path, scale, encoding)
        known = None if titles is None else read_titles(titles, whole=True)
        return cls.from_matrix(path, titles=known, scale=scale, encoding=encoding)

    @classmethod
    def from_table(cls, path: str | PathLike[str], scale: Scale = RATING_SCALE, encoding: str = "utf-8") -> Self:
        """Read a table with one line per user and one column per film, as a spreadsheet shows it.

        The first line is `movieId` and the film ids, the second `userId` and the titles; every further line
        is a user's id and one rating per film, empty where there is none. Users and films keep their order.

        Raises:
            DataError: the file cannot be read as meant; the text names the file, the line and the remedy.
        """
        columns, titles = read_rating_table(path, checked_scale(scale), encoding)
        return cls._of(columns, titles, scale, table_layout(path, columns.item_ids))

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
    ) -> Self:
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
        limits, layout = checked_scale(scale), None
        if isinstance(source, str | PathLike):
            layout = matrix_layout(source, encoding)
            values = read_matrix(layout, limits)
        else:
            values = two_axes(source)
        return cls._of(matrix_columns(values, layout, mask, user_ids, item_ids, limits), titles, scale, layout)

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
    ) -> Self:
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
        return cls._of(array_columns(users, items, ratings, timestamps, checked_scale(scale)), titles, scale)

    @classmethod
    def _from_list(cls, layout: FileLayout, movies: FileLayout | None, scale: Scale) -> Self:
        """A list of ratings of known layout, and the titles of its films."""
        columns = read_rating_list(layout, scale)
        titles = None if movies is None else read_titles(movies, whole=columns.item_ids.dtype.kind == "i")
        return cls._of(columns, titles, scale, layout)

    @classmethod
    def _of(
        cls, columns: RatingColumns, titles: Mapping[Any, str] | None, scale: Scale, layout: FileLayout | None = None
    ) -> Self:
        """What has been read."""
        low, high = checked_scale(scale)
        return cls(**vars(columns), titles=titles or {}, scale=(low, high), layout=layout)
