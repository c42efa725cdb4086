"""The words of drawings and of the demo, Vietnamese and English side by side.

The lectures keep many English terms inside Vietnamese sentences (gradient, epoch, learning rate), and so do we; where a
Vietnamese term is usual it stands in front, with the English one behind it in brackets where that helps to look
something up.
"""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language, resolve

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
    "graph of": {"vi": "Đồ thị tính toán (computation graph) của {name}", "en": "Computation graph of {name}"},
    "inputs": {"vi": "đầu vào", "en": "inputs"},
    "parameters": {"vi": "tham số", "en": "parameters"},
    "constants": {"vi": "hằng số", "en": "constants"},
    "operations": {"vi": "phép toán", "en": "operations"},
    # what recommenders are taught with
    "computation graph": {"vi": "đồ thị tính toán (computation graph)", "en": "computation graph"},
    "matrix factorization": {"vi": "phân tích ma trận (matrix factorization)", "en": "matrix factorization"},
    "loss curve": {"vi": "đường cong hàm mất mát (loss)", "en": "loss curve"},
    "learning rate": {"vi": "tốc độ học (learning rate)", "en": "learning rate"},
    "epoch": {"vi": "epoch", "en": "epoch"},
    "user": {"vi": "người dùng", "en": "user"},
    "film": {"vi": "phim", "en": "film"},
    "rating": {"vi": "điểm đánh giá", "en": "rating"},
    "predicted rating": {"vi": "điểm dự đoán", "en": "predicted rating"},
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
    return WORDS[key][resolve(lang)].format(**details)
