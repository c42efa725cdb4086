# %% [markdown]
# # Four activations and their derivatives · Bốn activation và đạo hàm của chúng
#
# **English.** An activation function bends what a layer computes; what comes back through it in backpropagation is
# multiplied by its derivative. So the derivative decides who learns: σ′ is 1/4 at most, tanh′ 1 at most, relu′ is 1 or
# 0. We compare the document's formulas with `backward()`, draw the four functions, and look at the one point where two
# of them have no derivative.
#
# **Tiếng Việt.** Activation function uốn cong kết quả của một layer; khi backpropagation, gradient đi ngược qua nó bị
# nhân với đạo hàm. Vì vậy đạo hàm quyết định ai học được: σ′ lớn nhất là 1/4, tanh′ lớn nhất là 1, relu′ bằng 1 hoặc 0.
# Ta so công thức của tài liệu với `backward()`, vẽ bốn hàm, và xem điểm duy nhất mà hai trong số đó không có đạo hàm.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 2, 1.2.

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import plot
from tinygrad_vn.nn import functional as F

page = Lesson(__file__ if "__file__" in globals() else "ch05_activations")
page.say(
    "Expected: σ′ ≤ 0.25, tanh′ ≤ 1; at ±10 both are next to 0; relu′(0) is 0 here and 1 in the document.",
    "Sẽ thấy: σ′ ≤ 0.25, tanh′ ≤ 1; tại ±10 cả hai gần bằng 0; relu′(0) ở đây là 0, trong tài liệu là 1.",
)

# %% [markdown]
# ## Functions and derivatives · Hàm và đạo hàm
#
# The formulas of the document beside what `backward()` gives. · Công thức của tài liệu, so với kết quả `backward()`.

# %%
FUNCTIONS = {"sigmoid": F.sigmoid, "tanh": F.tanh, "relu": F.relu, "leaky_relu": F.leaky_relu}
FORMULAS = {
    "sigmoid": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,  # σ(1 − σ)
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "relu": lambda x: (x > 0) * 1.0,
    "leaky_relu": lambda x: np.where(x > 0, 1.0, 0.01),
}
points = tg.tensor([-10.0, -2.0, -0.5, 0.5, 2.0, 10.0], requires_grad=True)
print("\n" + f"{'x':18}" + "".join(f"{x:>10.4g}" for x in points.tolist()))
for name, function in FUNCTIONS.items():
    values = function(points)
    (slopes,) = tg.grad(values.sum(), [points])
    print(f"{name:18}" + "".join(f"{value:>10.4g}" for value in values.tolist()))
    print(f"{name + '′':18}" + "".join(f"{slope:>10.4g}" for slope in slopes.tolist()))
    page.check(slopes, FORMULAS[name](points.detach().numpy()), within=1e-12)
zero = tg.tensor(0.0, requires_grad=True)
page.check([tg.grad(F.sigmoid(zero), [zero])[0].item(), tg.grad(F.tanh(zero), [zero])[0].item()], [0.25, 1.0])
if page.draws:
    page.save(plot.activation(list(FUNCTIONS), low=-5, high=5), "ch05_activations.svg")

# %% [markdown]
# ## What is relu′(0)? · relu′(0) bằng bao nhiêu?
#
# There is a kink at 0: the slope is 0 on the left and 1 on the right, and no derivative. The document says 1 ("x ≥ 0"),
# we and PyTorch say 0; both are subgradients. Whoever wants the document's writes `np.where(x >= 0, x, 0)`. It matters
# only where sums are exactly 0, as in a net that starts with all weights 0.
#
# Tại 0 có chỗ gãy: bên trái độ dốc là 0, bên phải là 1, nên không có đạo hàm. Tài liệu chọn 1 ("x ≥ 0"), chúng tôi và
# PyTorch chọn 0; cả hai đều là subgradient. Muốn theo tài liệu thì viết `np.where(x >= 0, x, 0)`. Chỉ khác nhau khi
# tổng bằng đúng 0, ví dụ mạng khởi tạo toàn số 0.

# %%
here, there = F.relu(zero), np.where(zero >= 0, zero, 0.0)
ours, documents = (tg.grad(result, [zero])[0].item() for result in (here, there))
report = tg.gradcheck_report(F.relu, zero)
page.say(
    f"\nrelu′(0) here: {ours:g}, in the document: {documents:g}; the gradient check calls it {report.verdict}.",
    f"\nrelu′(0) ở đây: {ours:g}, trong tài liệu: {documents:g}; gradcheck gọi đó là {report.verdict}.",
)
page.check([ours, documents], [0, 1])

# %%
page.done()
