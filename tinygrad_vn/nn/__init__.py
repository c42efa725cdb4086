"""Neural networks: `functional` has the activation functions."""

from tinygrad_vn.nn import functional

__all__ = ["functional"]
