"""Solutions of chapter 3."""

from __future__ import annotations

import math
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
        return Value(self.data + other.data, (self, other), (lambda g: g, lambda g: g))

    def __mul__(self, other: Value) -> Value:
        """self · other"""
        return Value(self.data * other.data, (self, other), (lambda g: g * other.data, lambda g: g * self.data))

    def tanh(self) -> Value:
        """tanh(self)"""
        out = math.tanh(self.data)
        return Value(out, (self,), (lambda g: g * (1 - out * out),))

    def backward(self) -> None:
        """Add ∂self/∂v to v.grad for every v that self was computed from. Chains of 10,000 operations must work.

        Cộng ∂self/∂v vào v.grad của mọi v đã tham gia tính self. Chuỗi 10.000 phép toán cũng phải chạy được.
        """
        waiting = {self: 0}
        found = [self]
        for value in found:
            for source in value.inputs:
                if source not in waiting:
                    waiting[source] = 0
                    found.append(source)
                waiting[source] += 1
        gradients, ready = {self: 1.0}, [self]
        while ready:
            value = ready.pop()
            g = gradients.pop(value)
            value.grad += g
            for source, rule in zip(value.inputs, value.rules, strict=True):
                gradients[source] = gradients.get(source, 0.0) + rule(g)
                waiting[source] -= 1
                if waiting[source] == 0:
                    ready.append(source)
