# %% [markdown]
# # Bảng 4×5: phân tích ma trận, tính được bằng tay · The 4×5 table: matrix factorization that can be followed by hand
#
# **Tiếng Việt.** Bốn người A–D chấm điểm năm phim; D chưa xem M1 và M3. Mỗi người được mô tả bằng hai số (thích hành
# động bao nhiêu, thích hài bao nhiêu), mỗi phim cũng bằng hai số, và điểm dự đoán là tích vô hướng của chúng. Ta để
# gradient descent tìm các số đó từ đúng chỗ bắt đầu của báo cáo, rồi đọc hai ô còn trống. Sau cùng là câu hỏi của báo
# cáo: vì sao 2.000.000 ô chỉ cần vài nghìn factor?
#
# **English.** Four users A–D rate five films; D has not seen M1 and M3. Two numbers describe every user (how much
# action, how much comedy), two every film, and the predicted rating is their dot product. Gradient descent finds these
# numbers from the very start that the report prints; then we read the two empty cells. In the end the report's
# question: why do 2,000,000 cells need a few thousand factors only?
#
# `000_12180da503bfe391.txt`, "Matrix Factorization".

# %%
from collections.abc import Sequence

import numpy as np
from lesson import Lesson

from tinygrad_vn import plot
from tinygrad_vn.models import MatrixFactorization
from tinygrad_vn.models.report_tables import FACTORS, FILMS, RATINGS, START, USERS

page = Lesson(__file__ if "__file__" in globals() else "ch10_report_4x5")
page.say(
    "We shall see the report's first product, 1.44 … 0.63; then factors that fit all 18 ratings; and for D, who has "
    "not\nseen them, M3 with 5 before M1 with 4.",
    "Ta sẽ thấy tích đầu tiên của báo cáo, 1.44 … 0.63; rồi các factor khớp cả 18 điểm; và với D, người chưa xem hai "
    "phim đó,\nM3 được 5, đứng trước M1 được 4.",
)


def show(table: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Print a table of numbers with its names; NaN is a dot."""
    print("   " + "".join(f"{name:>8}" for name in columns))
    for name, row in zip(rows, table, strict=True):
        print(f"{name:3}" + "".join(f"{'·' if np.isnan(x) else f'{x + 0:.2f}':>8}" for x in row.round(9)))


# %%
page.say("\nThe ratings (· is a film not seen)", "\nĐiểm đánh giá (· là phim chưa xem)")
show(np.where(RATINGS, RATINGS, np.nan), USERS, FILMS)

users, films = START
known = RATINGS != 0
first = users @ films.T
loss = np.mean((RATINGS - first)[known] ** 2)
page.say(f"\nThe report's random start: U Mᵀ, loss {loss:.4f}", f"\nBắt đầu với số ngẫu nhiên: U Mᵀ, loss {loss:.4f}")
show(first, USERS, FILMS)
page.check(
    first,
    [
        [1.44, 1.37, 2.26, 0.7, 0.59],
        [1.32, 1.53, 1.85, 0.91, 0.5],
        [2.76, 3.37, 3.73, 2.07, 1.02],
        [1.68, 1.99, 2.32, 1.2, 0.63],
    ],
    decimals=2,
)

# %% [markdown]
# Gradient descent trên loss L = 1/18 ∑ (r − u·m)², chỉ trên những ô đã có điểm. ·
# Gradient descent on the loss L = 1/18 ∑ (r − u·m)², over the cells that hold a rating.

# %%
model = MatrixFactorization(2, lr=0.1, epochs=20_000, centred=False, stop_below=1e-20, start=START)
model.fit_table(RATINGS)
steps = len(model.errors) - 1
page.say(f"\nAfter {steps} steps: U Mᵀ, loss below 1e-20", f"\nSau {steps} bước: U Mᵀ, loss dưới 1e-20")
table = model.predict_table()
show(table, USERS, FILMS)
page.check(model.errors[0], loss, within=1e-12)
page.check(table, FACTORS[0] @ FACTORS[1].T, within=1e-6)

if page.draws:
    page.save(
        plot.loss_curve(model.errors, title=page.word("Loss over the steps", "Loss theo các bước")), "report_4x5.svg"
    )

# %% [markdown]
# Với mọi ma trận T khả nghịch, U T và M T⁻ᵀ có cùng tích: riêng điểm số không chọn được cơ sở. Ta chọn cơ sở trong đó
# A = (1, 0) và B = (0, 1), như báo cáo. ·
# For any invertible T, U T and M T⁻ᵀ have the same product: ratings alone choose no basis. We choose the one in which
# A = (1, 0) and B = (0, 1), the report's.

# %%
U, M = model.user_factors.detach().numpy(), model.item_factors.detach().numpy()
T = np.linalg.inv(U[:2])
U, M = U @ T, M @ np.linalg.inv(T).T
page.say("\nThe factors in the report's basis", "\nCác factor trong cơ sở của báo cáo")
show(U, USERS, ["F1", "F2"])
show(M.T, ["F1", "F2"], FILMS)
page.check(U, FACTORS[0], within=1e-6)
page.check(M, FACTORS[1], within=1e-6)

page.say("\nRecommended to D, in this order", "\nĐề xuất cho D, theo thứ tự")
found, ratings = model.recommend(USERS.index("D"))
for film, rating in zip(found, ratings, strict=True):
    print(f"{FILMS[film]:3}{rating:8.2f}")
page.check(found, [2, 0])
page.check(ratings, [5, 4], within=1e-6)

# %% [markdown]
# Một bảng n × m cần n·m số; k factor cho mỗi người và mỗi phim cần k·(n + m) số: cộng thay cho nhân. Bảng 4×5 thì chưa
# lợi gì; bảng càng lớn càng lợi. ·
# A table of n × m takes n·m numbers; k factors for every user and every film take k·(n + m): a sum where there was a
# product. For 4×5 that gains next to nothing, and more the larger the table.

# %%
page.say("\nusers × films     cells      k   factors   share", "\nngười × phim         ô      k    factor   tỉ lệ")
sizes = ((4, 5, 2), (501, 100, 10), (2000, 1000, 2), (2000, 1000, 10))
for n, m, k in sizes:
    print(f"{n:5} × {m:<5} {n * m:11,} {k:6} {k * (n + m):9,} {k * (n + m) / (n * m):7.1%}")
page.check([n * m for n, m, _ in sizes], [20, 50_100, 2_000_000, 2_000_000])
page.check([k * (n + m) for n, m, k in sizes], [18, 6_010, 6_000, 30_000])

page.done()
