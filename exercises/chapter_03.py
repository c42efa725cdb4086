"""Chapter 3: your own Tensor, for single numbers."""

from __future__ import annotations

import math  # noqa: F401  # for tanh
from collections.abc import Callable


class Value:
    """A number that remembers how it was computed. / Một con số nhớ mình được tính ra thế nào.

    Attributes:
        data: the number.
        grad: the derivative of the last result with respect to it; backward() adds to it.
        inputs, rules: what it was computed from, and for each of them a rule: gradient of the result -> its gradient.

    data: con số. grad: đạo hàm của kết quả cuối theo nó, backward() cộng thêm vào đó. inputs, rules: những gì đã sinh
    ra nó, và với mỗi thứ một quy tắc: gradient của kết quả -> gradient của thứ ấy.
    """

    def __init__(
        self, data: float, inputs: tuple[Value, ...] = (), rules: tuple[Callable[[float], float], ...] = ()
    ) -> None:
        self.data, self.inputs, self.rules, self.grad = data, inputs, rules, 0.0

    def __add__(self, other: Value) -> Value:
        """self + other"""
        raise NotImplementedError

    def __mul__(self, other: Value) -> Value:
        """self · other"""
        raise NotImplementedError

    def tanh(self) -> Value:
        """tanh(self)"""
        raise NotImplementedError

    def backward(self) -> None:
        """Add ∂self/∂v to v.grad for every v that self was computed from. Chains of 10,000 operations must work.

        Cộng ∂self/∂v vào v.grad của mọi v đã tham gia tính self. Chuỗi 10.000 phép toán cũng phải chạy được.
        """
        raise NotImplementedError
