"""The terms of lectures, and the words of drawings and plots, Vietnamese and English side by side.

The lectures keep many English terms inside Vietnamese sentences (gradient, epoch, learning rate), and so do we; where a
Vietnamese term is usual it stands in front, with the English one behind it in brackets where that helps to look
something up. A term stands in this table only: sentences, also those of the command line, take it from here by writing
its key in square brackets.
"""

from __future__ import annotations

import re
from typing import Final

from tinygrad_vn.language import Language, resolve

_TERM: Final = re.compile(r"\[([^]]+)\]")

WORDS: Final[dict[str, dict[Language, str]]] = {
    # headings inside a box
    "value": {"vi": "giá trị", "en": "value"},
    "grad": {"vi": "gradient", "en": "gradient"},
    "min": {"vi": "nhỏ nhất", "en": "min"},
    "mean": {"vi": "trung bình", "en": "mean"},
    "max": {"vi": "lớn nhất", "en": "max"},
    "norm": {"vi": "chuẩn ‖·‖", "en": "norm ‖·‖"},
    # roles
    "input": {"vi": "đầu vào (input)", "en": "input"},
    "parameter": {"vi": "tham số (parameter)", "en": "parameter"},
    "intermediate": {"vi": "giá trị trung gian", "en": "intermediate value"},
    "loss": {"vi": "hàm mất mát (loss)", "en": "loss"},
    "constant": {"vi": "hằng số", "en": "constant"},
    "output": {"vi": "đầu ra (output)", "en": "output"},
    "gradient": {"vi": "gradient", "en": "gradient"},
    "gradients": {"vi": "gradient", "en": "gradients"},
    "forward part": {"vi": "lan truyền xuôi", "en": "forward"},
    "backward part": {"vi": "lan truyền ngược", "en": "backward"},
    # notes below a picture
    "note not recorded": {
        "vi": "Không có phép tính nào được ghi lại: không Tensor nào có requires_grad=True, hoặc đang trong no_grad().",
        "en": "No operation was recorded: no Tensor has requires_grad=True, or this ran under no_grad().",
    },
    "note not kept": {
        "vi": "—: đồ thị không còn giữ số này (quá lớn, hoặc backward() đã giải phóng).",
        "en": "—: the graph no longer holds these numbers (too large, or released by backward()).",
    },
    "note no gradient": {
        "vi": "gradient —: chưa tính; cần một kết quả là một số duy nhất, hoặc hãy gọi backward() trước.",
        "en": "gradient —: not computed; it takes one result that is a single number, or a backward() before.",
    },
    "note no heat": {
        "vi": "Không có gradient nào để tô màu: cần một kết quả duy nhất, là một số duy nhất.",
        "en": "There are no gradients to colour: it takes one result that is a single number.",
    },
    "operation": {"vi": "phép toán", "en": "operation"},
    # titles and descriptions
    "computation graph": {"vi": "đồ thị tính toán (computation graph)", "en": "computation graph"},
    "graph of": {"vi": "[Computation graph] của {name}", "en": "[Computation graph] of {name}"},
    "inputs": {"vi": "đầu vào", "en": "inputs"},
    "parameters": {"vi": "tham số", "en": "parameters"},
    "constants": {"vi": "hằng số", "en": "constants"},
    "operations": {"vi": "phép toán", "en": "operations"},
    # gradient heat
    "heat": {"vi": "độ lớn của gradient ‖∇‖ (thang log)", "en": "size of the gradient ‖∇‖ (log scale)"},
    "layer": {"vi": "lớp (layer)", "en": "layer"},
    "equal layers": {"vi": "{count} [layer] giống nhau", "en": "{count} equal layers"},
    "operations each time": {"vi": "số phép toán mỗi lần", "en": "operations each time"},
    "folded": {"vi": "phần thu gọn", "en": "folded part"},
    "folded parts": {"vi": "phần thu gọn", "en": "folded parts"},
    # the story told step by step
    "forward step": {"vi": "Lan truyền xuôi (feedforward): {sign}", "en": "Forward: {sign}"},
    "recorded backward step": {"vi": "Lan truyền ngược (backpropagation): {sign}", "en": "Backward pass: {sign}"},
    "seed step": {
        "vi": "Bắt đầu lan truyền ngược (backpropagation): đạo hàm của {name} theo chính nó",
        "en": "The backward pass starts: the derivative of {name} with respect to itself",
    },
    "backward step": {
        "vi": "Lan truyền ngược (backpropagation) qua {sign}: quy tắc dây chuyền (chain rule)",
        "en": "Backward through {sign}: the chain rule",
    },
    "network backward": {
        "vi": "Lan truyền ngược (backpropagation): {layer}",
        "en": "Backward: {layer}",
    },
    "contributions added": {"vi": "tổng của {count} phần đóng góp", "en": "the sum of {count} contributions"},
    "summary step": {"vi": "Kết quả: gradient của mọi tham số", "en": "Result: the gradients of all parameters"},
    "summary without gradients": {"vi": "Kết quả: chỉ có lan truyền xuôi", "en": "Result: the forward pass only"},
    "several results": {
        "vi": "Không có gradient: có nhiều kết quả, mà gradient là của một số duy nhất.",
        "en": "No gradients: there are several results, and gradients are those of one number.",
    },
    "no single number": {
        "vi": "Không có gradient: {name} không phải là một số duy nhất (kích thước {shape}).",
        "en": "No gradients: {name} is not a single number (shape {shape}).",
    },
    "values released": {
        "vi": "Không có gradient: backward() đã giải phóng các giá trị trung gian.",
        "en": "No gradients: backward() has released the values in between.",
    },
    "nothing to derive": {
        "vi": "Không có gradient: không Tensor nào cần gradient, hoặc hình này không yêu cầu.",
        "en": "No gradients: no Tensor requires one, or this drawing does not ask for them.",
    },
    # pages to click through (page, animate)
    "page step": {"vi": "bước", "en": "step"},
    "page first": {"vi": "về đầu", "en": "first"},
    "page back": {"vi": "lùi lại", "en": "back"},
    "page next": {"vi": "tiếp theo", "en": "next"},
    "page last": {"vi": "đến cuối", "en": "last"},
    "page blank": {"vi": "màn hình đen", "en": "blank screen"},
    "page whole": {"vi": "cả đồ thị / phóng to", "en": "whole graph / enlarged"},
    "page full": {"vi": "toàn màn hình", "en": "full screen"},
    "page language": {"vi": "English", "en": "Tiếng Việt"},
    "page theme": {"vi": "nền sáng / tối", "en": "light / dark"},
    "page name": {"vi": "tên", "en": "name"},
    "page role": {"vi": "vai trò", "en": "role"},
    "page table": {"vi": "giá trị và gradient ở bước này", "en": "values and gradients at this moment"},
    "page scriptless": {
        "vi": "Muốn xem từng bước, hãy bật JavaScript; hình trên là kết quả cuối.",
        "en": "To go step by step, switch on JavaScript; the picture above is the final result.",
    },
    "page epoch": {"vi": "Epoch {epoch}", "en": "Epoch {epoch}"},
    "page training of": {"vi": "Quá trình huấn luyện: {name}", "en": "Training: {name}"},
    # networks
    "neural network": {"vi": "mạng nơ-ron (neural network)", "en": "neural network"},
    "input layer": {"vi": "lớp đầu vào (input layer)", "en": "input layer"},
    "hidden layer": {"vi": "lớp ẩn (hidden layer)", "en": "hidden layer"},
    "hidden layer numbered": {"vi": "lớp ẩn {number} (hidden layer {number})", "en": "[hidden layer] {number}"},
    "output layer": {"vi": "lớp đầu ra (output layer)", "en": "output layer"},
    "neurons counted": {"vi": "số neuron: {count}", "en": "neurons: {count}"},
    "neurons hidden": {"vi": "{count} neuron không vẽ", "en": "{count} neurons not drawn"},
    "bias node": {"vi": "node 1 của hệ số bias", "en": "the node 1 of the biases"},
    # derivations and tables (explain, trace_table)
    "given": {"vi": "Cho trước", "en": "Given"},
    "forward pass": {"vi": "Lan truyền xuôi (feedforward)", "en": "Forward pass"},
    "backward pass": {
        "vi": "Lan truyền ngược (backpropagation): đi từ {name} về đầu vào theo quy tắc dây chuyền (chain rule)",
        "en": "Backward pass (backpropagation): from {name} to the inputs by the chain rule",
    },
    "through": {"vi": "Qua", "en": "Through"},
    "sum over rows": {"vi": "tổng theo các hàng", "en": "sum over the rows"},
    "sum over columns": {"vi": "tổng theo các cột", "en": "sum over the columns"},
    "sum over axes": {"vi": "tổng theo trục {axes}", "en": "sum over the axes {axes}"},
    "sum of all elements": {"vi": "tổng của mọi phần tử", "en": "sum of all elements"},
    "sum over paths": {"vi": "tổng theo {count} đường đi", "en": "sum over {count} paths"},
    "all paths": {"vi": "Mọi đường đi", "en": "All paths"},
    "rest of the paths": {
        "vi": "số cuối là tổng của những đường đi còn lại",
        "en": "the last number is the sum of the other paths",
    },
    "no backward pass": {
        "vi": "Chỉ đạo hàm được một đại lượng vô hướng (scalar): hãy lấy tổng hoặc trung bình trước.",
        "en": "Only a single number has gradients: take a sum or a mean first.",
    },
    "values are gone": {
        "vi": "backward() đã giải phóng các giá trị trung gian: hãy gọi explain() trước, hoặc dùng retain_graph=True.",
        "en": "backward() has released the values in between: call explain() before it, or pass retain_graph=True.",
    },
    "lines left out": {"vi": "… lược bớt {count} dòng …", "en": "… {count} lines left out …"},
    "cut off": {
        "vi": "Quá dài: chỉ trình bày các bước đầu tiên. Dùng wrt= để chọn tham số cần xem.",
        "en": "Too long: only the first steps are shown. Choose what to see with wrt=.",
    },
    "signs": {"vi": "Ký hiệu", "en": "Notation"},
    "⊗ sign": {"vi": "⊗: nhân từng phần tử (elementwise)", "en": "⊗: product element by element"},
    "axis sign": {
        "vi": "{signs}: chỉ số là trục; ∑₁ là tổng theo axis=1",
        "en": "{signs}: the index is the axis; ∑₁ is the sum along axis=1",
    },
    "ones sign": {
        "vi": "{sign}: mọi phần tử đều bằng 1, kích thước {shape}",
        "en": "{sign}: every element is 1, shape {shape}",
    },
    "rounded": {
        "vi": "Các số được làm tròn đến {count} chữ số có nghĩa khi viết ra, nhưng tính với đầy đủ chữ số",
        "en": "Numbers are written with {count} significant digits, but computed with all of theirs",
    },
    "log₁₀ sign": {"vi": "log₁₀: logarit cơ số 10", "en": "log₁₀: the logarithm to base 10"},
    "log₂ sign": {"vi": "log₂: logarit cơ số 2", "en": "log₂: the logarithm to base 2"},
    "inverse sign": {"vi": "A⁻¹: ma trận nghịch đảo của A", "en": "A⁻¹: the inverse of A"},
    "onehot sign": {
        "vi": "onehot(y): mỗi hàng có số 1 ở cột của lớp đúng, còn lại là 0",
        "en": "onehot(y): in every row 1 in the column of the true class, else 0",
    },
    "class sign": {
        "vi": "{sign}: ở hàng i, phần tử thuộc cột của lớp đúng yᵢ",
        "en": "{sign}: of row i, the element in the column of the true class yᵢ",
    },
    "⧺ sign": {"vi": "A ⧺ B: nối các mảng (concatenate)", "en": "A ⧺ B: one array after the other (concatenate)"},
    "part sign": {"vi": "{sign}: phần của g ứng với A", "en": "{sign}: the part of g that belongs to A"},
    "reshape sign": {
        "vi": "reshape(x, s): các phần tử của x xếp lại theo kích thước s",
        "en": "reshape(x, s): the elements of x in the shape s",
    },
    "shape sign": {"vi": "shape(x): kích thước của x", "en": "shape(x): the shape of x"},
    "transpose sign": {
        "vi": "transpose(x, axes): đổi thứ tự các trục",
        "en": "transpose(x, axes): the axes in another order",
    },
    "transpose⁻¹ sign": {
        "vi": "transpose⁻¹(g, axes): trả các trục về thứ tự cũ",
        "en": "transpose⁻¹(g, axes): the axes back in their order",
    },
    "broadcast sign": {
        "vi": "broadcast(g): lặp lại g cho đủ shape của tham số",
        "en": "broadcast(g): g repeated up to the shape of the argument",
    },
    "scatter sign": {
        "vi": "scatter(g, i): đặt g vào các vị trí i, những chỗ khác là 0",
        "en": "scatter(g, i): g at the places i, 0 elsewhere",
    },
    "bracket sign": {
        "vi": "Điều kiện trong ngoặc vuông: bằng 1 nếu đúng, bằng 0 nếu sai (dấu ngoặc Iverson)",
        "en": "A statement in square brackets: 1 where it holds, else 0 (Iverson bracket)",
    },
    "node": {"vi": "node", "en": "node"},
    "local derivatives": {"vi": "đạo hàm riêng", "en": "local derivatives"},
    # curves
    "loss curve": {"vi": "đường cong hàm mất mát (loss curve)", "en": "loss curve"},
    "epoch": {"vi": "epoch", "en": "epoch"},
    "training set": {"vi": "tập huấn luyện", "en": "training"},
    "test set": {"vi": "tập kiểm tra", "en": "held out"},
    "validation set": {"vi": "tập validation", "en": "validation"},
    "loss curves": {"vi": "[loss curve] của các lần chạy", "en": "[loss curve]s of several runs"},
    "gradient norms": {"vi": "chuẩn (norm) của gradient theo từng tham số", "en": "gradient norm of every parameter"},
    "gradient norm": {"vi": "chuẩn của gradient ‖∇‖", "en": "gradient norm ‖∇‖"},
    "vanishing": {
        "vi": "gradient triệt tiêu (vanishing): dưới {limit}",
        "en": "vanishing gradient: below {limit}",
    },
    "exploding": {"vi": "gradient bùng nổ (exploding): trên {limit}", "en": "exploding gradient: above {limit}"},
    "epochs without place": {
        "vi": "{name}\n(0, ∞ hoặc NaN ở {count} epoch)",
        "en": "{name}\n(0, ∞ or NaN in {count} epochs)",
    },
    # landscapes, functions and what models say
    "descent": {"vi": "đường đi của gradient descent", "en": "path of gradient descent"},
    "descent start": {"vi": "điểm đầu {point}: f = {value}", "en": "start {point}: f = {value}"},
    "descent end": {
        "vi": "sau {steps} bước {point}: f = {value}",
        "en": "after {steps} steps {point}: f = {value}",
    },
    "activation function": {"vi": "hàm kích hoạt (activation function)", "en": "activation function"},
    "activation functions": {"vi": "các hàm kích hoạt f(x)", "en": "activation functions f(x)"},
    "activation named": {"vi": "[Activation function]: {name}", "en": "[Activation function]: {name}"},
    "their derivatives": {"vi": "đạo hàm f′(x)", "en": "derivatives f′(x)"},
    "derivative": {"vi": "đạo hàm f′(x)", "en": "derivative f′(x)"},
    "predictions": {"vi": "giá trị dự đoán và giá trị thực tế", "en": "predictions against targets"},
    "target": {"vi": "giá trị thực tế", "en": "target"},
    "prediction": {"vi": "giá trị dự đoán", "en": "prediction"},
    "exact": {"vi": "dự đoán đúng hoàn toàn", "en": "exact prediction"},
    "one sample": {"vi": "một mẫu", "en": "one sample"},
    "decision boundary": {"vi": "ranh giới quyết định (decision boundary)", "en": "decision boundary"},
    "class named": {"vi": "lớp {name}", "en": "class {name}"},
    "probability": {"vi": "xác suất của lớp {name}", "en": "probability of class {name}"},
    "learning rate": {"vi": "tốc độ học (learning rate)", "en": "learning rate"},
    # the range test of learning rates
    "learning rate range test": {"vi": "Loss theo [learning rate]", "en": "Loss by [learning rate]"},
    "next loss": {"vi": "loss sau mỗi bước", "en": "loss after each step"},
    "running mean": {"vi": "trung bình trượt", "en": "running mean"},
    "suggested rate": {"vi": "gợi ý: {rate}", "en": "suggestion: {rate}"},
    # numeric derivatives
    "error of central difference": {
        "vi": "Sai số của sai phân trung tâm theo bước h: {label}",
        "en": "Error of the central difference by step: {label}",
    },
    "step h": {"vi": "bước h", "en": "step h"},
    "error": {"vi": "sai số", "en": "error"},
    "truncation": {"vi": "sai số cắt (truncation) ∝ h²", "en": "truncation ∝ h²"},
    "round-off": {"vi": "sai số làm tròn (round-off) ∝ 1/h", "en": "round-off ∝ 1/h"},
    "best step": {"vi": "bước tốt nhất: {step}", "en": "best step: {step}"},
    # what recommenders are taught with
    "matrix factorization": {"vi": "phân tích ma trận (matrix factorization)", "en": "matrix factorization"},
    "user": {"vi": "người dùng", "en": "user"},
    "film": {"vi": "phim", "en": "film"},
    "factor": {"vi": "đặc trưng ẩn (latent factors)", "en": "factor"},
    "rating": {"vi": "lượt đánh giá", "en": "rating"},
    "true rating": {"vi": "điểm thực tế", "en": "rating"},
    "predicted rating": {"vi": "điểm dự đoán", "en": "prediction"},
}


def word(key: str, lang: str | None = None, **details: object) -> str:
    """A word or sentence in the wanted language.

    Args:
        key: its English key in `WORDS`.
        lang: "vi" or "en"; None for the language setting.
        **details: what to put into its `{…}`.

    Raises:
        KeyError: for a key that the table does not have.
        ValueError: for a language that is neither.
    """
    language = resolve(lang)
    return sentence(WORDS[key][language], language, **details)


def sentence(text: str, lang: Language, /, **details: object) -> str:
    """A text with its `[terms]` and its `{details}` filled in; `[Loss curve]` begins with a capital letter."""
    return _TERM.sub(lambda found: _term(found[1], lang), text).format(**details)


def capitalized(text: str) -> str:
    """A word at the beginning of a line: its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def _term(name: str, lang: Language) -> str:
    term = WORDS[name.lower()][lang]
    return term if name[0].islower() else capitalized(term)
