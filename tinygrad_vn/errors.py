"""Every error and warning of the engine: a stable code, what went wrong, and what to write instead.

A message has three parts: the code, so that it can be looked up (`docs/errors.md` has a page on every one); what
happened, with the shapes, names and numbers of this very call; and the remedy. The texts stand together in `CATALOGUE`,
English and Vietnamese, so they can be read aloud from top to bottom. Every class below is at the same time a builtin
class (`ValueError`, `TypeError`, `RuntimeError`), so ordinary `except` clauses keep working.
"""

import copyreg
from collections.abc import Mapping
from typing import Any, Final

from tinygrad_vn.language import Language, current_language
from tinygrad_vn.phrases import Text, filled

CATALOGUE: Final[dict[str, Text]] = {
    "E01": {
        "en": "step() uses gradients that {passes} calls of backward() added up, without zero_grad() in between. "
        "Call zero_grad() before each backward(), or step(accumulate=True) if the sum is intended.",
        "vi": "step() dùng gradient cộng dồn từ {passes} lần gọi backward() mà không có zero_grad() ở giữa. "
        "Hãy gọi zero_grad() trước mỗi lần backward(), hoặc step(accumulate=True) nếu bạn cố ý cộng dồn.",
    },
    "E02": {
        "en": "backpropagation starts from one number, but this Tensor has shape {shape}. "
        "Reduce it first, `.sum()` or `.mean()`, or pass `gradient=` with shape {shape}{detail}.",
        "vi": "lan truyền ngược bắt đầu từ một số duy nhất, nhưng Tensor này có shape {shape}. "
        "Hãy rút gọn nó trước bằng `.sum()` hoặc `.mean()`, hoặc truyền `gradient=` có shape {shape}{detail}.",
    },
    "E03": {
        "en": "gradients need real numbers, but the values are {dtype}: {why}. Write {remedy} or pass dtype=float.",
        "vi": "gradient cần số thực, nhưng các giá trị ở đây là {dtype}: {why}. "
        "Hãy viết {remedy} hoặc truyền dtype=float.",
    },
    "E04": {
        "en": "{what} would change in place a value that gradients depend on. {remedy}",
        "vi": "{what} sẽ sửa tại chỗ (in-place) một giá trị mà gradient phụ thuộc vào. {remedy}",
    },
    "E05": {"en": "{what}. {remedy}", "vi": "{what}. {remedy}"},
    "E06": {
        "en": "{operation} cannot combine shapes {left} and {right}: {why}.{remedy}",
        "vi": "{operation} không kết hợp được shape {left} và {right}: {why}.{remedy}",
    },
    "E07": {
        "en": "{operation} got {found} outside its domain ({domain}), in {place}. {remedy}",
        "vi": "{operation} nhận {found} nằm ngoài miền xác định ({domain}), tại {place}. {remedy}",
    },
    "E08": {
        "en": "{loss} compares every prediction with its own target, but the prediction has shape {prediction} "
        "and the target {target}{consequence}. {remedy}",
        "vi": "{loss} so mỗi dự đoán với giá trị đích của riêng nó, nhưng dự đoán có shape {prediction} "
        "còn giá trị đích có shape {target}{consequence}. {remedy}",
    },
    "E09": {
        "en": "this graph was already used by backward(), which released the values saved for it. "
        "Compute the loss again inside the loop, or call backward(retain_graph=True) the first time.",
        "vi": "đồ thị này đã được backward() dùng rồi, và các giá trị lưu cho nó đã được giải phóng. "
        "Hãy tính lại loss bên trong vòng lặp, hoặc gọi backward(retain_graph=True) ở lần đầu.",
    },
    "E10": {
        "en": "{what} is not connected to any Tensor that requires grad{cause}. {remedy}",
        "vi": "{what} không nối với Tensor nào cần gradient (requires_grad){cause}. {remedy}",
    },
    "E11": {
        "en": "`.grad` of {what} was read, but only leaves keep their gradient. "
        "Call `.retain_grad()` on it before backward().",
        "vi": "bạn đọc `.grad` của {what}, nhưng chỉ Tensor lá (leaf) mới giữ lại gradient. "
        "Hãy gọi `.retain_grad()` trên nó trước backward().",
    },
    "E12": {
        "en": "the rule of {operation!r} for its argument {argument!r} returned {got}, "
        "but the gradient of that argument must be {expected}{detail}. Correct that rule.",
        "vi": "quy tắc đạo hàm của {operation!r} cho đối số {argument!r} trả về {got}, "
        "nhưng gradient của đối số đó phải có {expected}{detail}. Hãy sửa quy tắc đó.",
    },
    "E13": {
        "en": "{optimizer} was given {what}. {remedy}",
        "vi": "{optimizer} nhận được {what}. {remedy}",
    },
    "E14": {
        "en": "{subject} {found}.\n  Inputs: {ranges}.\n  {place}\n  {remedy}",
        "vi": "{subject} {found}.\n  Đầu vào: {ranges}.\n  {place}\n  {remedy}",
    },
    "E15": {
        "en": "a Tensor of shape {shape} has no single truth value. "
        "Write `.any()` or `.all()`, or `.item()` for a Tensor of one element.",
        "vi": "Tensor có shape {shape} không có một giá trị đúng/sai duy nhất. "
        "Hãy viết `.any()` hoặc `.all()`, hoặc `.item()` với Tensor có một phần tử.",
    },
    "E16": {
        "en": "{loss} takes {takes}, but its input is the result of {function}: probabilities. {remedy}",
        "vi": "{loss} nhận {takes}, nhưng đầu vào của nó là kết quả của {function}, tức là xác suất. {remedy}",
    },
    "E17": {
        "en": "jit: {function} runs as always, without being repeated: {why} ({place}).",
        "vi": "jit: {function} chạy như bình thường, không được phát lại: {why} ({place}).",
    },
}


class Coded(Exception):  # noqa: N818 - warnings are not errors
    """What errors and warnings share: a code, and a text in every language.

    Args:
        code: the stable code, "E01" … "E17".
        **details: what to put into the text of that code; phrases appear in its language.

    Attributes:
        code: the stable code.
        texts: the text in every language. `str(error)` is the one in the language in force.
    """

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.texts: Text = {lang: f"[{code}] {text}" for lang, text in filled(CATALOGUE[code], details).items()}
        super().__init__(self.texts["en"])

    def __str__(self) -> str:
        return self.texts[current_language()]

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled with the finished texts, without what they were made from."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class TinygradError(Coded):
    """Base of all errors raised by tinygrad_vn on purpose."""


class GradientError(TinygradError, RuntimeError):
    """A gradient that cannot be computed as asked: E02, E04, E05, E09, E10, E12, E14."""


class ShapeError(TinygradError, ValueError):
    """Shapes that do not fit the operation: E06, E08, E15."""


class DtypeError(TinygradError, TypeError):
    """Values of a kind that has no gradient: E03."""


class ParameterError(TinygradError, TypeError, ValueError):
    """What an optimizer was given cannot be optimized: E13."""


class GradientWarning(Coded, UserWarning):
    """Legal, but seldom what was meant: E01, E07, E11, E16, E17."""


class DataError(ValueError):
    """A file or a table that cannot be read as meant; the text names the file, the line and the remedy.

    Args:
        texts: the text in every language. `str(error)` is the one in the language in force.
    """

    def __init__(self, texts: Mapping[Language, str]) -> None:
        super().__init__(texts)
        self.texts = texts

    def __str__(self) -> str:
        return self.texts[current_language()]
