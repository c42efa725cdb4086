"""Data to learn from: in batches, in parts and to scale; and ratings of films, read from files or bundled.

loader         DataLoader: the data in batches
datasets       TensorDataset, Subset: what a loader takes
splits         random_split, train_test_split, KFold: parts to learn from and to be judged by
standardizer   Standardizer: columns of mean 0 and deviation 1
ratings/       RatingsDataset, RatingsSplit: who rated which film how, from files of every usual layout
csv_rows       reads a file row by row, with care; number_columns reads millions of numbers, fast
releases       data sets that can be fetched, by their SHA-256; unpacking opens archives safely
words          what is said about data that cannot be used, in both languages; file_words, about files; phrases, about
               arguments
"""

from tinygrad_vn.data.datasets import Subset, TensorDataset
from tinygrad_vn.data.loader import DataLoader
from tinygrad_vn.data.phrases import DATA_VIETNAMESE
from tinygrad_vn.data.ratings import RATING_SCALE, RatingsDataset, RatingsSplit, lecture_table
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
