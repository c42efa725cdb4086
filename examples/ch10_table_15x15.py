# %% [markdown]
# # The table of 15 × 15 ratings · Bảng 15 × 15 điểm đánh giá
#
# **English.** Fifteen users, fifteen films, 206 ratings, 19 empty cells. Give every user and every film five random
# numbers, predict a rating by their dot product, and move all 150 numbers downhill on the squared error: the document's
# spreadsheet does so with a solver and goes from RMSE 2.82 to 0.41; we with backpropagation. Then we complete the
# table, test the film factors that the document prints, and hide some ratings to see what the small error is worth.
#
# **Tiếng Việt.** Mười lăm người dùng, mười lăm phim, 206 điểm, 19 ô trống. Cho mỗi người và mỗi phim năm số ngẫu nhiên,
# dự đoán điểm bằng tích vô hướng của chúng, rồi kéo cả 150 số xuống dốc theo bình phương sai số: bảng tính của tài liệu
# dùng Solver, đi từ RMSE 2.82 xuống 0.41; ta dùng backpropagation. Sau đó ta điền đầy bảng, kiểm tra các factor của
# phim mà tài liệu in ra, và giấu bớt điểm để xem sai số nhỏ ấy đáng giá bao nhiêu.
#
# Source · Nguồn: `002_8a50c176e41375fb.txt`, part 1 · phần 1 (协同过滤).

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.models import GlobalMean, SparseMatrixFactorization

page = Lesson(__file__ if "__file__" in globals() else "ch10_table_15x15")
page.say(
    "Expected: RMSE from about 2.8 to 0.41 or less; 0.405 with the film factors of the page and least-squares users;\n"
    "and, with 41 ratings hidden, an error there that is worse than that of the plain mean.",
    "Sẽ thấy: RMSE từ khoảng 2.8 xuống 0.41 hoặc ít hơn; 0.405 với factor phim của trang và người dùng tính bằng bình\n"
    "phương tối thiểu; và khi giấu 41 điểm, sai số ở đó tệ hơn cả cách luôn đoán điểm trung bình.",
)

# %% [markdown]
# ## A dot product for every row · Tích vô hướng theo từng hàng
#
# `a * b` multiplies element by element. (The page calls that a dot product; the dot products are the sums of its rows.)
#
# `a * b` nhân từng phần tử. (Trang gọi đó là tích vô hướng; thật ra tích vô hướng là tổng của từng hàng.)

# %%
a = tg.tensor([[1.0, 2, 3], [3, 4, 6], [5, 6, 9]])
b = tg.tensor([[2.0, 2, 4], [10, 10, 11], [3, 9, 10]])
print(f"\na * b        = {(a * b).tolist()}")
print(f"(a*b).sum(1) = {(a * b).sum(1).tolist()}")
print(f"(a*b).sum(0) = {(a * b).sum(0).tolist()}")
page.check(a * b, [[2, 4, 12], [30, 40, 66], [15, 54, 90]])
page.check((a * b).sum(1), [18, 136, 159])
page.check((a * b).sum(0), [47, 98, 168])
page.check((a * b).sum(1), [np.dot(u, m) for u, m in zip(a.numpy(), b.numpy(), strict=True)])

# %% [markdown]
# ## Ids become row numbers · Đánh số lại id
#
# The first five ratings of `ratings.csv`, and one more of film 1029. The page numbers ids in the order in which they
# appear; `RatingsDataset` in their own order, so that numbers do not depend on how a file is sorted.
#
# Năm dòng đầu của `ratings.csv`, thêm một điểm nữa cho phim 1029. Trang đánh số id theo thứ tự xuất hiện;
# `RatingsDataset` theo thứ tự của chính id, nên không phụ thuộc cách sắp xếp tệp.

# %%
users, films = [1, 1, 1, 1, 1, 2], [1172, 31, 1029, 1061, 1129, 1029]
film_number = {film: k for k, film in enumerate(dict.fromkeys(films))}
first_seen = [film_number[film] for film in films]
data = RatingsDataset.from_arrays(users, films, [4.0, 2.5, 3.0, 3.0, 2.0, 4.0])
print(f"\nmovieId {films} → {first_seen} → {data.items.tolist()}")
page.check(first_seen, [0, 1, 2, 3, 4, 2])
page.check(data.item_ids[data.items], films)
page.check(data.items, [4, 0, 1, 2, 3, 1])

