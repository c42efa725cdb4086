"""The terms of lectures, and the words of drawings and plots, Vietnamese and English side by side.

The lectures keep many English terms inside Vietnamese sentences (gradient, epoch, learning rate), and so do we; where a
Vietnamese term is usual it stands in front, with the English one behind it in brackets where that helps to look
something up. A term stands in this table only: sentences, also those of the command line, take it from here by writing
its key in square brackets.
"""

from __future__ import annotations

import re
from typing import Final

from tinygrad_vn.language import Language, resolve

_TERM: Final = re.compile(r"\[([^]]+)\]")

WORDS: Final[dict[str, dict[Language, str]]] = {
    # headings inside a box
    "value": {"vi": "giá trị", "en": "value"},
    "grad": {"vi": "gradient", "en": "gradient"},
    "min": {"vi": "nhỏ nhất", "en": "min"},
    "mean": {"vi": "trung bình", "en": "mean"},
    "max": {"vi": "lớn nhất", "en": "max"},
    "norm": {"vi": "chuẩn ‖·‖", "en": "norm ‖·‖"},
    # roles
    "input": {"vi": "đầu vào (input)", "en": "input"},
    "parameter": {"vi": "tham số (parameter)", "en": "parameter"},
    "intermediate": {"vi": "giá trị trung gian", "en": "intermediate value"},
    "loss": {"vi": "hàm mất mát (loss)", "en": "loss"},
    "constant": {"vi": "hằng số", "en": "constant"},
    "operation": {"vi": "phép toán", "en": "operation"},
    # titles and descriptions
    "computation graph": {"vi": "đồ thị tính toán (computation graph)", "en": "computation graph"},
    "graph of": {"vi": "[Computation graph] của {name}", "en": "[Computation graph] of {name}"},
    "inputs": {"vi": "đầu vào", "en": "inputs"},
    "parameters": {"vi": "tham số", "en": "parameters"},
    "constants": {"vi": "hằng số", "en": "constants"},
    "operations": {"vi": "phép toán", "en": "operations"},
    # curves
    "loss curve": {"vi": "đường cong hàm mất mát (loss curve)", "en": "loss curve"},
    "epoch": {"vi": "epoch", "en": "epoch"},
    "training set": {"vi": "tập huấn luyện", "en": "training"},
    "test set": {"vi": "tập kiểm tra", "en": "held out"},
    "loss curves": {"vi": "[loss curve] của các lần chạy", "en": "[loss curve]s of several runs"},
    "gradient norms": {"vi": "chuẩn (norm) của gradient theo từng lớp", "en": "gradient norm of every layer"},
    "gradient norm": {"vi": "chuẩn của gradient ‖∇‖", "en": "gradient norm ‖∇‖"},
    "vanishing": {
        "vi": "gradient triệt tiêu (vanishing): dưới {limit}",
        "en": "vanishing gradient: below {limit}",
    },
    "exploding": {"vi": "gradient bùng nổ (exploding): trên {limit}", "en": "exploding gradient: above {limit}"},
    "epochs without place": {
        "vi": "{name}\n(0, ∞ hoặc NaN ở {count} epoch)",
        "en": "{name}\n(0, ∞ or NaN in {count} epochs)",
    },
    # landscapes, functions and what models say
    "descent": {"vi": "đường đi của gradient descent", "en": "path of gradient descent"},
    "descent start": {"vi": "điểm đầu {point}: f = {value}", "en": "start {point}: f = {value}"},
    "descent end": {
        "vi": "sau {steps} bước {point}: f = {value}",
        "en": "after {steps} steps {point}: f = {value}",
    },
    "activation function": {"vi": "hàm kích hoạt (activation function)", "en": "activation function"},
    "activation functions": {"vi": "các hàm kích hoạt f(x)", "en": "activation functions f(x)"},
    "activation named": {"vi": "[Activation function]: {name}", "en": "[Activation function]: {name}"},
    "their derivatives": {"vi": "đạo hàm f′(x)", "en": "derivatives f′(x)"},
    "derivative": {"vi": "đạo hàm f′(x)", "en": "derivative f′(x)"},
    "predictions": {"vi": "giá trị dự đoán và giá trị thực tế", "en": "predictions against targets"},
    "target": {"vi": "giá trị thực tế", "en": "target"},
    "prediction": {"vi": "giá trị dự đoán", "en": "prediction"},
    "exact": {"vi": "dự đoán đúng hoàn toàn", "en": "exact prediction"},
    "one sample": {"vi": "một mẫu", "en": "one sample"},
    "decision boundary": {"vi": "ranh giới quyết định (decision boundary)", "en": "decision boundary"},
    "class named": {"vi": "lớp {name}", "en": "class {name}"},
    "probability": {"vi": "xác suất của lớp {name}", "en": "probability of class {name}"},
    "learning rate": {"vi": "tốc độ học (learning rate)", "en": "learning rate"},
    # the range test of learning rates
    "learning rate range test": {"vi": "Loss theo [learning rate]", "en": "Loss by [learning rate]"},
    "next loss": {"vi": "loss sau mỗi bước", "en": "loss after each step"},
    "running mean": {"vi": "trung bình trượt", "en": "running mean"},
    "suggested rate": {"vi": "gợi ý: {rate}", "en": "suggestion: {rate}"},
    # numeric derivatives
    "error of central difference": {
        "vi": "Sai số của sai phân trung tâm theo bước h: {label}",
        "en": "Error of the central difference by step: {label}",
    },
    "step h": {"vi": "bước h", "en": "step h"},
    "error": {"vi": "sai số", "en": "error"},
    "truncation": {"vi": "sai số cắt (truncation) ∝ h²", "en": "truncation ∝ h²"},
    "round-off": {"vi": "sai số làm tròn (round-off) ∝ 1/h", "en": "round-off ∝ 1/h"},
    "best step": {"vi": "bước tốt nhất: {step}", "en": "best step: {step}"},
    # what recommenders are taught with
    "matrix factorization": {"vi": "phân tích ma trận (matrix factorization)", "en": "matrix factorization"},
    "user": {"vi": "người dùng", "en": "user"},
    "film": {"vi": "phim", "en": "film"},
    "factor": {"vi": "đặc trưng ẩn (latent factors)", "en": "factor"},
    "rating": {"vi": "lượt đánh giá", "en": "rating"},
    "true rating": {"vi": "điểm thực tế", "en": "rating"},
    "predicted rating": {"vi": "điểm dự đoán", "en": "prediction"},
}


def word(key: str, lang: str | None = None, **details: object) -> str:
    """A word or sentence in the wanted language.

    Args:
        key: its English key in `WORDS`.
        lang: "vi" or "en"; None for the language setting.
        **details: what to put into its `{…}`.

    Raises:
        KeyError: for a key that the table does not have.
        ValueError: for a language that is neither.
    """
    language = resolve(lang)
    return sentence(WORDS[key][language], language, **details)


def sentence(text: str, lang: Language, /, **details: object) -> str:
    """A text with its `[terms]` and its `{details}` filled in; `[Loss curve]` begins with a capital letter."""
    return _TERM.sub(lambda found: _term(found[1], lang), text).format(**details)


def capitalized(text: str) -> str:
    """A word at the beginning of a line: its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def _term(name: str, lang: Language) -> str:
    term = WORDS[name.lower()][lang]
    return term if name[0].islower() else capitalized(term)
