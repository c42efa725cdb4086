# %% [markdown]
# # Four recommenders on MovieLens · Bốn mô hình gợi ý phim trên MovieLens
#
# **English.** The document trains four models on 100,004 ratings: a dot product of embeddings, the same with biases and
# a sigmoid, a small net, and fastai's ready-made learner. We train them with its starts, 50 factors, batches of 64, its
# learning rates and weight decay, and set our errors beside its own. Its split and random numbers are unknown, so equal
# digits cannot be expected. The ratings have terms of their own and are not part of this project: name their folder by
# `--data` or the environment variable TINYGRAD_VN_MOVIELENS. Without them the page runs on the 206 ratings of the
# lecture's table, which is enough to see everything work, not to judge models. `--full` takes all of the document's
# epochs; else each learning rate gets one.
#
# **Tiếng Việt.** Tài liệu huấn luyện bốn mô hình trên 100.004 điểm: tích vô hướng của hai embedding, cũng vậy nhưng
# thêm bias và sigmoid, một mạng nhỏ, và learner có sẵn của fastai. Ta huấn luyện với đúng cách khởi tạo, 50 factor,
# batch 64, learning rate và weight decay của tài liệu, rồi đặt sai số của ta bên cạnh. Cách chia dữ liệu và số ngẫu
# nhiên của tài liệu không rõ, nên không thể trùng từng chữ số. Bộ dữ liệu có điều khoản riêng và không nằm trong dự án
# này: hãy chỉ thư mục bằng `--data` hoặc biến môi trường TINYGRAD_VN_MOVIELENS. Không có thì trang chạy trên 206 điểm
# của bảng trong bài giảng: đủ để thấy mọi thứ hoạt động, không đủ để đánh giá mô hình. `--full` chạy đủ số epoch của
# tài liệu; nếu không, mỗi learning rate chỉ một epoch.
#
# Source · Nguồn: `002_8a50c176e41375fb.txt`, part 1 · phần 1. Its programs need fastai 0.7 and are incomplete; ours are
# whole · Các chương trình ở đó cần fastai 0.7 và không đầy đủ; ở đây là bản đầy đủ.

# %%
import math
import os
from functools import partial
from pathlib import Path

import numpy as np
from lesson import BLUE, Lesson

from tinygrad_vn import optim
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.models import collab_learner
from tinygrad_vn.optim.lr_scheduler import CosineAnnealingWarmRestarts, StepLR

OPTIONS = {
    "data": {"metavar": "DIR", "help": "folder of ratings.csv · thư mục chứa ratings.csv"},
    "full": {"action": "store_true", "help": "all epochs · đủ mọi epoch"},
}
page = Lesson(__file__ if "__file__" in globals() else "ch10_table_movielens", options=OPTIONS)
folder = page.options.data or os.environ.get("TINYGRAD_VN_MOVIELENS")
if folder:
    data = RatingsDataset.from_csv(Path(folder) / "ratings.csv")
    epochs = 3 if page.options.full else 1
else:
    data, epochs = lecture_table(), 30
large = len(data) > 50_000
train, test = data.split(test=0.2, seed=0)
page.say(
    f"{len(data)} ratings; {epochs} epochs at every rate.\n"
    + (
        "Expected: mean squared errors near the lecture's after the first epoch, and with --full after the last."
        if large
        else "Expected: every model learns; so few ratings cannot tell which is best, and are not the lecture's."
    ),
    f"{len(data)} điểm; {epochs} epoch cho mỗi learning rate.\n"
    + (
        "Sẽ thấy: sai số bình phương trung bình gần với tài liệu sau epoch đầu, và với --full cả sau epoch cuối."
        if large
        else "Sẽ thấy: mô hình nào cũng học được; ít điểm nên không biết mô hình nào tốt nhất; dữ liệu cũng khác."
    ),
)

# %% [markdown]
# ## The models and their settings · Mô hình và thiết lập
#
# SGD has momentum 0.9. The rate falls to a tenth after each stage; the learner's follows half a cosine, starting anew
# after a third of the steps (`cycle_len=1, cycle_mult=2`).
#
# SGD có momentum 0.9. Sau mỗi giai đoạn learning rate giảm còn một phần mười; riêng learner theo nửa chu kỳ cosin, bắt
# đầu lại sau một phần ba số bước (`cycle_len=1, cycle_mult=2`).

# %%
sgd = partial(optim.SGD, momentum=0.9)


