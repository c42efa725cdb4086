"""What is said about data that cannot be read as meant, Vietnamese and English side by side.

Every text says what is wrong and what to do. `complaint` puts the place in front, "ratings.csv, line 7", and makes a
`DataError` of both languages; which of them is read is decided by whoever reads it. What is said about files has a
table of its own, `file_words.py`, and so has what is said about ratings, `ratings/words.py`, which that room adds to
the table here. Arguments that do not go together are told where they are refused, with the Vietnamese in `phrases.py`.
"""

from __future__ import annotations

import errno
from os import PathLike
from typing import Final

from tinygrad_vn.data.file_words import FILE_TEXTS
from tinygrad_vn.errors import DataError
from tinygrad_vn.language import LANGUAGES
from tinygrad_vn.phrases import Text, filled

TEXTS: Final[dict[str, Text]] = {
    **FILE_TEXTS,
    # arrays, batches and parts
    "no arrays": {
        "vi": "chưa có mảng nào. Hãy truyền ít nhất một mảng, chẳng hạn x và y.",
        "en": "no arrays were given. Give at least one, such as x and y.",
    },
    "lengths": {
        "vi": "{first} có {rows} dòng nhưng {other} có {other_rows}. Mỗi dòng của {first} cần một dòng của {other}.",
        "en": "{first} has {rows} rows but {other} has {other_rows}. Every row of {first} needs one of {other}.",
    },
    "no numbers": {
        "vi": "{name} không phải là bảng số ({dtype}). Hãy truyền một mảng số thực, số nguyên hoặc giá trị đúng/sai.",
        "en": "{name} is no table of numbers ({dtype}). Give an array of real numbers, whole numbers or truth values.",
    },
    "no rows": {
        "vi": "{name} là một số, không phải mảng gồm các dòng. Hãy truyền mảng có shape (n, …).",
        "en": "{name} is a single number, not an array of rows. Give an array of shape (n, …).",
    },
    "gradient wanted": {
        "vi": "{name} cần gradient (requires_grad), nhưng gradient không đi ngược qua dữ liệu được. "
        "Hãy truyền {name}.detach().",
        "en": "{name} requires a gradient, but gradients do not flow back through a dataset. Pass {name}.detach().",
    },
    "no dataset": {
        "vi": "{kind} không phải là dữ liệu gồm các mẫu được đánh số. Hãy truyền một tuple các mảng như (x, y), hoặc "
        "một đối tượng có __len__ và __getitem__.",
        "en": "{kind} does not hold numbered samples. Give a tuple of arrays such as (x, y), or an object with __len__ "
        "and __getitem__.",
    },
    "no data": {
        "vi": "dữ liệu trống: có 0 mẫu. Hãy kiểm tra lại cách đọc hoặc cách lọc dữ liệu.",
        "en": "the data are empty: there are 0 samples. Check how they were read or filtered.",
    },
    "no batch size": {
        "vi": "batch_size={size} không phải là số mẫu. Hãy viết một số nguyên từ 1 trở lên, hoặc 'all' để lấy tất cả.",
        "en": "batch_size={size} is no number of samples. Write a whole number from 1, or 'all' for all of them.",
    },
    "batch too large": {
        "vi": "batch gồm {size} mẫu lớn hơn dữ liệu ({count} mẫu). Hãy viết batch_size='all' để lấy tất cả trong một "
        "batch, hoặc một số từ 1 đến {count}.",
        "en": "a batch of {size} is larger than the data ({count} samples). Write batch_size='all' for all of them in "
        "one batch, or a number from 1 to {count}.",
    },
    "list too short": {
        "vi": "batch gồm {size} mẫu lớn hơn danh sách ({count} mẫu). Danh sách [a, b] gồm hai mẫu a và b; nếu đó là "
        "các mảng gồm nhiều dòng, hãy viết tuple (a, b). Nếu không, hãy viết một số từ 1 đến {count}, hoặc 'all'.",
        "en": "a batch of {size} is larger than the list ({count} samples). A list [a, b] holds the two samples a and "
        "b; if they are arrays of rows, write a tuple, (a, b). Otherwise write a number from 1 to {count}, or 'all'.",
    },
    "arrays apart": {
        "vi": "batch_size nhận một mảng. Hãy viết dữ liệu thành một cặp: DataLoader((X, y), batch_size=…).",
        "en": "batch_size was given an array. Write the data as one pair: DataLoader((X, y), batch_size=…).",
    },
    "skip": {
        "vi": "không thể bỏ qua {skip} batch khi một epoch có {count} batch. Hãy viết skip từ 0 đến {count}.",
        "en": "cannot skip {skip} batches of an epoch of {count}. Write a skip from 0 to {count}.",
    },
    "no indices": {
        "vi": "số thứ tự của các mẫu phải là dãy số nguyên, shape (n,), không phải {dtype} với shape {shape}. "
        "Với mảng đúng/sai, hãy dùng np.flatnonzero.",
        "en": "the numbers of samples are whole numbers, shape (n,), not {dtype} of shape {shape}. "
        "Of an array of truth values take np.flatnonzero.",
    },
    "no such sample": {
        "vi": "không có mẫu số {index}: dữ liệu có {count} mẫu, đánh số từ 0. Hãy kiểm tra lại các số thứ tự.",
        "en": "there is no sample number {index}: there are {count}, counted from 0. Check the indices.",
    },
    "unlike samples": {
        "vi": "mẫu {first} là {form} nhưng mẫu {other} là {other_form}, nên không xếp chung vào một batch được. "
        "Hãy cho mọi mẫu cùng một shape, hoặc dùng batch_size=1.",
        "en": "sample {first} is {form} but sample {other} is {other_form}, so they do not stack into a batch. "
        "Give all samples one shape, or use batch_size=1.",
    },
    "no sample": {
        "vi": "không xếp được {kind} vào batch. Mỗi mẫu là một số, một mảng số, hoặc tuple, list, dict gồm những thứ "
        "đó.",
        "en": "{kind} cannot go into a batch. A sample is a number, an array of numbers, or a tuple, list or dict of "
        "them.",
    },
    "lengths do not add up": {
        "vi": "các độ dài {lengths} cộng lại được {total}, nhưng dữ liệu có {count} mẫu. "
        "Hãy viết các số nguyên có tổng {count}, hoặc các tỉ lệ có tổng 1.",
        "en": "the lengths {lengths} add up to {total}, but there are {count} samples. "
        "Write whole numbers that add up to {count}, or shares that add up to 1.",
    },
    "no samples for a part": {
        "vi": "chia {count} mẫu theo {lengths} được các phần {counts}: có phần trống. Hãy lấy nhiều mẫu hơn hoặc ít "
        "phần hơn.",
        "en": "{count} samples by {lengths} make parts of {counts}: one is empty. Take more samples or fewer parts.",
    },
    "no part size": {
        "vi": "{name}={size} không hợp lệ. Hãy viết một tỉ lệ giữa 0.0 và 1.0, hoặc số dòng từ 1 đến {most}.",
        "en": "{name}={size} is not possible. Write a share between 0.0 and 1.0, or a number of rows from 1 to {most}.",
    },
    "parts do not fit": {
        "vi": "không chia được {count} dòng thành {train} dòng để học và {test} dòng để kiểm tra. "
        "Hãy lấy nhiều dòng hơn hoặc tỉ lệ khác.",
        "en": "{count} rows cannot be parted into {train} to learn from and {test} to test. "
        "Take more rows or other shares.",
    },
    "list of arrays": {
        "vi": "list gồm {count} mảng sẽ bị chia thành các mảng, không phải các dòng. Hãy viết train_test_split(X, y), "
        "hoặc một tuple (X, y).",
        "en": "a list of {count} arrays would be parted by arrays, not by rows. Write train_test_split(X, y), or a "
        "tuple, (X, y).",
    },
    "stratify without shuffle": {
        "vi": "stratify chọn các dòng ngẫu nhiên nên không đi cùng shuffle=False. Hãy bỏ một trong hai.",
        "en": "stratify chooses rows at random, so shuffle cannot be False. Leave one of them out.",
    },
    "seed without shuffle": {
        "vi": "seed và rng không có tác dụng khi không xáo trộn. Hãy viết shuffle=True, hoặc bỏ chúng.",
        "en": "a seed or rng has no effect without shuffling. Write shuffle=True, or leave it out.",
    },
    "too few folds": {
        "vi": "n_splits={folds} không hợp lệ. Kiểm chứng chéo (cross-validation) cần ít nhất 2 phần.",
        "en": "n_splits={folds} is not possible. Cross-validation needs at least 2 folds.",
    },
    "more folds than rows": {
        "vi": "không chia được {count} dòng thành {folds} phần. Hãy chọn n_splits nhiều nhất là {count}.",
        "en": "{count} rows cannot make {folds} folds. Take n_splits of {count} at most.",
    },
    "class too small": {
        "vi": "lớp {name!r} chỉ có một dòng, không thể có mặt ở cả hai phần. Hãy thêm dòng, hoặc bỏ stratify.",
        "en": "class {name!r} has a single row, which cannot be in both parts. Add rows, or leave out stratify.",
    },
    "more classes than rows": {
        "vi": "có {classes} lớp, nhưng chỉ có {train} dòng để học và {test} dòng để kiểm tra. "
        "Mỗi phần cần ít nhất một dòng cho mỗi lớp.",
        "en": "there are {classes} classes, but {train} rows to learn from and {test} to test. "
        "Either part needs at least one row per class.",
    },
    # a lecturer's own table
    "no such table": {
        "vi": "không có tệp này. Hãy kiểm tra lại đường dẫn.",
        "en": "there is no such file. Check the path.",
    },
    "table is a folder": {
        "vi": "đây là thư mục. Hãy chỉ ra tệp CSV nằm trong đó.",
        "en": "this is a folder. Give the CSV file in it.",
    },
    "only a header": {
        "vi": "dưới dòng tiêu đề không có dữ liệu. Hãy thêm mỗi mẫu một dòng.",
        "en": "there is nothing below the header. Add a line for every sample.",
    },
    "number in header": {
        "vi": "dòng đầu tiên phải ghi tên các cột, nhưng {text} là một số. Hãy thêm dòng tiêu đề lên trên.",
        "en": "the first line should name the columns, but {text} is a number. Put a header line above it.",
    },
    "one column": {
        "vi": "chỉ có một cột, {text}. Các ô phải được ngăn cách bằng dấu phẩy, dấu chấm phẩy hoặc dấu tab.",
        "en": "there is one column only, {text}. Put commas, semicolons or tabs between the fields.",
    },
    "nameless column": {
        "vi": "cột {number} không có tên. Hãy đặt tên cho mọi cột, hoặc xoá cột thừa.",
        "en": "column {number} has no name. Name every column, or remove the empty one.",
    },
    "name twice": {
        "vi": "có hai cột cùng tên {name}. Hãy đặt tên khác nhau.",
        "en": "two columns are called {name}. Give them different names.",
    },
    "ragged table": {
        "vi": "{text} có {found} ô, nhưng tiêu đề có {wanted}. Mỗi dòng cần một ô cho mỗi cột; hãy đặt ô có chứa dấu "
        "ngăn cách trong dấu ngoặc kép.",
        "en": "{text} has {found} fields, but the header has {wanted}. Give every line one field per column, and put a "
        "field that contains the separator in quotation marks.",
    },
    "blank cell": {
        "vi": "ô này trống. Hãy điền giá trị, hoặc bỏ cả dòng.",
        "en": "this cell is blank. Fill in a value, or leave the whole line out.",
    },
    "no number in cell": {
        "vi": "{text} không phải là số. Hãy thay bằng số, hoặc bỏ cột này (chọn cột bằng --features).",
        "en": "{text} is no number. Put a number instead, or leave the column out (--features chooses columns).",
    },
    "thousands": {
        "vi": "{text} có thể là số thập phân hoặc số hàng nghìn. Hãy viết {plain} nếu là hàng nghìn, hoặc dùng dấu "
        "chấm cho số thập phân.",
        "en": "{text} may have a decimal comma, or one that sets thousands apart. Write {plain} for thousands, and a "
        "point for decimals.",
    },
    "comma and point": {
        "vi": "{text} ở đây và {other} ở dòng {earlier}: một số dùng dấu phẩy, số kia dùng dấu chấm. Hãy dùng một dấu "
        "thập phân cho cả tệp, và bỏ dấu ngăn cách hàng nghìn.",
        "en": "{text} here and {other} on line {earlier}: one has a comma, the other a point. Use one decimal mark in "
        "the whole file, and nothing to set thousands apart.",
    },
    "number too large": {
        "vi": "số này quá lớn. Hãy đổi sang đơn vị lớn hơn.",
        "en": "this number is too large. Use a larger unit.",
    },
    # scales
    "no columns": {
        "vi": "Standardizer nhận mảng số shape (n,) hoặc (n, d), không phải {dtype} với shape {shape}.",
        "en": "a Standardizer takes numbers of shape (n,) or (n, d), not {dtype} of shape {shape}.",
    },
    "not finite": {
        "vi": "dòng {row}, cột {column} là {value}, nên không có trung bình. Hãy bỏ dòng này hoặc điền giá trị khác.",
        "en": "row {row}, column {column} is {value}, so there is no mean. Leave the row out or fill in a value.",
    },
    "not fitted": {
        "vi": "Standardizer chưa biết trung bình và độ lệch chuẩn. Hãy gọi fit(dữ liệu huấn luyện) trước.",
        "en": "the Standardizer knows no mean and standard deviation yet. Call fit(training data) first.",
    },
    "other width": {
        "vi": "Standardizer đã học từ {fitted} cột, nhưng đây có {found} cột (shape {shape}). "
        "Hãy truyền đúng các cột đó; một dòng đơn lẻ là x.reshape(1, -1).",
        "en": "the Standardizer was fitted to {fitted} columns, but here are {found} (shape {shape}). "
        "Give the same columns; a single row is x.reshape(1, -1).",
    },
}