# %% [markdown]
# ## From random factors to 0.41 · Từ factor ngẫu nhiên đến 0.41
#
# All 206 ratings at once, 3,000 steps of Adam, factors from [0, 1) as in the spreadsheet. Only a corner of its own
# start is legible (four users, five films: its products are right), so the first RMSE is that of our random numbers:
# near 2.82, not equal.
#
# Cả 206 điểm mỗi bước, 3.000 bước Adam, factor khởi tạo trong [0, 1) như bảng tính. Chỉ đọc được một góc số khởi tạo
# của nó (bốn người, năm phim: các tích đều đúng), nên RMSE đầu tiên là của số ngẫu nhiên của ta: gần 2.82 chứ không
# bằng.

# %%
four_users = [[0.19, 0.63, 0.31, 0.44, 0.51], [0.25, 0.83, 0.71, 0.96, 0.59], [0.30, 0.44, 0.19, 0.00, 0.72]]
four_users.append([0.02, 0.72, 0.69, 0.35, 0.25])
five_films = [[0.71, 0.92, 0.68, 0.83, 0.60], [0.81, 0.55, 0.28, 0.88, 0.50], [0.74, 0.86, 0.53, 0.33, 0.81]]
five_films += [[0.04, 0.44, 0.16, 0.41, 0.73], [0.04, 0.80, 0.94, 0.24, 0.53]]
corner = [[0.91, 1.40, 1.02, 1.12, 1.27], [1.44, 2.20, 1.49, 1.71, 2.16], [0.73, 1.26, 1.10, 0.87, 0.93]]
corner.append([1.12, 1.36, 0.86, 1.08, 1.31])
page.check(np.matmul(four_users, five_films), corner, within=0.02)

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
# ## The factors that the page prints · Các factor mà trang in ra
#
# Of the solved spreadsheet all film factors are legible, of the users' only the first column. Given the films, the best
# factors of a user are a least-squares problem. They give the page's error, the legible column and the legible
# predictions, as far as two decimals carry.
#
# Từ bảng đã giải, đọc được toàn bộ factor của phim, còn của người dùng chỉ có cột đầu. Biết factor phim thì factor tốt
# nhất của mỗi người là bài toán bình phương tối thiểu. Kết quả cho đúng sai số của trang, cột đọc được và các dự đoán
# đọc được, trong độ chính xác hai chữ số.

# %%
FILM_FACTORS = np.array(
    [
        [1.20, -0.29, 0.61, 1.64, 0.72, 0.11, 0.97, 0.44, 1.22, 1.79, 1.28, 1.68, 1.45, 1.36, -0.27],
        [0.55, -0.04, 0.62, 0.55, 0.24, 0.99, 1.30, 1.33, 2.22, 0.32, 0.59, 1.41, 1.11, 0.85, 2.23],
        [1.41, 0.99, 1.15, 0.70, 1.34, 1.34, 1.07, 0.92, 0.27, 0.44, 0.53, 0.82, 1.24, 1.24, 0.13],
        [0.25, 1.56, 0.14, 0.90, 1.36, 1.53, 0.26, 1.29, 0.75, 0.79, 1.33, -0.13, 0.36, -0.05, 1.34],
        [0.48, 2.85, 2.67, 1.00, 0.67, -0.11, 0.35, 0.89, -1.42, 1.07, 0.91, 0.55, 0.14, 0.65, 0.81],
    ]
)
FIRST_USER_FACTOR = [1.84, 1.11, 0.99, 0.64, 0.46, -0.20, 0.21, 0.91, 1.58, 0.85, 0.93, 0.08, 2.07, 1.06, 1.71]
OF_THE_MATRIX = [4.86, 3.38, 3.81, 4.84, 4.57, 4.15, 4.35, 4.97, 2.60, 2.73, 4.39, 3.58, 2.95, 4.48, 1.84]  # film 2571
user_factors = np.array(
    [
        np.linalg.lstsq(FILM_FACTORS[:, ~blank].T, row[~blank], rcond=None)[0]
        for row, blank in zip(known, empty, strict=True)
    ]
)
predicted = user_factors @ FILM_FACTORS
rmse = np.sqrt(np.mean((predicted - known)[~empty] ** 2))
page.say(f"\nRMSE with the page's film factors: {rmse:.4f}", f"\nRMSE với factor phim của trang: {rmse:.4f}")
page.check(rmse, 0.405, decimals=3)
page.check(user_factors[:, 0], FIRST_USER_FACTOR, within=0.025)
page.check(predicted[:, -1], OF_THE_MATRIX, within=0.025)

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
