"""What is said about ratings, and about the files that they come in: Vietnamese and English side by side.

Every text says what is wrong and what to do; this room adds the table to that of `data.words`, which makes the errors.
"""

from __future__ import annotations

from typing import Final

from tinygrad_vn.phrases import Text

RATING_TEXTS: Final[dict[str, Text]] = {
    # places
    "film of line": {"vi": "{path}, dòng {line}, phim {item}", "en": "{path}, line {line}, film {item}"},
    # headers
    "separator": {
        "vi": "{text} được ngăn cách bằng {mark}, không phải dấu phẩy. Hãy thay bằng dấu phẩy, viết số với dấu chấm "
        "như 3.5, và mở đầu tệp bằng dòng tiêu đề {header}; trong Python, RatingsDataset.from_file đọc được tệp này.",
        "en": "{text} is separated by {mark}, not commas. Put commas instead, a point in numbers such as 3.5, "
        "and begin the file with the header {header}; in Python, RatingsDataset.from_file reads it as it is.",
    },
    "no header": {
        "vi": "{text} là dữ liệu, không phải tiêu đề. Hãy thêm dòng {header} lên trên; trong Python, "
        "RatingsDataset.from_file đọc được cả tệp không có tiêu đề.",
        "en": "{text} is data, not a header. Put the line {header} above it; in Python, RatingsDataset.from_file reads "
        "it without.",
    },
    "list or matrix": {
        "vi": "{text} có thể là một lượt đánh giá (người dùng, phim, điểm), cũng có thể là một hàng của ma trận điểm. "
        "Nếu là danh sách, hãy thêm dòng tiêu đề {header} lên trên hoặc ghi layout='list' (--layout list); nếu là ma "
        "trận, hãy ghi layout='matrix' (--layout matrix) hoặc dùng RatingsDataset.from_matrix.",
        "en": "{text} could be one rating (user, film, stars) or a row of a matrix of ratings. For a list, put the "
        "header {header} above it or write layout='list' (--layout list); for a matrix, write layout='matrix' "
        "(--layout matrix) or use RatingsDataset.from_matrix.",
    },
    "missing number": {
        "vi": "{text} không phải là số. Phim chưa đánh giá: trong danh sách hãy xoá dòng này, trong ma trận hãy ghi 0.",
        "en": "{text} is no number. For a film that was not rated, delete the line in a list, and write 0 in a matrix.",
    },
    "no such layout": {
        "vi": "layout={layout!r} không hợp lệ. Hãy viết 'list', 'table' hoặc 'matrix', hoặc bỏ trống để tự nhận biết.",
        "en": "layout={layout!r} is none. Write 'list', 'table' or 'matrix', or leave it out to have it found.",
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
    "other separator": {
        "vi": "{text} được ngăn cách bằng {mark}, còn các dòng trên bằng {wanted}. Hãy dùng một dấu cho cả tệp.",
        "en": "{text} is separated by {mark}, the lines above by {wanted}. Use one separator in the whole file.",
    },
    "ragged without header": {
        "vi": "{text} có {found} ô, nhưng dòng đầu tiên có {wanted}. Mọi dòng cần có số ô như nhau; hãy viết 3.5 với "
        "dấu chấm.",
        "en": "{text} has {found} fields, but the first line has {wanted}. Give all lines the same number; write 3.5 "
        "with a point.",
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
    "no number, no name": {
        "vi": "{column} {text} không phải là số nguyên như 31, cũng không phải là một tên như tt0114709. Hãy sửa lại.",
        "en": "the {column} {text} is not a whole number such as 31, nor a name such as tt0114709. Correct it.",
    },
    "blank rating": {
        "vi": "điểm bị bỏ trống. Hãy điền vào, hoặc xoá dòng này: phim chưa đánh giá thì không có dòng.",
        "en": "the rating is blank. Fill it in, or delete the line: unrated films have none.",
    },
    "no number": {
        "vi": "điểm {text} không phải là số. Hãy viết một số từ {low} đến {high}, dùng dấu chấm như 3.5; "
        "phim chưa đánh giá thì không có điểm.",
        "en": "the rating {text} is not a number. Write one from {low} to {high}, with a point, such as 3.5; "
        "films that were not rated have none.",
    },
    "off the scale": {
        "vi": "điểm {text} nằm ngoài thang từ {low} đến {high}. Hãy quy đổi về thang đó, hoặc trong Python ghi thang "
        "khác, chẳng hạn scale=(1, 10); phim chưa đánh giá thì không có điểm, chứ không phải 0.",
        "en": "the rating {text} is outside the scale from {low} to {high}. Convert the ratings to that scale, or in "
        "Python name another, such as scale=(1, 10); films that were not rated have none, not 0.",
    },
    "blank title": {
        "vi": "tên của phim {item} bị bỏ trống. Hãy điền vào.",
        "en": "the title of film {item} is blank. Fill it in.",
    },
    # matrices
    "cell": {"vi": "hàng {row}, cột {column}", "en": "row {row}, column {column}"},
    "no matrix": {
        "vi": "ma trận điểm cần hai chiều, mỗi hàng một người dùng và mỗi cột một phim, không phải shape {shape}.",
        "en": "a matrix of ratings has two axes, a row per user and a column per film, not the shape {shape}.",
    },
    "no cell": {
        "vi": "ô {text} không phải là số. Hãy ghi điểm từ {low} đến {high}, dùng dấu chấm như 3.5, hoặc 0 cho phim "
        "chưa đánh giá.",
        "en": "the cell {text} is not a number. Write a rating from {low} to {high}, with a point, such as 3.5, or 0 "
        "for a film that was not rated.",
    },
    "cell off the scale": {
        "vi": "điểm {text} nằm ngoài thang từ {low} đến {high}. Hãy quy đổi, hoặc ghi thang khác, chẳng hạn "
        "scale=(1, 10); phim chưa đánh giá ghi 0, hoặc được đánh dấu bằng mask.",
        "en": "the rating {text} is outside the scale from {low} to {high}. Convert the ratings, or name another "
        "scale, such as scale=(1, 10); films that were not rated are 0, or are told by a mask.",
    },
    "no ratings in matrix": {
        "vi": "ma trận không có điểm nào: mọi ô là 0, NaN hoặc bị mask loại bỏ. Hãy kiểm tra lại tệp và mask.",
        "en": "the matrix holds no rating: every cell is 0, NaN or masked out. Check the file, and the mask.",
    },
    "mask": {
        "vi": "mask có shape {mask} và dtype {dtype}, nhưng ma trận có shape {shape}. Hãy truyền một mảng đúng/sai "
        "(hoặc 0 và 1) cùng shape, đúng ở những ô có điểm.",
        "en": "the mask has shape {mask} and dtype {dtype}, but the matrix has shape {shape}. Give truth values (or 0 "
        "and 1) of the same shape, true where there is a rating.",
    },
    "number of ids": {
        "vi": "{what} có {found} mã, nhưng ma trận cần {wanted}. Hãy cho mỗi hàng và mỗi cột một mã.",
        "en": "{what} holds {found} ids, but the matrix needs {wanted}. Give every row, and every column, one id.",
    },
    "id twice": {
        "vi": "{what} có mã {name!r} hai lần. Hãy cho mỗi hàng và mỗi cột một mã riêng.",
        "en": "{what} holds the id {name!r} twice. Give every row, and every column, an id of its own.",
    },
    # ratings from arrays
    "no flat ids": {
        "vi": "{what} cần một mã cho mỗi lượt đánh giá, shape (n,), không phải shape {shape}.",
        "en": "{what} holds one id per rating, shape (n,), not the shape {shape}.",
    },
    "blank in array": {
        "vi": "mã là {value!r}. Hãy điền mã vào, hoặc bỏ lượt đánh giá này.",
        "en": "the id is {value!r}. Fill it in, or leave the rating out.",
    },
    "no rating in array": {
        "vi": "{value!r} không phải là điểm. Hãy bỏ lượt đánh giá này: phim chưa đánh giá thì không có dòng.",
        "en": "{value!r} is no rating. Leave the row out: films that were not rated have none.",
    },
    "pair twice in arrays": {
        "vi": "người dùng {user!r} đánh giá phim {item!r} lần thứ hai, lần đầu ở vị trí {earlier}. "
        "Hãy giữ lại một lượt.",
        "en": "user {user!r} rates film {item!r} a second time, the first is number {earlier}. Keep one of the two.",
    },
    "no ratings in arrays": {
        "vi": "không có lượt đánh giá nào. Hãy kiểm tra lại cách đọc hoặc cách lọc dữ liệu.",
        "en": "there are no ratings. Check how they were read or filtered.",
    },
    "no scale": {
        "vi": "scale={scale} không phải là thang điểm. Hãy ghi điểm thấp nhất và cao nhất, chẳng hạn (0.5, 5).",
        "en": "scale={scale} is no scale. Write the lowest and the highest rating, such as (0.5, 5).",
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
        "vi": "{name}={share} không phải là một tỉ lệ. Hãy cho một số giữa 0 và 1, chẳng hạn 0.2.",
        "en": "{name}={share} is not a share of the ratings. Give a number between 0 and 1, such as 0.2.",
    },
    "empty part": {
        "vi": "{name}={share} của {count} lượt đánh giá giữ lại {held_out} lượt. "
        "Hãy lấy nhiều lượt hơn, hoặc một tỉ lệ để mọi phần đều còn.",
        "en": "{name}={share} of {count} ratings holds out {held_out}. "
        "Take more ratings, or a share that leaves some in every part.",
    },
    "no parts": {
        "vi": "valid={valid} và test={test} cộng lại không nhỏ hơn 1, nên không còn gì để học. Hãy giảm chúng.",
        "en": "valid={valid} and test={test} add up to 1 or more, which leaves nothing to learn from. Take less.",
    },
    "no times": {
        "vi": "by='user_time' cần thời điểm của mọi lượt đánh giá, nhưng dữ liệu không có. Hãy thêm cột timestamp gồm "
        "các số nguyên (giây), hoặc dùng by='random'.",
        "en": "by='user_time' needs the time of every rating, and there is none. Add a column timestamp of whole "
        "numbers (seconds), or use by='random'.",
    },
    "time is no number": {
        "vi": "timestamp {text} không phải là số nguyên (giây), nên không dùng được by='user_time'. Hãy sửa lại, hoặc "
        "dùng by='random'.",
        "en": "the timestamp {text} is not a whole number (seconds), so by='user_time' cannot be used. Correct it, or "
        "use by='random'.",
    },
    "no such way": {
        "vi": "by={by!r} không hợp lệ. Hãy viết 'random' (ngẫu nhiên) hoặc 'user_time' (các lượt mới nhất của mỗi "
        "người dùng).",
        "en": "by={by!r} is no way to split. Write 'random', or 'user_time' for the latest ratings of every user.",
    },
    "other ratings": {
        "vi": "cách chia này được làm cho những lượt đánh giá khác ({made}), không phải những lượt này ({found}). Hãy "
        "đọc đúng tệp đó, hoặc chia lại.",
        "en": "this split was made for other ratings ({made}) than these ({found}). Read that file, or split anew.",
    },
    "no split": {
        "vi": "đây không phải là một cách chia đã lưu: {why}. Hãy dùng RatingsSplit.state() để lưu.",
        "en": "this is no stored split: {why}. Store what RatingsSplit.state() gives.",
    },
    "no count": {
        "vi": "{name}={value} không hợp lệ. Hãy viết một số nguyên từ 1.",
        "en": "{name}={value} is not possible. Write a whole number from 1.",
    },
}
