# %% [markdown]
# # Tự viết Tensor trong một màn hình · Your own Tensor on one screen
#
# **Tiếng Việt.** Chương 3 viết `Value` cho số đơn lẻ. Ở đây cũng ý tưởng ấy cho mảng: giá trị, các đầu vào, và mỗi đầu
# vào một quy tắc; thêm việc gỡ broadcasting và thứ tự "mới nhất đi trước" của engine thật. Tensor tự viết này tính lại
# được các con số của bài giảng (mười bước trên x², mảnh đất đầu tiên, mạng 2-3-3-1) và trùng với thư viện; sau cùng ta
# xem vì sao cách viết đệ quy hỏng ở đồ thị sâu.
#
# **English.** Chapter 3 writes `Value` for single numbers. Here is the same idea for arrays: the value, the inputs, and
# a rule for each input; and two things more, undoing broadcasting and the real engine's order "newest first". This
# Tensor of our own works out the lectures' numbers (ten steps on x², the first land price, the net 2-3-3-1), the same
# as the library; and in the end we see why a recursive one fails on a deep graph.
#
# Source · Nguồn: `004_2f9e90593bb73649.txt`, 2.3; `003_5f9638466f993df0.txt`; `001_138430595a83a231.txt`, 3.

# %%
from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from lesson import Lesson

import tinygrad_vn as tg

page = Lesson(__file__ if "__file__" in globals() else "ch03_own_tensor")
page.say(
    "Expected: x = 0.4295 after ten steps; loss 5184 with gradients 8064 and 144; all gradients of the net 2-3-3-1 as\n"
    "in the library, to 1e-15; and a chain of 20000 operations that recursion cannot walk.",
    "Sẽ thấy: x = 0.4295 sau mười bước; loss 5184 với gradient 8064 và 144; mọi gradient của mạng 2-3-3-1 giống thư\n"
    "viện đến 1e-15; và một chuỗi 20000 phép toán mà đệ quy không đi hết được.",
)

# %% [markdown]
# ## Một màn hình · One screen
#
# Mỗi phép toán một dòng: kết quả, các đầu vào, và cho mỗi đầu vào một hàm biến gradient của kết quả thành gradient của
# đầu vào. `backward` gom các đóng góp trong một từ điển; `.grad` chỉ được ghi khi nút đã đến lượt. ·
# One line per operation: the result, the inputs, and for each input a function that turns the result's gradient into
# the input's. `backward` collects the contributions in a dictionary; a `.grad` is written when its turn has come.

# %%
number = itertools.count()
Rule = Callable[[np.ndarray], np.ndarray]


class Array:
    """An array that remembers how it was computed."""

    def __init__(self, data: object, inputs: tuple[Array, ...] = (), rules: tuple[Rule, ...] = ()) -> None:
        self.data, self.inputs, self.rules = np.array(data, dtype=float), inputs, rules
        self.grad = np.zeros_like(self.data)
        self.born = next(number)  # inputs are always older than results

    def __add__(self, other: Array) -> Array:
        return Array(self.data + other.data, (self, other), (lambda g: g, lambda g: g))

    def __mul__(self, other: Array) -> Array:
        return Array(self.data * other.data, (self, other), (lambda g: g * other.data, lambda g: g * self.data))

    def __matmul__(self, other: Array) -> Array:
        return Array(self.data @ other.data, (self, other), (lambda g: g @ other.data.T, lambda g: self.data.T @ g))

    def sigmoid(self) -> Array:
        """σ′ = σ(1 − σ)."""
        out = 1 / (1 + np.exp(-self.data))
        return Array(out, (self,), (lambda g: g * out * (1 - out),))

    def mean(self) -> Array:
        """The mean of all elements: each gets its share of g."""
        return Array(self.data.mean(), (self,), (lambda g: np.full(self.data.shape, g / self.data.size),))

    def backward(self) -> None:
        """Add ∂self/∂a to a.grad for every array a that self was computed from; self is one number."""
        found, seen = [self], {self}
        for array in found:  # the list grows while it is walked
            new = [source for source in dict.fromkeys(array.inputs) if source not in seen]
            seen.update(new)
            found.extend(new)
        gradients = {self: np.ones_like(self.data)}
        for array in sorted(found, key=lambda array: -array.born):
            g = gradients.pop(array)
            array.grad = array.grad + g
            for source, rule in zip(array.inputs, array.rules, strict=True):
                part = summed_to(rule(g), source.data.shape)
                gradients[source] = gradients[source] + part if source in gradients else part


