"""What `tinygrad-vn play` says, Vietnamese and English side by side; words.py takes it into its table."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

PLAY_WORDS: Final[dict[str, dict[Language, str]]] = {
    "help play": {
        "vi": "tạo một trang web để chơi với gradient descent",
        "en": "make a web page to play with gradient descent",
    },
    "about play": {
        "vi": "Tạo một trang web, chỉ gồm một tệp và không cần mạng, để chơi với gradient descent: chọn một hàm hoặc "
        "tự viết, đặt learning rate, momentum và điểm bắt đầu, rồi đi từng bước. Các số trùng với optim.SGD.",
        "en": "Makes a web page, one file that needs no network, to play with gradient descent: choose a function or "
        "write one, set learning rate, momentum and start, and go step by step. Its numbers are those of optim.SGD.",
    },
    "help play out": {
        "vi": "tệp .html (mặc định: play.html)",
        "en": "the .html file (default: play.html)",
    },
    "play not html": {
        "vi": "--out {path}: đây là một trang web; hãy đặt tên kết thúc bằng .html.",
        "en": "--out {path}: this is a web page; let its name end with .html.",
    },
    "play written": {"vi": "Hãy mở bằng trình duyệt: {path}", "en": "Open it in a browser: {path}"},
}
