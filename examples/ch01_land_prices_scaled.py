# %% [markdown]
# # Land prices, standardized, in mini-batches · Giá đất: chuẩn hóa và mini-batch
#
# **English.** The same six plots of land as in `ch01_land_prices.py`, where descent did not get to the best line.
# Measured in standard deviations from the mean, z = (x − x̄) / s, the very same method gets there in one step. Then
# with fewer points per step: what is gained, and what is lost.
#
# **Tiếng Việt.** Vẫn sáu mảnh đất của `ch01_land_prices.py`, nơi gradient descent không đến được đường tốt nhất. Nếu
# đo diện tích bằng số độ lệch chuẩn tính từ trung bình, z = (x − x̄) / s, thì vẫn phương pháp ấy đến đích chỉ sau một
# bước. Sau đó mỗi bước dùng ít điểm hơn: được gì và mất gì.
#
# Source · Nguồn: `003_5f9638466f993df0.txt`, "Mini-Batch Gradient Descent".

# %%
import numpy as np
from lesson import GREEN, GREY, INK, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim, plot
from tinygrad_vn.data import DataLoader, Standardizer

page = Lesson(__file__ if "__file__" in globals() else "ch01_land_prices_scaled")

area = np.array([56, 45, 234, 113, 542, 351], dtype=float)
price = np.array([45, 23, 199, 123, 448, 367], dtype=float)
BEST = (0.8757380717341231, 5.105874300756852)  # by the formula, see ch01_land_prices.py

page.say(
    "Expected: after standardizing, one step of the whole batch at 0.5 gives w = 0.8757, b = 5.106.",
    "Sẽ thấy: sau khi chuẩn hóa, một bước của cả batch với 0.5 cho w = 0.8757, b = 5.106.",
)

# %% [markdown]
# ## Standardizing · Chuẩn hóa
#
# How steep is the bowl of the loss? The eigenvalues of its Hessian (chapter 11) say it. In x one direction is 210386
# times as steep as the other: a rate that suits one does not suit the other. In z the bowl is round, its Hessian 2·I,
# and with η = 0.5 a step goes straight to the bottom.
#
# "Cái bát" của loss dốc đến đâu? Trị riêng (eigenvalue) của Hessian (chương 11) cho biết. Theo x, một hướng dốc gấp
# 210386 lần hướng kia: learning rate hợp với hướng này thì không hợp với hướng kia. Theo z, cái bát tròn đều, Hessian
# bằng 2·I, và với η = 0.5 một bước là xuống thẳng đáy.

# %%
z = Standardizer().fit_transform(area)


def mse(parameters: tg.Tensor, x: np.ndarray) -> tg.Tensor:
    """The mean squared error of the line with parameters = (w, b)."""
    return ((parameters[0] * x + parameters[1] - price) ** 2).mean()


def in_square_metres(w_z: float, b_z: float) -> tuple[float, float]:
    """The same line, as a function of x instead of z."""
    slope = w_z / area.std()
    return slope, b_z - slope * area.mean()


steepness = {}
for name, x in (("x", area), ("z", z)):
    flat, steep = steepness[name] = np.linalg.eigvalsh(tg.hessian(lambda p, x=x: mse(p, x), [2.0, 5.0]).numpy())
    page.say(
        f"Steepness of the loss in {name}: {flat:.4g} and {steep:.6g}, ratio {steep / flat:.0f}",
        f"Độ dốc của loss theo {name}: {flat:.4g} và {steep:.6g}, tỉ lệ {steep / flat:.0f}",
    )
page.check(steepness["x"][1] / steepness["x"][0], 210386, decimals=0)
page.check(steepness["z"], [2, 2], within=1e-9)

