"""What training says to people, Vietnamese and English side by side; terms in [brackets] come from lecture/words.py."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import LANGUAGES, Language
from tinygrad_vn.lecture.words import sentence
from tinygrad_vn.phrases import Text

WORDS: Final[dict[str, Text]] = {
    # progress and tables
    "training": {"vi": "Huấn luyện", "en": "Training"},
    "epoch": {"vi": "epoch", "en": "epoch"},
    "step": {"vi": "bước", "en": "step"},
    "seconds": {"vi": "giây", "en": "seconds"},
    "no epochs": {"vi": "History (chưa có epoch nào)", "en": "History (no epochs yet)"},
    "epochs": {"vi": "History ({n} epoch)", "en": "History ({n} epochs)"},
    "one epoch": {"vi": "History (1 epoch)", "en": "History (1 epoch)"},
    # why a run ended
    "stopped": {"vi": "đã dừng: {reason}", "en": "stopped: {reason}"},
    "interrupted": {"vi": "bị ngắt theo yêu cầu", "en": "interrupted"},
    "interrupted, saved": {
        "vi": "Đã dừng theo yêu cầu ở epoch {epoch}, batch {batch}. Đã lưu vào {path}; "
        "chạy lại với resume=True để tiếp tục.",
        "en": "Interrupted in epoch {epoch} after batch {batch}. Saved to {path}; "
        "run again with resume=True to continue.",
    },
    "interrupted, not saved": {
        "vi": "Đã dừng theo yêu cầu ở epoch {epoch}, batch {batch}. Không lưu gì; "
        'muốn chạy tiếp được về sau, hãy truyền checkpoint="tên tệp".',
        "en": "Interrupted in epoch {epoch} after batch {batch}. Nothing was saved; "
        'to be able to continue later, pass checkpoint="a file\'s name".',
    },
    # the range test of learning rates
    "suggested rate because": {
        "vi": "Learning rate gợi ý: {rate}. Khi learning rate tăng dần, loss thấp nhất ({loss}) ở {lowest}; tại đó các "
        "bước đã gần quá dài, nên hãy lấy một phần mười.",
        "en": "Suggested learning rate: {rate}. While the rate grew, the loss was lowest ({loss}) at {lowest}, where "
        "the steps are nearly too long already: hence a tenth of it.",
    },
    "rate diverged": {
        "vi": "Ở {last} loss tăng vọt: từ đó trở đi learning rate là quá lớn. Đây chỉ là phép thử ngắn với mô hình "
        "chưa được huấn luyện, nên hãy thử cả giá trị nhỏ hơn và lớn hơn ba lần.",
        "en": "At {last} the loss exploded: rates from there on are too large. This was a short test of a model that "
        "has hardly been trained, so try a third and three times of it too.",
    },
    "rate not too large yet": {
        "vi": "Cho đến {last} loss chưa tăng vọt: hãy thử lại với end lớn hơn để thấy khi nào learning rate quá lớn.",
        "en": "Up to {last} the loss did not explode: test again with a larger end to see which rate is too large.",
    },
    "no rate": {
        "vi": "Không có gợi ý: từ {first} đến {last} loss không giảm rõ rệt. Hãy thử start nhỏ hơn, và kiểm tra "
        "mô hình cùng dữ liệu.",
        "en": "No suggestion: from {first} to {last} the loss did not clearly fall. Try a smaller start, and check "
        "model and data.",
    },
    # numbers that are none
    "bad loss": {"vi": "loss là {value}", "en": "the loss is {value}"},
    "bad gradient": {
        "vi": "gradient của tham số {name!r} có NaN hoặc vô cực (loss là {value})",
        "en": "the gradient of parameter {name!r} has NaN or infinities (the loss is {value})",
    },
    "bad parameter": {
        "vi": "loss là {value}: tham số {name!r} đã có NaN hoặc vô cực",
        "en": "the loss is {value}: parameter {name!r} has NaN or infinities already",
    },
    "diverged": {
        "vi": "Epoch {epoch}, batch {batch}: {found}. Bước này không được thực hiện: các tham số vẫn như trước nó. "
        "Hãy thử learning rate nhỏ hơn, chẳng hạn {smaller} thay cho {lr}, hoặc training.ClipGradNorm(1.0); "
        "`with tg.detect_anomaly():` chỉ ra phép toán gây lỗi.",
        "en": "Epoch {epoch}, batch {batch}: {found}. This step was not taken: the parameters are as before it. "
        "Try a smaller learning rate, such as {smaller} instead of {lr}, or training.ClipGradNorm(1.0); "
        "`with tg.detect_anomaly():` finds the operation that made it.",
    },
}


def say(key: str, lang: Language, /, **details: object) -> str:
    """A sentence in the wanted language, with the details in its `{…}`."""
    return sentence(WORDS[key][lang], lang, **details)


def in_all(key: str, /, **details: object) -> Text:
    """A sentence in every language; what is itself a text in every language appears in that of the whole."""
    return {
        lang: say(key, lang, **{name: d[lang] if isinstance(d, dict) else d for name, d in details.items()})
        for lang in LANGUAGES
    }
