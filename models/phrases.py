"""What models say of what they are given: Vietnamese for every English text.

The English stands where the error is raised, `raise ValueError(said("…", …))`, see `tinygrad_vn.phrases`; this table is
added to the one there when `models` is imported.
"""

from typing import Final

MODELS_VIETNAMESE: Final[dict[str, str]] = {
    # estimators: X, y and weights
    "X is a sparse matrix; write X.toarray()": "X là ma trận thưa (sparse); hãy viết X.toarray()",
    "X needs shape (samples, features), not {shape}; write X.reshape(-1, 1) if it is one feature, X.reshape(1, -1) if "
    "it is one sample": "X cần shape (số mẫu, số đặc trưng), không phải {shape}; hãy viết X.reshape(-1, 1) nếu đó là "
    "một đặc trưng, X.reshape(1, -1) nếu đó là một mẫu",
    "X has shape {shape}: there must be at least one sample and one feature": "X có shape {shape}: cần ít nhất một mẫu "
    "và một đặc trưng",
    "y needs shape (samples,) or (samples, targets), not {shape}": "y cần shape (số mẫu,) hoặc (số mẫu, số đích), "
    "không phải {shape}",
    "y needs one label per sample, shape (samples,), not {shape}; of one column per class, y.argmax(axis=1)": "y cần "
    "mỗi mẫu một nhãn, shape (số mẫu,), không phải {shape}; nếu mỗi lớp là một cột, hãy viết y.argmax(axis=1)",
    "y[{row}] is missing; leave such samples out": "y[{row}] bị thiếu; hãy bỏ những mẫu như vậy",
    "y[{row}] is {value}: a class is a whole number or a name; for measured numbers take a regressor": "y[{row}] là "
    "{value}: lớp phải là số nguyên hoặc tên; với số đo liên tục hãy dùng mô hình hồi quy (regressor)",
    "the labels in y are of several types ({kinds}); give all the same": "các nhãn trong y thuộc nhiều kiểu khác nhau "
    "({kinds}); hãy dùng một kiểu cho tất cả",
    "there is only one class in y, {label!r}; a classifier needs samples of at least two": "y chỉ có một lớp, "
    "{label!r}; mô hình phân loại cần mẫu của ít nhất hai lớp",
    "sample_weight needs one number per sample, shape ({count},), not {shape}": "sample_weight cần mỗi mẫu một số, "
    "shape ({count},), không phải {shape}",
    "{place} is {value}; a weight is 0 or more": "{place} là {value}; trọng số phải từ 0 trở lên",
    "all weights in sample_weight are 0: there is nothing to learn from": "mọi trọng số trong sample_weight đều là 0: "
    "không có gì để học",
    "{name} is no table of numbers; give numbers only, and all rows one length": "{name} không phải là bảng số; hãy "
    "chỉ cho số, và cho mọi dòng cùng độ dài",
    "{name}[{place}] is {value!r}, a text; turn texts into numbers, such as one column of 0 and 1 for each": "{name}"
    "[{place}] là {value!r}, một chuỗi chữ; hãy đổi chữ thành số, ví dụ mỗi từ một cột gồm 0 và 1",
    "y has shape {shape}, a column; write y.ravel()": "y có shape {shape}, là một cột; hãy viết y.ravel()",
    "y[{row}] is {label!r}, but the classes are {classes}: give labels of the same type": "y[{row}] là {label!r}, "
    "nhưng các lớp là {classes}: hãy cho nhãn cùng kiểu",
    "y has {found} targets per sample, but {estimator} predicts {wanted}": "y có {found} đích cho mỗi mẫu, nhưng "
    "{estimator} dự đoán {wanted}",
    "seed={value!r} makes no sense; write a whole number ≥ 0, or None for chance": "seed={value!r} không hợp lệ; hãy "
    "viết một số nguyên ≥ 0, hoặc None để lấy ngẫu nhiên",
    "early_stopping cannot hold out {share:g} of {rows} rows: {reason} Take more rows, another validation_fraction, or "
    "early_stopping=False": "early_stopping không thể giữ riêng {share:g} của {rows} dòng: {reason} Hãy lấy nhiều dòng "
    "hơn, chọn validation_fraction khác, hoặc early_stopping=False",
    "{name} holds {dtype}, not real numbers": "{name} chứa {dtype}, không phải số thực",
    "{count} values of {name} are NaN or infinite, the first is {place}: leave such rows out or fill in values": ""
    "{name} có {count} giá trị là NaN hoặc vô cực, đầu tiên là {place}: hãy bỏ những dòng đó hoặc điền giá trị khác",
    "X has {count} samples, but {name} has {length}: give one for each": "X có {count} mẫu, nhưng {name} có {length}: "
    "hãy cho mỗi mẫu đúng một giá trị",
    "X has {found} features, but {estimator} is expecting {wanted} features as input": "X có {found} đặc trưng, nhưng "
    "{estimator} đã học từ {wanted} đặc trưng",
    "the columns of X are {found}, but {estimator} learned from {wanted}, in this order": "các cột của X là {found}, "
    "nhưng {estimator} đã học từ {wanted}, theo đúng thứ tự này",
    # estimators: settings, files
    "{name}={value!r} is none of {known}": "{name}={value!r} không hợp lệ; các lựa chọn: {known}",
    "{name}={value!r} makes no sense; it must be a number {bound}": "{name}={value!r} không hợp lệ; phải là một số "
    "{bound}",
    "{name}={value!r} makes no sense; it must be a whole number {bound}": "{name}={value!r} không hợp lệ; phải là một "
    "số nguyên {bound}",
    "hidden={hidden!r} makes no sense; write the sizes of the hidden layers in brackets, ({hidden},)": "hidden="
    "{hidden!r} không hợp lệ; hãy viết kích thước các lớp ẩn trong ngoặc, ({hidden},)",
    "dropout={dropout} and validation_fraction={held_out} are shares, which lie between 0 and 1": "dropout={dropout} "
    "và validation_fraction={held_out} là các tỉ lệ, phải nằm giữa 0 và 1",
    "{estimator} has no setting {name!r}; there are {known}": "{estimator} không có thiết lập {name!r}; các thiết lập: "
    "{known}",
    "this {estimator} has not learned anything yet: call fit(X, y)": "{estimator} này chưa học gì: hãy gọi fit(X, y) "
    "trước",
    "{path} holds {found}, not a {estimator}": "{path} chứa {found}, không phải {estimator}",
    # estimators: training
    "training was interrupted after {epochs} of {most} epochs; call fit again for a net that is trained": "việc huấn "
    "luyện bị ngắt sau {epochs} trên {most} epoch; hãy gọi lại fit để có một mạng đã học xong",
    "the steps have become too short to change anything": "các bước đã quá ngắn, không còn thay đổi gì nữa",
    "no minimum was reached in {steps} steps: the last moved coefficients by {far} of their size; scale the data, take "
    "a stronger penalty or a larger max_iter": "chưa tới cực tiểu sau {steps} bước: bước cuối cùng còn dịch các hệ số "
    "đi {far} so với độ lớn của chúng; hãy chuẩn hoá dữ liệu, tăng mức phạt (penalty) hoặc tăng max_iter",
    # recommenders
    "there are no ratings to learn from": "không có điểm đánh giá nào để học",
    "X has {count} pairs, y has shape {shape}; y needs one rating for each pair": "X có {count} cặp, còn y có shape "
    "{shape}; y cần mỗi cặp một điểm",
    "y[{row}] is {value}, no rating; leave unrated pairs out": "y[{row}] là {value}, không phải là điểm; hãy bỏ những "
    "cặp chưa được đánh giá",
    "y holds something that is no number; give one rating for each pair": "y chứa thứ không phải là số; hãy cho mỗi "
    "cặp một điểm",
    "X needs shape (n, 2) and whole numbers, a user and a film in each row, not shape {shape} and {dtype}": "X cần "
    "shape (n, 2) và các số nguyên, mỗi hàng một người dùng và một phim, không phải shape {shape} và {dtype}",
    "{what} number {number} is unknown; they go from 0 to {last}": "không có {what} số {number}; các số đi từ 0 đến "
    "{last}",
    "user": "người dùng",
    "film": "phim",
    "{name}={value!r} makes no sense; take a whole number from 1": "{name}={value!r} không hợp lệ; hãy chọn một số "
    "nguyên từ 1 trở lên",
    # the lecture's table, and overfitting
    "the mean alone": "chỉ trung bình chung",
    "mean and biases": "trung bình và các bias",
    "{count} factors, penalty {penalty:g}": "{count} factor, penalty {penalty:g}",
    "known": "đã biết",
    "hidden": "bị che",
    "RMSE (stars) with {count} cells of the table hidden: more factors always fit the known cells better, but not the "
    "hidden ones (overfitting)": "RMSE (sao) khi che {count} ô của bảng: càng nhiều factor, sai số trên các ô đã biết "
    "càng nhỏ, nhưng trên các ô bị che thì không (overfitting)",
    # factorization of whole tables
    "ratings need a row per user and a column per film, not {shape}": "bảng điểm cần mỗi hàng một người "
    "dùng và mỗi cột một phim, không phải shape {shape}",
    "the loss has grown to {error:.1e}: lr={lr} is too large": "loss đã tăng tới {error:.1e}: lr={lr} quá lớn",
    "{name} needs shape {wanted}, one row for each, not {found}": "{name} cần shape {wanted}, mỗi người dùng hoặc mỗi "
    "phim một hàng, không phải {found}",
    "there is no film {film}; they go from 1 to {films}": "không có phim {film}; các phim có số từ 1 đến {films}",
    "ratings.txt holds no rating: every number is 0": "ratings.txt không có điểm nào: mọi số đều là 0",
    "a user rates a film twice; a table has room for one of the two": "một người dùng đánh giá một phim hai lần; bảng "
    "chỉ chứa được một trong hai",
    "{path}, line {line}, column {column}: {text!r} is no number; write one such as 0.25, with a point": "{path}, dòng "
    "{line}, cột {column}: {text!r} không phải là số; hãy viết một số như 0.25, dùng dấu chấm",
    "{path}, line {line}: there are {found} numbers, on the first line {wanted}; give all lines the same": "{path}, "
    "dòng {line}: có {found} số, còn dòng đầu tiên có {wanted}; hãy cho mọi dòng số ô như nhau",
}
