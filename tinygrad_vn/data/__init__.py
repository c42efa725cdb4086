"""Data to learn from: ratings of films, read from files or bundled with the package."""

from tinygrad_vn.data.rating_files import RATING_SCALE
from tinygrad_vn.data.ratings import RatingsDataset, lecture_table

__all__ = ["RATING_SCALE", "RatingsDataset", "lecture_table"]