parameters = tg.tensor([2.0, 5.0], requires_grad=True)
mse(parameters, z).backward()
optim.SGD([parameters], lr=0.5).step()
one_step = in_square_metres(*parameters.tolist())
print(f"η = 0.5:  ŷ = {parameters[0].item():.3f}·z + {parameters[1].item():.3f}")
print(f"          ŷ = {one_step[0]:.4f}·x + {one_step[1]:.3f}")
page.check(one_step, BEST, within=1e-9)
page.check(parameters[1].item(), price.mean(), within=1e-9)  # for z = 0, the mean area, the mean price

# %% [markdown]
# ## Mini-batches · Mini-batch
#
# m points per step, their mean loss: m = 1 is stochastic, m = 6 the whole batch, anything between a mini-batch; an
# epoch has 6/m steps. Small batches come near the best line in fewer epochs, and then tremble around it: what is best
# for one or two points is not best for all.
#
# Mỗi bước dùng loss trung bình của m điểm: m = 1 là stochastic, m = 6 là cả batch, ở giữa là mini-batch; một epoch có
# 6/m bước. Batch nhỏ đến gần đường tốt nhất sau ít epoch hơn, rồi dao động quanh đó: điều tốt nhất cho một hai điểm
# không phải là tốt nhất cho tất cả.


# %%
def excess(size: int, epochs: int = 30) -> list[float]:
    """By how much the MSE is above the best, before and after every epoch of batches of `size`."""
    parameters = tg.tensor([2.0, 5.0], requires_grad=True)
    optimizer = optim.SGD([parameters], lr=0.1)
    loader = DataLoader((z, price), batch_size=size, shuffle=True, rng=np.random.default_rng(0))
    page.check(len(loader), 6 // size)  # N/m steps make an epoch
    above = []
    for _ in range(epochs + 1):
        above.append(mse(parameters, z).item() - best_mse)
        for z_batch, price_batch in loader:
            optimizer.zero_grad()
            ((parameters[0] * z_batch + parameters[1] - price_batch) ** 2).mean().backward()
            optimizer.step()
    return above


best_mse = np.mean((BEST[0] * area + BEST[1] - price) ** 2)
runs = {size: excess(size) for size in (1, 2, 3, 6)}
page.say("\nMSE above the best, η = 0.1:", "\nMSE cao hơn mức tốt nhất, η = 0.1:")
print("epoch " + "".join(f"{f'm = {size}':>12}" for size in runs))
for epoch in (0, 1, 2, 5, 10, 20, 30):
    print(f"{epoch:5} " + "".join(f"{above[epoch]:12.2f}" for above in runs.values()))
page.claim(
    runs[1][2] < runs[6][2] and runs[1][30] > 10 * runs[6][30],
    "After 2 epochs m = 1 is ahead of m = 6; after 30 it is far behind.",
    "Sau 2 epoch, m = 1 dẫn trước m = 6; sau 30 epoch nó thua xa.",
)

# %%
if page.draws:
    title = page.word("MSE above the best, batches of m points", "MSE cao hơn mức tốt nhất, batch m điểm")
    curves = {f"m = {size}": above for size, above in runs.items()}
    page.save(plot.loss_curves(curves, title=title, ylabel="MSE"), "ch01_land_prices_batches.svg")
    title = page.word("Standardized: one step to the best line", "Đã chuẩn hóa: một bước đến đường tốt nhất")
    figure, axes = page.figure(title, "z = (x − x̄) / s", page.word("price (million VND)", "giá (triệu VND)"))
    ends = np.array([-1.2, 2.0])
    axes.plot(z, price, "o", color=INK)
    axes.plot(ends, 2 * ends + 5, ":", color=GREY, label=page.word("start: 2·z + 5", "ban đầu: 2·z + 5"))
    fitted = parameters[0].item() * ends + parameters[1].item()
    axes.plot(ends, fitted, color=GREEN, label=page.word("after one step", "sau một bước"))
    axes.legend(frameon=False)
    page.save(figure, "ch01_land_prices_one_step.svg")

# %%
page.done()
