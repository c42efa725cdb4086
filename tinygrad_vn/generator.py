"""Generator: PyTorch's name for a source of random numbers, which is NumPy's here.

    g = torch.Generator().manual_seed(42)
    torch.randn(27, 10, generator=g)

The numbers are not PyTorch's: no two libraries draw the same ones from the same seed.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from tinygrad_vn.idioms import check_device


class Generator(np.random.Generator):
    """A `numpy.random.Generator` that can be seeded after it was made; `rng=` and `generator=` take either.

    Args:
        device: "cpu", the only one there is.
    """

    def __new__(cls, device: Any = "cpu") -> Self:
        """One with a start of its own, different every time."""
        check_device(device)
        return super().__new__(cls)

    def __init__(self, device: Any = "cpu") -> None:
        super().__init__(np.random.PCG64())

    def manual_seed(self, seed: int) -> Self:
        """Start afresh: the same seed gives the same numbers, those of `tg.manual_seed(seed)`."""
        self.bit_generator.state = np.random.PCG64(seed).state
        return self
