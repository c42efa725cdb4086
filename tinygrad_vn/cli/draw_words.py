"""What `tinygrad-vn draw` and `explain` say, Vietnamese and English side by side; words.py takes it into its table."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language

DRAW_WORDS: Final[dict[str, dict[Language, str]]] = {
    # --help
    "help draw": {
        "vi": "vẽ đồ thị tính toán của một công thức, với mọi giá trị và gradient",
        "en": "draw the computation graph of a formula, with all values and gradients",
    },
    "help explain": {
        "vi": "trình bày từng dòng cách tính một công thức và đạo hàm của nó",
        "en": "derive a formula's value and gradients line by line",
    },
    "about draw": {
        "vi": "Vẽ [computation graph] của một công thức: mỗi ô có giá trị và gradient, mỗi mũi tên có đạo hàm riêng. "
        "Không có -o thì in bảng các giá trị và gradient.",
        "en": "Draws the [computation graph] of a formula: every box with its value and gradient, every arrow with its "
        "local derivative. Without -o, the table of values and gradients is printed.",
    },
    "about explain": {
        "vi": "Trình bày như trên bảng: lan truyền xuôi từng dòng với con số, rồi lan truyền ngược theo quy tắc dây "
        "chuyền (chain rule).",
        "en": "Derives as on the blackboard: forward line by line with numbers, then backward by the chain rule.",
    },
    "file": {"vi": "TỆP", "en": "FILE"},
    "formula": {"vi": "CÔNG_THỨC", "en": "FORMULA"},
    "computation": {"vi": "cần tính", "en": "what to compute"},
    "help a formula": {"vi": "công thức đặt trong dấu ngoặc kép", "en": "a formula in quotation marks"},
    "help grad": {
        "vi": "các biến là tham số, như w,b; những biến khác là đầu vào, không có gradient (mặc định: mọi biến "
        "đều là tham số)",
        "en": "the variables that are parameters, such as w,b; the others are inputs without gradients (default: all "
        "variables are parameters)",
    },
    "help name": {"vi": "tên của kết quả (mặc định: f)", "en": "what the result is called (default: f)"},
    "help drawing out": {
        "vi": "tệp cần ghi: .svg .pdf .png .html .tex (TikZ) .md .mmd (Mermaid) .dot",
        "en": "the file to write: .svg .pdf .png .html .tex (TikZ) .md .mmd (Mermaid) .dot",
    },
    "help derivation out": {
        "vi": "tệp cần ghi: .txt .md .tex (LaTeX cho XeLaTeX); không có thì in ra",
        "en": "the file to write: .txt .md .tex (LaTeX for XeLaTeX); else it is printed",
    },
    "help steps": {
        "vi": "kể từng bước: .tex là slide beamer, .pdf mỗi bước một trang, thư mục (tên không có đuôi) mỗi bước một "
        "SVG",
        "en": "step by step: slides for beamer in a .tex, one page per step in a .pdf, one SVG per step in a folder (a "
        "name without ending)",
    },
    "help show": {
        "vi": "hiện những gì: value,grad,local (mặc định: cả ba)",
        "en": "what to show: value,grad,local (default: all three)",
    },
    "help rankdir": {
        "vi": "hướng vẽ: LR từ trái sang phải, TB từ trên xuống, RL, BT (mặc định: LR)",
        "en": "the direction: LR from left to right, TB from top to bottom, RL, BT (default: LR)",
    },
    "help heat": {
        "vi": "tô màu các ô theo độ lớn của gradient",
        "en": "colour the boxes by the size of their gradients",
    },
    "help backward": {
        "vi": "vẽ cả phần tính gradient (lan truyền ngược) thành đồ thị",
        "en": "draw the computation of the gradients as a graph too",
    },
    "help theme": {"vi": "light hoặc dark (mặc định: light)", "en": "light or dark (default: light)"},
    "help precision": {
        "vi": "số chữ số có nghĩa, từ 1 đến 15 (mặc định: 4)",
        "en": "significant digits, from 1 to 15 (default: 4)",
    },
    "help derivation format": {
        "vi": "text, markdown hoặc latex (mặc định: theo đuôi tệp của -o, nếu không có thì text)",
        "en": "text, markdown or latex (default: as the ending of -o says, else text)",
    },
    "draw examples": {
        "vi": """ví dụ:
  tinygrad-vn draw "(w*x + b - y)**2" w=2 x=56 b=5 y=45 --grad w,b --name loss -o loss.svg
  tinygrad-vn draw "-log_softmax(W @ x){first}" W={matrix} x={vector} --grad W -o loss.html
  tinygrad-vn draw "sigmoid(w*x)" w=0.5 x=2 --steps -o slides.tex

