"""Standardizer: every column with mean 0 and standard deviation 1, as gradient descent likes it.

Why: one learning rate serves all parameters. In the lecture's example of land prices (`003_5f9638466f993df0.txt`) the
areas go up to 542 m², so the mean squared error curves 81,600 times more strongly along w than along b. Any rate above
1.2 × 10⁻⁵ overshoots (the lecture's first step with 0.01 throws w from 2 to −78.64), and with that rate the slowest
direction gets a hundred-thousandth of its way per step. Standardized, the loss curves alike in all directions: with
the rate 0.5, a single step arrives.

    scaler = Standardizer().fit(x_train)               # means and deviations of the training data only
    model = train(scaler.transform(x_train), ...)
    model(scaler.transform(x_test))                    # the same shift for data that the model has not seen

Targets can be standardized too, by a `Standardizer` of their own; `inverse_transform` brings predictions back to
million VND.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinygrad_vn.data.words import complaint
from tinygrad_vn.dtypes import get_default_dtype
from tinygrad_vn.graph import Values
from tinygrad_vn.tensor import Tensor


class Standardizer:
    """Shifts and scales columns: z = (x − mean) / scale, and back.

    A column that is the same number everywhere has no scale; it becomes 0.

    Attributes:
        mean_: the mean of every column, float64, shape (d,); () after fitting to shape (n,). None before `fit`.
        scale_: the standard deviation of every column (dividing by n), of the same shape; 1 for a constant column.
    """

    def __init__(self) -> None:
        self.mean_: Values | None = None
        self.scale_: Values | None = None

    def fit(self, x: Any) -> Standardizer:
        """Learn the mean and the standard deviation of every column, from the training data.

        Args:
            x: n rows, shape (n,) or (n, d): an array, a Tensor or a nested list.

        Raises:
            DataError: no rows, no numbers, or NaN or infinity among them.
        """
        values = x.detach().numpy() if isinstance(x, Tensor) else np.asarray(x)
        if values.ndim not in (1, 2) or values.dtype.kind not in "biuf":
            raise complaint("no columns", dtype=values.dtype, shape=values.shape)
        if not len(values):
            raise complaint("no data")
        wide = values.astype(np.float64)
        wrong = np.argwhere(~np.isfinite(wide.reshape(len(wide), -1)))
        if len(wrong):
            row, column = wrong[0]
            raise complaint("not finite", row=row, column=column, value=wide.reshape(len(wide), -1)[row, column])
        is_constant = wide.max(axis=0) == wide.min(axis=0)  # of ten times 0.1, rounding leaves a deviation of 1e-17
        self.mean_ = np.where(is_constant, wide[0], wide.mean(axis=0))
        self.scale_ = np.where(is_constant, 1.0, wide.std(axis=0))
        return self

    def transform(self, x: Any) -> Any:
        """(x − mean) / scale, of the same shape; float32 stays float32, whole numbers take the default dtype.

        A Tensor gives a Tensor, through which gradients flow; everything else an array.

        Raises:
            DataError: `fit` was not called, or x has other columns than it saw.
        """
        x, mean, scale = self._prepared(x)
        return ((x - mean) / scale).astype(_floating(x.dtype))

    def inverse_transform(self, z: Any) -> Any:
        """z · scale + mean: back to the old units, up to rounding.

        Raises:
            DataError: `fit` was not called, or z has other columns than it saw.
        """
        z, mean, scale = self._prepared(z)
        return (z * scale + mean).astype(_floating(z.dtype))

    def fit_transform(self, x: Any) -> Any:
        """`fit(x)`, then `transform(x)`: for training data only."""
        return self.fit(x).transform(x)

    def state_dict(self) -> dict[str, Values]:
        """Means and scales, to be saved along with the model that was trained on such data.

        Raises:
            DataError: `fit` was not called.
        """
        mean, scale = self._fitted()
        return {"mean": mean.copy(), "scale": scale.copy()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take means and scales from `state_dict()`."""
        self.mean_, self.scale_ = (np.array(state[key], dtype=np.float64) for key in ("mean", "scale"))

    def __repr__(self) -> str:
        return "Standardizer()" if self.mean_ is None else f"Standardizer(fitted to {self.mean_.size} columns)"

    def _fitted(self) -> tuple[Values, Values]:
        if self.mean_ is None or self.scale_ is None:
            raise complaint("not fitted")
        return self.mean_, self.scale_

    def _prepared(self, x: Any) -> tuple[Any, Values, Values]:
        """The values, and what to shift and scale them by."""
        mean, scale = self._fitted()
        values = x if isinstance(x, Tensor) else np.asarray(x)
        if values.ndim not in (1, 2) or values.dtype.kind not in "biuf":
            raise complaint("no columns", dtype=values.dtype, shape=values.shape)
        width = values.shape[1] if values.ndim == 2 else 1
        if width != mean.size:
            raise complaint("other width", fitted=mean.size, found=width, shape=values.shape)
        if values.ndim == 1:
            mean, scale = mean.reshape(()), scale.reshape(())  # one column, with or without its axis
        return values, mean, scale


def _floating(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype if dtype.kind == "f" else get_default_dtype()
