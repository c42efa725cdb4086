"""What is said about data that cannot be read as meant, Vietnamese and English side by side.

Every text says what is wrong and what to do. `complaint` puts the place in front, "ratings.csv, line 7", and makes a
`DataError` of both languages; which of them is read is decided by whoever reads it.
"""

from __future__ import annotations

import errno
from os import PathLike
from typing import Final

from tinygrad_vn.errors import DataError
from tinygrad_vn.language import LANGUAGES, Language

Text = dict[Language, str]

TEXTS: Final[dict[str, Text]] = {
    # places
    "line": {"vi": "{path}, dòng {line}", "en": "{path}, line {line}"},
    "column of line": {"vi": "{path}, dòng {line}, cột {column}", "en": "{path}, line {line}, column {column}"},
    "film of line": {"vi": "{path}, dòng {line}, phim {item}", "en": "{path}, line {line}, film {item}"},
    # files
    "missing": {
        "vi": "không có tệp này. Hãy kiểm tra lại đường dẫn; "
        "dữ liệu MovieLens có tại https://grouplens.org/datasets/movielens/.",
        "en": "there is no such file. Check the path; "
        "MovieLens ratings are at https://grouplens.org/datasets/movielens/.",
    },
    "missing here": {
        "vi": "không có tệp này trong {folder}. Hãy kiểm tra lại đường dẫn; "
        "dữ liệu MovieLens có tại https://grouplens.org/datasets/movielens/.",
        "en": "there is no such file in {folder}. Check the path; "
        "MovieLens ratings are at https://grouplens.org/datasets/movielens/.",
    },
    "folder": {
        "vi": "đây là thư mục. Hãy chỉ ra tệp nằm trong đó, chẳng hạn {example}.",
        "en": "this is a folder. Give the file in it, such as {example}.",
    },
    "unreadable": {
        "vi": "không đọc được tệp này: {reason}. Hãy kiểm tra quyền truy cập.",
        "en": "cannot be read: {reason}. Check its permissions.",
    },
    "zip": {
        "vi": "đây là tệp nén zip. Hãy giải nén rồi chỉ ra tệp CSV bên trong.",
        "en": "this is a zip archive. Unpack it and give the CSV file inside.",
    },
    "utf-16": {
        "vi": "tệp được lưu ở dạng UTF-16. Hãy lưu lại ở dạng UTF-8 (trong Excel: 'CSV UTF-8').",
        "en": "this file was saved as UTF-16. Save it as UTF-8 (in Excel: 'CSV UTF-8').",
    },
    "not utf-8": {
        "vi": "byte {byte} sau {text} không phải là UTF-8. Hãy lưu tệp ở dạng UTF-8 (trong Excel: 'CSV UTF-8').",
        "en": "byte {byte} after {text} is not UTF-8. Save the file as UTF-8 (in Excel: 'CSV UTF-8').",
    },
    "empty": {
        "vi": "tệp trống. Dòng đầu tiên phải là dòng tiêu đề.",
        "en": "the file is empty. It should begin with a header line.",
    },
    "quotation mark": {
        "vi": "dấu ngoặc kép chưa được đóng, hoặc nằm giữa một ô. "
        'Hãy đặt cả ô trong "…" và viết đôi mỗi dấu " ở bên trong.',
        "en": "a quotation mark is not closed, or stands inside a field. "
        'Put the whole field between "…" and double each " inside it.',
    },
    # headers
    "tabs": {"vi": "dấu tab", "en": "tabs"},
    "double colons": {"vi": "'::'", "en": "'::'"},
    "semicolons": {"vi": "dấu chấm phẩy", "en": "semicolons"},
    "vertical bars": {"vi": "dấu gạch đứng", "en": "vertical bars"},
    "separator": {
        "vi": "{text} được ngăn cách bằng {mark}, không phải dấu phẩy. Hãy thay bằng dấu phẩy, viết số với dấu chấm "
        "như 3.5, và mở đầu tệp bằng dòng tiêu đề {header}.",
        "en": "{text} is separated by {mark}, not commas. Put commas instead, a point in numbers such as 3.5, "
        "and begin the file with the header {header}.",
    },
    "no header": {
        "vi": "{text} là dữ liệu, không phải tiêu đề. Hãy thêm dòng {header} lên trên.",
        "en": "{text} is data, not a header. Put the line {header} above it.",
    },
    "no column": {
        "vi": "dòng tiêu đề {text} thiếu cột {columns}. Hãy viết: {header}.",
        "en": "the header {text} has no column {columns}. It should be {header}.",
    },
    "column twice": {
        "vi": "dòng tiêu đề {text} có một cột lặp lại. Hãy viết: {header}.",
        "en": "the header {text} names a column twice. It should be {header}.",
    },
    "table, not list": {
        "vi": "đây là dạng bảng, mỗi dòng một người dùng và mỗi cột một phim. Ở đây cần dạng danh sách, mỗi dòng một "
        "lượt đánh giá, với tiêu đề {header}; trong Python, RatingsDataset.from_table đọc được dạng bảng.",
        "en": "this is the table layout, one line per user and one column per film. A list is needed here, one rating "
        "per line, with the header {header}; in Python, RatingsDataset.from_table reads the table layout.",
    },
    "no films": {
        "vi": "{text} không liệt kê các phim. Dạng bảng bắt đầu bằng hai dòng tiêu đề, 'movieId' trước mã phim và "
        "'userId' trước tên phim; dạng danh sách với tiêu đề {header} do from_csv đọc.",
        "en": "{text} does not list films. A table begins with two header lines, 'movieId' before the film ids and "
        "'userId' before the titles; a list with the header {header} is read by from_csv.",
    },
    "no titles": {
        "vi": "{text} không liệt kê tên phim. Dạng bảng bắt đầu bằng hai dòng tiêu đề, 'movieId' trước mã phim và "
        "'userId' trước tên phim; dạng danh sách với tiêu đề {header} do from_csv đọc.",
        "en": "{text} does not list titles. A table begins with two header lines, 'movieId' before the film ids and "
        "'userId' before the titles; a list with the header {header} is read by from_csv.",
    },
    "film twice": {
        "vi": "phim {item} nằm ở cả cột {first} và cột {second}. Hãy giữ lại một cột cho mỗi phim.",
        "en": "film {item} has the columns {first} and {second}. Keep one column per film.",
    },
    # lines
    "ragged": {
        "vi": "{text} có {found} ô, nhưng tiêu đề có {wanted}. Mỗi dòng cần một ô cho mỗi cột; hãy viết 3.5 với dấu "
        "chấm, và đặt chữ có dấu phẩy trong dấu ngoặc kép.",
        "en": "{text} has {found} fields, but the header has {wanted}. Give every line one field per column; write 3.5 "
        "with a point, and put a text with commas in quotation marks.",
    },
    "pair twice": {
        "vi": "người dùng {user} đánh giá phim {item} lần thứ hai, lần đầu ở dòng {earlier}. Hãy giữ lại một dòng.",
        "en": "user {user} rates film {item} a second time, the first is on line {earlier}. Keep one of the two lines.",
    },
    "user twice": {
        "vi": "người dùng {user} đã có dòng {earlier}. Hãy giữ lại một dòng cho mỗi người dùng.",
        "en": "user {user} already has line {earlier}. Keep one line per user.",
    },
    "title twice": {
        "vi": "phim {item} đã có dòng {earlier}. Hãy giữ lại một trong hai dòng.",
        "en": "film {item} already has line {earlier}. Keep one of the two.",
    },
    "no ratings in list": {
        "vi": "có tiêu đề nhưng không có lượt đánh giá nào bên dưới. Hãy thêm những dòng như 1,31,2.5.",
        "en": "there is a header but no rating below it. Add lines such as 1,31,2.5.",
    },
    "no ratings in table": {
        "vi": "bảng không có điểm đánh giá nào. Hãy thêm những dòng như 15,2.0,3.0 bên dưới hai dòng tiêu đề.",
        "en": "the table holds no rating. Add lines such as 15,2.0,3.0 below the two headers.",
    },
    # fields
    "blank id": {
        "vi": "{column} bị bỏ trống. Hãy điền vào, hoặc xoá dòng này.",
        "en": "the {column} is blank. Fill it in, or delete the line.",
    },
    "no id": {
        "vi": "{column} {text} không phải là số nguyên như 31. Hãy sửa lại.",
        "en": "the {column} {text} is not a whole number such as 31. Correct it.",
    },
    "blank rating": {
        "vi": "điểm bị bỏ trống. Hãy điền vào, hoặc xoá dòng này: phim chưa đánh giá thì không có dòng.",
        "en": "the rating is blank. Fill it in, or delete the line: unrated films have none.",
    },
    "no number": {
        "vi": "điểm {text} không phải là số. Hãy viết một số từ {low} đến {high}, dùng dấu chấm như 3.5; "
        "phim chưa đánh giá thì bỏ trống.",
        "en": "the rating {text} is not a number. Write one from {low} to {high}, with a point, such as 3.5; "
        "films that were not rated have none.",
    },
    "off the scale": {
        "vi": "điểm {text} nằm ngoài thang từ {low} đến {high}. Hãy quy đổi về thang đó; "
        "phim chưa đánh giá thì bỏ trống, không ghi 0.",
        "en": "the rating {text} is outside the scale from {low} to {high}. Convert the ratings to that scale; "
        "films that were not rated have none, not 0.",
    },
    "blank title": {
        "vi": "tên của phim {item} bị bỏ trống. Hãy điền vào.",
        "en": "the title of film {item} is blank. Fill it in.",
    },
    # arrays and parts of them
    "shapes": {
        "vi": "users, items và ratings có shape {users}, {items} và {ratings}. Hãy đưa ba mảng cùng shape (n,).",
        "en": "users, items and ratings have the shapes {users}, {items} and {ratings}. "
        "Give three arrays of one shape (n,).",
    },
    "no such index": {
        "vi": "{what} chứa các số từ {low} đến {high}, nhưng chỉ có {count} mã. Hãy đếm từ 0, và cho mỗi số một mã.",
        "en": "{what} holds the numbers {low} to {high}, but there are {count} ids. "
        "Count from 0, and give every number an id.",
    },
    "no share": {
        "vi": "test={test} không phải là một tỉ lệ. Hãy cho một số giữa 0 và 1, chẳng hạn 0.2.",
        "en": "test={test} is not a share of the ratings. Give a number between 0 and 1, such as 0.2.",
    },
    "empty part": {
        "vi": "test={test} của {count} lượt đánh giá giữ lại {held_out} lượt. "
        "Hãy lấy nhiều lượt hơn, hoặc một tỉ lệ để cả hai phần đều còn.",
        "en": "test={test} of {count} ratings holds out {held_out}. "
        "Take more ratings, or a share that leaves some on both sides.",
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
    return {
        lang: TEXTS[key][lang].format(**{k: d[lang] if isinstance(d, dict) else d for k, d in details.items()})
        for lang in LANGUAGES
    }


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
