"""What `tinygrad-vn fit-table` says, Vietnamese and English side by side; words.py takes it into its table."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

FIT_TABLE_WORDS: Final[dict[str, dict[Language, str]]] = {
    # --help
    "help fit-table": {
        "vi": "huấn luyện một mô hình trên bảng CSV của chính bạn",
        "en": "fit a model to a table of your own",
    },
    "about fit-table": {
        "vi": "Đọc một bảng CSV có dòng tiêu đề, học cách dự đoán cột --target từ các cột khác, và đánh giá trên một "
        "phần năm số dòng được giữ lại.",
        "en": "Reads a CSV table with a header, learns to predict the column --target from the others, and judges that "
        "on a fifth of the rows, which are held out.",
    },
    "table file": {"vi": "Bảng", "en": "Table"},
    "column": {"vi": "CỘT", "en": "COLUMN"},
    "help table": {
        "vi": "tệp CSV, ngăn cách bằng dấu phẩy, dấu chấm phẩy hoặc dấu tab; mã hoá UTF-8",
        "en": "a CSV file with commas, semicolons or tabs, in UTF-8",
    },
    "help target": {"vi": "tên cột cần dự đoán", "en": "the name of the column that is to be predicted"},
    "help model": {
        "vi": "linear: đường thẳng; logistic: xác suất của các lớp; mlp: mạng một lớp ẩn (mặc định: linear)",
        "en": "linear: a straight line; logistic: the probability of classes; mlp: a net (default: linear)",
    },
    "help features": {
        "vi": "các cột dùng để dự đoán (mặc định: mọi cột khác)",
        "en": "the columns to predict from (default: all others)",
    },
    "help standardize": {
        "vi": "chuẩn hoá các cột về trung bình 0 và độ lệch chuẩn 1, để so sánh được các hệ số",
        "en": "shift and scale every column to mean 0 and deviation 1, so that coefficients can be compared",
    },
    # mistakes
    "no target": {
        "vi": "hãy ghi cột cần dự đoán: --target CỘT; các cột: {known}.",
        "en": "say which column is to be predicted: --target COLUMN; there are {known}.",
    },
    "no such column": {
        "vi": "không có cột {name}; các cột: {known}.",
        "en": "there is no column {name}; there are {known}.",
    },
    "meant column": {
        "vi": "không có cột {name}; có phải ý bạn là {known}?",
        "en": "there is no column {name}; is {known} meant?",
    },
    "features twice": {
        "vi": "--features: hãy ghi mỗi cột một lần, và không ghi {target}, vì đó là cột cần dự đoán.",
        "en": "--features: name every column once, and not {target}, which is to be predicted.",
    },
    "classes need logistic": {
        "vi": "cột {target} chứa chữ, tức là các lớp: hãy viết --model logistic hoặc --model mlp.",
        "en": "the column {target} holds texts, which are classes: write --model logistic or --model mlp.",
    },
    "measured target": {
        "vi": "cột {target} chứa số đo như {value}, không phải các lớp: hãy viết --model linear hoặc --model mlp.",
        "en": "the column {target} holds measured numbers such as {value}, not classes: write --model linear or "
        "--model mlp.",
    },
    "one class": {
        "vi": "cột {target} chỉ có một giá trị, {name}: không có gì để học.",
        "en": "the column {target} holds a single value, {name}: there is nothing to learn.",
    },
    "one class left": {
        "vi": "các dòng dùng để học chỉ thuộc một lớp. Hãy thêm dòng của các lớp khác, hoặc chọn --seed khác.",
        "en": "the rows to learn from are all of one class. Add rows of the others, or choose another --seed.",
    },
    "too few rows": {
        "vi": "bảng có {rows} dòng là quá ít, vì một phần năm được giữ lại để kiểm tra; cần ít nhất {fewest} dòng.",
        "en": "{rows} rows are too few, as a fifth is held out to judge by; there must be at least {fewest}.",
    },
    # results
    "tabs": {"vi": "dấu tab", "en": "tabs"},
    "semicolons": {"vi": "dấu chấm phẩy", "en": "semicolons"},
    "commas": {"vi": "dấu phẩy", "en": "commas"},
    "table read": {
        "vi": "{path}: {rows} dòng, {columns} cột, ngăn cách bằng {separator}",
        "en": "{path}: {rows} rows, {columns} columns, separated by {separator}",
    },
    "table parted": {
        "vi": "Dự đoán {target}: học từ {train} dòng, giữ lại {test} dòng để kiểm tra.",
        "en": "To be predicted: {target}. {train} rows to learn from, {test} held out to judge by.",
    },
    "column name": {"vi": "cột", "en": "column"},
    "smallest": {"vi": "nhỏ nhất", "en": "smallest"},
    "largest": {"vi": "lớn nhất", "en": "largest"},
    "coefficient": {"vi": "hệ số", "en": "coefficient"},
    "intercept": {"vi": "(hệ số bias)", "en": "(intercept)"},
    "net": {
        "vi": "Mạng {sizes} (số nơ-ron của mỗi lớp), {epochs} epoch.",
        "en": "A net of {sizes} neurons, {epochs} epochs.",
    },
    "more classes": {"vi": "… và {n} lớp nữa", "en": "… and {n} more classes"},
    "per deviation": {
        "vi": "Hệ số tính theo một độ lệch chuẩn của mỗi cột (--standardize).",
        "en": "Coefficients are per standard deviation of each column (--standardize).",
    },
    "no minimum": {
        "vi": "Lưu ý: chưa tới cực tiểu, các hệ số có thể còn thay đổi. Hãy thử --standardize.",
        "en": "Note: no minimum was reached, the coefficients might still move. Try --standardize.",
    },
    "too few for columns": {
        "vi": "Lưu ý: chỉ có {rows} dòng cho {columns} cột, nên nhiều bộ hệ số khác nhau khớp dữ liệu như nhau.",
        "en": "Note: there are only {rows} rows for {columns} columns, so other coefficients fit them just as well.",
    },
    "training rows": {"vi": "dòng để học", "en": "training rows"},
    "held-out rows": {"vi": "dòng giữ lại", "en": "held-out rows"},
    "accuracy": {"vi": "độ chính xác (accuracy)", "en": "accuracy"},
    "always class": {"vi": "luôn đoán {name}", "en": "always guessing {name}"},
    "always mean": {"vi": "RMSE nếu luôn đoán trung bình", "en": "RMSE of always guessing the mean"},
    "predicted title": {"vi": "Dự đoán {target} trên các dòng giữ lại", "en": "Predictions of {target}, held-out rows"},
    "plot written": {"vi": "Đã lưu hình: {files}", "en": "The plot: {files}"},
}
