# %% [markdown]
# # Bảng 501×100: lịch theo ngưỡng, và điều không học được · The 501×100 table: thresholds, and what cannot be learned
#
# **Tiếng Việt.** Tiếp theo `ch10_report_501x100.py`: báo cáo đổi learning rate theo ngưỡng của loss, ghi kết quả vào ba
# tệp văn bản và đề xuất phim cho người thứ 501, người mới chấm ba phim. Một ngưỡng của báo cáo không bao giờ tới. Sau
# cùng ta giấu bớt điểm để hỏi: từ những điểm ngẫu nhiên, mô hình đã học được gì?
#
# **English.** What `ch10_report_501x100.py` leaves: the report changes its learning rate by thresholds of the loss,
# writes three text files, and recommends films to the 501st user, who has rated three. One of its thresholds never
# comes. In the end we hide some ratings and ask what the model has learned from ratings made at random.
#
# `000_12180da503bfe391.txt`, "Ý tưởng thực hiện", "Quá trình chạy code".

# %%
import tempfile
from pathlib import Path

import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.models import GlobalMean, MatrixFactorization
from tinygrad_vn.models.report_tables import RATINGS, random_table

LAST = {1: 5, 2: 4, 3: 1}  # what user 501 has rated: film, stars; the report does not say which three
N_FACTORS = 10

page = Lesson(__file__ if "__file__" in globals() else "ch10_report_schedule")
page.say(
    "We shall see that the report's third rate can never come, and that on held-out ratings the mean of all beats\n"
    "every factor.",
    "Ta sẽ thấy: mức thứ ba của lịch không bao giờ tới, và trên các điểm giữ lại thì trung bình chung đoán tốt hơn\n"
    "mọi factor.",
)
data = random_table(last=LAST, seed=0)
ratings = np.nan_to_num(data.matrix())

# %% [markdown]
# Lịch theo ngưỡng: 100, rồi 50 khi loss < 1.6, 30 khi < 1.4, dừng khi < 0.001. Báo cáo viết `if error < 1.6: … elif
# error < 1.4: …`: số nào nhỏ hơn 1.4 cũng nhỏ hơn 1.6, nên nhánh `elif` không bao giờ chạy. Hỏi ngưỡng nhỏ trước thì
# đúng; `LossThresholds` làm như vậy. Ở đây cũng không tới 1.4: 10 factor không khớp số ngẫu nhiên tốt hơn ~1.55. ·
# By thresholds: 100, then 50 below a loss of 1.6, 30 below 1.4, stop below 0.001. The report writes `if error < 1.6: …
# elif error < 1.4: …`: what is below 1.4 is below 1.6 too, so the `elif` never fires. Asking for the smaller threshold
# first is right; `LossThresholds` does. Nor is 1.4 ever reached: 10 factors fit chance no better than about 1.55.


# %%
def rate_in_report(error: float) -> int:
    """The learning rate as the report's program chooses it."""
    if error < 1.6:
        return 50
    elif error < 1.4:
        return 30
    return 100


asked = np.linspace(0, 2, 2001)
chosen = {rate_in_report(error) for error in asked}
page.say(f"\nRates that the report's if/elif can choose: {sorted(chosen)}", f"\nif/elif chọn được: {sorted(chosen)}")
page.check(sorted(chosen), [50, 100])

w = tg.tensor(0.0, requires_grad=True)
intended = optim.SGD([w], lr=100.0)
schedule = optim.lr_scheduler.LossThresholds(intended, {1.6: 50, 1.4: 30})
for error, rate in ((2.0, 100), (1.59, 50), (1.39, 30)):
    schedule.step(error)
    page.check(intended.param_groups[0]["lr"], rate)

model = MatrixFactorization(N_FACTORS, lr=100.0, epochs=2000, rates={1.6: 50, 1.4: 30}, stop_below=0.001)
model.fit_table(ratings)
below = next(step for step, error in enumerate(model.errors) if error < 1.6)
page.say(
    f"Below 1.6 after {below} steps (report: 77); {model.errors[-1]:.4f} after {len(model.errors) - 1} (report: 1.5545 "
    "after 100000)",
    f"Dưới 1.6 sau {below} bước (báo cáo: 77); {model.errors[-1]:.4f} sau {len(model.errors) - 1} bước (báo cáo: "
    "1.5545 sau 100000)",
)
page.check(below, 77, within=40)
page.check(model.errors[-1], 1.5545012486497172, within=0.02)
page.check(min(model.errors) > 1.4, True)

small = MatrixFactorization(2, lr=0.1, centred=False, stop_below=0.001).fit_table(RATINGS)  # made of two factors
page.say(
    f"The 4×5 table, which can be learned, stops below 0.001 after {len(small.errors) - 1} steps.",
    f"Bảng 4×5 thì học được: dừng dưới 0.001 sau {len(small.errors) - 1} bước.",
)
page.check([small.errors[-1] < 0.001, small.errors[-2] >= 0.001], [True, True])

# %% [markdown]
# Ba tệp văn bản của báo cáo: ghi ra, đọc lại, và vẫn dự đoán y như cũ. ·
# The report's three text files: written, read again, and the predictions are the same.

# %%
with tempfile.TemporaryDirectory() as scratch:
    folder = page.out or Path(scratch)
    folder.mkdir(parents=True, exist_ok=True)
    files = model.save_text(folder)
    again = MatrixFactorization.load_text(folder)
page.say(f"\nWritten: {', '.join(file.name for file in files)}", f"\nĐã ghi: {', '.join(file.name for file in files)}")
page.check([again.shape, again.user_factors.shape, again.item_factors.shape], [(501, 100), (501, 10), (100, 10)])
page.check(np.abs(again.predict_table() - model.predict_table()).max(), 0, within=1e-12)

films, predicted = model.recommend(500, n=5)
shown = ", ".join(f"{film + 1} ({rating:.2f})" for film, rating in zip(films, predicted, strict=True))
page.say(f"Recommended to user 501: {shown}", f"Đề xuất cho người 501: {shown}")
page.check(any(film + 1 in LAST for film in films), False)
page.check(predicted, sorted(predicted, reverse=True))

# %% [markdown]
# Mô hình đã học được gì? Giữ lại một phần năm số điểm để kiểm tra: càng nhiều factor, càng thuộc lòng phần đã học và
# càng đoán sai phần còn lại (overfitting). Điểm ngẫu nhiên không chứa quy luật; đề xuất ở trên chỉ là may rủi. ·
# What has it learned? A fifth of the ratings is held out: the more factors, the better it knows by heart what it saw
# and the worse it predicts the rest (overfitting). Chance holds no rule; the recommendations above are chance too.

# %%
train, test = data.split(test=0.2, seed=0)
X, X_test = (np.stack([part.users, part.items], axis=1) for part in (train, test))
page.say("\nfactors  train RMSE  test RMSE", "\nfactor   RMSE huấn luyện, RMSE kiểm tra")
judged = []
for k in (0, 1, 2, 5, 10):
    one = MatrixFactorization(k, epochs=300) if k else GlobalMean()
    one.fit(X, train.ratings, data.matrix().shape)
    judged.append((one.rmse(X, train.ratings), one.rmse(X_test, test.ratings)))
    print(f"{k:7} {judged[-1][0]:11.4f} {judged[-1][1]:10.4f}")
on_train, on_test = zip(*judged, strict=True)
page.check(on_train, sorted(on_train, reverse=True))
page.check(on_test, sorted(on_test))

page.done()
