"""What plots say when there is nothing to draw, or nothing that fits: Vietnamese for every English text.

The English stands where the error is raised, `raise ValueError(said("…", …))`, see `tinygrad_vn.phrases`; this table is
added to the one there when `plot` is imported.
"""

from typing import Final

PLOT_VIETNAMESE: Final[dict[str, str]] = {
    "plots need matplotlib, which is not installed here; add it: {command}": "vẽ hình cần matplotlib, vốn chưa được "
    "cài ở đây; hãy cài thêm: {command}",
    "there are no losses to plot": "không có loss nào để vẽ",
    "there are no losses to plot for {run!r}": "không có loss nào để vẽ cho {run!r}",
    "there is no gradient norm to plot: all are 0, infinite or NaN, or there are none": "không có chuẩn gradient nào "
    "để vẽ: tất cả đều là 0, vô cực hoặc NaN, hoặc chưa có giá trị nào",
    "there is no error to plot: the difference quotient is exact for every step": "không có sai số nào để vẽ: sai phân "
    "chính xác với mọi bước h",
    "a path has shape (n, 2), one point per row, not {shape}": "đường đi phải có shape (n, 2), mỗi dòng một điểm, "
    "không phải {shape}",
    "the path has no finite point to start from": "đường đi không có điểm hữu hạn nào để bắt đầu",
    "there is no activation function to plot": "không có hàm kích hoạt nào để vẽ",
    "nn.functional has no function {name!r}; write its name as there, such as 'relu', or pass it": "nn.functional "
    "không có hàm {name!r}; hãy viết đúng tên ở đó, chẳng hạn 'relu', hoặc truyền chính hàm vào",
    "{name} is not elementwise: its value at x depends on more than x, so it is no curve": "{name} không tính theo "
    "từng phần tử: giá trị tại x không chỉ phụ thuộc vào x, nên không vẽ thành đường cong được",
    "every target needs one prediction: there are {targets} targets and {predictions} predictions": "mỗi giá trị đích "
    "cần một dự đoán: có {targets} giá trị đích và {predictions} dự đoán",
    "x needs shape (n, 2) and y (n,), but they have {x} and {y}": "x cần shape (n, 2) và y cần (n,), nhưng ở đây là "
    "{x} và {y}",
    "{name} must have shape (n,) or (n, 1), not {shape}": "{name} phải có shape (n,) hoặc (n, 1), không phải {shape}",
    "{name} has NaN or infinity at place {place}": "{name} có NaN hoặc vô cực ở vị trí {place}",
    "predict gave shape {shape} for {count} points; it should give one answer per point": "predict trả về shape "
    "{shape} cho {count} điểm; nó phải cho mỗi điểm một kết quả",
    "predict gave {span} for {count} classes: that is neither a probability nor a class.": "predict trả về {span} cho "
    "{count} lớp: đó không phải là xác suất, cũng không phải là lớp.",
    "{what} Let it give one score per class, or the class itself.": "{what} Hãy để nó trả về mỗi lớp một điểm số, hoặc "
    "chính số hiệu lớp.",
    "{what} If these are logits, write decision_boundary(nn.Sequential(model, nn.Sigmoid()), x, y); if they are scores "
    "around 0.5, let it give the class, lambda x: model(x) > 0.5.": "{what} Nếu đó là logit, hãy viết "
    "decision_boundary(nn.Sequential(model, nn.Sigmoid()), x, y); nếu đó là giá trị quanh 0.5, hãy để nó trả về lớp, "
    "lambda x: model(x) > 0.5.",
}
