"""The ratings that come with the package: fifteen people, fifteen films, and a table that fits on a page."""

from importlib.resources import as_file, files

from tinygrad_vn.data.ratings.dataset import RatingsDataset


def lecture_table() -> RatingsDataset:
    """The lecture's table: 206 ratings that 15 users gave 15 films, with 19 cells left to be predicted.

    Source: MovieLens ml-latest-small of October 2016, as printed in a lecture on collaborative filtering of
    July 2018 (`002_8a50c176e41375fb.txt`). The ratings are under MovieLens' terms, not under this project's
    licence: see LICENSE.txt and README.md beside the file.
    """
    with as_file(files("tinygrad_vn.data") / "movielens_15x15" / "ratings.csv") as path:
        return RatingsDataset.from_table(path)
