"""What the recommender says, answers and errors, Vietnamese and English side by side, by key."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import resolve
from tinygrad_vn.phrases import Text

TEXTS: Final[dict[str, Text]] = {
    # evaluation
    "all": {"vi": "mọi đánh giá", "en": "all ratings"},
    "warm": {"vi": "người dùng và phim đã biết", "en": "known users and films"},
    "cold": {"vi": "người dùng hoặc phim mới (cold)", "en": "new users or films (cold)"},
    "ranking": {
        "vi": "{k} phim đầu danh sách, trung bình trên {users} người dùng:",
        "en": "the first {k} films, mean over {users} users:",
    },
    "nobody likes anything": {
        "vi": "phần test không có đánh giá nào đủ cao để được xem là thích; hãy giảm liked=, hoặc tăng phần test",
        "en": "the test part has no rating high enough to count as liked; lower liked=, or take a larger test part",
    },
    "wrong k": {
        "vi": "k={k} không hợp lệ; hãy chọn từ 1 đến {films}, số phim hiện có",
        "en": "k={k} makes no sense; choose from 1 to {films}, the number of films",
    },
    # answers
    "mean": {"vi": "trung bình chung μ", "en": "mean of all μ"},
    "user": {"vi": "bias của người dùng b_u", "en": "bias of the user b_u"},
    "film": {"vi": "bias của phim b_i", "en": "bias of the film b_i"},
    "factor": {"vi": "nhân tố {k}: {u} × {m}", "en": "factor {k}: {u} × {m}"},
    "other factors": {"vi": "{count} nhân tố còn lại", "en": "{count} other factors"},
    "sum": {"vi": "tổng", "en": "sum"},
    "after the sigmoid": {"vi": "sau sigmoid, trên thang {low}…{high}", "en": "after the sigmoid, on {low}…{high}"},
    "why": {"vi": "Vì sao dự đoán này, {user}, {title}:", "en": "Why this prediction, {user}, {title}:"},
    "why score": {
        "vi": "Vì sao điểm xếp hạng này, {user}, {title} (chỉ để xếp hạng phim, không tính bằng sao):",
        "en": "Why this score, {user}, {title} (it ranks films and is not in stars):",
    },
    "is cold": {
        "vi": "(cold: người dùng hoặc phim chưa có đánh giá nào, nên phần của nó bằng 0)",
        "en": "(cold: this user or film has no ratings yet, so its terms are 0)",
    },
    "film factors": {
        "vi": "Nhân tố của {count} phim nhiều đánh giá nhất",
        "en": "Factors of the {count} films with most ratings",
    },
    "component": {"vi": "thành phần chính {k}", "en": "principal component {k}"},
    "test ratings": {"vi": "Đánh giá và dự đoán", "en": "Ratings and predictions"},
    # the lecture's table
    "the mean alone": {"vi": "chỉ trung bình chung", "en": "the mean alone"},
    "mean and biases": {"vi": "trung bình và các bias", "en": "mean and biases"},
    "factors and penalty": {"vi": "{count} nhân tố, penalty {penalty}", "en": "{count} factors, penalty {penalty}"},
    "known": {"vi": "đã biết", "en": "known"},
    "hidden": {"vi": "bị che", "en": "hidden"},
    "hidden cells": {
        "vi": "RMSE (sao) khi che {count} ô của bảng: sai số trên ô đã biết giảm mãi theo số nhân tố, "
        "trên ô bị che thì không (overfitting)",
        "en": "RMSE (stars) with {count} cells of the table hidden: more factors always fit the known cells better, "
        "but not the hidden ones (overfitting)",
    },
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
    "needs biases": {
        "vi": '{call} cần mô hình có bias; hãy dùng model="dot_bias" hoặc "audience"',
        "en": '{call} needs a model with biases; take model="dot_bias" or "audience"',
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
