"""What `tinygrad-vn check` says, Vietnamese and English side by side; words.py takes it into its table."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

CHECK_WORDS: Final[dict[str, dict[Language, str]]] = {
    # --help
    "help check": {
        "vi": "kiểm tra gradient của một công thức, hoặc của một hàm trong tệp Python",
        "en": "check the gradients of a formula, or of a function in a Python file",
    },
    "about check": {
        "vi": "So sánh gradient tính bằng lan truyền ngược với hệ số góc (slope) của chính hàm đó, theo từng biến. "
        "Mã thoát (exit status): 0 nếu khớp, 1 nếu có gradient sai, 2 nếu lệnh viết chưa đúng.",
        "en": "Compares the gradients that backpropagation gives with the slopes of the function itself, variable by "
        "variable. Exit status: 0 if they agree, 1 if a gradient is wrong, 2 for a mistake in the call.",
    },
    "formula or function": {"vi": "CÔNG_THỨC|TỆP.py:HÀM", "en": "FORMULA|FILE.py:FUNCTION"},
    "name and value": {"vi": "tên=giá_trị", "en": "name=value"},
    "what": {"vi": "cần kiểm tra", "en": "what to check"},
    "help formula": {
        "vi": "công thức đặt trong dấu ngoặc kép, hoặc một hàm trong tệp Python",
        "en": "a formula in quotation marks, or a function in a Python file",
    },
    "help words": {"vi": "giá trị của từng biến", "en": "a value for each variable"},
    "help order": {
        "vi": "2: kiểm tra cả đạo hàm cấp hai (mặc định: 1)",
        "en": "2: check second derivatives too (default: 1)",
    },
    "help fast": {
        "vi": "kiểm tra theo vài hướng ngẫu nhiên thay vì từng phần tử",
        "en": "check a few random directions instead of every element",
    },
    "help strict": {
        "vi": "coi là không đạt nếu không kết luận được (INCONCLUSIVE)",
        "en": "fail also where no conclusion is possible (INCONCLUSIVE)",
    },
    "help atol": {"vi": "sai số tuyệt đối cho phép (mặc định: 1e-7)", "en": "absolute tolerance (default: 1e-7)"},
    "help rtol": {"vi": "sai số tương đối cho phép (mặc định: 1e-5)", "en": "relative tolerance (default: 1e-5)"},
    "help format": {
        "vi": "dạng kết quả (mặc định: table)",
        "en": "how to write the result (default: table)",
    },
    "check examples": {
        "vi": """ví dụ:
  tinygrad-vn check "tanh(w*x + b)" w=0.5 x=2 b=-1
  tinygrad-vn check "sum(log_softmax(A @ x))" A={array} x={vector} --order 2
  tinygrad-vn check bai_hoc.py:loss w=0.5

Công thức dùng + - * / ** @, ngoặc, pi, e, chỉ số, .T và các hàm khả vi theo tên của NumPy (exp, log, tanh, sum,
linalg.inv, …) cùng relu, sigmoid, softmax, …. Giá trị là số hoặc mảng, pi/4 cũng được; số nguyên trở thành số thực.

Với TỆP.py:HÀM, tham số lấy giá trị ở dòng lệnh, nếu không có thì lấy giá trị mặc định của nó trong tệp. Số thực và
mảng số thực được kiểm tra; tham số có giá trị mặc định khác (số nguyên, chuỗi, …) được giữ cố định.""",
        "en": """examples:
  tinygrad-vn check "tanh(w*x + b)" w=0.5 x=2 b=-1
  tinygrad-vn check "sum(log_softmax(A @ x))" A={array} x={vector} --order 2
  tinygrad-vn check lesson.py:loss w=0.5

Formulas have + - * / ** @, brackets, pi, e, indices, .T, and the differentiable functions by NumPy's names (exp, log,
tanh, sum, linalg.inv, …) with relu, sigmoid, softmax, …. Values are numbers or arrays, pi/4 too; whole numbers
become real ones.

