"""Which stopping rule was met, and why that may mislead: Vietnamese and English side by side, by key.

The keys are the names of the rules. What is wrong with their arguments stands where the error is raised, its Vietnamese
in `optim/phrases.py`.
"""

from __future__ import annotations

from typing import Final

from tinygrad_vn.phrases import Text, filled

TEXTS: Final[dict[str, Text]] = {
    # which one it was, with its numbers
    "MaxIterations": {
        "vi": "MaxIterations: đã cập nhật {count} lần, giới hạn là {limit}",
        "en": "MaxIterations: {count} updates, the limit is {limit}",
    },
    "GradientNorm": {
        "vi": "GradientNorm: ‖∇‖ = {value} ≤ {limit} sau {count} lần cập nhật",
        "en": "GradientNorm: ‖∇‖ = {value} ≤ {limit} after {count} updates",
    },
    "GradientChange": {
        "vi": "GradientChange: hai gradient liên tiếp chỉ khác nhau {value} ≤ {limit} sau {count} lần cập nhật",
        "en": "GradientChange: two successive gradients differ by {value} ≤ {limit} after {count} updates",
    },
    "LossChange": {
        "vi": "LossChange: hai giá trị loss liên tiếp chỉ khác nhau {value} ≤ {limit} sau {count} lần cập nhật",
        "en": "LossChange: two successive losses differ by {value} ≤ {limit} after {count} updates",
    },
    "ParameterChange": {
        "vi": "ParameterChange: sau {every} lần cập nhật, nghiệm chỉ thay đổi {value} ≤ {limit} "
        "(tổng cộng {count} lần cập nhật)",
        "en": "ParameterChange: over {every} updates the solution moved by {value} ≤ {limit} ({count} updates in all)",
    },
    "TargetLoss": {
        "vi": "TargetLoss: loss = {value} ≤ {limit} sau {count} lần cập nhật",
        "en": "TargetLoss: loss = {value} ≤ {limit} after {count} updates",
    },
    "EarlyStopping": {
        "vi": "EarlyStopping: {patience} epoch liên tiếp không tốt hơn; {what} tốt nhất là {value} ở epoch {epoch}",
        "en": "EarlyStopping: no improvement in {patience} epochs; the best {what} was {value}, in epoch {epoch}",
    },
    "loss": {"vi": "loss huấn luyện", "en": "training loss"},
    "valid_loss": {"vi": "loss trên tập validation", "en": "validation loss"},
    "TimeLimit": {
        "vi": "TimeLimit: đã chạy {value} giây, giới hạn là {limit} giây",
        "en": "TimeLimit: {value} seconds, the limit is {limit}",
    },
    "both": {"vi": "{first}; và {second}", "en": "{first}; and {second}"},
    # why they may mislead
    "MaxIterations.caution": {
        "vi": "Có thể thuật toán đã dừng trước khi đủ gần với nghiệm: hãy xem loss có còn giảm không.",
        "en": "It may have stopped before it was close enough to the solution: see whether the loss was still falling.",
    },
    "GradientNorm.caution": {
        "vi": "Gradient cũng gần bằng 0 trên một vùng bằng phẳng không chứa cực tiểu và ở điểm yên ngựa (saddle "
        "point); gradient của một mini-batch còn có thể nhỏ do ngẫu nhiên.",
        "en": "The gradient is close to 0 on a flat stretch that holds no minimum and at a saddle point too; "
        "that of a mini-batch may also be small by chance.",
    },
    "GradientChange.caution": {
        "vi": "Gradient không còn thay đổi chưa chắc đã nhỏ: trên một sườn dốc thẳng, hay khi learning rate rất nhỏ, "
        "nó gần như không đổi. Với nhiều dữ liệu, tính gradient trên toàn bộ dữ liệu cũng rất tốn kém.",
        "en": "A gradient that no longer changes need not be small: on a straight slope, or with a tiny learning rate, "
        "it hardly changes at all. With much data, computing it over all of them is costly too.",
    },
    "LossChange.caution": {
        "vi": "Nếu đồ thị hàm số bằng phẳng tại một khu vực không chứa điểm local minimum (chẳng hạn quanh một saddle "
        "point), thuật toán cũng dừng lại trước khi đạt giá trị mong muốn. Với mini-batch, hai loss liên tiếp còn "
        "thuộc về hai phần dữ liệu khác nhau.",
        "en": "Where the loss is flat although there is no local minimum (around a saddle point, say), this rule stops "
        "too, before the wanted value is reached. With mini-batches two successive losses also belong to different "
        "data.",
    },
    "ParameterChange.caution": {
        "vi": "Nghiệm cũng gần như đứng yên khi learning rate quá nhỏ, hoặc trên một vùng bằng phẳng không chứa "
        "cực tiểu.",
        "en": "The solution hardly moves either where the learning rate is too small, or on a flat stretch that holds "
        "no minimum.",
    },
    "TargetLoss.caution": {
        "vi": "Loss huấn luyện nhỏ không nói gì về dữ liệu mới (overfitting); loss của một mini-batch còn có thể "
        "nhỏ do ngẫu nhiên.",
        "en": "A small training loss says nothing about new data (overfitting); that of a mini-batch may also be small "
        "by chance.",
    },
    "EarlyStopping.caution": {
        "vi": "Loss trên tập validation có thể giảm trở lại sau một đoạn bằng phẳng dài hơn patience. Vì tập này "
        "đã chọn ra mô hình, hãy đánh giá mô hình trên một tập khác.",
        "en": "The validation loss may fall again after a flat stretch longer than the patience. Since these data have "
        "chosen the model, judge it on others.",
    },
    "EarlyStopping.caution without validation": {
        "vi": "Không có tập validation nên quy tắc này theo dõi loss huấn luyện: nó không thấy được overfitting, và "
        "cũng dừng trên một vùng bằng phẳng không chứa cực tiểu.",
        "en": "Without validation data it watched the training loss: it does not see overfitting, and stops on a flat "
        "stretch that holds no minimum too.",
    },
    "TimeLimit.caution": {
        "vi": "Có thể thuật toán đã dừng trước khi đủ gần với nghiệm; trên máy khác, nó sẽ dừng ở một chỗ khác.",
        "en": "It may have stopped before it was close enough to the solution, and elsewhere on another machine.",
    },
}


def in_both(key: str, **details: object) -> Text:
    """A text of the table in every language; a detail that is a `Text` itself appears in the same language."""
    return filled(TEXTS[key], details)
