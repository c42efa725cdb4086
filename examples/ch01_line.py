# %% [markdown]
# # A line through four points · Đường thẳng qua bốn điểm
#
# **English.** (1, 3), (2, 5), (3, 7), (4, 9) lie on y = 2x + 1. Does a layer with one weight and one bias find this
# line, and what does it say for x = 5? First with the optimizer `SGD`, then with `Adam` (chapter 7). The document does
# not print the random weights that it began with; they can be worked out backwards from the losses that it prints, and
# then every digit agrees.
#
# **Tiếng Việt.** Bốn điểm (1, 3), (2, 5), (3, 7), (4, 9) nằm trên đường y = 2x + 1. Một lớp có một trọng số và một bias
# có tìm ra đường này không, và với x = 5 nó trả lời bao nhiêu? Trước hết dùng optimizer `SGD`, sau đó `Adam` (chương
# 7). Tài liệu không in trọng số ngẫu nhiên ban đầu, nhưng có thể tính ngược từ các loss đã in, và khi đó mọi chữ số đều
# khớp.
#
# Source · Nguồn: `004_2f9e90593bb73649.txt`, 4.2, 4.4.

# %%
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, plot

page = Lesson(__file__ if "__file__" in globals() else "ch01_line")
tg.set_default_dtype(tg.float32)  # as PyTorch does, so that the digits are PyTorch's

x_train = tg.tensor([[1.0], [2.0], [3.0], [4.0]])
y_train = tg.tensor([[3.0], [5.0], [7.0], [9.0]])

page.say(
    "Expected for x = 5, where 11 is right: 10.96932 after 5000 epochs of SGD, 10.896 after 1000 of Adam.",
    "Sẽ thấy với x = 5 (đáp án đúng là 11): 10.96932 sau 5000 epoch SGD, 10.896 sau 1000 epoch Adam.",
)


# %% [markdown]
# ## The model and the loop · Mô hình và vòng lặp
#
# Every step looks at all four points at once. That is **full-batch** gradient descent: the optimizer is called SGD
# (stochastic gradient descent), but nothing here is left to chance. It would be stochastic if every step took one
# random point, as in the document's formula θ ← θ − η ∂Jᵢ/∂θ.
#
# Mỗi bước dùng cả bốn điểm cùng lúc. Đó là gradient descent **full-batch**: optimizer tên là SGD (stochastic gradient
# descent) nhưng ở đây không có gì ngẫu nhiên. Chỉ khi mỗi bước lấy một điểm ngẫu nhiên, đúng như công thức θ ← θ − η
# ∂Jᵢ/∂θ của tài liệu, nó mới là stochastic.


# %%
class LinearRegressionModel(nn.Module):
    """One layer: y = w·x + b."""

    def __init__(self, weight: float, bias: float) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 1)
        with tg.no_grad():
            self.linear.weight.fill_(weight)
            self.linear.bias.fill_(bias)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """The prediction for x, shape (n, 1)."""
        return self.linear(x)


def train(model: LinearRegressionModel, optimizer: optim.Optimizer, epochs: int) -> list[float]:
    """The loss in every epoch, before its step."""
    criterion, losses = nn.MSELoss(), []
    for _ in range(epochs):
        loss = criterion(model(x_train), y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def show(model: LinearRegressionModel, losses: list[float], decimals: int) -> tuple[list[float], list[float]]:
    """Print ten of the losses, and what was learned; returns both."""
    every = len(losses) // 10
    ten = losses[every - 1 :: every]
    for k, loss in enumerate(ten, 1):
        print(f"Epoch {k * every:4}   loss {loss:.{decimals}f}")
    learned = [model.linear.weight.item(), model.linear.bias.item(), model(tg.tensor([[5.0]])).item()]
    print(f"w = {learned[0]:.5f}   b = {learned[1]:.5f}   ŷ(5) = {learned[2]:.5f}\n")
    return ten, learned


# %% [markdown]
# ## SGD, rate 0.001 · SGD, learning rate 0.001

# %%
print("\nSGD, η = 0.001")
model = LinearRegressionModel(-0.25045592, 0.45284116)
sgd_losses = train(model, optim.SGD(model.parameters(), lr=0.001), 5000)
ten, learned = show(model, sgd_losses, 6)
page.check(ten[:5], [0.004743, 0.003514, 0.002605, 0.001931, 0.001431], decimals=6)
page.check(ten[5:], [0.001061, 0.000786, 0.000583, 0.000432, 0.000320], decimals=6)
page.check(learned, [1.98511, 1.04378, 10.96932], decimals=5)

# %% [markdown]
# ## Adam, rate 0.01 · Adam, learning rate 0.01

# %%
print("Adam, η = 0.01")
model = LinearRegressionModel(0.78295, 0.49923)
adam_losses = train(model, optim.Adam(model.parameters(), lr=0.01), 1000)
ten, learned = show(model, adam_losses, 4)
page.check(ten, [0.9058, 0.0475, 0.0345, 0.0275, 0.0211, 0.0156, 0.0111, 0.0076, 0.0051, 0.0032], decimals=4)
page.check(learned[2], 10.896, decimals=3)

# %% [markdown]
# ## Why so slow at the end? · Vì sao đoạn cuối chậm?
#
# The loss is a valley: steep where w and b rise together, almost level where one rises and the other falls. The second
# derivatives of the loss say how steep: the eigenvalues of the Hessian (chapter 11). A step at rate η multiplies the
# error along a direction of steepness λ by 1 − ηλ.
#
# Mặt loss là một thung lũng: dốc theo hướng w và b cùng tăng, gần như phẳng theo hướng một cái tăng một cái giảm. Độ
# dốc do đạo hàm bậc hai cho biết: trị riêng của Hessian (chương 11). Mỗi bước với learning rate η nhân sai lệch theo
# hướng có độ dốc λ với 1 − ηλ.


# %%
def loss_at(parameters: tg.Tensor) -> tg.Tensor:
    """The loss for parameters = (w, b)."""
    return ((parameters[0] * x_train + parameters[1] - y_train) ** 2).mean()


hessian = tg.hessian(loss_at, tg.tensor([2.0, 1.0], dtype=tg.float64))
flat, steep = tg.linalg.eigvalsh(hessian).tolist()
page.say(
    f"Steepness: {steep:.3f} across the valley, {flat:.3f} along it, {steep / flat:.0f} times less.",
    f"Độ dốc: {steep:.3f} theo hướng ngang thung lũng, {flat:.3f} dọc theo nó, kém {steep / flat:.0f} lần.",
)
shrink = (1 - 0.001 * flat) ** 1000  # the loss is the square of the error: twice 500 epochs
page.say(
    f"So 500 epochs of SGD multiply the loss by {shrink:.3f}: the document's last losses do just that.",
    f"Vậy 500 epoch SGD nhân loss với {shrink:.3f}: đúng như các loss cuối cùng của tài liệu.",
)
page.check(hessian.tolist(), [[15, 5], [5, 2]])
page.check(0.000320 / 0.000432, shrink, within=2e-3)

# %%
if page.draws:
    runs = {"SGD, η = 0.001": sgd_losses, "Adam, η = 0.01": adam_losses}
    page.save(plot.loss_curves(runs, title="y = 2x + 1"), "ch01_line_curves.svg")

# %%
page.done()
