"""What worksheets say, Vietnamese and English side by side."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

WORDS: Final[dict[str, dict[Language, str]]] = {
    "title": {"vi": "Bài tập: lan truyền ngược (backpropagation)", "en": "Exercises: backpropagation"},
    "key title": {"vi": "Đáp án: lan truyền ngược (backpropagation)", "en": "Answer key: backpropagation"},
    "name": {"vi": "Họ và tên", "en": "Name"},
    "class": {"vi": "Lớp", "en": "Class"},
    "date": {"vi": "Ngày", "en": "Date"},
    "exercise": {"vi": "Bài {number}. {title}", "en": "Exercise {number}. {title}"},
    "sheet": {"vi": "Đề {kind}, seed {seed}", "en": "Sheet {kind}, seed {seed}"},
    "rounding": {
        "vi": "Nếu không tính được chính xác, hãy làm tròn đến 4 chữ số có nghĩa, và chỉ làm tròn kết quả cuối.",
        "en": "Where a number has no end, give four significant digits, and round the final result only.",
    },
    "given": {"vi": "Cho", "en": "Given"},
    "first": {"vi": "Đề xuất trước", "en": "Recommended first"},
    "neuron": {"vi": "Một neuron", "en": "One neuron"},
    "neuron task": {
        "vi": "Tính xuôi để có loss, rồi dùng quy tắc dây chuyền (chain rule) để có gradient của từng tham số.",
        "en": "Go forward to the loss, then use the chain rule for the gradient of every parameter.",
    },
    "net": {"vi": "Mạng 2-2-1", "en": "A net 2-2-1"},
    "net task": {
        "vi": "Hai đầu vào, hai neuron ẩn với ReLU, một đầu ra. Tính lan truyền xuôi, rồi lan truyền ngược từ loss về "
        "mọi trọng số. (w_ij nối đầu vào i với neuron ẩn j.)",
        "en": "Two inputs, two hidden neurons with ReLU, one output. Compute the forward pass, then go back from the "
        "loss to every weight. (w_ij leads from input i to hidden neuron j.)",
    },
    "matrices": {"vi": "Một lớp, viết bằng ma trận", "en": "A layer in matrices"},
    "matrices task": {
        "vi": "Mỗi hàng của X là một mẫu; b được cộng vào mọi hàng. Tính xuôi, rồi tính mọi gradient bằng ma trận.",
        "en": "Every row of X is a sample; b is added to every row. Go forward, then find all gradients in matrices.",
    },
    "descent": {"vi": "Một bước gradient descent", "en": "One step of gradient descent"},
    "descent task": {
        "vi": "Một đường thẳng qua bốn điểm. Tính sai số, loss và gradient, đi một bước, rồi tính loss mới.",
        "en": "A line through four points. Find the errors, the loss and the gradient, take one step, and find the new "
        "loss.",
    },
    "factorization": {"vi": "Phân tích ma trận 4×5", "en": "A 4×5 table of ratings"},
    "factorization task": {
        "vi": "Bốn người A–D chấm điểm năm phim; D chưa xem {missing}. Đọc factor của các phim từ hàng A và B, tìm "
        "factor của D từ {known}, dự đoán hai điểm còn thiếu. Phim nào đề xuất trước? Sau đó, thay vì giải, đi một "
        "bước gradient descent từ u = (0.5, 0.5) với η = 0.1, trên loss của ba phim D đã chấm.",
        "en": "Four users A–D rate five films; D has not seen {missing}. Read the films' factors off the rows of A and "
        "B, find D's factors from {known}, and predict the two missing ratings. Which film comes first? Then, instead "
        "of solving, take one step of gradient descent from u = (0.5, 0.5) with η = 0.1, on the loss of the three "
        "films that D has rated.",
    },
}
