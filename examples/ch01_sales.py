# %% [markdown]
# # Sales from advertising: several features · Doanh số theo chi phí quảng cáo: nhiều đặc trưng
#
# **English.** A firm spends money on TV, radio and newspapers and sells goods: ŷ = w₁·TV + w₂·radio + w₃·newspaper +
# b. The table of 200 markets is made here, by a rule that we know, so we can see whether it is found again: each
# million for TV brings 0.05, for radio 0.20, for newspapers **nothing**. But whoever buys radio tends to buy
# newspapers as well. And the columns have different sizes, which is what scaling is for.
#
# **Tiếng Việt.** Một công ty chi tiền quảng cáo trên TV, radio, báo và bán hàng: ŷ = w₁·TV + w₂·radio + w₃·báo + b.
# Bảng 200 thị trường được tạo ngay ở đây theo một quy luật đã biết, nhờ đó kiểm tra được mô hình có tìm lại quy luật
# hay không: mỗi triệu cho TV mang lại 0.05, cho radio 0.20, cho báo **không gì cả**. Nhưng nơi nào mua radio thì cũng
# hay mua báo. Ngoài ra các cột có độ lớn khác nhau, vì vậy cần chuẩn hóa (scaling).
#
# Source · Nguồn: `003_5f9638466f993df0.txt` names the task and gives no table · nêu bài toán nhưng không có bảng số
# liệu.

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, plot
from tinygrad_vn.data import Standardizer, train_test_split
from tinygrad_vn.models import LinearRegression

page = Lesson(__file__ if "__file__" in globals() else "ch01_sales")

page.say(
    "Expected: newspapers alone seem to sell; beside TV and radio their weight is about 0; with scaled columns\n"
    "100 steps reach the best weights to 4 decimals, without scaling 10000 steps do not.",
    "Sẽ thấy: nếu xét riêng thì báo có vẻ bán được hàng; đặt cạnh TV và radio, trọng số của nó gần 0; khi đã\n"
    "chuẩn hóa, 100 bước đạt trọng số tốt nhất đến 4 chữ số thập phân, còn không thì 10000 bước cũng chưa đạt.",
)

# %% [markdown]
# ## The table · Bảng số liệu

# %%
rng = np.random.default_rng(2024)
tv, radio = rng.uniform(0, 300, 200), rng.uniform(0, 50, 200)
newspaper = np.clip(0.8 * radio + rng.normal(10, 15, 200), 0, None)
sales = 3 + 0.05 * tv + 0.20 * radio + rng.normal(0, 1, 200)
X, NAMES = np.column_stack([tv, radio, newspaper]), ("TV", "radio", page.word("newspaper", "báo"))

print(f"\n{NAMES[0]:>10}{NAMES[1]:>10}{NAMES[2]:>12}{page.word('sales', 'doanh số'):>10}")
for row, sold in zip(X[:4], sales, strict=False):
    print("".join(f"{value:{width}.1f}" for value, width in zip([*row, sold], (10, 10, 12, 10), strict=True)))
path = page.path("ch01_sales.csv")
if path is not None:
    np.savetxt(path, np.column_stack([X, sales]), "%.2f", ",", header="tv,radio,newspaper,sales", comments="")

X_train, X_test, y_train, y_test = train_test_split(X, sales, test_size=0.25, rng=rng)

# %% [markdown]
# ## One feature at a time, and all together · Từng đặc trưng một, và tất cả cùng lúc

# %%
together = LinearRegression().fit(X_train, y_train)
page.say("\nweights:       alone  together  true", "\ntrọng số:     riêng  cùng lúc  thật")
for k, (name, true) in enumerate(zip(NAMES, (0.05, 0.20, 0.0), strict=True)):
    alone = LinearRegression().fit(X_train[:, k : k + 1], y_train)
    print(f"{name:12}{alone.coef_[0]:8.3f}{together.coef_[k]:10.3f}{true:6.2f}")
