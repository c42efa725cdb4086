# %% [markdown]
# # Chạy nhanh: ít phép toán mà lớn, và tg.jit · Going fast: few large operations, and tg.jit
#
# **Tiếng Việt.** Riêng việc bắt đầu một phép toán, Python đã tốn bằng cả nghìn phép nhân. Ta đo điều đó ba lần: tính dự
# đoán bằng vòng lặp và bằng mảng; ghi một loss từng điểm một và cả mảng một lúc; rồi huấn luyện mạng 2-3-3-1 của bài
# giảng như thường và với `tg.jit`, là danh sách các lời gọi NumPy đã ghi lại. Con số không đổi đến bit cuối cùng, chỉ
# thời gian đổi. Thời gian mỗi máy một khác, nên trang này vẽ nó ra và chỉ khẳng định những tỉ lệ chắc chắn.
#
# **English.** Merely starting an operation costs Python as much as a thousand multiplications. We measure it three
# times: predictions by a loop and by arrays; a loss recorded point by point and as whole arrays; then the lecture's net
# 2-3-3-1 trained as usual and with `tg.jit`, a list of the NumPy calls that were recorded. The numbers stay the same to
# the last bit, only the time changes. Times differ from one machine to another, so this page draws them, and claims
# only ratios that one can be sure of.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 2.3 (the net · mạng 2-3-3-1); `003_5f9638466f993df0.txt` (the line · đường
# thẳng).

# %%
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from lesson import BLUE, Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim
from tinygrad_vn.nn import functional as F

page = Lesson(__file__ if "__file__" in globals() else "ch12_fast")
page.say(
    "Expected: arrays more than 10 times as fast as a loop; a loss in several times as many calls as it needs; and\n"
    "the same 300 losses with and without tg.jit, in less time.",
    "Sẽ thấy: mảng nhanh hơn vòng lặp trên 10 lần; một loss tốn số lời gọi gấp mấy lần mức cần thiết; và 300 loss\n"
    "giống hệt nhau khi có và không có tg.jit, nhưng tốn ít thời gian hơn.",
)


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes, once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# %% [markdown]
# ## Vòng lặp và mảng · Loops and arrays
#
# Lấy lần nhanh nhất trong vài lần: những gì khác đang chạy trên máy chỉ có thể làm chậm đi. ·
# The fastest of a few runs counts: whatever else the machine does can only slow it down.

# %%
rng = np.random.default_rng(0)
X, w = rng.normal(size=(5000, 10)), rng.normal(size=10)
by_loop = [sum(a * b for a, b in zip(row, w, strict=True)) for row in X]
page.check(abs(np.array(by_loop) - X @ w).max(), 0, within=1e-12)
slow = min(seconds(lambda: [sum(a * b for a, b in zip(row, w, strict=True)) for row in X]) for _ in range(3))
fast = min(seconds(lambda: X @ w) for _ in range(10))
page.claim(
    slow > 10 * fast,
    "\n5000 · 10 products: the array is more than 10 times as fast.",
    "\n5000 · 10 phép nhân: mảng nhanh hơn trên 10 lần.",
)

# %% [markdown]
# ## Phép toán nào cũng được ghi · Every operation is recorded
#
# Sáu mảnh đất của bài giảng: tổng (w·x + b − y)², viết từng mảnh một và viết cả mảng. Cùng loss, cùng gradient; khác số
# lời gọi NumPy cho một lượt xuôi và ngược. `tg.jit` ghi lại các lời gọi ấy, `len(step.program)` đếm chúng. ·
# The lecture's six plots of land: the sum of (w·x + b − y)², plot by plot and as arrays. The same loss and gradients;
# what differs is how many NumPy calls a forward and a backward pass take. `tg.jit` records these calls,
# `len(step.program)` counts them.

# %%
area = np.array([56, 45, 234, 113, 542, 351], dtype=float)
price = np.array([45, 23, 199, 123, 448, 367], dtype=float)


def point_by_point(w, b):
    """The sum of squares, plot by plot."""
    total = 0.0
    for x, y in zip(area.tolist(), price.tolist(), strict=True):
        total = total + (w * x + b - y) ** 2
    return total


def as_arrays(w, b):
    """The same on whole arrays."""
    return ((w * area + b - price) ** 2).sum()


