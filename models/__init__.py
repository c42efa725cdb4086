"""Models that learn, each short enough to be read in a lecture; imported as `tinygrad_vn.models`.

linear_regression.py       a straight line
logistic_regression.py     one neuron with a sigmoid: the probability of a class
mlp.py                     nets for classes and for numbers
fitting/                   how those three learn, in scikit-learn's manner
recommender.py             what all recommenders share: checking ratings, scoring, choosing what to watch next
baselines.py               the mean, what is usual for a user and a film, popularity, neighbours: what to beat
matrix_factorization.py    the report's recommender, by gradient descent on the whole table; number_files.py reads and
                           writes its text files, report_tables.py has its two tables
sparse_matrix_factorization.py  the same from the known ratings alone, and with biases
embedding_dot.py           the lecture's EmbeddingDot and EmbeddingDotBias; embedding_net.py its EmbeddingNet
embedding_audience.py      films known by who rated them, too: the best of them on MovieLens
collab/                    collab_learner: train a recommender, ask it, save it
overfitting.py             what the lecture's table of 15 × 15 teaches about it
"""

from tinygrad_vn.models.baselines import GlobalMean, ItemNeighbours, MeanAndBiases, Popularity
from tinygrad_vn.models.collab.create import collab_learner
from tinygrad_vn.models.collab.learner import CollabLearner
from tinygrad_vn.models.collab.seeds import evaluate_over_seeds
from tinygrad_vn.models.embedding_audience import EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDot, EmbeddingDotBias
from tinygrad_vn.models.embedding_net import EmbeddingNet
from tinygrad_vn.models.fitting.convex import ConvergenceWarning
from tinygrad_vn.models.fitting.kept import NotFittedError
from tinygrad_vn.models.fitting.labels import DataConversionWarning
from tinygrad_vn.models.linear_regression import LinearRegression
from tinygrad_vn.models.logistic_regression import LogisticRegression
from tinygrad_vn.models.matrix_factorization import MatrixFactorization
from tinygrad_vn.models.mlp import MLPClassifier, MLPRegressor
from tinygrad_vn.models.phrases import MODELS_VIETNAMESE
from tinygrad_vn.models.recommender import Recommender
from tinygrad_vn.models.sparse_matrix_factorization import SparseMatrixFactorization
from tinygrad_vn.phrases import VIETNAMESE

VIETNAMESE.update(MODELS_VIETNAMESE)

__all__ = [
    "CollabLearner",
    "ConvergenceWarning",
    "DataConversionWarning",
    "EmbeddingAudience",
    "EmbeddingDot",
    "EmbeddingDotBias",
    "EmbeddingNet",
    "GlobalMean",
    "ItemNeighbours",
    "LinearRegression",
    "LogisticRegression",
    "MLPClassifier",
    "MLPRegressor",
    "MatrixFactorization",
    "MeanAndBiases",
    "NotFittedError",
    "Popularity",
    "Recommender",
    "SparseMatrixFactorization",
    "collab_learner",
    "evaluate_over_seeds",
]