page.claim(
    alone.coef_[0] > 0.05 and abs(together.coef_[2]) < 0.02,
    "Newspapers alone take the credit for radio, which is bought with them.",
    "Xét riêng, báo được hưởng công của radio vì hai thứ thường được mua cùng nhau.",
)
page.check(together.coef_, [0.05, 0.20, 0.0], within=0.02)
score = together.score(X_test, y_test)
page.say(f"R² on 50 markets held out: {score:.3f}", f"R² trên 50 thị trường để dành: {score:.3f}")
page.check(score, 0.965, within=0.02)

# %% [markdown]
# ## Gradient descent, with and without scaling · Gradient descent, có và không chuẩn hóa
#
# As large a rate as the steepest direction allows, 1/λ. In the raw columns the flattest direction is tens of thousands
# times flatter: that of b, the level, whose "column" is all ones beside hundreds of millions. Scaled columns have mean
# 0 and standard deviation 1. The scales are learned from the training part only; the test part must stay unseen.
#
# Chọn learning rate lớn nhất mà hướng dốc nhất cho phép, 1/λ. Với các cột gốc, hướng phẳng nhất phẳng hơn hàng chục
# nghìn lần: đó là hướng của b, vì "cột" của b chỉ gồm số 1 bên cạnh hàng trăm triệu. Các cột đã chuẩn hóa có trung
# bình 0 và độ lệch chuẩn 1. Trung bình và độ lệch chuẩn chỉ được tính từ phần train; phần test phải giữ kín.


# %%
def descend(X: np.ndarray, steps: int) -> tuple[nn.Linear, list[float], float]:
    """A linear layer after so many full-batch steps at rate 1/λ, its losses, and steepest : flattest."""
    model = nn.Linear(3, 1)
    with tg.no_grad():
        model.weight.zero_()
        model.bias.zero_()
    columns = np.column_stack([X, np.ones(len(X))])
    flat, *_, steep = np.linalg.eigvalsh(2 * columns.T @ columns / len(X))
    optimizer, criterion, losses = optim.SGD(model.parameters(), lr=1 / steep), nn.MSELoss(), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(X), y_train[:, np.newaxis])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses, steep / flat


scaler = Standardizer().fit(X_train)
raw, raw_losses, raw_ratio = descend(X_train, 10_000)
scaled, scaled_losses, scaled_ratio = descend(scaler.transform(X_train), 100)
back = scaled.weight.detach().numpy()[0] / X_train.std(axis=0)  # per million again, not per standard deviation
bias = scaled.bias.item() - back @ X_train.mean(axis=0)

page.say(
    "\n                              TV    radio   newspaper  b",
    "\n                              TV    radio     báo       b",
)
rows = {
    page.word("best", "tốt nhất"): [*together.coef_, together.intercept_],
    page.word("scaled, 100 steps", "chuẩn hóa, 100 bước"): [*back, bias],
    page.word("raw, 10000 steps", "gốc, 10000 bước"): [*raw.weight.detach().numpy()[0], raw.bias.item()],
}
for name, weights in rows.items():
    print(f"{name:22}" + "".join(f"{weight:10.4f}" for weight in weights))
page.say(
    f"steepest : flattest = {raw_ratio:.0f} raw, {scaled_ratio:.1f} scaled",
    f"dốc nhất : phẳng nhất = {raw_ratio:.0f} (gốc), {scaled_ratio:.1f} (chuẩn hóa)",
)
best, ours, without = rows.values()
page.check(ours, best, within=5e-5)
page.claim(
    without[3] < 0.1 * best[3],
    f"Without scaling b has come to {without[3]:.2f}, on its way to {best[3]:.2f}.",
    f"Không chuẩn hóa thì b mới đến {without[3]:.2f}, trong khi đích là {best[3]:.2f}.",
)

# %%
if page.draws:
    runs = {page.word("scaled", "chuẩn hóa"): scaled_losses, page.word("raw", "gốc"): raw_losses[:100]}
    title = page.word("The first 100 steps", "100 bước đầu tiên")
    page.save(plot.loss_curves(runs, title=title), "ch01_sales_curves.svg")
    predicted = together.predict(X_test)
    page.save(plot.predictions(y_test, predicted), "ch01_sales_predictions.svg")

# %%
page.done()
