"""Ratings of films: read from files of every usual layout, numbered, and split.

dataset     RatingsDataset: who rated which film how, from files and arrays
records     what it holds, and can do: split, the busiest part as a table
lecture     lecture_table: the ratings that come with the package
splits      RatingsSplit: which ratings to learn from, to store with a model
layouts     finds out how a file is laid out; headerless, whether bare numbers are a list or a matrix
lists       reads files with one rating per line; tables and matrices read the others, arrays what is in memory
columns     what all of these make of it; ids gives numbers to ids
words       what is said about ratings that cannot be used, in both languages
"""

from tinygrad_vn.data.ratings.columns import RATING_SCALE
from tinygrad_vn.data.ratings.dataset import RatingsDataset
from tinygrad_vn.data.ratings.lecture import lecture_table
from tinygrad_vn.data.ratings.splits import RatingsSplit
from tinygrad_vn.data.ratings.words import RATING_TEXTS
from tinygrad_vn.data.words import TEXTS

TEXTS.update(RATING_TEXTS)

__all__ = ["RATING_SCALE", "RatingsDataset", "RatingsSplit", "lecture_table"]
