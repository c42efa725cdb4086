"""What a gradient check says, Vietnamese and English side by side."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.language import Language, resolve

WORDS: Final[dict[str, dict[Language, str]]] = {
    # the first line of a report
    "passed 1": {"en": "Gradient check passed", "vi": "Kiểm tra gradient đạt"},
    "failed 1": {"en": "Gradient check FAILED", "vi": "Kiểm tra gradient KHÔNG ĐẠT"},
    "passed 2": {"en": "Check of second derivatives passed", "vi": "Kiểm tra đạo hàm cấp hai đạt"},
    "failed 2": {"en": "Check of second derivatives FAILED", "vi": "Kiểm tra đạo hàm cấp hai KHÔNG ĐẠT"},
    "elements": {"en": "{count} elements", "vi": "{count} phần tử"},
    "nothing": {"en": "no elements", "vi": "không có phần tử nào"},
    "projections": {
        "en": "{count} random projections of {total} elements",
        "vi": "{count} hướng ngẫu nhiên qua {total} phần tử",
    },
    "setting": {
        "en": "seed {seed}, atol {atol:.1g}, rtol {rtol:.1g}, in {precision}",
        "vi": "seed {seed}, atol {atol:.1g}, rtol {rtol:.1g}, tính bằng {precision}",
    },
    "from float32": {"en": "float64 (the inputs are float32)", "vi": "float64 (đầu vào là float32)"},
    "in coarser": {
        "en": "{dtype}, since the function computes in it, and with tolerances to match",
        "vi": "{dtype} vì hàm tính bằng kiểu này, với sai số cho phép tương ứng",
    },
    # columns
    "element": {"en": "element", "vi": "phần tử"},
    "analytic": {"en": "analytic", "vi": "gradient"},
    "numeric": {"en": "numeric", "vi": "trị số"},
    "uncertainty": {"en": "± of numeric", "vi": "± của trị số"},
    "error": {"en": "error", "vi": "sai số"},
    "relative": {"en": "relative", "vi": "tương đối"},
    "verdict": {"en": "verdict", "vi": "kết luận"},
    "and more": {"en": "… and {count} more", "vi": "… và {count} phần tử nữa"},
    "maybe more": {"en": "… there may be more: the search ends here", "vi": "… có thể còn nữa: việc tìm dừng ở đây"},
    # under the table
    "kink": {
        "en": "{label} is at a kink: slope {left} to the left, {right} to the right; "
        "the gradient {analytic} lies {where}. There is no derivative here: check at another point.",
        "vi": "{label} nằm ở điểm gãy: hệ số góc bên trái {left}, bên phải {right}; gradient {analytic} nằm {where}. "
        "Ở đây không có đạo hàm: hãy kiểm tra tại điểm khác.",
    },
    "between": {"en": "between them", "vi": "giữa hai giá trị đó"},
    "outside": {"en": "outside them", "vi": "ngoài khoảng đó"},
    "no value": {"en": "none (no value there)", "vi": "không có (hàm không xác định)"},
    "inconclusive": {
        "en": "{label}: the numeric slope is known only to ± {uncertainty} "
        "(truncation {truncation}, round-off {round_off}), too little to judge by. "
        "Try inputs of ordinary size, or a larger rtol.",
        "vi": "{label}: đạo hàm số chỉ biết tới ± {uncertainty} "
        "(sai số cắt {truncation}, sai số làm tròn {round_off}), chưa đủ để kết luận. "
        "Hãy thử đầu vào có độ lớn thông thường, hoặc rtol lớn hơn.",
    },
    "nonfinite": {
        "en": "{label}: the gradient is {analytic}; the slope of the function is {left} to the left, "
        "{right} to the right. `with tg.detect_anomaly():` names the operation and the line.",
        "vi": "{label}: gradient bằng {analytic}; hệ số góc của hàm bên trái {left}, bên phải {right}. "
        "`with tg.detect_anomaly():` chỉ ra phép toán và dòng lệnh.",
    },
    "hint": {"en": "Hint: ", "vi": "Gợi ý: "},
    "weights": {
        "en": "Several results: they are summed with random weights, and these are slopes of that sum.",
        "vi": "Hàm có nhiều kết quả: chúng được cộng với trọng số ngẫu nhiên, và đây là hệ số góc của tổng đó.",
    },
    "starts": {
        "en": "`start` is the gradient that the first backward pass starts from; the gradient depends on it too.",
        "vi": "`start` là gradient xuất phát của lượt lan truyền ngược thứ nhất; gradient cũng phụ thuộc vào nó.",
    },
    "unchecked": {
        "en": "The result also depends on {names}, which is not checked: pass params=[…].",
        "vi": "Kết quả còn phụ thuộc vào {names}, chưa được kiểm tra: hãy truyền params=[…].",
    },
    "unnamed": {"en": "a Tensor without a name", "vi": "một Tensor không có tên"},
    # findings
    "random forward": {
        "en": "two runs with the same inputs differ by up to {distance} (result {place}): "
        "dropout, or random numbers without a seed. Switch the randomness off, or make its generator "
        "inside the function with a fixed seed.",
        "vi": "hai lần chạy với cùng đầu vào lệch nhau tới {distance} (kết quả {place}): dropout, "
        "hoặc số ngẫu nhiên không cố định seed. Hãy tắt phần ngẫu nhiên, hoặc tạo bộ sinh số ngẫu nhiên bên trong "
        "hàm với seed cố định.",
    },
    "result count": {
        "en": "two runs with the same inputs give {one} and {two} results.",
        "vi": "hai lần chạy với cùng đầu vào cho {one} và {two} kết quả.",
    },
    "random backward": {
        "en": "two backward passes give different gradients: {name} differs by {distance}.",
        "vi": "hai lần lan truyền ngược cho gradient khác nhau: {name} lệch {distance}.",
    },
    "writes input": {
        "en": "the function writes into its input {name}. Compute with a copy, y = x + 1 instead of x += 1.",
        "vi": "hàm ghi đè lên đầu vào {name}. Hãy tính trên bản sao, viết y = x + 1 thay cho x += 1.",
    },
    "writes rule": {
        "en": "the rule of {operation!r} for {argument!r} writes into `{what}`, which others still need. "
        "Write g * y instead of g *= y.",
        "vi": "quy tắc của {operation!r} cho {argument!r} ghi đè lên `{what}`, trong khi nơi khác còn cần nó. "
        "Hãy viết g * y thay cho g *= y.",
    },
    "accumulation": {
        "en": "backward() twice does not leave twice the gradient of {name}: a pass must add to what is there.",
        "vi": "gọi backward() hai lần không cho gấp đôi gradient của {name}: mỗi lần phải cộng dồn vào giá trị đã có.",
    },
    "kinks together": {
        "en": "{one} and {two} are at kinks of the same result. Each gradient lies between its slopes, but together "
        "they do not fit: along {one} {how} {two} the gradient is {analytic}, the slopes nearby are {low} to {high}. "
        "At a tie the elements must share the gradient, not get all of it each.",
        "vi": "{one} và {two} cùng nằm ở điểm gãy của một kết quả. Mỗi gradient nằm giữa hai hệ số góc của nó, nhưng "
        "gộp lại thì không khớp: theo hướng {one} {how} {two} gradient là {analytic}, các hệ số góc lân cận từ {low} "
        "đến {high}. Khi bằng nhau, các phần tử phải chia nhau gradient chứ không phải mỗi phần tử nhận trọn.",
    },
    "linearity": {
        "en": "the gradient of {name} is not proportional to the gradient that the pass starts from, or not the sum of "
        "its parts: a rule must multiply by g, whatever its size, also where g is 0.",
        "vi": "gradient của {name} không tỉ lệ với gradient xuất phát của lượt lan truyền ngược, hoặc không bằng tổng "
        "các phần: quy tắc phải nhân với g dù g lớn hay nhỏ, kể cả khi g bằng 0.",
    },
    "aliasing": {
        "en": "the gradient of {one} shares its memory with {two}: changing one would change the other.",
        "vi": "gradient của {one} dùng chung bộ nhớ với {two}: sửa một bên sẽ làm đổi bên kia.",
    },
    "layout": {
        "en": "the gradient of {name} depends on how the input lies in memory (non-contiguous inputs fail).",
        "vi": "gradient của {name} phụ thuộc cách đầu vào nằm trong bộ nhớ (sai khi đầu vào không liền mạch).",
    },
    "shape": {
        "en": "the gradient of {name} has shape {got}, not {expected}.",
        "vi": "gradient của {name} có shape {got}, không phải {expected}.",
    },
    "dtype": {
        "en": "the gradient of {name} has dtype {got}, not {expected}.",
        "vi": "gradient của {name} có dtype {got}, không phải {expected}.",
    },
    "rule dtype": {
        "en": "the rule of {operation!r} for {argument!r} returns {got}, but the argument is {expected}: "
        "digits are lost.",
        "vi": "quy tắc của {operation!r} cho {argument!r} trả về {got} trong khi đối số là "
        "{expected}: mất chữ số có nghĩa.",
    },
    "other when recorded": {
        "en": "the gradient of result {place} is {recorded} when the pass is recorded (create_graph=True), and {plain} "
        "otherwise: a rule must not ask whether it gets arrays or Tensors.",
        "vi": "gradient của kết quả {place} là {recorded} khi lượt lan truyền ngược được ghi lại (create_graph=True), "
        "còn bình thường là {plain}: quy tắc không được phân biệt mảng với Tensor.",
    },
    "other in single": {
        "en": "computed in {dtype}, as the input is, the gradient of {name} is {got}; in float64 it is {expected}.",
        "vi": "khi tính bằng {dtype} như của đầu vào, gradient của {name} là {got}; bằng float64 là {expected}.",
    },
    "nonfinite result": {
        "en": "the function itself is {value} at result {place}, so it has no slope there. "
        "`with tg.detect_anomaly():` names the operation and the line.",
        "vi": "bản thân hàm bằng {value} ở kết quả {place} nên tại đó không có đạo hàm. "
        "`with tg.detect_anomaly():` chỉ ra phép toán và dòng lệnh.",
    },
    # hints
    "hint sign": {
        "en": "every wrong element of {name} is the numeric one with its sign turned round: a minus is missing, "
        "or there is one too many.",
        "vi": "mọi phần tử sai của {name} đều bằng trị số đổi dấu: thiếu hoặc thừa một dấu trừ.",
    },
    "hint factor": {
        "en": "every wrong element of {name} is {ratio} times the numeric one: a constant factor.",
        "vi": "mọi phần tử sai của {name} đều bằng {ratio} lần trị số: lệch một hệ số không đổi.",
    },
    "hint zero": {
        "en": "the gradient of {name} is 0 throughout, but the function depends on it: a rule returns nothing, "
        "or .detach(), .data or no_grad() cut the graph.",
        "vi": "gradient của {name} bằng 0 ở mọi nơi nhưng hàm có phụ thuộc vào nó: quy tắc không trả về gì, "
        "hoặc .detach(), .data hay no_grad() đã cắt đồ thị.",
    },
    "hint one element": {
        "en": "only {label} of {count} elements is wrong: look at the indexing, or at a special case for that place.",
        "vi": "chỉ {label} trong {count} phần tử là sai: hãy xem lại cách đánh chỉ số, hoặc trường hợp riêng tại đó.",
    },
    "hint transpose": {
        "en": "the gradient of {name} is right when it is transposed: a .T is missing, or there is one too many.",
        "vi": "gradient của {name} đúng nếu chuyển vị: thiếu hoặc thừa một .T.",
    },
    "hint summed": {
        "en": "the gradient of {name} equals the numeric one summed over axis {axis}: an unbroadcast (the sum over a "
        "broadcast axis) is missing, or there is one too many.",
        "vi": "gradient của {name} bằng trị số cộng dồn theo trục {axis}: thiếu hoặc thừa một phép unbroadcast "
        "(cộng theo trục được broadcast).",
    },
}


def say(key: str, lang: str | None = None, **fields: object) -> str:
    """A sentence in a language; None for the language setting."""
    return WORDS[key][resolve(lang)].format(**fields)