def count_calls(function) -> list[float]:
    """How many NumPy calls the loss and its gradients take; the loss; both gradients."""
    w, b = tg.tensor(2.0, requires_grad=True), tg.tensor(5.0, requires_grad=True)

    @tg.jit
    def step():
        w.grad = b.grad = None
        loss = function(w, b)
        loss.backward()
        return loss

    for _ in range(3):  # twice as always, to be recorded and compared; then the recording runs
        loss = step()
    return [len(step.program), loss.item(), w.grad.item(), b.grad.item()]


points, arrays = count_calls(point_by_point), count_calls(as_arrays)
page.say("\n                NumPy calls    loss   ∂/∂w   ∂/∂b", "\n               lời gọi NumPy    loss   ∂/∂w   ∂/∂b")
for name, numbers in (("point_by_point", points), ("as_arrays", arrays)):
    print(f"{name:16}" + "".join(f"{number:{width}.0f}" for number, width in zip(numbers, (12, 8, 9, 7), strict=True)))
page.check(points[1:], arrays[1:], within=1e-6)
page.claim(
    points[0] > 4 * arrays[0],
    "Plot by plot there are over four times as many, and with more plots the more.",
    "Viết từng mảnh thì gấp hơn bốn lần, và càng nhiều mảnh càng nhiều.",
)

# %% [markdown]
# ## tg.jit: một danh sách lời gọi NumPy · tg.jit: a list of NumPy calls
#
# Một bước học của mạng 2-3-3-1 trên bốn mẫu lúc nào cũng là những lời gọi ấy, chỉ con số khác. `tg.jit` chạy hàm hai
# lần như thường và so hai danh sách; từ lần thứ ba nó chạy danh sách. `print(step.program)` in ra, và đó là một chương
# trình NumPy chạy được. ·
# A training step of the net 2-3-3-1 on four samples is always the same calls, only the numbers differ. `tg.jit` runs
# the function twice as always and compares both lists; from the third time on it runs the list. `print(step.program)`
# shows it, and what it shows is a NumPy program that runs.

# %%
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])


def training_step() -> Callable[[np.ndarray, np.ndarray], tg.Tensor]:
    """One step of SGD on a net 2-3-3-1 of its own."""
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 3), nn.Sigmoid(), nn.Linear(3, 1), nn.Sigmoid())
    optimizer = optim.SGD(net.parameters(), lr=0.5)

    def step(x: np.ndarray, y: np.ndarray) -> tg.Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(net(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


as_always, replayed = training_step(), tg.jit(training_step())
losses = [[step(X, Y).item() for _ in range(300)] for step in (as_always, replayed)]
page.claim(
    losses[0] == losses[1],
    f"\n300 losses, from {losses[0][0]:.6f} to {losses[0][-1]:.6f}: the same to the last bit.",
    f"\n300 loss, từ {losses[0][0]:.6f} đến {losses[0][-1]:.6f}: giống nhau đến bit cuối cùng.",
)
listing = str(replayed.program)
page.say("The first lines of the recording:", "Mấy dòng đầu của bản ghi:")
print("\n".join(line for line in listing.splitlines()[3:10]))
names: dict[str, Any] = {}
exec(listing, names)
by_itself, gradients = names["step"](X, Y, **replayed.program.inputs)
page.check(by_itself, replayed(X, Y).item())
page.check(len(gradients), 6)  # three weights, three biases

# %% [markdown]
# Đo xen kẽ: mỗi vòng cả hai cách đều chạy, nên máy bận thì cả hai cùng chậm. ·
# Measured in turns: in every round both run, so a busy machine slows both.

# %%
times = [
    [seconds(lambda step=step: [step(X, Y) for _ in range(50)]) / 50 for step in (as_always, replayed)]
    for _ in range(9)
]
usual, fast = np.min(times, axis=0)
page.claim(
    fast < 0.8 * usual,
    "tg.jit takes less than 0.8 of the time.",
    "tg.jit tốn chưa đến 0.8 thời gian.",
)
if page.draws:
    title = page.word("A step of the net 2-3-3-1 on this machine", "Một bước học của mạng 2-3-3-1 trên máy này")
    figure, axes = page.figure(title, "µs", "", size=(7, 2.2))
    bars = axes.barh([page.word("as always", "như thường"), "tg.jit"], [usual * 1e6, fast * 1e6], color=BLUE)
    axes.bar_label(bars, fmt="%.0f", padding=4)
    page.save(figure, "ch12_fast.svg")

# %%
page.done()
