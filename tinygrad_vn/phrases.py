"""The phrases that errors are put together from: English where the error is raised, Vietnamese in the table here.

    raise GradientError("E04", what=phrase("Setting .data of {tensor}", tensor=called), remedy=phrase("Make a new …"))

`phrase` looks the English text up in `VIETNAMESE` and gives both, with their `{…}` filled in. The sentences around
the phrases stand in `errors.CATALOGUE`.
"""

from typing import Final

from tinygrad_vn.language import LANGUAGES, Language

Text = dict[Language, str]
"""What is said, in every language."""

VIETNAMESE: Final[dict[str, str]] = {
    # how messages speak of a Tensor
    "Tensor {name!r}": "Tensor {name!r}",
    "a leaf Tensor": "một Tensor lá (leaf)",
    "the result of {operation!r}": "kết quả của {operation!r}",
    # E02: where a backward pass starts
    " (not {shape})": " (không phải {shape})",
    # E03: numbers without a gradient
    "gradients are real numbers": "gradient là số thực",
    "complex numbers are not supported": "số phức không được hỗ trợ",
    "Python objects are not supported": "đối tượng Python không được hỗ trợ",
    "a step from one whole number to the next has no slope": "bước nhảy từ số nguyên này sang số nguyên kế tiếp "
    "không có độ dốc",
    "they have no slope": "chúng không có độ dốc",
    "tg.float32 or tg.float64": "tg.float32 hoặc tg.float64",
    "real numbers": "số thực",
    "1.0 instead of 1": "1.0 thay cho 1",
    # E04: changes in place
    "{what} on {tensor}": "{what} trên {tensor}",
    "{what} on {tensor} that requires grad": "{what} trên {tensor} cần gradient (requires_grad)",
    "{what} on a Tensor": "{what} trên một Tensor",
    "Assigning a result that requires grad to elements of a Tensor": "Gán một kết quả cần gradient (requires_grad) "
    "vào phần tử của một Tensor",
    "Setting .data of {tensor}": "Gán .data cho {tensor}",
    "Writing into elements of a sparse gradient": "Ghi vào phần tử của một gradient thưa (sparse)",
    "Scale it, `w.grad *= 0.5`, or make a whole table of it first, `w.grad = w.grad.to_dense()`.": "Hãy nhân nó với "
    "một số, `w.grad *= 0.5`, hoặc đổi nó thành cả bảng trước, `w.grad = w.grad.to_dense()`.",
    "A sparse gradient cannot require grad": "Một gradient thưa (sparse) không thể có requires_grad",
    "Use .to_dense() first.": "Hãy gọi .to_dense() trước.",
    "Make a new Tensor instead.": "Thay vào đó hãy tạo một Tensor mới.",
    "Make a new Tensor, or give it the array of a leaf, `x.data`.": "Hãy tạo một Tensor mới, "
    "hoặc đưa cho nó mảng của một Tensor lá, `x.data`.",
    "Write `{instead}` instead.": "Thay vào đó hãy viết `{instead}`.",
    "Write y = np.where(mask, value, x), or build it with np.concatenate or np.stack.": "Hãy viết "
    "y = np.where(mask, value, x), hoặc ghép nó lại bằng np.concatenate hay np.stack.",
    "To update a parameter, do it inside `with tg.no_grad():`; to compute, write `{instead}`.": "Để cập nhật tham số, "
    "hãy làm bên trong `with tg.no_grad():`; để tính toán, hãy viết `{instead}`.",
    # E05: what would leave the graph
    "{call} has no gradient rule": "{call} không có quy tắc đạo hàm",
    "The full U and V of a matrix of shape {shape} are not unique, so np.linalg.svd has no gradient rule": "U và V "
    "đầy đủ của ma trận có shape {shape} không duy nhất, nên np.linalg.svd không có quy tắc đạo hàm",
    "A Tensor that requires grad cannot become a bare array": "Tensor cần gradient (requires_grad) "
    "không thể trở thành mảng NumPy thuần",
    "What was computed from Tensors that require grad does so too, {tensor} included": "Kết quả tính từ những Tensor "
    "cần gradient (requires_grad) thì cũng cần gradient, kể cả {tensor}",
    "A deep copy of {tensor} would tear it out of its graph": "Bản sao deepcopy của {tensor} "
    "sẽ bị tách khỏi đồ thị tính toán",
    "Leave `{name}` out, or call .detach() first.": "Hãy bỏ `{name}`, hoặc gọi .detach() trước.",
    "Pass full_matrices=False.": "Hãy truyền full_matrices=False.",
    "Use constant, edge, wrap, reflect or symmetric, or call .detach() first.": "Hãy dùng constant, edge, wrap, "
    "reflect hoặc symmetric, hoặc gọi .detach() trước.",
    "Use .detach().": "Hãy dùng .detach().",
    "Use .clone() inside the graph, .detach().clone() outside.": "Hãy dùng .clone() bên trong đồ thị, "
    ".detach().clone() bên ngoài.",
    "Write .detach().numpy(), or use NumPy's functions on the Tensor itself.": "Hãy viết .detach().numpy(), "
    "hoặc dùng hàm của NumPy ngay trên Tensor.",
    "Write it with operations that have a rule (README, table of operations), or call .detach() first.": "Hãy viết "
    "lại bằng những phép toán có quy tắc đạo hàm (README, bảng Operations), hoặc gọi .detach() trước.",
    "Use the plain operator or function{without}.": "Hãy dùng toán tử hoặc hàm thông thường{without}.",
    "Use the plain operator or function{without}. "
    "To update a parameter, do it inside `with tg.no_grad():`.": "Hãy dùng toán tử hoặc hàm thông thường{without}. "
    "Để cập nhật tham số, hãy làm bên trong `with tg.no_grad():`.",
    ", without {names}": ", không có {names}",
    # E06: shapes
    "their lengths differ where neither is 1, counted from the last axis": "tính từ trục cuối, độ dài của chúng "
    "khác nhau ở một trục mà không bên nào bằng 1",
    "a single number is no matrix": "một số đơn lẻ không phải là ma trận",
    "the inner sizes {left} and {right} differ": "hai kích thước bên trong {left} và {right} khác nhau",
    "the stacks {left} and {right} do not broadcast": "hai chồng ma trận {left} và {right} không broadcast được",
    " Multiply by single numbers with `*`.": " Hãy nhân với một số bằng `*`.",
    " Perhaps `{spelling}` is meant.": " Có lẽ ý bạn là `{spelling}`.",
    "the {name} has to broadcast to the shape of the input": "{name} phải broadcast được về shape của đầu vào",
    "the weight needs one number for each of the {count} classes": "weight cần đúng một số cho mỗi lớp trong {count} "
    "lớp",
    # E07, E14: bad numbers, under detect_anomaly()
    "{file}, line {line}": "{file}, dòng {line}",
    "{file}, line {line}: `{source}`": "{file}, dòng {line}: `{source}`",
    "the value {value}": "giá trị {value}",
    "{count} of {size} values (the first: {value} at index {index})": "{count} trong {size} giá trị "
    "(đầu tiên: {value} tại chỉ số {index})",
    "forward pass: the result of {operation}": "lượt forward: kết quả của {operation}",
    "backward pass: the gradient of {operation} for its argument {argument!r}": "lượt backward: gradient của "
    "{operation} theo đối số {argument!r}",
    "{subject}, a step in the derivative of {operation},": "{subject}, một bước trong đạo hàm của {operation},",
    "is {what}": "là {what}",
    "has {what} in {count} of {size} elements, the first at index {index}": "có {what} ở {count} trong {size} phần tử, "
    "đầu tiên tại chỉ số {index}",
    "{inputs}; incoming gradient: {gradient}": "{inputs}; gradient truyền đến: {gradient}",
    "The operation is in {place}.": "Phép toán nằm ở {place}.",
    "The operation was carried out outside detect_anomaly(): do that inside too, to see its line.": "Phép toán được "
    "tính bên ngoài detect_anomaly(): hãy đưa cả lượt forward vào trong để thấy dòng lệnh.",
    "It was received, not made here: {source}, already {found}. Look where these values come from.": "Nó được nhận "
    "vào, không sinh ra ở đây: {source}, vốn đã {found}. Hãy xem các giá trị này từ đâu ra.",
    "its input {name}, {what}": "đầu vào {name}, {what}",
    "the incoming gradient": "gradient truyền đến",
    "an untracked Tensor": "một Tensor không theo dõi gradient",
    "an array": "một mảng",
    "a number": "một con số",
    "Keep its input inside the domain, as in `{spelling}`.": "Hãy giữ đầu vào trong miền xác định, "
    "chẳng hạn `{spelling}`.",
    "{advice} For logarithms of probabilities, use nn.functional.log_softmax.": "{advice} Với logarit của xác suất, "
    "hãy dùng nn.functional.log_softmax.",
    "x > 0, or y = 0, 1, 2, …": "x > 0, hoặc y = 0, 1, 2, …",
    "At the edge of its domain ({domain}) its slope is infinite or does not exist: keep its input off the edge, "
    "as in `{spelling}`.": "Ở biên của miền xác định ({domain}), độ dốc của nó là vô cực hoặc không tồn tại: "
    "hãy giữ đầu vào cách biên, chẳng hạn `{spelling}`.",
    "{advice} If np.where is to choose, let it choose the input, not the result, for 0 · Inf is NaN.": "{advice} "
    "Nếu dùng np.where để chọn, hãy chọn ở đầu vào, đừng chọn ở kết quả, vì 0 · Inf là NaN.",
    "Exponentials of large numbers overflow: subtract the largest first, `np.exp(x - x.max())`, or use softmax, "
    "log_softmax, logsumexp or sigmoid of nn.functional.": "Hàm mũ của số lớn bị tràn: hãy trừ số lớn nhất trước, "
    "`np.exp(x - x.max())`, hoặc dùng softmax, log_softmax, logsumexp hay sigmoid của nn.functional.",
    "It has no value for these inputs: change how they are computed, or leave them out.": "Với các đầu vào này nó "
    "không có giá trị: hãy sửa cách tính chúng, hoặc bỏ chúng ra.",
    "The numbers grew too large: take a smaller learning rate, or scale the data to about 1.": "Các số đã lớn quá mức: "
    "hãy giảm learning rate, hoặc đưa dữ liệu về cỡ 1.",
    # E08: a loss
    ", which NumPy would broadcast to {shape}": ", nên NumPy sẽ broadcast thành {shape}",
    "Write `{spelling}`.": "Hãy viết `{spelling}`.",
    "Give one target for each prediction, in shape {shape}.": "Hãy cho mỗi dự đoán đúng một giá trị đích, "
    "với shape {shape}.",
    "Give one class number for each prediction, in shape {shape}.": "Hãy cho mỗi dự đoán đúng một số hiệu lớp, "
    "với shape {shape}.",
    # E10: no connection
    "This Tensor": "Tensor này",
    "This result": "Kết quả này",
    "An output of grad()": "Một đầu ra của grad()",
    "Input {position} of grad()": "Đầu vào {position} của grad()",
    "Input {position} of grad() ({name!r})": "Đầu vào {position} của grad() ({name!r})",
    ": it was computed under no_grad()": ": nó được tính bên trong no_grad()",
    ": detach() took it out of the graph": ": detach() đã tách nó khỏi đồ thị",
    ": leaf {name} was made without requires_grad=True": ": Tensor lá {name} được tạo không có requires_grad=True",
    ": {function} has no slope": ": {function} không có độ dốc",
    ": it has requires_grad=False": ": nó có requires_grad=False",
    ", as the outputs do not depend on it": ", vì các đầu ra không phụ thuộc vào nó",
    "Compute it outside.": "Hãy tính nó ở bên ngoài.",
    "Use the Tensor itself.": "Hãy dùng chính Tensor đó.",
    "Create it with requires_grad=True, or call .requires_grad_() before computing with it.": "Hãy tạo nó với "
    "requires_grad=True, hoặc gọi .requires_grad_() trước khi dùng nó để tính.",
    "Its result only changes in jumps; use a smooth function for the loss.": "Kết quả của nó chỉ thay đổi theo bước "
    "nhảy; hãy dùng một hàm trơn cho loss.",
    "Create the parameters with requires_grad=True before computing with them.": "Hãy tạo các tham số với "
    "requires_grad=True trước khi dùng chúng để tính.",
    "Set it before computing.": "Hãy đặt requires_grad=True trước khi tính.",
    "Leave it out, or pass allow_unused=True to get None for it.": "Hãy bỏ nó ra, hoặc truyền allow_unused=True "
    "để nhận None cho nó.",
    # E12: a wrong rule
    "shape {shape}": "shape {shape}",
    "dtype {dtype}": "dtype {dtype}",
    "a {kind}": "một {kind}",
    "of shape {shape} and dtype {dtype}": "shape {shape} và dtype {dtype}",
    "; axes that differ: {axes}": "; các trục khác nhau: {axes}",
    "; the numbers of axes differ": "; số trục khác nhau",
    # E13: what optimizers are given
    "a whole {kind}": "cả một {kind}",
    "one Tensor": "một Tensor đơn lẻ",
    "{value}, which is no list of Tensors": "{value}, không phải là danh sách Tensor",
    "Tensors and groups mixed": "Tensor và nhóm (group) lẫn lộn",
    "a group that has no parameters": "một nhóm (group) không có tham số",
    "no parameters": "một danh sách không có tham số nào",
    "parameter number {position} twice": "tham số thứ {position} hai lần",
    "as parameter number {position} {value}, of type {kind}": "tham số thứ {position} là {value}, thuộc kiểu {kind}",
    "as parameter number {position} the result of an operation, {value}": "tham số thứ {position} là kết quả của một "
    "phép toán, {value}",
    "as parameter number {position} a Tensor without requires_grad, {value}": "tham số thứ {position} là một Tensor "
    "không có requires_grad, {value}",
    "Write model.parameters().": "Hãy viết model.parameters().",
    "Write {optimizer}([w], …) with a list; of a model, model.parameters().": "Hãy viết {optimizer}([w], …) với một "
    "danh sách; với một mô hình, hãy viết model.parameters().",
    "Write {optimizer}([w, b], …); of a model, model.parameters().": "Hãy viết {optimizer}([w, b], …); "
    "với một mô hình, hãy viết model.parameters().",
    'Put the Tensors into {{"params": […]}}.': 'Hãy đặt các Tensor vào {{"params": […]}}.',
    'Write {{"params": [w, b], …}}.': 'Hãy viết {{"params": [w, b], …}}.',
    "A generator gives its items only once: call model.parameters() anew, or keep list(model.parameters()).": "Một "
    "generator chỉ cho các phần tử của nó một lần: hãy gọi lại model.parameters(), hoặc giữ list(model.parameters()).",
    "Give each one once.": "Hãy đưa mỗi tham số một lần.",
    "Make it a Tensor: tg.tensor(…, requires_grad=True); of a model, write model.parameters().": "Hãy biến nó thành "
    "Tensor: tg.tensor(…, requires_grad=True); với một mô hình, hãy viết model.parameters().",
    "Optimize the Tensors that it is computed from, or start afresh from w.detach().requires_grad_().": "Hãy tối ưu "
    "những Tensor mà nó được tính ra từ đó, hoặc bắt đầu lại từ w.detach().requires_grad_().",
    "It would never change: create it with requires_grad=True, or leave it out.": "Nó sẽ không bao giờ thay đổi: "
    "hãy tạo nó với requires_grad=True, hoặc bỏ nó ra.",
}


def phrase(english: str, **details: object) -> Text:
    """A phrase in every language.

    Args:
        english: the English text, which is its key in `VIETNAMESE`.
        **details: what to put into its `{…}`; a phrase among them appears in the language of the whole.
    """
    return filled({"en": english, "vi": VIETNAMESE[english]}, details)


def filled(template: Text, details: dict[str, object]) -> Text:
    """A text with its `{…}` filled in, in every language."""
    return {
        lang: template[lang].format(**{k: d[lang] if isinstance(d, dict) else d for k, d in details.items()})
        for lang in LANGUAGES
    }
