# %% [markdown]
# # Bảng 501×100: các tốc độ học từ 0.3 đến 10 · The 501×100 table: learning rates from 0.3 to 10
#
# **Tiếng Việt.** Báo cáo tạo điểm ngẫu nhiên của 500 người cho 100 phim, thêm người thứ 501 mới chấm ba phim, rồi thử
# các learning rate từ 0.3 đến 10. Chương trình in trong báo cáo đã
# mất thụt dòng và thiếu `calc_lost`; ở đây là bản đầy đủ. Chỗ bắt đầu và bảng điểm của báo cáo không ai biết, nên các
# con số chỉ gần bằng nhau.
#
# **English.** The report makes random ratings of 500 users for 100 films, adds a 501st user with three ratings, and
# tries learning rates from 0.3 to 10. Its printed program has lost its
# indentation and lacks `calc_lost`; here is the completed one. Nobody knows the report's table and start, so the
# numbers agree approximately only.
#
# `000_12180da503bfe391.txt`, "Ý tưởng thực hiện", "Quá trình chạy code". Goes on in · Xem tiếp:
# `ch10_report_schedule.py`.

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.models.report_tables import random_table
from tinygrad_vn.nn import functional as F

LAST = {1: 5, 2: 4, 3: 1}  # what user 501 has rated: film, stars; the report does not say which three
N_FACTORS = 10

page = Lesson(__file__ if "__file__" in globals() else "ch10_report_501x100")
page.say(
    "We shall see that rates from 0.3 to 10 end within 0.03 of the report's errors, and 10 the lowest.",
    "Ta sẽ thấy: learning rate từ 0.3 đến 10 cho sai số cách báo cáo không quá 0.03, với 10 là thấp nhất.",
)

# %%
data = random_table(last=LAST, seed=0)
ratings = np.nan_to_num(data.matrix())
rated = ratings != 0
mean = ratings[rated].mean()
page.say(
    f"\n{rated.sum()} ratings, mean {mean:.4f}, variance {ratings[rated].var():.4f}; user 501 has {rated[500].sum()}.",
    f"\n{rated.sum()} điểm, trung bình {mean:.4f}, phương sai {ratings[rated].var():.4f}; người 501 có "
    f"{rated[500].sum()}.",
)
page.check(ratings.shape, (501, 100))
page.check(ratings[rated].var(), 2, within=0.02)  # that of 1, 2, 3, 4, 5, each as likely as the others

# %% [markdown]
# Chương trình của báo cáo, với backward() của ta thay cho hai công thức gradient: loss là trung bình trên các ô có
# điểm, (1/N) ∑ (r − μ − u·m)². float32 cho nhanh. ·
# The report's program, with our backward() in place of its two gradient formulas: the loss is the mean over rated
# cells, (1/N) ∑ (r − μ − u·m)². In float32, to be quick.

# %%
target = tg.tensor(np.where(rated, ratings - mean, 0).astype(np.float32))
mask = tg.tensor(rated.astype(np.float32))


def gradient_descent(learning_rate: float, num_iterations: int) -> list[float]:
    """The error after 0, 1, 2, … steps."""
    rng = np.random.default_rng(0)
    U, M = (tg.tensor(rng.standard_normal((n, N_FACTORS)).astype(np.float32), requires_grad=True) for n in (501, 100))
    optimizer = optim.SGD([U, M], lr=learning_rate)
    errors = []
    for _ in range(num_iterations + 1):
        loss = F.mse_loss(U @ M.T * mask, target, reduction="sum") / int(rated.sum())
        errors.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return errors


REPORT = {  # rate -> steps -> error; the report counts from 0, so its iteration 999 comes after 1000 steps
    0.3: {541: 1.999745742069821, 10_000: 1.9034032484910661},
    0.5: {118: 2.9857582229946362, 1000: 1.9329780163206773},
    0.8: {209: 1.9992199507223132, 1000: 1.939286482313759, 10_000: 1.7780709768079563},
    1: {56: 2.9729151736322526, 1000: 1.9368203328205895},
    2: {82: 1.9983648304021087, 10_000: 1.6243846225659238},
    10: {17: 1.995851993852639, 10_000: 1.5731364154904766},
}
runs = {}
page.say("\n  rate   steps     here   report", "\n  rate    bước   ở đây   báo cáo")
for rate, printed in REPORT.items():
    errors = runs[rate] = gradient_descent(rate, max(printed))
    for steps, error in printed.items():
        print(f"{rate:6g} {steps:7} {errors[steps]:8.4f} {error:8.4f}")
        page.check(errors[steps], error, within=0.03 if steps >= 1000 else 0.1)  # the first steps depend on the start

after = [runs[rate][1000] for rate in (0.3, 0.5, 0.8, 1, 2, 10)]
page.claim(
    min(after) == after[-1],
    "\nAfter 1000 steps the largest of these rates has the smallest error.",
    "\nSau 1000 bước, learning rate lớn nhất có sai số nhỏ nhất.",
)

if page.draws:
    title = page.word("501 × 100: the error by learning rate", "501 × 100: sai số theo learning rate")
    figure, axes = page.figure(title, page.word("step", "bước"), page.word("error", "sai số"))
    for rate, errors in runs.items():
        axes.semilogx(range(1, len(errors)), errors[1:], label=f"{rate:g}")
    axes.set_ylim(1.5, 3)
    axes.legend(frameon=False)
    page.save(figure, "ch10_report_501x100.svg")

page.done()
