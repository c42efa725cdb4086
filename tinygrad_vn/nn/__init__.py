"""Neural networks: `functional` has the activation functions and losses."""

from tinygrad_vn.nn import functional

__all__ = ["functional"]