def summed_to(g: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Broadcasting undone: g summed over the axes along which an array of this shape was stretched."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] > 1)
    return g.sum(axis=stretched, keepdims=True)


# %% [markdown]
# ## Các con số của bài giảng · The lectures' numbers

# %%
x = Array(4.0)
for _ in range(10):
    x.grad = np.zeros(())
    (x * x).backward()
    x.data = x.data - 0.1 * x.grad
print(f"\nx² :  x = {x.data:.10f}")
page.check(x.data, 0.4294967296, within=1e-10)  # used twice in x·x: both contributions count

w, b = Array(2.0), Array(5.0)
error = w * Array(56.0) + b + Array(-45.0)
loss = error * error
loss.backward()
print(f"L = {loss.data:g}   ∂L/∂w = {w.grad:g}   ∂L/∂b = {b.grad:g}")
page.check([loss.data, w.grad, b.grad], [5184, 8064, 144])

# %% [markdown]
# ## Mạng 2-3-3-1, cạnh thư viện · The net 2-3-3-1, beside the library
#
# Bias được cộng vào cả bốn hàng của batch, nên gradient của nó là tổng bốn hàng: `summed_to`. ·
# A bias is added to all four rows of the batch, so its gradient is the sum over the four: `summed_to`.

# %%
rng = np.random.default_rng(7)
X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]]
SHAPES = {"W1": (2, 3), "b1": (3,), "W2": (3, 3), "b2": (3,), "W3": (3, 1), "b3": (1,)}
start = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}

ours = {name: Array(values) for name, values in start.items()}
a = Array(X)
for k in "123":
    a = (a @ ours[f"W{k}"] + ours[f"b{k}"]).sigmoid()
error = a + Array(Y) * Array(-1.0)
(error * error).mean().backward()

theirs = {name: tg.tensor(values, requires_grad=True, name=name) for name, values in start.items()}
t = tg.tensor(X)
for k in "123":
    t = tg.sigmoid(t @ theirs[f"W{k}"] + theirs[f"b{k}"])
J = ((t - np.array(Y)) ** 2).mean()
J.backward()
print()
for name, array in ours.items():
    print(f"∂J/∂{name}  {array.grad.shape!s:8}‖·‖ = {np.linalg.norm(array.grad):.6f}")
    page.check(array.grad, theirs[name].grad, within=1e-15)

# %% [markdown]
# ## Đồ thị sâu · A deep graph
#
# `Value` của chương 3 tìm thứ tự bằng hàm `visit` tự gọi lại mình. Python cho phép chừng một nghìn lần gọi lồng nhau. ·
# The `Value` of chapter 3 finds its order by a function `visit` that calls itself. Python allows about a thousand calls
# within each other.


# %%
def visit(array: Array, seen: set[Array]) -> int:
    """How many arrays this one was computed from, itself included: by recursion."""
    seen.add(array)
    return 1 + sum(visit(source, seen) for source in array.inputs if source not in seen)


one = end = Array(1.0)
for _ in range(20_000):
    end = end + one
end.backward()
page.check(one.grad, 20_001)
try:
    visit(end, set())
    too_deep = False
except RecursionError:
    too_deep = True
page.claim(
    too_deep,
    "\n20000 additions: the loop walks them, the recursive way ends in a RecursionError.",
    "\n20000 phép cộng: vòng lặp đi hết, còn cách đệ quy dừng với RecursionError.",
)

# %% [markdown]
# Những gì `Array` chưa có: báo lỗi khi bị sửa giữa chừng, `.grad` nguyên vẹn khi một lượt đi hỏng, đạo hàm của đạo hàm,
# giải phóng bộ nhớ. Đó là phần còn lại của engine thật. ·
# What `Array` lacks: errors for changes in between, `.grad` untouched when a pass fails, derivatives of derivatives,
# memory given back. That is the rest of the real engine.

# %%
if page.draws:
    page.save(tg.draw(J, show=("grad",)), "ch03_own_tensor_net.svg")

page.done()