Công thức dùng + - * / ** @, ngoặc, pi, e, chỉ số, .T và các hàm khả vi theo tên của NumPy (exp, log, tanh, sum,
linalg.inv, …) cùng relu, sigmoid, softmax, …. Giá trị là số hoặc mảng.""",
        "en": """examples:
  tinygrad-vn draw "(w*x + b - y)**2" w=2 x=56 b=5 y=45 --grad w,b --name loss -o loss.svg
  tinygrad-vn draw "-log_softmax(W @ x){first}" W={matrix} x={vector} --grad W -o loss.html
  tinygrad-vn draw "sigmoid(w*x)" w=0.5 x=2 --steps -o slides.tex

Formulas have + - * / ** @, brackets, pi, e, indices, .T, and the differentiable functions by NumPy's names (exp, log,
tanh, sum, linalg.inv, …) with relu, sigmoid, softmax, …. Values are numbers or arrays.""",
    },
    "explain examples": {
        "vi": """ví dụ:
  tinygrad-vn explain "(w*x + b - y)**2" w=2 x=56 b=5 y=45 --grad w,b --name L
  tinygrad-vn explain "sum((X @ W)**2)" X={matrix} W={vector} --grad W -o bai_giai.tex""",
        "en": """examples:
  tinygrad-vn explain "(w*x + b - y)**2" w=2 x=56 b=5 y=45 --grad w,b --name L
  tinygrad-vn explain "sum((X @ W)**2)" X={matrix} W={vector} --grad W -o derivation.tex""",
    },
    # mistakes
    "no formula": {
        "vi": "thiếu công thức. Chẳng hạn: tinygrad-vn {command} '(w*x - y)**2' w=2 x=3 y=5. "
        "Xem: tinygrad-vn {command} --help",
        "en": "there is no formula. For example: tinygrad-vn {command} '(w*x - y)**2' w=2 x=3 y=5. "
        "See tinygrad-vn {command} --help",
    },
    "no function here": {
        "vi": "{text}: ở đây chỉ nhận công thức. Với tệp Python, hãy gọi tg.{command}(…) trong tệp đó.",
        "en": "{text}: only formulas can be taken here. In a Python file, call tg.{command}(…) there.",
    },
    "unknown parameter": {
        "vi": "--grad {name}: công thức không có biến này; có: {known}.",
        "en": "--grad {name}: the formula has no such variable; there are: {known}.",
    },
    "no parameter": {
        "vi": "--grad '': hãy ghi tên các biến, như --grad {example}.",
        "en": "--grad '': name variables, as in --grad {example}.",
    },
    "bad choice": {"vi": "--{option} {text}: có {known}.", "en": "--{option} {text}: there are {known}."},
    "bad name": {
        "vi": "--name {text}: hãy đặt một tên khác, chưa dùng cho biến nào.",
        "en": "--name {text}: choose a name that no variable has.",
    },
    "several values": {
        "vi": "'{formula}' cho nhiều kết quả. Hãy chọn một, như ({formula}){first}.",
        "en": "'{formula}' has several results. Choose one, as in ({formula}){first}.",
    },
    "no ending": {
        "vi": "-o {path}: tên tệp phải có đuôi, một trong: {known}.",
        "en": "-o {path}: the file needs one of these endings: {known}.",
    },
    "no steps": {
        "vi": "-o {path}: --steps ghi được .tex, .pdf, .html hoặc một thư mục (tên không có đuôi).",
        "en": "-o {path}: --steps writes .tex, .pdf, .html, or a folder (a name without ending).",
    },
    "steps need out": {
        "vi": "--steps cần -o, như -o slides.tex.",
        "en": "--steps needs -o, as in -o slides.tex.",
    },
    "cannot write output": {
        "vi": "-o {path}: không ghi được: {reason}.",
        "en": "-o {path}: cannot be written: {reason}.",
    },
    # what is printed
    "output": {"vi": "Đã ghi {path}", "en": "Written: {path}"},
    "output folder": {"vi": "Đã ghi {count} tệp vào {path}", "en": "Written: {count} files in {path}"},
    "hint out": {
        "vi": "Để vẽ: thêm -o {path} (hoặc .pdf .png .html .tex .md .dot).",
        "en": "For a picture, add -o {path} (or .pdf .png .html .tex .md .dot).",
    },
    "hint single": {
        "vi": "{name} có {count} phần tử: chỉ đạo hàm được một đại lượng vô hướng (scalar). Hãy lấy tổng hoặc trung "
        "bình, như sum(…) hay mean(…).",
        "en": "{name} has {count} elements: only a single number has gradients. Take a sum or a mean, as in sum(…) or "
        "mean(…).",
    },
}
