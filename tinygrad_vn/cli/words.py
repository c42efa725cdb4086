"""The sentences of the command line, Vietnamese and English side by side.

Terms such as `[matrix factorization]` are taken from lecture/words.py, so that they read alike everywhere. What `check`
says has a table of its own, check_words.py, and so have other commands.
"""

from __future__ import annotations

from typing import Final

from tinygrad_vn.cli.check_words import CHECK_WORDS
from tinygrad_vn.cli.draw_words import DRAW_WORDS
from tinygrad_vn.cli.fetch_words import FETCH_WORDS
from tinygrad_vn.cli.fit_table_words import FIT_TABLE_WORDS
from tinygrad_vn.cli.play_words import PLAY_WORDS
from tinygrad_vn.cli.recommend_words import RECOMMEND_WORDS
from tinygrad_vn.cli.worksheet_words import WORKSHEET_WORDS
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.words import sentence, word

WORDS: Final[dict[str, dict[Language, str]]] = {
    **CHECK_WORDS,
    **DRAW_WORDS,
    **FETCH_WORDS,
    **FIT_TABLE_WORDS,
    **PLAY_WORDS,
    **RECOMMEND_WORDS,
    **WORKSHEET_WORDS,
    # --help
    "usage": {"vi": "cách dùng: ", "en": "usage: "},
    "options": {"vi": "tuỳ chọn", "en": "options"},
    "command": {"vi": "LỆNH", "en": "COMMAND"},
    "commands": {"vi": "lệnh", "en": "commands"},
    "about": {
        "vi": "tinygrad_vn: tự động tính đạo hàm (automatic differentiation) trên NumPy, "
        "viết ra để người học hiểu được.",
        "en": "tinygrad_vn: automatic differentiation on NumPy, made to be understood.",
    },
    "help help": {"vi": "hiện trợ giúp này", "en": "show this help"},
    "help version": {"vi": "hiện phiên bản", "en": "show the version"},
    "help lang": {
        "vi": "ngôn ngữ: vi hoặc en (mặc định: TINYGRAD_VN_LANG, nếu không có thì ngôn ngữ của máy)",
        "en": "language: vi or en (default: TINYGRAD_VN_LANG, else the machine's language)",
    },
    "help demo": {
        "vi": "xem một hệ thống đề xuất phim (recommender system) học từ điểm đánh giá thật",
        "en": "watch a movie recommender learn from real ratings",
    },
    "about demo": {
        "vi": "Huấn luyện [matrix factorization] bằng lan truyền ngược của chính tinygrad_vn: trên "
        "bảng 15 × 15 của bài giảng, hoặc trên ratings.csv của MovieLens với --ratings.",
        "en": "Trains [matrix factorization] with tinygrad_vn's own backpropagation: on the lecture's table of 15 × 15 "
        "ratings, or with --ratings on a ratings.csv of MovieLens.",
    },
    "help seed": {
        "vi": "hạt giống (seed) của bộ sinh số ngẫu nhiên (mặc định: 0)",
        "en": "seed of the random numbers (default: 0)",
    },
    "help user": {
        "vi": "đề xuất cho người dùng có mã này (mặc định: người đầu tiên còn phim chưa xem)",
        "en": "recommend to the user with this id (default: the first who has unseen films)",
    },
    "help factors": {
        "vi": "số [factor] của mỗi người dùng và mỗi phim (mặc định: 5; với --ratings: 30)",
        "en": "how many factors describe a user, or a film (default: 5; with --ratings: 30)",
    },
    "help epochs": {
        "vi": "số epoch, mỗi epoch là một bước trên toàn bộ dữ liệu (mặc định: 3000; với --ratings: 60)",
        "en": "how many epochs, each one step on all the data (default: 3000; with --ratings: 60)",
    },
    "help out": {"vi": "thư mục lưu kết quả (mặc định: out)", "en": "folder for the results (default: out)"},
    "help ratings": {
        "vi": "tệp ratings.csv (userId,movieId,rating,timestamp) thay cho bảng 15 × 15",
        "en": "a ratings.csv (userId,movieId,rating,timestamp) instead of the table of 15 × 15",
    },
    "help movies": {
        "vi": "tệp movies.csv (movieId,title,genres) có tên phim; đi cùng --ratings",
        "en": "a movies.csv (movieId,title,genres) with the films' titles; goes with --ratings",
    },
    # errors
    "see help": {"vi": "Xem: {prog} --help", "en": "See {prog} --help"},
    "no such option": {"vi": "không hiểu {what}.", "en": "there is no argument {what}."},
    "no such command": {
        "vi": "không có lệnh {what}; có: {known}.",
        "en": "there is no command {what}; there are: {known}.",
    },
    "needs value": {"vi": "sau {option} cần một giá trị.", "en": "{option} needs a value behind it."},
    "bad number": {
        "vi": "{option} {text}: hãy viết một số nguyên từ {low} đến {high}.",
        "en": "{option} {text}: write a whole number from {low} to {high}.",
    },
    "bad setting": {
        "vi": "TINYGRAD_VN_LANG={text}: hãy viết vi hoặc en; đang dùng vi.",
        "en": "TINYGRAD_VN_LANG={text}: write vi or en; using en.",
    },
    "bad lang": {"vi": "--lang {text}: hãy viết vi hoặc en.", "en": "--lang {text}: write vi or en."},
    "unknown user": {
        "vi": "--user {text}: không có người dùng này; có {count} người: {some}.",
        "en": "--user {text}: there is no such user; there are {count}: {some}.",
    },
    "movies alone": {
        "vi": "--movies cần đi cùng --ratings: bảng 15 × 15 đã có sẵn tên phim.",
        "en": "--movies goes with --ratings: the table of 15 × 15 has its titles already.",
    },
    "no folder": {"vi": "--out '': hãy ghi tên một thư mục.", "en": "--out '': name a folder."},
    "no file": {"vi": "{option} '': hãy ghi tên một tệp.", "en": "{option} '': name a file."},
    "cannot write": {
        "vi": "--out {folder}: không ghi được vào đây: {reason}. Hãy chọn thư mục khác.",
        "en": "--out {folder}: cannot write here: {reason}. Choose another folder.",
    },
    "cannot write file": {
        "vi": "--out {folder}: không ghi được {name}: {reason}. Hãy chọn thư mục khác.",
        "en": "--out {folder}: cannot write {name}: {reason}. Choose another folder.",
    },
    "too few": {
        "vi": "{path}: {ratings} là quá ít, vì một phần năm được giữ lại để kiểm tra. "
        "Hãy chọn tệp có ít nhất {fewest}.",
        "en": "{path}: {ratings} is too few, as a fifth is held out to judge by. Take a file with at least {fewest}.",
    },
    "no memory": {
        "vi": "không đủ bộ nhớ; hãy giảm --factors hoặc số dòng của --ratings.",
        "en": "there is not enough memory; take fewer --factors, or fewer lines of --ratings.",
    },
    "interrupted": {"vi": "Đã dừng theo yêu cầu.", "en": "Interrupted."},
    # the demo
    "heading": {
        "vi": "[Matrix factorization]: {ratings} của {users} cho {items},\n"
        "{factors}, {epochs}, seed {seed}. Dữ liệu: {source}",
        "en": "[Matrix factorization]: {ratings} that {users} gave {items},\n"
        "{factors}, {epochs}, seed {seed}. Data: {source}",
    },
    "lecture table": {
        "vi": "MovieLens, bảng 15 × 15 của bài giảng",
        "en": "MovieLens, the lecture's table of 15 × 15",
    },
    "training": {"vi": "Huấn luyện", "en": "Training"},
    "before": {"vi": "RMSE trước khi học", "en": "RMSE before"},
    "after": {"vi": "RMSE sau khi học", "en": "RMSE after"},
    "lecture": {"vi": "(bài giảng: {figure})", "en": "(lecture: {figure})"},
    "table": {
        "vi": "Bảng đã điền đủ: {n} ô có dấu * là [predicted rating] cho phim chưa xem.",
        "en": "The completed table: the {n} cells with a * are predictions for films not seen.",
    },
    "not cut off": {
        "vi": "Điểm dự đoán không bị cắt ở 5: {highest} còn tốt hơn 5.",
        "en": "Predictions are not cut off at 5: {highest} is even better than 5.",
    },
    "recommended": {
        "vi": "Người dùng {user} chưa xem {n} phim. Đề xuất theo thứ tự ([predicted rating]):",
        "en": "User {user} has not seen {n} films. We recommend them in this order (predicted rating):",
    },
    "recommended one": {
        "vi": "Người dùng {user} chưa xem 1 phim ([predicted rating]):",
        "en": "User {user} has not seen 1 film (predicted rating):",
    },
    "recommended first": {
        "vi": "Người dùng {user} chưa xem {n} phim. Đề xuất {shown} phim đầu theo thứ tự ([predicted rating]):",
        "en": "User {user} has not seen {n} films. We recommend these {shown} first (predicted rating):",
    },
    "all seen": {
        "vi": "Người dùng {user} đã xem hết {n} phim: không còn gì để đề xuất.",
        "en": "User {user} has seen all {n} films: there is nothing left to recommend.",
    },
    "split": {
        "vi": "{train} để huấn luyện, {test} lượt giữ lại để kiểm tra.",
        "en": "{train} to learn from, {test} held out to judge by.",
    },
    "mean": {"vi": "trung bình chung", "en": "mean of all ratings"},
    "mean and biases": {
        "vi": "trung bình + bias người dùng + bias phim",
        "en": "mean + user bias + film bias",
    },
    "written": {"vi": "Đã lưu vào {folder}:", "en": "Written to {folder}:"},
    "curve": {"vi": "RMSE qua các epoch", "en": "RMSE over the epochs"},
    "graph": {
        "vi": "[computation graph] cho điểm khớp kém nhất",
        "en": "[computation graph] of the worst-fitted rating's loss",
    },
    "completed": {"vi": "bảng đã điền đủ, mở được bằng Excel", "en": "the completed table, for Excel too"},
    "recommendations": {"vi": "các phim đề xuất", "en": "the recommended films"},
    "no picture": {
        "vi": "Chưa vẽ được {files}: thiếu {library}. Cài bằng lệnh: {command}",
        "en": "No {files}: {library} is not installed. This command adds it: {command}",
    },
    "picture failed": {"vi": "Không vẽ được {files}: {reason}", "en": "No {files}: {reason}"},
    # names inside the drawn graph
    "u": {"vi": "u: [user] {user}", "en": "u: [user] {user}"},
    "m": {"vi": "m: {title}", "en": "m: {title}"},
}


def say(key: str, lang: Language, /, **details: object) -> str:
    """A sentence in the wanted language, with the details in its `{…}`."""
    return sentence(WORDS[key][lang], lang, **details)


def count(number: int, lang: Language) -> str:
    """A whole number, the thousands of five digits and more set apart: 3000, but 100,004.

    In Vietnamese by a space, since commas begin decimals there.
    """
    return str(number) if number < 10_000 else f"{number:,}".replace(",", "," if lang == "en" else "\u00a0")


def several(number: int, key: str, lang: Language) -> str:
    """A number of things, by the key of their word: 1 film, 15 films."""
    ending = "s" if lang == "en" and number != 1 else ""
    return f"{count(number, lang)} {word(key, lang)}{ending}"