REASONS: Final[dict[int, Text]] = {
    errno.ENOENT: {"vi": "không có thư mục này", "en": "there is no such folder"},
    errno.EACCES: {"vi": "không có quyền truy cập", "en": "permission denied"},
    errno.EPERM: {"vi": "không có quyền truy cập", "en": "permission denied"},
    errno.EROFS: {"vi": "ổ đĩa chỉ cho đọc", "en": "the disk is read-only"},
    errno.EEXIST: {"vi": "đây là tệp, không phải thư mục", "en": "this is a file, not a folder"},
    errno.ENOTDIR: {
        "vi": "một phần của đường dẫn là tệp, không phải thư mục",
        "en": "a part of the path is a file, not a folder",
    },
    errno.EISDIR: {"vi": "đây là thư mục, không phải tệp", "en": "this is a folder, not a file"},
    errno.ENOSPC: {"vi": "ổ đĩa đã đầy", "en": "the disk is full"},
}


def in_both(key: str, **details: object) -> Text:
    """A text of the table in every language; a detail that is a `Text` itself appears in the same language."""
    return filled(TEXTS[key], details)


def complaint(key: str, where: Text | str | PathLike[str] | None = None, **details: object) -> DataError:
    """The error for data at a place, or for arrays, which have none."""
    text = in_both(key, **details)
    if where is None:
        return DataError(text)
    return DataError({lang: f"{where[lang] if isinstance(where, dict) else where}: {text[lang]}" for lang in LANGUAGES})


def reason_of(error: OSError) -> Text:
    """Why the operating system could not read or write, in every language; its own words where we have none."""
    own = error.strerror or str(error)
    return REASONS.get(error.errno or 0, {"vi": own, "en": own})
