"""Data to learn from: in batches, in parts and to scale; and ratings of films, read from files or bundled.

loader         DataLoader: the data in batches
datasets       TensorDataset, Subset: what a loader takes
splits         random_split, train_test_split, KFold: parts to learn from and to be judged by
standardizer   Standardizer: columns of mean 0 and deviation 1
ratings        RatingsDataset: who rated which film how
rating_splits  RatingsSplit: which ratings to learn from, to store with a model
rating_…       layouts finds out how a file is laid out; files, tables and arrays read, ids gives numbers to ids
csv_rows       reads a file row by row, with care; number_columns reads millions of numbers, fast
releases       data sets that can be fetched, by their SHA-256; unpacking opens archives safely
words          what is said about data that cannot be used, in both languages; phrases, about arguments
"""

from tinygrad_vn.data.datasets import Subset, TensorDataset
from tinygrad_vn.data.loader import DataLoader
from tinygrad_vn.data.phrases import DATA_VIETNAMESE
from tinygrad_vn.data.rating_files import RATING_SCALE
from tinygrad_vn.data.rating_splits import RatingsSplit
from tinygrad_vn.data.ratings import RatingsDataset, lecture_table
from tinygrad_vn.data.splits import KFold, random_split, train_test_split
from tinygrad_vn.data.standardizer import Standardizer
from tinygrad_vn.phrases import VIETNAMESE

VIETNAMESE.update(DATA_VIETNAMESE)

__all__ = [
    "RATING_SCALE",
    "DataLoader",
    "KFold",
    "RatingsDataset",
    "RatingsSplit",
    "Standardizer",
    "Subset",
    "TensorDataset",
    "lecture_table",
    "random_split",
    "train_test_split",
]
