"""What training says of a run, from its progress to how it ended, Vietnamese and English side by side, by key.

Terms in [brackets] come from lecture/words.py. What is wrong with the arguments of a function stands where the error is
raised, its Vietnamese in `phrases.py`.
"""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import LANGUAGES, Language
from tinygrad_vn.lecture.words import sentence
from tinygrad_vn.phrases import Text

WORDS: Final[dict[str, Text]] = {
    # progress and tables
    "epoch": {"vi": "epoch", "en": "epoch"},
    "seconds": {"vi": "giây", "en": "seconds"},
    "no epochs": {"vi": "History (chưa có epoch nào)", "en": "History (no epochs yet)"},
    "epochs": {"vi": "History ({n} epoch)", "en": "History ({n} epochs)"},
    "one epoch": {"vi": "History (1 epoch)", "en": "History (1 epoch)"},
    # why a run ended
    "stopped": {"vi": "đã dừng: {reason}", "en": "stopped: {reason}"},
    "interrupted": {"vi": "đã dừng theo yêu cầu", "en": "interrupted"},
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
    "resumed": {
        "vi": "Tiếp tục từ {path}, sau epoch {epoch}/{epochs}.",
        "en": "Resumed from {path} after epoch {epoch} of {epochs}.",
    },
    "resumed within": {
        "vi": "Tiếp tục từ {path}, sau batch {batch} của epoch {epoch}/{epochs}.",
        "en": "Resumed from {path} after batch {batch} of epoch {epoch} of {epochs}.",
    },
    "resumed, done": {
        "vi": "Đã đọc {path}, dừng sau epoch {epoch}/{epochs}: không còn gì để làm; muốn huấn luyện tiếp, hãy tăng "
        "epochs=.",
        "en": "Resumed from {path} after epoch {epoch} of {epochs}: nothing is left to do; to train on, raise epochs=.",
    },
    "resumed, stopped": {
        "vi": "Đã đọc {path}, dừng sau epoch {epoch}/{epochs}: lần chạy này đã kết thúc ({reason}).",
        "en": "Resumed from {path} after epoch {epoch} of {epochs}: this run was ended ({reason}).",
    },
    # what a resumed run is compared by
    "loss": {"vi": "loss", "en": "loss"},
    "stopping rule": {"vi": "quy tắc dừng", "en": "stopping rule"},
    "list of callbacks that remember something": {
        "vi": "danh sách callback có ghi nhớ",
        "en": "list of callbacks that remember something",
    },
    "number of samples": {"vi": "số mẫu", "en": "number of samples"},
    "number of batches per epoch": {"vi": "số batch mỗi epoch", "en": "number of batches per epoch"},
    "set of random generators": {"vi": "tập các bộ sinh số ngẫu nhiên", "en": "set of random generators"},
    "data": {"vi": "dữ liệu", "en": "data"},
    "none": {"vi": "không có", "en": "none"},
    "empty": {"vi": "trống", "en": "empty"},
    # the range test of learning rates
    "suggested rate because": {
        "vi": "Learning rate gợi ý: {rate}. Khi learning rate tăng dần, loss thấp nhất ({loss}) ở {lowest}; tại đó "
        "bước nhảy đã gần như quá lớn, nên hãy lấy một phần mười.",
        "en": "Suggested learning rate: {rate}. While the rate grew, the loss was lowest ({loss}) at {lowest}, where "
        "the steps are nearly too long already: hence a tenth of it.",
    },
    "rate diverged": {
        "vi": "Ở {last} loss tăng vọt: từ đó trở đi learning rate là quá lớn. Đây chỉ là phép thử ngắn với mô hình "
        "hầu như chưa được huấn luyện, nên hãy thử cả giá trị bằng một phần ba và gấp ba.",
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
    "bad step": {
        "vi": 'bước này đưa tham số {name!r} tới NaN hoặc vô cực; LBFGS(…, line_search_fn="strong_wolfe") tự tìm độ '
        "dài bước thích hợp",
        "en": 'the step brought parameter {name!r} to NaN or infinities; LBFGS(…, line_search_fn="strong_wolfe") '
        "searches for steps of the right length",
    },
    "diverged": {
        "vi": "Epoch {epoch}, batch {batch}: {found}. {why}",
        "en": "Epoch {epoch}, batch {batch}: {found}. {why}",
    },
    "fault of the data": {
        "vi": "Nguyên nhân nằm ở dữ liệu, không phải ở learning rate: {fault}. Hãy bỏ những dòng như vậy hoặc điền "
        "giá trị khác. Các tham số vẫn giữ nguyên như trước bước này.",
        "en": "This comes from the data, not from the learning rate: {fault}. Leave such rows out, or fill in other "
        "values. The parameters are as before this step.",
    },
    "before the first step": {
        "vi": "Chưa có bước nào được thực hiện, nên nguyên nhân không phải là learning rate: hãy xem lại mô hình, loss "
        "và giá trị khởi tạo; `with tg.detect_anomaly():` chỉ ra phép toán gây lỗi.",
        "en": "No step has been taken yet, so it is not the learning rate: look at the model, the loss and the "
        "starting values; `with tg.detect_anomaly():` finds the operation that made it.",
    },
    "sudden": {
        "vi": "Bước này không được thực hiện: các tham số vẫn giữ nguyên như trước bước này. Hãy thử learning rate nhỏ "
        "hơn {lr} (training.lr_find gợi ý một giá trị), hoặc training.ClipGradNorm(1.0); `with tg.detect_anomaly():` "
        "chỉ ra phép toán gây lỗi.",
        "en": "This step was not taken: the parameters are as before it. Try a learning rate below {lr} "
        "(training.lr_find suggests one), or training.ClipGradNorm(1.0); `with tg.detect_anomaly():` finds the "
        "operation that made it.",
    },
    "ruined": {
        "vi": "Các bước nhảy quá lớn: tham số {name!r} đã có chuẩn {norm}{rising}, nên các tham số đã hỏng. Hãy tạo "
        "lại mô hình và optimizer, với learning rate nhỏ hơn nhiều so với {lr}: training.lr_find(model, loss, "
        "optimizer, data) gợi ý một giá trị. Dữ liệu có giá trị lớn thì nên chuẩn hoá trước bằng data.Standardizer.",
        "en": "The steps were too long: parameter {name!r} has reached the norm {norm}{rising}, so the parameters are "
        "ruined. Make model and optimizer again, with a learning rate far below {lr}: training.lr_find(model, loss, "
        "optimizer, data) suggests one. Scale data of large numbers by data.Standardizer first.",
    },
    "rising": {"vi": ", loss tăng từ epoch {epoch}", "en": ", the loss rising since epoch {epoch}"},
    "not rising": {"vi": "", "en": ""},
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
