"""What the recommender says, answers and errors, Vietnamese and English side by side, by key."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import resolve
from tinygrad_vn.phrases import Text

TEXTS: Final[dict[str, Text]] = {
    # evaluation
    "part all": {
        "vi": "mọi đánh giá ({ratings}), danh sách của mọi người dùng ({users})",
        "en": "all: {ratings} ratings, lists of {users} users",
    },
    "part warm": {
        "vi": "warm: {ratings} đánh giá có người dùng và phim đã biết, danh sách của {users} người dùng đã biết",
        "en": "warm: {ratings} ratings by known users of known films, lists of {users} known users",
    },
    "part cold": {
        "vi": "cold: {ratings} đánh giá có người dùng hoặc phim mới, danh sách của {users} người dùng mới",
        "en": "cold: {ratings} ratings by new users or of new films, lists of {users} new users",
    },
    "coverage": {"vi": "độ phủ", "en": "coverage"},
    "the mean alone": {"vi": "trung bình", "en": "mean"},
    "mean and biases": {"vi": "trung bình + bias", "en": "mean + biases"},
    "popularity": {"vi": "độ phổ biến", "en": "popularity"},
    "item neighbours": {"vi": "phim lân cận", "en": "item neighbours"},
    "users left out": {
        "vi": "Không có danh sách cho {count} người dùng khác: họ không thích phim nào trong tập kiểm tra.",
        "en": "{count} other users have no list: they like no film of the test set.",
    },
    "ratings left out": {
        "vi": "{count} đánh giá là của những phim mà mô hình không biết, nên không thể đề xuất.",
        "en": "{count} ratings are of films that the model does not know and cannot recommend.",
    },
    "no neighbours": {
        "vi": "Có hơn {most} phim nên không so sánh với phim lân cận: bảng phim × phim quá lớn.",
        "en": "There are more than {most} films; neighbours are left out, the table of films × films is too large.",
    },
    "over seeds": {
        "vi": "trung bình ± độ lệch chuẩn, các seed {seeds}",
        "en": "mean ± standard deviation, seeds {seeds}",
    },
    "judged by what was learned": {
        "vi": "{learned} trong {count} đánh giá dùng để kiểm tra đã có trong tập huấn luyện, nên kết quả trông tốt hơn "
        "sự thật; hãy kiểm tra bằng những đánh giá khác: train, test = ratings.split(test=0.2)",
        "en": "{learned} of these {count} ratings are ones that the model was trained on, so that it looks better than "
        "it is; judge it by others: train, test = ratings.split(test=0.2)",
    },
    "no seeds": {
        "vi": "seeds rỗng; hãy cho ít nhất một seed, chẳng hạn seeds=(0, 1, 2)",
        "en": "seeds is empty; give at least one, such as seeds=(0, 1, 2)",
    },
    "nobody likes anything": {
        "vi": "tập kiểm tra không có đánh giá nào đủ cao để được xem là thích; hãy giảm liked=, hoặc lấy tập lớn hơn",
        "en": "the test set has no rating high enough to count as liked; lower liked=, or take a larger one",
    },
    "wrong k": {
        "vi": "k={k} không hợp lệ; hãy chọn từ 1 đến {films}, số phim hiện có",
        "en": "k={k} makes no sense; choose from 1 to {films}, the number of films",
    },
    # answers
    "mean": {"vi": "trung bình chung μ", "en": "mean of all μ"},
    "user": {"vi": "bias của người dùng b_u", "en": "bias of the user b_u"},
    "film": {"vi": "bias của phim b_i", "en": "bias of the film b_i"},
    "factor": {"vi": "factor {k}: {u} × {m}", "en": "factor {k}: {u} × {m}"},
    "other factors": {"vi": "{count} factor còn lại", "en": "{count} other factors"},
    "sum": {"vi": "tổng", "en": "sum"},
    "after the sigmoid": {"vi": "sau sigmoid, trên thang {low}…{high}", "en": "after the sigmoid, on {low}…{high}"},
    "why": {
        "vi": "Vì sao mô hình dự đoán như vậy cho người dùng {user} và phim {title}:",
        "en": "Why the model predicts this for user {user} and the film {title}:",
    },
    "why score": {
        "vi": "Vì sao phim {title} có điểm xếp hạng này đối với người dùng {user} (không phải số sao):",
        "en": "Why the film {title} has this score for user {user} (it ranks films and is not in stars):",
    },
    "is cold": {
        "vi": "(cold: người dùng hoặc phim chưa có đánh giá nào, nên phần của nó bằng 0)",
        "en": "(cold: this user or film has no ratings yet, so its terms are 0)",
    },
    "film factors": {
        "vi": "Factor của {count} phim có nhiều đánh giá nhất",
        "en": "Factors of the {count} films with most ratings",
    },
    "component": {"vi": "thành phần chính {k}", "en": "principal component {k}"},
    "test ratings": {"vi": "Đánh giá và dự đoán", "en": "Ratings and predictions"},
    # errors
    "no such model": {
        "vi": "không có mô hình {name!r}; hãy chọn {names}",
        "en": "there is no model {name!r}; choose {names}",
    },
    "no such loss": {
        "vi": "không có loss {name!r}; hãy chọn {names}",
        "en": "there is no loss {name!r}; choose {names}",
    },
    "no such start": {
        "vi": "không có cách khởi tạo {name!r}; hãy chọn {names}",
        "en": "there is no start {name!r}; choose {names}",
    },
    "no ratings": {"vi": "dữ liệu không có đánh giá nào để học", "en": "the data have no ratings to learn from"},
    "wrong range": {
        "vi": "y_range={given} không chứa mọi đánh giá, từ {low} đến {high}, hoặc không phải là (thấp, cao); hãy chọn "
        "một khoảng rộng hơn, hoặc y_range=None để dự đoán tuyến tính",
        "en": "y_range={given} does not hold all ratings, {low} to {high}, or is not (low, high); choose a wider one, "
        "or y_range=None for a linear prediction",
    },
    "no range": {
        "vi": 'model="dot" là tích vô hướng, không có sigmoid; hãy bỏ y_range, hoặc dùng model="dot_bias"',
        "en": 'model="dot" is a plain dot product without a sigmoid; leave y_range out, or take model="dot_bias"',
    },
    "too large": {
        "vi": "{users} × {items} người dùng và phim là quá nhiều cho một bảng đầy đủ trong bộ nhớ; hãy dùng "
        'model="dot_bias", loss="mse"',
        "en": "{users} × {items} users and films are too many for a whole table in memory; take "
        'model="dot_bias", loss="mse"',
    },
    "needs factors": {
        "vi": '{call} cần mô hình dựa trên tích vô hướng, không phải "net"; hãy dùng model="dot_bias" hoặc "audience"',
        "en": '{call} needs a model that is a dot product, not "net"; take model="dot_bias" or "audience"',
    },
    "needs ratings": {
        "vi": "{call} cần mô hình dự đoán đánh giá; mô hình này được huấn luyện với loss={loss!r}, chỉ xếp hạng phim. "
        'Hãy dùng loss="mse"',
        "en": "{call} needs a model that predicts ratings; this one was trained by loss={loss!r} and only ranks films. "
        'Take loss="mse"',
    },
    "nothing to fold in": {
        "vi": "cần ít nhất một đánh giá, {{item: rating}}, để thêm người dùng mới",
        "en": "a new user needs at least one rating, {{item: rating}}",
    },
    "wrong type of users": {
        "vi": "id của người dùng có kiểu {types}, chẳng hạn {example!r}; {name!r} lại có kiểu {given}. Hãy đổi sang "
        "kiểu đó",
        "en": "ids of users are of type {types}, such as {example!r}; {name!r} is of type {given}. Convert it first",
    },
    "wrong type of films": {
        "vi": "id của phim có kiểu {types}, chẳng hạn {example!r}; {name!r} lại có kiểu {given}. Hãy đổi sang kiểu đó",
        "en": "ids of films are of type {types}, such as {example!r}; {name!r} is of type {given}. Convert it first",
    },
    "unknown film": {
        "vi": "không biết phim {item!r}; hãy dùng item_ids có trong dữ liệu",
        "en": "there is no film {item!r}; use one of the data's item_ids",
    },
    "wrong rating": {
        "vi": "đánh giá {rating} của phim {item!r} nằm ngoài thang {low}…{high}",
        "en": "the rating {rating} of film {item!r} is outside of the scale {low}…{high}",
    },
    "known user": {
        "vi": "đã có người dùng {user!r}; hãy đặt tên khác, fold_in(…, user=…)",
        "en": "there is a user {user!r} already; give another name, fold_in(…, user=…)",
    },
    "wrong count": {
        "vi": "{name}={given!r} không hợp lệ; hãy viết một số nguyên từ {least} trở lên",
        "en": "{name}={given!r} makes no sense; write a whole number, {least} or more",
    },
    "no number": {
        "vi": "đánh giá {rating!r} của phim {item!r} không phải là một số; hãy viết, chẳng hạn, {{{item!r}: {high:g}}}",
        "en": "the rating {rating!r} of film {item!r} is no number; write, for example, {{{item!r}: {high:g}}}",
    },
    "cannot fold in": {
        "vi": 'fold_in không dùng được với loss={loss!r}; hãy dùng loss="mse" hoặc "softmax"',
        "en": 'fold_in does not work with loss={loss!r}; take loss="mse" or "softmax"',
    },
    "other lengths": {
        "vi": "có {users} người dùng nhưng {items} phim; mỗi cặp gồm một người dùng và một phim",
        "en": "there are {users} users but {items} films; a pair is one user and one film",
    },
    "not a learner": {
        "vi": "{path} không phải là tệp do CollabLearner.save ghi; hãy lưu lại bằng learner.save(path)",
        "en": "{path} was not written by CollabLearner.save; write it by learner.save(path)",
    },
}


def say(key: str, /, lang: str | None = None, **details: object) -> str:
    """A text in the wanted language, by default the one in force, with the details in its `{…}`."""
    return TEXTS[key][resolve(lang)].format(**details)
