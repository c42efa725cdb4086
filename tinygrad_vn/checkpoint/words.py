"""What is said about a checkpoint that cannot be saved or loaded, Vietnamese and English side by side."""

from __future__ import annotations

from typing import Final

from tinygrad_vn.errors import DataError
from tinygrad_vn.language import LANGUAGES, current_language
from tinygrad_vn.phrases import Text, filled


class CheckpointError(DataError):
    """A file that cannot be loaded as a checkpoint; the text names the file, the array and what is wrong.

    Args:
        texts: the text in every language. `str(error)` is the one in the language in force.
    """


TEXTS: Final[dict[str, Text]] = {
    # places
    "no file": {
        "vi": "không có tệp này. Hãy kiểm tra lại đường dẫn, cả phần đuôi (.npz) của tên",
        "en": "there is no such file. Check the path, and the ending (.npz) of the name",
    },
    "no folder": {
        "vi": "không có thư mục {folder}: hãy tạo nó, hoặc chọn đường dẫn khác cho {name}",
        "en": "there is no folder {folder}: make it, or choose another path for {name}",
    },
    "is folder": {
        "vi": "{path} là một thư mục: hãy chỉ ra một tệp trong đó, chẳng hạn {example}",
        "en": "{path} is a folder: give a file in it, such as {example}",
    },
    "protected": {
        "vi": "tệp này được bảo vệ, không cho ghi. Hãy chọn tên khác, hoặc cho phép ghi trước",
        "en": "this file is write-protected. Choose another name, or allow writing first",
    },
    # files that are something else
    "empty": {
        "vi": "tệp trống. Hãy dùng một checkpoint khác.",
        "en": "the file is empty. Take another checkpoint.",
    },
    "torch": {
        "vi": "đây là tệp của torch.save, chứa pickle, tức là chương trình chứ không chỉ dữ liệu, nên không được nạp. "
        "Trong PyTorch hãy lưu bằng safetensors.torch.save_file(state_dict, 'model.safetensors') rồi nạp tệp đó.",
        "en": "this file is torch.save's and holds a pickle, which is a program and not just data, so it is not "
        "loaded. In PyTorch, save with safetensors.torch.save_file(state_dict, 'model.safetensors') and load that.",
    },
    "pickle": {
        "vi": "đây là tệp pickle, tức là chương trình chứ không chỉ dữ liệu, nên không được nạp. "
        "Hãy lưu các mảng bằng tg.save; trong PyTorch bằng safetensors.torch.save_file.",
        "en": "this file is a pickle, which is a program and not just data, so it is not loaded. "
        "Save the arrays with tg.save; in PyTorch, with safetensors.torch.save_file.",
    },
    "plain npz": {
        "vi": "tệp NPZ này không có {meta}, nên không phải là checkpoint. np.load đọc được nó.",
        "en": "this NPZ file has no {meta}, so it is no checkpoint. np.load reads it.",
    },
    "other": {
        "vi": "đây không phải là checkpoint: tệp không mở đầu như tệp NPZ hay safetensors. Hãy kiểm tra lại đường dẫn.",
        "en": "this is no checkpoint: it begins neither like an NPZ nor like a safetensors file. Check the path.",
    },
    "newer": {
        "vi": "tệp có định dạng phiên bản {version}, còn bản tinygrad_vn này đọc đến phiên bản {known}. "
        "Hãy cập nhật tinygrad_vn.",
        "en": "the file has format version {version}, this tinygrad_vn reads up to {known}. Update tinygrad_vn.",
    },
    # damage
    "cut off": {
        "vi": "tệp bị cắt cụt hoặc bị hỏng: không có mục lục ở cuối ({detail}). "
        "Hãy chép lại, hoặc dùng một checkpoint khác.",
        "en": "the file was cut off or damaged: the index at its end cannot be read ({detail}). "
        "Copy it again, or take another checkpoint.",
    },
    "damaged": {
        "vi": "{key} bị hỏng: {detail}. Hãy chép lại tệp, hoặc dùng một checkpoint khác.",
        "en": "{key} is damaged: {detail}. Copy the file again, or take another checkpoint.",
    },
    "checksum": {
        "vi": "{key} bị hỏng: giá trị không khớp với checksum. Hãy chép lại tệp, hoặc dùng một checkpoint khác.",
        "en": "{key} is damaged: its values do not match their checksum. "
        "Copy the file again, or take another checkpoint.",
    },
    "missing": {
        "vi": "thiếu mảng {keys}. Hãy chép lại tệp, hoặc dùng một checkpoint khác.",
        "en": "the array {keys} is missing. Copy the file again, or take another checkpoint.",
    },
    "unexpected": {
        "vi": "thừa mảng {keys}: {meta} không nhắc đến nó. Tệp đã bị sửa; hãy dùng một checkpoint khác.",
        "en": "the array {keys} is unexpected: {meta} does not mention it. The file was changed; take another one.",
    },
    "twice": {
        "vi": "{key} có hai lần. Tệp đã bị sửa; hãy dùng một checkpoint khác.",
        "en": "{key} is there twice. The file was changed; take another checkpoint.",
    },
    "differs": {
        "vi": "{key} có shape {shape} và dtype {dtype}, còn theo {meta} phải có shape {expected_shape} và dtype "
        "{expected_dtype}. Tệp đã bị sửa; hãy dùng một checkpoint khác.",
        "en": "{key} has shape {shape} and dtype {dtype}, but {meta} says shape {expected_shape} and dtype "
        "{expected_dtype}. The file was changed; take another checkpoint.",
    },
    "objects": {
        "vi": "{key} chứa đối tượng Python dạng pickle, tức là chương trình chứ không chỉ dữ liệu, nên không được nạp. "
        "Hãy lưu lại thành số.",
        "en": "{key} holds pickled Python objects, which are a program and not just data, so it is not loaded. "
        "Save it as numbers.",
    },
    "compressed": {
        "vi": "{key} đã bị nén hoặc mã hóa, tg.save không làm vậy. Hãy dùng tệp gốc.",
        "en": "{key} is compressed or encrypted, which tg.save never does. Take the file as it was saved.",
    },
    "too big": {
        "vi": "các mảng tự nhận là có {claimed:,} byte trong một tệp chỉ có {size:,} byte. Đừng tin tệp này.",
        "en": "the arrays claim {claimed:,} bytes in a file of {size:,} bytes. Do not trust this file.",
    },
    # safetensors
    "safetensors": {
        "vi": "tệp safetensors bị hỏng: {detail}. Hãy chép lại, hoặc dùng một tệp khác.",
        "en": "the safetensors file is damaged: {detail}. Copy it again, or take another one.",
    },
    "no such dtype": {
        "vi": "có Tensor kiểu {dtype} mà NumPy không có. Trong PyTorch hãy đổi sang float32 bằng .float() rồi lưu lại.",
        "en": "it holds Tensors of dtype {dtype}, which NumPy lacks. In PyTorch, convert with .float() and save again.",
    },
}


def say(what: str, **details: object) -> str:
    """A text in the language in force, for errors that are Python's own."""
    return filled(TEXTS[what], details)[current_language()]


def damage(place: str, what: str, **details: object) -> CheckpointError:
    """The error for a file at a place, in both languages."""
    text = filled(TEXTS[what], details)
    return CheckpointError({lang: f"{place}: {text[lang]}" for lang in LANGUAGES})
