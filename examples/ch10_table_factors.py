# %% [markdown]
# # The numbers that lesson 5 prints: products, ids, factors · Các con số bài 5 in ra: tích, id, factor
#
# **English.** Before the table of `ch10_table_15x15.py` can learn, a few small things have to be clear: what is a dot
# product, and what is not; how ids become row numbers. Then we check what is legible of the document's spreadsheet:
# the products of its random start, and the five factors of every film that its solver found.
#
# **Tiếng Việt.** Trước khi bảng của `ch10_table_15x15.py` học được, cần rõ vài điều nhỏ: cái gì là tích vô hướng, cái
# gì không; id trở thành số thứ tự hàng thế nào. Sau đó ta kiểm tra những gì đọc được từ bảng tính của tài liệu: các
# tích của số khởi tạo ngẫu nhiên, và năm factor của mỗi phim mà Solver tìm ra.
#
# Source · Nguồn: `002_8a50c176e41375fb.txt`, part 1 · phần 1 (协同过滤).

# %%
import numpy as np
from lesson import BLUE, BROWN, Lesson

import tinygrad_vn as tg
from tinygrad_vn.data import RatingsDataset, lecture_table

page = Lesson(__file__ if "__file__" in globals() else "ch10_table_factors")
page.say(
    "Expected: row sums 18, 136, 159 and column sums 47, 98, 168; and RMSE 0.405 with the film factors of the page\n"
    "and least-squares users.",
    "Sẽ thấy: tổng hàng 18, 136, 159 và tổng cột 47, 98, 168; và RMSE 0.405 với factor phim của trang và người dùng\n"
    "tính bằng bình phương tối thiểu.",
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
# The five films of user 1 that the page lists, the last one first, and film 1029 once more, from user 2. The page
# numbers ids in the order in which they appear; `RatingsDataset` in their own order, so that numbers do not depend on
# how a file is sorted.
#
# Năm phim của người dùng 1 mà trang liệt kê, phim cuối đưa lên đầu, thêm một lần phim 1029 của người dùng 2. Trang đánh
# số id theo thứ tự xuất hiện; `RatingsDataset` theo thứ tự của chính id, nên không phụ thuộc cách sắp xếp tệp.

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
# ## A corner of the random start · Một góc số khởi tạo
#
# Four users, five films; with factors rounded to two decimals the products agree within 0.02. · Bốn người, năm phim; từ
# các factor làm tròn đến hai chữ số, các tích khớp trong khoảng 0.02.

# %%
four_users = [[0.19, 0.63, 0.31, 0.44, 0.51], [0.25, 0.83, 0.71, 0.96, 0.59], [0.30, 0.44, 0.19, 0.00, 0.72]]
four_users.append([0.02, 0.72, 0.69, 0.35, 0.25])
five_films = [[0.71, 0.92, 0.68, 0.83, 0.60], [0.81, 0.55, 0.28, 0.88, 0.50], [0.74, 0.86, 0.53, 0.33, 0.81]]
five_films += [[0.04, 0.44, 0.16, 0.41, 0.73], [0.04, 0.80, 0.94, 0.24, 0.53]]
corner = [[0.91, 1.40, 1.02, 1.12, 1.27], [1.44, 2.20, 1.49, 1.71, 2.16], [0.73, 1.26, 1.10, 0.87, 0.93]]
corner.append([1.12, 1.36, 0.86, 1.08, 1.31])
products = np.matmul(four_users, five_films)
print()
for row in products:
    print("".join(f"{product:7.2f}" for product in row))
page.check(products, corner, within=0.02)

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
known = lecture_table().matrix()
empty = np.isnan(known)
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
page.check((~empty).sum(), 206)

# %%
if page.draws:
    title = page.word("Predictions from the printed factors", "Dự đoán từ các factor in trong tài liệu")
    figure, axes = page.figure(title, page.word("prediction", "dự đoán"), page.word("rating", "điểm"), size=(5, 4))
    axes.plot(predicted[~empty], known[~empty], "o", color=BLUE, markersize=3)
    axes.plot([0.5, 5], [0.5, 5], "--", color=BROWN)
    page.save(figure, "ch10_table_factors.svg")

# %%
page.done()
