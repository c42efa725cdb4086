"""Models that learn, each short enough to be read in a lecture; imported as `tinygrad_vn.models`.

recommender.py             what all recommenders share: checking ratings, scoring, choosing what to watch next
baselines.py               the mean, and the mean with what is usual for a user and a film: what to beat
matrix_factorization.py    the lectures' recommender, trained by our own gradients
"""

from tinygrad_vn.models.baselines import GlobalMean, MeanAndBiases
from tinygrad_vn.models.matrix_factorization import MatrixFactorization
from tinygrad_vn.models.recommender import Recommender

__all__ = ["GlobalMean", "MatrixFactorization", "MeanAndBiases", "Recommender"]
