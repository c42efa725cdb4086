"""What every function of this package does to its inputs first."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.tensor import Tensor


def real_tensor(x: Any) -> Tensor:
    """The input as a Tensor: whole numbers become real ones, everything else stays what it is."""
    x = x if isinstance(x, Tensor) else Tensor(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)
