"""What is said about files of any kind, texts and archives: Vietnamese and English side by side.

Every text says what is wrong and what to do; `words.py` adds this table to its own, and makes the errors.
"""

from __future__ import annotations

from typing import Final

from tinygrad_vn.phrases import Text

FILE_TEXTS: Final[dict[str, Text]] = {
    # places
    "line": {"vi": "{path}, dòng {line}", "en": "{path}, line {line}"},
    "column of line": {"vi": "{path}, dòng {line}, cột {column}", "en": "{path}, line {line}, column {column}"},
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
        "vi": "byte {byte} sau {text} không phải là UTF-8. Hãy lưu tệp ở dạng UTF-8 (trong Excel: 'CSV UTF-8'); trong "
        "Python, RatingsDataset.from_file cũng đọc được, chẳng hạn với encoding='latin-1'.",
        "en": "byte {byte} after {text} is not UTF-8. Save the file as UTF-8 (in Excel: 'CSV UTF-8'); in Python, "
        "RatingsDataset.from_file reads it too, with encoding='latin-1', say.",
    },
    "not this encoding": {
        "vi": "byte {byte} sau {text} không phải là {encoding}. Hãy ghi đúng encoding mà tệp đã được lưu.",
        "en": "byte {byte} after {text} is not {encoding}. Name the encoding that the file was saved in.",
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
    # separators
    "commas": {"vi": "dấu phẩy", "en": "commas"},
    "spaces": {"vi": "dấu cách", "en": "spaces"},
    "tabs": {"vi": "dấu tab", "en": "tabs"},
    "double colons": {"vi": "'::'", "en": "'::'"},
    "semicolons": {"vi": "dấu chấm phẩy", "en": "semicolons"},
    "vertical bars": {"vi": "dấu gạch đứng", "en": "vertical bars"},
    # archives
    "bad archive": {
        "vi": "đây không phải là tệp zip nguyên vẹn ({why}). Hãy tải lại.",
        "en": "this is no sound zip archive ({why}). Download it again.",
    },
    "archive too large": {
        "vi": "các tệp bên trong lớn hơn {most} MB, nhiều hơn bộ dữ liệu này có thể có. Hãy kiểm tra nguồn tải.",
        "en": "its files are larger than {most} MB, more than this data set can have. Check where it is from.",
    },
    "archive files": {
        "vi": "có {count} tệp bên trong; bộ dữ liệu này có từ 1 đến {most}. Hãy kiểm tra nguồn tải.",
        "en": "it holds {count} files; this data set has from 1 to {most}. Check where it is from.",
    },
    "unsafe name": {
        "vi": "tệp {name} bên trong sẽ nằm ngoài thư mục đích, là liên kết, hoặc trùng tên, nên không giải nén. "
        "Hãy kiểm tra nguồn tải.",
        "en": "its file {name} would land outside the folder, is a link or is there twice, so nothing is unpacked. "
        "Check where it is from.",
    },
}