In FILE.py:FUNCTION, a parameter takes its value from the command line, else its default in the file. Real numbers and
arrays of them are checked; parameters with other defaults (whole numbers, texts, …) are kept fixed.""",
    },
    # mistakes in a formula
    "formula mistake": {
        "vi": "'{formula}', vị trí {place}: {reason}",
        "en": "'{formula}', position {place}: {reason}",
    },
    "empty formula": {
        "vi": "công thức trống. Hãy viết, chẳng hạn, '{example}'.",
        "en": "the formula is empty. Write, for example, '{example}'.",
    },
    "formula too long": {
        "vi": "công thức quá dài hoặc lồng quá sâu. Hãy viết bằng Python: một hàm trong tệp cho check, "
        "tg.draw(…) để vẽ.",
        "en": "the formula is too long, or nested too deeply. Write it in Python: a function in a file for check, "
        "tg.draw(…) for a picture.",
    },
    "cannot read on": {
        "vi": "không đọc tiếp được từ đây; có thể thiếu một số, một tên hoặc một dấu.",
        "en": "cannot be read on from here; a number, a name or a sign may be missing.",
    },
    "no sign": {
        "vi": "thiếu dấu giữa {left} và {right}. Nếu là phép nhân, hãy viết * ở giữa.",
        "en": "there is no sign between {left} and {right}. For a product, write * between them.",
    },
    "never opened": {
        "vi": "dấu {sign} không có dấu mở tương ứng.",
        "en": "there is no opening bracket for this {sign}.",
    },
    "never closed": {"vi": "dấu {sign} chưa được đóng.", "en": "this {sign} is never closed."},
    "foreign sign": {
        "vi": "không hiểu ký hiệu {sign}. Dùng được: + - * / ** @, ngoặc, và hàm theo tên, như sqrt(x), abs(x).",
        "en": "the sign {sign} has no meaning here. There are + - * / ** @, brackets, and functions by name, such as "
        "sqrt(x), abs(x).",
    },
    "word of Python": {
        "vi": "{word} là từ khoá của Python, không dùng trong công thức được. Nếu là tên biến, hãy đặt tên khác.",
        "en": "{word} is a word of Python, and has no place in a formula. If it is a variable, give it another name.",
    },
    "power sign": {
        "vi": "luỹ thừa viết bằng **, như x**2, không phải ^.",
        "en": "powers are written **, as x**2, not ^.",
    },
    "comparison": {
        "vi": "phép so sánh {sign} không có gradient. Hãy dùng maximum, minimum, relu, clip, hoặc một hàm trong tệp.",
        "en": "the comparison {sign} has no gradient. Use maximum, minimum, relu, clip, or a function in a file.",
    },
    "equation": {
        "vi": "hãy chỉ viết vế phải của dấu =; giá trị của biến viết riêng, ngoài công thức: x=2.",
        "en": "write only what stands to the right of the =; values go outside the formula: x=2.",
    },
    "other operator": {
        "vi": "không có phép {sign}; có + - * / ** @. Phần dư viết là remainder(x, y).",
        "en": "there is no operator {sign}; there are + - * / ** @. A remainder is remainder(x, y).",
    },
    "not in formulas": {
        "vi": "công thức không dùng được {text}. Hãy viết bằng Python: một hàm trong tệp cho check, tg.draw(…) để vẽ.",
        "en": "{text} cannot stand in a formula. Write it in Python: a function in a file for check, tg.draw(…) for a "
        "picture.",
    },
    "unknown attribute": {
        "vi": "không hiểu {text}. Sau dấu chấm chỉ có T, mT và các hàm, như x.sum().",
        "en": "there is no {text}. Behind a dot there are T, mT, and functions, as in x.sum().",
    },
    "giant": {
        "vi": "mảng ở đây sẽ có khoảng {size} phần tử; công thức chỉ nhận tối đa {most}.",
        "en": "this would make an array of about {size} elements; formulas go up to {most}.",
    },
    "too large": {
        "vi": "{text} quá lớn: số thực chỉ đến khoảng 1.8·10³⁰⁸.",
        "en": "{text} is too large: numbers go up to about 1.8·10³⁰⁸.",
    },
    "not finite": {
        "vi": "{text} = {value} với các giá trị này, nên gradient qua chỗ này không dùng được.",
        "en": "{text} = {value} with these values, so gradients that pass through it mean nothing.",
    },
    "not all finite": {
        "vi": "{text} có phần tử {value} với các giá trị này, nên gradient qua đó không dùng được.",
        "en": "{text} has elements that are {value} with these values, so gradients that pass through them mean "
        "nothing.",
    },
    "bad index": {
        "vi": "chỉ số {text} không hợp lệ: hãy dùng số nguyên hoặc đoạn, như x{example}.",
        "en": "{text} is no index: write whole numbers or slices, as in x{example}.",
    },
    "largest of two": {
        "vi": "{name}(x, n) tìm dọc theo trục n. Để so hai giá trị, hãy viết maximum(x, y) hoặc minimum(x, y); "
        "để chọn trục: axis=n.",
        "en": "{name}(x, n) looks along axis n. For the larger or smaller of two, write maximum(x, y) or "
        "minimum(x, y); for an axis, axis=n.",
    },
    "call of a variable": {
        "vi": "{name}(…) là gọi hàm {name}, nhưng không có hàm này. Nếu là phép nhân, hãy viết {name}*(…).",
        "en": "{name}(…) calls a function {name}, which there is not. For a product, write {name}*(…).",
    },
    "function like": {
        "vi": "không có hàm {name}. Có phải là {close}?",
        "en": "there is no function {name}. Did you mean {close}?",
    },
    "unknown function": {
        "vi": "không có hàm khả vi {name}; dùng được các hàm theo tên của NumPy, như exp, log, tanh, sum.",
        "en": "there is no differentiable function {name}; there are those of NumPy, such as exp, log, tanh, sum.",
    },
    # mistakes in values
    "nothing to check": {
        "vi": "thiếu công thức. Chẳng hạn: tinygrad-vn check 'tanh(w*x)' w=0.5 x=2. Xem: tinygrad-vn check --help",
        "en": "there is no formula. For example: tinygrad-vn check 'tanh(w*x)' w=0.5 x=2. See tinygrad-vn check --help",
    },
    "not a value": {
        "vi": "{word} không phải là giá trị của biến. Hãy viết tên=số, như x=2, và đặt cả công thức "
        "trong dấu ngoặc kép.",
        "en": "{word} is no value of a variable. Write name=number, such as x=2, and put the whole formula in "
        "quotation marks.",
    },
    "value twice": {"vi": "{name} có hai giá trị. Hãy giữ lại một.", "en": "{name} has two values. Keep one of them."},
    "bad value": {
        "vi": "{word}: hãy viết một số hữu hạn, như {number}, hoặc một mảng, như {array}.",
        "en": "{word}: write a finite number, such as {number}, or an array, such as {array}.",
    },
    "uneven rows": {
        "vi": "{word}: hàng {row} có {count} phần tử, còn hàng 1 có {first}; mọi hàng phải dài bằng nhau.",
        "en": "{word}: the length of row {row} is {count}, that of row 1 is {first}; all rows must have the same.",
    },
    "decimal comma": {
        "vi": "{word}: số thập phân viết bằng dấu chấm, {right}; nhiều số thì đặt trong ngoặc vuông, {array}.",
        "en": "{word}: a decimal number has a point, {right}; several numbers stand in square brackets, {array}.",
    },
    "bad tolerance": {
        "vi": "{option} {text}: hãy viết một số không âm, như 1e-6.",
        "en": "{option} {text}: write a number of 0 or more, such as 1e-6.",
    },
    "bad format": {"vi": "--format {text}: có {known}.", "en": "--format {text}: there are {known}."},
    "no variables": {
        "vi": "'{formula}' không có biến nào để lấy đạo hàm. Hãy dùng tên cho các biến, như 'x**2' x=3.",
        "en": "'{formula}' has no variable to differentiate by. Use names for variables, as in 'x**2' x=3.",
    },
    "function without argument": {
        "vi": "{name} là hàm: hãy viết {name}(x).",
        "en": "{name} is a function: write {name}(x).",
    },
    "missing values": {
        "vi": "chưa có giá trị cho {names}. Hãy thêm, chẳng hạn, {words}",
        "en": "there is no value for {names}. Add, for example, {words}",
    },
    "unknown variable": {
        "vi": "có giá trị cho {name}, nhưng không có biến này; các biến là: {known}.",
        "en": "there is a value for {name}, which does not occur; the variables are: {known}.",
    },
    "meant variable": {
        "vi": "có giá trị cho {name}, nhưng không có biến này. Có phải là {known}?",
        "en": "there is a value for {name}, which does not occur. Did you mean {known}?",
    },
    "cannot compute": {
        "vi": "không tính được '{formula}' với các giá trị này: {text}",
        "en": "'{formula}' cannot be computed with these values: {text}",
    },
    # functions in files
    "which function": {
        "vi": "{path}: thiếu tên hàm. Hãy viết {path}:tên_hàm.",
        "en": "{path}: which function? Write {path}:function.",
    },
    "no such module": {
        "vi": "{path}: không có tệp này. Hãy kiểm tra lại đường dẫn.",
        "en": "{path}: there is no such file. Check the path.",
    },
    "no such function": {
        "vi": "{path} không có hàm {name}; có: {known}.",
        "en": "{path} has no function {name}; there are: {known}.",
    },
    "no functions": {
        "vi": "{path} không có hàm {name}, cũng không có hàm nào khác. Hãy viết: def {name}(x): …",
        "en": "{path} has no function {name}, and no other. Write def {name}(x): …",
    },
    "not callable": {
        "vi": "{path}: {name} thuộc kiểu {kind}, không phải là hàm.",
        "en": "{path}: {name} is of type {kind}, and no function.",
    },
    "no values": {
        "vi": "hàm {name} không có gì để kiểm tra: hãy cho ít nhất một số thực, như x=2.0; số nguyên được giữ cố định.",
        "en": "there is nothing to check in {name}: give a real number, such as x=2.0; whole ones are kept fixed.",
    },
    "place in file": {"vi": "{path}, dòng {line}", "en": "{path}, line {line}"},
    "user error": {"vi": "{place}: {kind}: {text}", "en": "{place}: {kind}: {text}"},
    # the result
    "kept fixed": {"vi": "Giữ cố định: {fixed}", "en": "Kept fixed: {fixed}"},
    "at": {"vi": "tại", "en": "at"},
    "gradient": {"vi": "gradient", "en": "gradient"},
    "second derivative": {"vi": "đạo hàm cấp hai", "en": "second derivative"},
    "slope of function": {"vi": "hệ số góc của hàm", "en": "slope of the function"},
    "slope of gradient": {"vi": "hệ số góc của gradient", "en": "slope of the gradient"},
    "distance": {"vi": "sai số", "en": "error"},
    "more rows": {"vi": "… và {n} phần tử nữa", "en": "… and {n} more elements"},
}
