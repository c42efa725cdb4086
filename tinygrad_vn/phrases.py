"""The phrases that errors are put together from: English where the error is raised, Vietnamese in the table here.

    raise GradientError("E04", what=phrase("Setting .data of {tensor}", tensor=called), remedy=phrase("Make a new …"))

`phrase` looks the English text up in `VIETNAMESE` and gives both, with their `{…}` filled in. The sentences around
the phrases stand in `errors.CATALOGUE`.

A wrong argument is an error of Python's own, without a code: TypeError for a wrong kind of thing, ValueError for a
wrong value. It speaks the language of the moment: `raise ValueError(said("there is no device {device!r} here", …))`.

The table here has the phrases of the core. `nn`, `optim`, `data`, `plot` and `training` each have a `phrases.py` of
their own and add it to this table when they are imported.
"""

from typing import Final

from tinygrad_vn.language import LANGUAGES, Language, current_language

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
    "Write .item(); to collect losses, `losses.append(loss.item())`; for a list of Tensors, "
    "tg.stack(losses).": "Hãy viết .item(); để gom các loss, `losses.append(loss.item())`; với một danh sách Tensor, "
    "tg.stack(losses).",
    # E06: shapes
    "their lengths differ where neither is 1, counted from the last axis": "tính từ trục cuối, độ dài của chúng "
    "khác nhau ở một trục mà không bên nào bằng 1",
    "a single number is no matrix": "một số đơn lẻ không phải là ma trận",
    "the inner sizes {left} and {right} differ": "hai kích thước bên trong {left} và {right} khác nhau",
    "the stacks {left} and {right} do not broadcast": "hai chồng ma trận {left} và {right} không broadcast được",
    " Multiply by single numbers with `*`.": " Hãy nhân với một số bằng `*`.",
    " Perhaps `{spelling}` is meant.": " Có lẽ ý bạn là `{spelling}`.",
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
    # errors of Python's own classes
    "a Tensor holds numbers: {data:.60} is no number and no table of rows of equal length": "Tensor chứa các số: "
    "{data:.60} không phải là số, cũng không phải là bảng gồm các hàng dài bằng nhau",
    "the gradient of a Tensor of shape {shape} cannot have shape {other}": "gradient của Tensor có shape {shape} không "
    "thể có shape {other}",
    "there is no device {device!r} here: NumPy computes on the CPU": "ở đây không có thiết bị {device!r}: NumPy tính "
    "trên CPU",
    "there is no device {device!r} here: NumPy computes on the CPU; leave .cuda() out": "ở đây không có thiết bị "
    "{device!r}: NumPy tính trên CPU; hãy bỏ .cuda()",
    "t() transposes a matrix, not shape {shape}; write .mT, or .permute(…) with all axes": "t() chuyển vị một ma trận, "
    "không phải shape {shape}; hãy viết .mT, hoặc .permute(…) với mọi trục",
    "shape {shape} cannot be expanded to {wanted}: only axes of length 1 are repeated": "không thể mở rộng shape "
    "{shape} thành {wanted}: chỉ những trục dài 1 mới được lặp lại",
    "split({sizes}) does not fit an axis of length {length}; the lengths of the parts add up to it": "split({sizes}) "
    "không khớp với trục dài {length}; tổng độ dài các phần phải bằng độ dài của trục",
    "transpose{axes} of shape {shape} is an order of axes in NumPy and an exchange in PyTorch; write "
    ".swapaxes{axes}": "transpose{axes} với shape {shape} là thứ tự các trục trong NumPy, nhưng là đổi chỗ hai trục "
    "trong PyTorch; hãy viết .swapaxes{axes}",
    " or .T": " hoặc .T",
    "repeat{given} of shape {shape} repeats every element in NumPy and the whole in PyTorch; write {spelling}, or "
    "np.tile(x, {given})": "repeat{given} với shape {shape} lặp lại từng phần tử trong NumPy, nhưng lặp lại cả khối "
    "trong PyTorch; hãy viết {spelling}, hoặc np.tile(x, {given})",
    "{call} means something else in PyTorch than in NumPy; write {instead}": "{call} có nghĩa khác nhau trong PyTorch "
    "và NumPy; hãy viết {instead}",
    "{values} for the values and {places} for their places": "{values} để lấy giá trị và {places} để lấy vị trí",
    "{values} for the values and {places} for their places; of two Tensors, {elementwise}": "{values} để lấy giá trị "
    "và {places} để lấy vị trí; với hai Tensor, {elementwise}",
    "np.split(x, 3) for 3 parts, x.split(3) for parts of length 3": "np.split(x, 3) để chia thành 3 phần, x.split(3) "
    "để chia thành các phần dài 3",
    "{spelling} for PyTorch's number": "{spelling} để được kết quả của PyTorch",
    "{method}() takes axis= and keepdims= (or dim= and keepdim=), not {name}=": "{method}() nhận axis= và keepdims= "
    "(hoặc dim= và keepdim=), không nhận {name}=",
    "the method {method}() does not take {name}=": "phương thức {method}() không nhận {name}=",
    "multinomial draws by weights of shape (n,) or (m, n), finite and not negative": "multinomial rút theo các trọng "
    "số có shape (n,) hoặc (m, n), hữu hạn và không âm",
    "multinomial needs {needed} weights above 0 in each row to draw {count} numbers": "multinomial cần {needed} trọng "
    "số dương trong mỗi hàng để rút {count} số",
    "this is not the state of a {kind} generator: {error}": "đây không phải là trạng thái của bộ sinh số ngẫu nhiên "
    "{kind}: {error}",
}


def phrase(english: str, **details: object) -> Text:
    """A phrase in every language.

    Args:
        english: the English text, which is its key in `VIETNAMESE`.
        **details: what to put into its `{…}`; a phrase among them appears in the language of the whole.
    """
    return filled({"en": english, "vi": VIETNAMESE[english]}, details)


def said(english: str, **details: object) -> str:
    """A phrase in the language that is in force now; its arguments are those of `phrase`."""
    return phrase(english, **details)[current_language()]


def filled(template: Text, details: dict[str, object]) -> Text:
    """A text with its `{…}` filled in, in every language."""
    return {
        lang: template[lang].format(
            **{k: d[lang] if isinstance(d, dict) and lang in d else d for k, d in details.items()}
        )
        for lang in LANGUAGES
    }
