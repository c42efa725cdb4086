# %% [markdown]
# # The table of 15 × 15 ratings · Bảng 15 × 15 điểm đánh giá
#
# **English.** Fifteen users, fifteen films, 206 ratings, 19 empty cells. Give every user and every film five random
# numbers, predict a rating by their dot product, and move all 150 numbers downhill on the squared error: the document's
# spreadsheet does so with a solver and goes from RMSE 2.82 to 0.41; we with backpropagation. Then we complete the
# table, and hide some ratings to see what the small error is worth.
#
# **Tiếng Việt.** Mười lăm người dùng, mười lăm phim, 206 điểm, 19 ô trống. Cho mỗi người và mỗi phim năm số ngẫu nhiên,
# dự đoán điểm bằng tích vô hướng của chúng, rồi kéo cả 150 số xuống dốc theo bình phương sai số: bảng tính của tài liệu
# dùng Solver, đi từ RMSE 2.82 xuống 0.41; ta dùng backpropagation. Sau đó ta điền đầy bảng, và giấu bớt điểm để xem sai
# số nhỏ ấy đáng giá bao nhiêu.
#
# Source · Nguồn: `002_8a50c176e41375fb.txt`, part 1 · phần 1 (协同过滤). Goes on in · Xem tiếp:
# `ch10_table_factors.py`.

# %%
import numpy as np
from lesson import Lesson

from tinygrad_vn.data import lecture_table
from tinygrad_vn.models import GlobalMean, SparseMatrixFactorization

page = Lesson(__file__ if "__file__" in globals() else "ch10_table_15x15")
page.say(
    "Expected: RMSE from about 2.8 to 0.41 or less; and, with 41 ratings hidden, an error there that is worse than\n"
    "that of the plain mean.",
    "Sẽ thấy: RMSE từ khoảng 2.8 xuống 0.41 hoặc ít hơn; và khi giấu 41 điểm, sai số ở đó tệ hơn cả cách luôn đoán\n"
    "điểm trung bình.",
)

# %% [markdown]
# ## From random factors to 0.41 · Từ factor ngẫu nhiên đến 0.41
#
# All 206 ratings at once, 3,000 steps of Adam, factors from [0, 1) as in the spreadsheet. Of its own start only
# a corner is legible, so the first RMSE is that of our random numbers: near 2.82, not equal.
#
# Cả 206 điểm mỗi bước, 3.000 bước Adam, factor khởi tạo trong [0, 1) như bảng tính. Chỉ đọc được một góc số khởi tạo
# của nó, nên RMSE đầu tiên là của số ngẫu nhiên của ta: gần 2.82 chứ không bằng.

# %%
table = lecture_table()
pairs = np.stack([table.users, table.items], axis=1)
model = SparseMatrixFactorization(n_factors=5, lr=0.05, epochs=3000, seed=0).fit(pairs, table.ratings)
page.say(
    f"\n{len(table)} ratings, RMSE {model.history[0]:.2f} → {model.history[-1]:.3f} (the page: 2.82 → 0.41)",
    f"\n{len(table)} điểm, RMSE {model.history[0]:.2f} → {model.history[-1]:.3f} (trên trang: 2.82 → 0.41)",
)
page.check(len(table), 206)
page.check(model.history[0], 2.82, within=0.15)
page.claim(model.history[-1] <= 0.41, "At least as small as the page's.", "Không lớn hơn con số của trang.")

completed, known = model.predict_table(), table.matrix()
empty = np.isnan(known)
page.check(empty.sum(), 19)
page.say("\nThe completed table; * is a prediction for an empty cell", "\nBảng đã điền; * là dự đoán cho ô trống")
print("      " + "".join(f"{film:>6}" for film in table.item_ids))
for user, row, blank in zip(table.user_ids, completed, empty, strict=True):
    print(f"{user:>6}" + "".join(f"{rating:5.1f}{'*' if no else ' '}" for rating, no in zip(row, blank, strict=True)))

# %%
if page.draws:
    from matplotlib.patches import Rectangle

    title = page.word("The completed table (framed: was empty)", "Bảng đã điền (có khung: ô vốn trống)")
    figure, axes = page.figure(title, "movieId", "userId", size=(8, 6.5))
    image = axes.imshow(completed, cmap="cividis", vmin=0.5, vmax=5)
    for row, column in np.argwhere(np.isfinite(completed)):
        rating = completed[row, column]
        look = {"ha": "center", "va": "center", "fontsize": 7, "color": "black" if rating > 2.9 else "white"}
        axes.text(column, row, f"{rating:.1f}", **look)
        if empty[row, column]:
            frame = {"fill": False, "edgecolor": "#D7263D", "linewidth": 1.8}
            axes.add_patch(Rectangle((column - 0.45, row - 0.45), 0.9, 0.9, **frame))
    axes.set_xticks(range(15), table.item_ids, rotation=45, fontsize=8)
    axes.set_yticks(range(15), table.user_ids, fontsize=8)
    axes.grid(False)
    figure.colorbar(image, ax=axes, shrink=0.8)
    page.save(figure, "ch10_table_15x15.svg")

# %% [markdown]
# ## Hidden cells · Ô bị giấu
#
# 150 numbers can nearly learn 206 by heart. Hide a fifth of the ratings and ask about those.
#
# 150 con số gần như học thuộc được 206 điểm. Hãy giấu một phần năm số điểm rồi hỏi đúng những điểm đó.

# %%
train, hidden = table.split(test=0.2, seed=0)
errors = {}
for name, recommender in (
    (page.word("mean", "trung bình"), GlobalMean()),
    (page.word("5 factors", "5 factor"), SparseMatrixFactorization(5, epochs=3000)),
    (page.word("5 factors, penalty 3", "5 factor, penalty 3"), SparseMatrixFactorization(5, epochs=3000, penalty=3.0)),
):
    recommender.fit(np.stack([train.users, train.items], axis=1), train.ratings, (15, 15))
    errors[name] = [
        recommender.rmse(np.stack([part.users, part.items], axis=1), part.ratings) for part in (train, hidden)
    ]
page.say(
    f"\nRMSE on {len(train)} known and {len(hidden)} hidden ratings",
    f"\nRMSE trên {len(train)} điểm đã biết và {len(hidden)} điểm bị giấu",
)
for name, (of_known, of_hidden) in errors.items():
    print(f"{name:22}{of_known:8.3f}{of_hidden:8.3f}")
mean, factors, penalized = errors.values()
page.check(len(hidden), 41)
page.claim(
    factors[0] < penalized[0] < mean[0] and factors[1] > penalized[1] > mean[1],
    "The better a model knows the known, the worse it predicts the hidden: overfitting.",
    "Càng khớp điểm đã biết, càng đoán sai điểm bị giấu: overfitting.",
)

# %%
page.done()
