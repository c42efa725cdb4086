"""What the page says, Vietnamese and English side by side; {…} is filled in by the script."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

WORDS: Final[dict[str, dict[Language, str]]] = {
    "title": {"vi": "Chơi với gradient descent", "en": "Play with gradient descent"},
    "function": {"vi": "Hàm", "en": "Function"},
    "bowl": {"vi": "một đáy", "en": "one bowl"},
    "two valleys": {"vi": "hai thung lũng", "en": "two valleys"},
    "waves": {"vi": "gợn sóng", "en": "waves"},
    "plateau": {"vi": "vùng bằng phẳng", "en": "a plateau"},
    "kink": {"vi": "gãy ở 0", "en": "a kink at 0"},
    "round": {"vi": "mặt tròn xoay", "en": "a round bowl"},
    "long valley": {"vi": "thung lũng dài", "en": "a long valley"},
    "saddle": {"vi": "yên ngựa (saddle point)", "en": "a saddle point"},
    "Rosenbrock": {"vi": "Rosenbrock", "en": "Rosenbrock"},
    "Himmelblau": {"vi": "Himmelblau, bốn cực tiểu", "en": "Himmelblau, four minima"},
    "own": {"vi": "hàm của bạn", "en": "your own"},
    "formula": {"vi": "f(x) hoặc f(x, y)", "en": "f(x) or f(x, y)"},
    "hint": {
        "vi": "+ − × / ^, ngoặc, sin cos tan exp log sqrt abs tanh sigmoid relu, pi, e; 2x nghĩa là 2·x",
        "en": "+ − × / ^, brackets, sin cos tan exp log sqrt abs tanh sigmoid relu, pi, e; 2x means 2·x",
    },
    "rate": {"vi": "Learning rate η", "en": "Learning rate η"},
    "momentum": {"vi": "Momentum μ", "en": "Momentum μ"},
    "start x": {"vi": "Bắt đầu ở x", "en": "Start at x"},
    "start y": {"vi": "và y", "en": "and y"},
    "step": {"vi": "Một bước", "en": "Step"},
    "run": {"vi": "Chạy", "en": "Run"},
    "pause": {"vi": "Tạm dừng", "en": "Pause"},
    "back": {"vi": "Lùi", "en": "Back"},
    "reset": {"vi": "Từ đầu", "en": "Start again"},
    "theme": {"vi": "Sáng / tối", "en": "Light / dark"},
    "language": {"vi": "English", "en": "Tiếng Việt"},
    "picture": {"vi": "Hình: hàm số và đường đi", "en": "Picture: the function and the path"},
    "steps": {"vi": "Các bước", "en": "The steps"},
    "number": {"vi": "bước", "en": "step"},
    "update": {"vi": "v ← μ·v + ∇f, θ ← θ − η·v", "en": "v ← μ·v + ∇f, θ ← θ − η·v"},
    "at": {"vi": "Bước {t}: {point}, f = {f}, ∇f = {g}.", "en": "Step {t}: {point}, f = {f}, ∇f = {g}."},
    "overshoot": {
        "vi": "Vượt quá (overshoot): gradient đã đổi hướng.",
        "en": "Overshoot: the gradient has turned round.",
    },
    "overshoots": {"vi": "Số lần vượt quá: {n}.", "en": "Overshoots so far: {n}."},
    "rests": {
        "vi": "Gradient gần bằng 0: dừng ở đây. Đây có phải là cực tiểu thấp nhất không?",
        "en": "The gradient is close to 0: it rests here. Is this the lowest minimum?",
    },
    "diverges": {"vi": "Phân kỳ: learning rate quá lớn.", "en": "It diverges: the learning rate is too large."},
    "outside": {"vi": "Điểm hiện tại nằm ngoài hình.", "en": "The present point lies outside the picture."},
    "enough": {"vi": "Đã đi {n} bước, tối đa ở đây.", "en": "{n} steps, the most that are kept here."},
    "no value": {
        "vi": "Ở điểm bắt đầu, hàm không có giá trị hữu hạn.",
        "en": "At the start the function has no finite value.",
    },
    "unknown": {"vi": "Không hiểu «{what}» ở vị trí {place}.", "en": "«{what}» at place {place} means nothing here."},
    "ends early": {"vi": "Công thức chưa viết hết.", "en": "The formula ends too early."},
    "bracket": {"vi": "Thiếu một ngoặc ) ở vị trí {place}.", "en": "A bracket ) is missing at place {place}."},
    "needs bracket": {
        "vi": "Sau {what} cần ngoặc: {what}(x).",
        "en": "{what} needs brackets: {what}(x).",
    },
    "too long": {"vi": "Công thức quá dài.", "en": "The formula is too long."},
    "bad number": {"vi": "Hãy ghi một số.", "en": "Write a number."},
    "bad rate": {"vi": "Learning rate phải lớn hơn 0.", "en": "The learning rate must be above 0."},
    "bad momentum": {"vi": "Momentum từ 0 đến dưới 1.", "en": "Momentum goes from 0 to below 1."},
    "keys": {
        "vi": "Phím: → một bước, ← lùi, R chạy hoặc dừng, Home từ đầu, L ngôn ngữ, T sáng / tối.",
        "en": "Keys: → step, ← back, R run or pause, Home start again, L language, T light / dark.",
    },
    "scriptless": {
        "vi": "Trang này cần JavaScript, nhưng không cần mạng.",
        "en": "This page needs JavaScript, but no network.",
    },
}
