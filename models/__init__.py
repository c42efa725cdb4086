"""Models that learn, each short enough to be read in a lecture; imported as `tinygrad_vn.models`.

linear_regression.py       a straight line
logistic_regression.py     one neuron with a sigmoid: the probability of a class
mlp.py                     nets for classes and for numbers
fitting/                   how those three learn, in scikit-learn's manner
recommender.py             what all recommenders share: checking ratings, scoring, choosing what to watch next
baselines.py               the mean, what is usual for a user and a film, popularity, neighbours: what to beat
matrix_factorization.py    the lectures' recommender, trained by our own gradients
embedding_dot.py           the lecture's EmbeddingDot and EmbeddingDotBias; embedding_net.py its EmbeddingNet
embedding_audience.py      films known by who rated them, too: the best of them on MovieLens
collab/                    collab_learner: train a recommender, ask it, save it
overfitting.py             what the lecture's table of 15 × 15 teaches about it
full_matrix.py             the report's, by gradient descent on the whole table; number_files.py are its text files
report_tables.py           the report's two tables
"""

from tinygrad_vn.models.baselines import GlobalMean, ItemNeighbours, MeanAndBiases, Popularity
from tinygrad_vn.models.collab.learner import CollabLearner, collab_learner
from tinygrad_vn.models.embedding_audience import EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDot, EmbeddingDotBias
from tinygrad_vn.models.embedding_net import EmbeddingNet
from tinygrad_vn.models.full_matrix import FullMatrixFactorization
from tinygrad_vn.models.linear_regression import LinearRegression
from tinygrad_vn.models.logistic_regression import LogisticRegression
from tinygrad_vn.models.matrix_factorization import MatrixFactorization
from tinygrad_vn.models.mlp import MLPClassifier, MLPRegressor
from tinygrad_vn.models.phrases import MODELS_VIETNAMESE
from tinygrad_vn.models.recommender import Recommender
from tinygrad_vn.phrases import VIETNAMESE

VIETNAMESE.update(MODELS_VIETNAMESE)

__all__ = [
    "CollabLearner",
    "EmbeddingAudience",
    "EmbeddingDot",
    "EmbeddingDotBias",
    "EmbeddingNet",
    "FullMatrixFactorization",
    "GlobalMean",
    "ItemNeighbours",
    "LinearRegression",
    "LogisticRegression",
    "MLPClassifier",
    "MLPRegressor",
    "MatrixFactorization",
    "MeanAndBiases",
    "Popularity",
    "Recommender",
    "collab_learner",
]
