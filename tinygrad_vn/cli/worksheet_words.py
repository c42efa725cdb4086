"""What `tinygrad-vn worksheet` says, Vietnamese and English side by side; words.py takes it into its table."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

WORKSHEET_WORDS: Final[dict[str, dict[Language, str]]] = {
    "help worksheet": {
        "vi": "tạo bài tập để in, với số mới, và đáp án trong một tệp riêng",
        "en": "make exercises to print, with fresh numbers, and their answer key",
    },
    "about worksheet": {
        "vi": "Tạo một trang bài tập để in (A4) và một trang đáp án. Mỗi đáp án do engine của tinygrad_vn tính và được "
        "đối chiếu với một công thức giải bằng tay. Cùng một seed luôn cho cùng một đề.",
        "en": "Makes a page of exercises to print (A4) and a page of answers. Every answer is computed by "
        "tinygrad_vn's engine and compared with a formula solved by hand. The same seed always gives the same sheet.",
    },
    "exercises": {"vi": "bài tập", "en": "exercises"},
    "worksheet kind": {"vi": "LOẠI", "en": "KIND"},
    "help kind": {
        "vi": "loại bài: {known}; backprop là tất cả (mặc định)",
        "en": "what to exercise: {known}; backprop is all of them (default)",
    },
    "help count": {"vi": "số bài của mỗi loại (mặc định: 1)", "en": "how many of each kind (default: 1)"},
    "help worksheet out": {
        "vi": "tệp .html cho bài tập; đáp án được ghi cạnh nó (mặc định: {name})",
        "en": "the .html file of the exercises; the answers stand beside it (default: {name})",
    },
    "worksheet examples": {
        "vi": "ví dụ:\n  tinygrad-vn worksheet backprop --seed 7 --count 4 --lang vi -o de.html\n"
        "  tinygrad-vn worksheet factorization --seed 12",
        "en": "examples:\n  tinygrad-vn worksheet backprop --seed 7 --count 4 -o sheet.html\n"
        "  tinygrad-vn worksheet factorization --seed 12",
    },
    "no such kind": {
        "vi": "không có loại bài {kind}; có: {known}.",
        "en": "there is no kind {kind}; there are: {known}.",
    },
    "sheet not html": {
        "vi": "--out {path}: bài tập là một trang web; hãy đặt tên kết thúc bằng .html.",
        "en": "--out {path}: a worksheet is a web page; let its name end with .html.",
    },
    "sheet name": {"vi": "de.html", "en": "worksheet.html"},
    "answers ending": {"vi": "dap-an", "en": "answers"},
    "sheet written": {"vi": "{count} bài tập: {path}", "en": "{count} exercises: {path}"},
    "answers written": {"vi": "Đáp án: {path}", "en": "Answers: {path}"},
}