def restarts(optimizer: optim.Optimizer, steps: int) -> CosineAnnealingWarmRestarts:
    """Half a cosine over the first third of all steps, another over the rest."""
    schedule = CosineAnnealingWarmRestarts(optimizer, max(steps // 3, 1), 2)
    schedule.interval = "batch"
    return schedule


def tenths(optimizer: optim.Optimizer, steps: int) -> StepLR:
    """A tenth of the rate after every stage."""
    return StepLR(optimizer, epochs)


MODELS = {  # the lecture's errors, first and last; model; its range; stages, rate, weight decay, optimizer, schedule
    "dot": ((1.63607, 1.09799), "dot", None, (3, 0.1, 1e-5, sgd, tenths)),
    "dot + bias": ((0.83869, 0.80043), "dot_bias", (0.5, 5.0), (2, 0.1, 2e-4, sgd, tenths)),
    "net": ((0.78703, 0.79076), "net", (0.0, 5.5), (2, 1e-3, 1e-5, optim.Adam, tenths)),
    "learner": ((0.82381, 0.82195), "dot_bias", (0.5, 5.0), (1, 1e-2, 2e-4, optim.Adam, restarts)),
}
found, learners = {}, {}
for name, (_, kind, ends, (stages, lr, wd, optimizer, schedule)) in MODELS.items():
    settings = {} if ends is None else {"y_range": ends}
    learner = learners[name] = collab_learner(train, kind, n_factors=50, start="lecture", seed=0, **settings)
    rest = {"batch_size": 64, "optimizer": optimizer, "schedule": schedule, "valid": test, "progress": False}
    found[name] = learner.fit(stages * epochs, lr, wd, **rest)["valid_loss"]

first, last, lecture = page.word("first", "đầu"), page.word("last", "cuối"), page.word("lecture", "tài liệu")
print(f"\n{'MSE':12}{'epoch':>8}{first:>9}{lecture:>12}{last:>10}{lecture:>12}")
for name, errors in found.items():
    (lecture_first, lecture_last), *_ = MODELS[name]
    print(f"{name:12}{len(errors):8}{errors[0]:9.4f}  ({lecture_first:.5f}){errors[-1]:10.4f}  ({lecture_last:.5f})")

# %% [markdown]
# ## Beside the lecture · So với tài liệu
#
# Our first errors should be near the lecture's first; the last ones as well with `--full`. The page takes the root of
# its learner's error, 0.82195, and prints 0.9082951062292475: that is √0.825. And it compares with 0.91 of LibRec,
# which was measured on other ratings.
#
# Sai số đầu của ta phải gần sai số đầu của tài liệu; sai số cuối cũng vậy nếu chạy `--full`.
# Trang lấy căn của sai số 0.82195 mà in ra 0.9082951062292475: đó là √0.825. Nó còn so với 0.91 của LibRec, vốn đo trên
# bộ điểm khác.

# %%
page.say(
    f"\n√0.82195 = {math.sqrt(0.82195):.7f}, not 0.9082951, which is √0.825.",
    f"\n√0.82195 = {math.sqrt(0.82195):.7f}, không phải 0.9082951, vốn là √0.825.",
)
page.check(math.sqrt(0.825), 0.9082951062292475, within=1e-15)
page.check(math.sqrt(0.82195), 0.906615, decimals=6)
mean = float(np.mean((test.ratings - train.ratings.mean()) ** 2))
page.say(f"Always guessing the mean: {mean:.4f}", f"Luôn đoán điểm trung bình: {mean:.4f}")
for name, errors in found.items():
    page.check(min(errors) < (errors[0] if name == "dot" else mean), True)
    if large:
        page.check(errors[0], MODELS[name][0][0], within=0.03)
if large and epochs == 3:
    for name, room in {"dot": 0.06, "dot + bias": 0.01, "net": 0.02}.items():
        page.check(found[name][-1], MODELS[name][0][1], within=room)
    page.claim(
        found["learner"][-1] < 0.82195,
        "The learner ends better than the lecture's, whose weight decay changes in a way that it does not say.",
        "Learner của ta kết thúc tốt hơn; weight decay của tài liệu thay đổi theo cách không được nói rõ.",
    )
if large:
    page.claim(
        found["dot"][-1] > mean > max(found[name][-1] for name in ("dot + bias", "net", "learner")),
        "Without biases (dot) it is no better than the mean; the others are.",
        "Không có bias (dot) thì không hơn gì cách đoán trung bình; các mô hình kia thì hơn.",
    )

# %% [markdown]
# ## Predictions against targets · Dự đoán so với điểm thật
#
# The document's last picture: how often a prediction meets a rating. Predictions keep to the middle, as being wrong by
# much costs the square. A sigmoid on [0.5, 5] never reaches its ends.
#
# Hình cuối của tài liệu: mỗi dự đoán gặp mỗi điểm bao nhiêu lần. Dự đoán co về giữa, vì sai nhiều thì phải trả bình
# phương. Sigmoid trên [0.5, 5] không bao giờ chạm hai đầu.

# %%
predicted = learners["learner"].predict(test.user_ids[test.users].tolist(), test.item_ids[test.items].tolist())
spread = predicted.std(), test.ratings.std()
page.say(
    f"\nStandard deviation of predictions {spread[0]:.3f}, of ratings {spread[1]:.3f}; predictions from "
    f"{predicted.min():.2f} to {predicted.max():.2f}.",
    f"\nĐộ lệch chuẩn của dự đoán {spread[0]:.3f}, của điểm thật {spread[1]:.3f}; dự đoán từ "
    f"{predicted.min():.2f} đến {predicted.max():.2f}.",
)
page.check([spread[0] < spread[1], predicted.min() > 0.5, predicted.max() < 5.0], [True] * 3)
if page.draws:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.5, 6), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(5, 1), height_ratios=(1, 5))
    axes = figure.add_subplot(grid[1, 0])
    sides = np.linspace(0.5, 5, 46 if large else 19), np.arange(0.25, 5.5, 0.5)
    *_, cells = axes.hist2d(predicted, test.ratings, bins=sides, cmap="YlGnBu", cmin=1, vmin=0)
    axes.plot([0.5, 5], [0.5, 5], "--", color="#9A3412", linewidth=1)
    axes.set(xlabel=page.word("prediction", "dự đoán"), ylabel=page.word("rating", "điểm thật"))
    above, beside = figure.add_subplot(grid[0, 0], sharex=axes), figure.add_subplot(grid[1, 1], sharey=axes)
    above.hist(predicted, bins=sides[0], color=BLUE)
    beside.hist(test.ratings, bins=sides[1], orientation="horizontal", color=BLUE, rwidth=0.8)
    for small in (above, beside):
        small.axis("off")
    figure.colorbar(cells, ax=beside, fraction=0.5, label=page.word("how often", "số lần"))
    page.save(figure, "ch10_table_movielens.svg")

# %%
page.done()
