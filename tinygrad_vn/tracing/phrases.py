"""Why a function is not repeated by `jit`: Vietnamese for every English text, see `tinygrad_vn.phrases`."""

from typing import Final

TRACING_VIETNAMESE: Final[dict[str, str]] = {
    # headings of a program that is printed
    "forward": "lan truyền xuôi",
    "backward": "lan truyền ngược",
    "update": "cập nhật",
    # refusals
    "jit takes a function, not {kind}": "jit nhận một hàm, không phải {kind}",
    "it assigns to {name}, which a repetition would not": "nó gán cho {name}, điều mà lần phát lại không làm",
    "an argument is the result of a computation outside, with its own graph": "một đối số là kết quả của phép tính bên "
    "ngoài, có đồ thị riêng",
    "a result of a computation outside is used, with its own graph": "nó dùng kết quả của một phép tính bên ngoài, có "
    "đồ thị riêng",
    "a sparse gradient is computed with": "nó tính toán với một gradient thưa",
    "{what} reads or writes values": "{what} đọc hoặc ghi giá trị",
    "{what} writes into an array": "{what} ghi vào một mảng",
    "the shape of the result of {what} depends on values": "shape của kết quả {what} phụ thuộc vào giá trị",
    "{what} returns a value": "{what} trả về một giá trị",
    "{what} gives a Python value": "{what} cho ra một giá trị Python",
    "a result changes its kind in place": "một kết quả đổi kiểu tại chỗ",
    "backward() leaves a gradient that has a graph of its own, or stays at a result": "backward() để lại một gradient "
    "có đồ thị riêng, hoặc nằm ở một kết quả trung gian",
    "a sparse gradient is added to another": "một gradient thưa được cộng vào gradient khác",
    "a gradient is set by hand": "một gradient được gán bằng tay",
    "an array was derived in a way that cannot be followed": "một mảng được tạo theo cách không theo dõi được",
    "it returns a result that still waits for backward(); call backward() inside, or return result.detach()": "nó "
    "trả về một kết quả còn chờ backward(); hãy gọi backward() bên trong, hoặc trả về result.detach()",
    "one call took {first} steps, the next {second}": "một lần gọi có {first} bước, lần sau có {second}",
    "it returns another Python value at the next call": "lần gọi sau nó trả về một giá trị Python khác",
    "gradients are added up that were forgotten the time before": "lần này gradient được cộng dồn, lần trước thì được "
    "xóa",
    "at the next call it took another way, from {operation} on": "lần gọi sau nó đi đường khác, kể từ {operation}",
    "a number or array in {operation} was another at the next call": "một số hoặc mảng trong {operation} đã khác ở lần "
    "gọi sau",
    "it is called with ever new shapes, settings or numbers": "nó liên tục được gọi với shape, thiết lập hoặc số mới",
    "{what} is given a function": "{what} nhận một hàm",
    "it changes an argument in place": "nó sửa một đối số tại chỗ",
    "it changes {name}, which a repetition would not": "nó làm thay đổi {name}, điều mà lần phát lại không làm",
    "it calls {name}, which a repetition would not": "nó gọi {name}, điều mà lần phát lại không làm",
    "a module has hooks, which a repetition would not call": "một module có hook, mà lần phát lại sẽ không gọi",
    "a module changes its attributes in forward()": "một module đổi thuộc tính của mình trong forward()",
    "random numbers are drawn from a generator directly": "số ngẫu nhiên được lấy thẳng từ một bộ sinh",
    "{what} looks at values after something has been changed": "{what} xem giá trị sau khi đã có thứ bị thay đổi",
    "it takes from {name}, an iterator from outside, which a repetition would not": "nó lấy giá trị từ {name}, một "
    "iterator bên ngoài, điều mà lần phát lại không làm",
    "it changes param_groups of an optimizer, which a repetition would not": "nó thay đổi param_groups của một "
    "optimizer, điều mà lần phát lại không làm",
    "{what} watches every operation itself": "{what} tự theo dõi từng phép tính",
    "{loss} leaves out the targets to be ignored, and how many depends on values": "{loss} bỏ qua các giá trị đích cần "
    "bỏ qua, và số lượng của chúng phụ thuộc vào giá trị",
    "the method {name}() is jitted; it cannot be replaced": "phương thức {name}() đã qua jit nên không thay được",
}
