# %% [markdown]
# # Land prices: the method as a flow chart · Giá đất: quy trình bằng sơ đồ
#
# **English.** Predict, compare, differentiate, step; and again, until the loss hardly falls any more. Two flow charts:
# the method with one sample after the other, and one epoch of mini-batches, the mean loss of m samples per step. The
# document's three functions, put together here, follow the first chart box by box.
#
# **Tiếng Việt.** Dự đoán, so sánh, lấy đạo hàm, cập nhật; rồi lặp lại cho đến khi loss hầu như không giảm nữa. Hai sơ
# đồ: quy trình với từng mẫu một, và một epoch mini-batch, mỗi bước dùng loss trung bình của m mẫu. Ba hàm của tài liệu,
# được ghép lại ở đây, đi theo sơ đồ thứ nhất từng ô một.
#
# Source · Nguồn: `003_5f9638466f993df0.txt`, "Hình 6", "Hình 8" and the three functions · và ba hàm.

# %%
from typing import Any

from lesson import BLUE, BROWN, GREY, INK, Lesson

import tinygrad_vn as tg

page = Lesson(__file__ if "__file__" in globals() else "ch01_land_prices_flow")
page.say(
    "Expected: the document's functions take the step (2, 5) → (-78.64, 3.56) at 0.01 and find our gradients; 6\n"
    "samples in mini-batches of 2 make 3 steps.",
    "Sẽ thấy: các hàm của tài liệu đi bước (2, 5) → (-78.64, 3.56) với 0.01 và cho đúng gradient của ta; 6 mẫu chia\n"
    "thành mini-batch 2 mẫu thì có 3 bước.",
)

# %% [markdown]
# ## The document's functions, completed · Các hàm của tài liệu, đã bổ sung
#
# Their indentation is lost there. · Ở đó chúng bị mất thụt dòng.


# %%
def predict(x: float, w: float, b: float) -> float:
    """ŷ."""
    return x * w + b


def gradient(y_hat: float, y: float, x: float) -> tuple[float, float]:
    """∂L/∂w and ∂L/∂b of L = (ŷ − y)²."""
    return 2 * (y_hat - y) * x, 2 * (y_hat - y)


def update_weight(w: float, b: float, lr: float, dw: float, db: float) -> tuple[float, float]:
    """One step against the gradient."""
    return w - lr * dw, b - lr * db


w, b = 2.0, 5.0
y_hat = predict(56, w, b)
dw, db = gradient(y_hat, 45, 56)
print(f"\nŷ = {y_hat:g}   ∂L/∂w = {dw:g}   ∂L/∂b = {db:g}   → w, b = {update_weight(w, b, 0.01, dw, db)}")
page.check([y_hat, dw, db], [117, 8064, 144])
page.check(update_weight(w, b, 0.01, dw, db), [-78.64, 3.56], within=1e-12)
ours = [tg.tensor(number, requires_grad=True) for number in (w, b)]
page.check(tg.grad((ours[0] * 56 + ours[1] - 45) ** 2, ours), [dw, db])

# %% [markdown]
# ## An epoch of mini-batches · Một epoch mini-batch

# %%
area, price = [56, 45, 234, 113, 542, 351], [45, 23, 199, 123, 448, 367]
m, steps = 2, 0
for first in range(0, len(area), m):
    batch = range(first, first + m)
    slopes = [gradient(predict(area[i], w, b), price[i], area[i]) for i in batch]
    dw, db = (sum(part) / m for part in zip(*slopes, strict=True))  # the gradient of the mean is the mean gradient
    ours = [tg.tensor(number, requires_grad=True) for number in (w, b)]
    mean_loss = sum((ours[0] * area[i] + ours[1] - price[i]) ** 2 for i in batch) / m
    page.check(tg.grad(mean_loss, ours), [dw, db], within=1e-9)
    w, b = update_weight(w, b, 1e-6, dw, db)
    steps += 1
    print(f"{steps}   w = {w:.6f}   b = {b:.6f}")
page.check(steps, len(area) / m)


# %%
def flow_chart(texts: list[str], back: str, leaves: str, size: tuple[float, float]) -> Any:
    """Boxes from left to right, an arrow from the last but one back to the second, and one that leaves."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlim=(-0.55, len(texts) - 0.45), ylim=(-0.85, 0.5))
    axes.axis("off")
    border = {"boxstyle": "round,pad=0.5", "facecolor": "#E3F0FA", "edgecolor": BLUE}
    boxes = [axes.text(k, 0, text, ha="center", va="center", bbox=border, color=INK) for k, text in enumerate(texts)]
    arrow = {"arrowstyle": "-|>", "color": GREY}
    for k in range(len(texts) - 1):
        ends = {"patchA": boxes[k].get_bbox_patch(), "patchB": boxes[k + 1].get_bbox_patch()}
        axes.annotate("", (k + 1, 0), (k, 0), arrowprops=arrow | ends)
    last = len(texts) - 2
    axes.plot([last, last, 1], [0, -0.6, -0.6], color=GREY, linewidth=1, zorder=0)
    axes.annotate("", (1, 0), (1, -0.605), arrowprops=arrow | {"patchB": boxes[1].get_bbox_patch(), "shrinkA": 0})
    axes.text((1 + last) / 2, -0.75, back, ha="center", va="center", color=BROWN)
    axes.text(last + 0.58, 0.1, leaves, ha="center", va="center", color=BROWN)
    return figure


if page.draws:
    texts = [
        page.word("start:\nw, b at random", "khởi tạo\nw, b ngẫu nhiên"),
        page.word("predict\nŷ = w·x + b", "dự đoán\nŷ = w·x + b"),
        page.word("loss\nL = (ŷ − y)²", "hàm mất mát\nL = (ŷ − y)²"),
        page.word("gradient\n∂L/∂w = 2(ŷ − y)·x\n∂L/∂b = 2(ŷ − y)", "đạo hàm\n∂L/∂w = 2(ŷ − y)·x\n∂L/∂b = 2(ŷ − y)"),
        page.word("step\nw ← w − η ∂L/∂w\nb ← b − η ∂L/∂b", "cập nhật\nw ← w − η ∂L/∂w\nb ← b − η ∂L/∂b"),
        page.word("done:\nw, b", "kết thúc:\nw, b"),
    ]
    back = page.word("L still falls: again", "L còn giảm: lặp lại")
    page.save(flow_chart(texts, back, page.word("converged", "hội tụ"), (12, 2.4)), "ch01_land_prices_flow.svg")

    texts = [
        page.word("N samples,\nshuffled", "N mẫu,\nxáo trộn"),
        page.word("next mini-batch\nof m samples", "mini-batch tiếp theo\ngồm m mẫu"),
        page.word("mean loss\nof the m samples", "loss trung bình\ncủa m mẫu"),
        page.word("one step\nof w and b", "một lần cập nhật\nw và b"),
        page.word("one epoch\nis over", "xong\nmột epoch"),
    ]
    back = page.word("samples are left: N/m steps in all", "còn mẫu: tổng cộng N/m bước")
    leaves = page.word("all seen", "hết mẫu")
    page.save(flow_chart(texts, back, leaves, (11, 2.4)), "ch01_land_prices_minibatch.svg")

# %%
page.done()
