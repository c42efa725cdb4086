"""What layers, losses and models say to people when something is wrong: Vietnamese for every English text.

The English stands where the error is raised, `raise ValueError(said("{place}: …", place=…))`, see
`tinygrad_vn.phrases`; this table is added to the one there when `nn` is imported.
"""

from typing import Final

NN_VIETNAMESE: Final[dict[str, str]] = {
    # modules: attributes, forward, hooks
    "none": "không có module nào",
    "in the layer {path!r}: {layer}": "ở layer {path!r}: {layer}",
    "{kind} has no forward(): define `def forward(self, x): …`": "{kind} chưa có forward(): hãy định nghĩa "
    "`def forward(self, x): …`",
    "the input is None: does the forward() that it comes from return its result?": "đầu vào là None: hàm forward() "
    "tạo ra nó đã có lệnh return kết quả chưa?",
    "{where}.{name} stands in the class, where it would not be trained; set it in __init__: "
    "`self.{name} = …`": "{where}.{name} được đặt ở thân class, nên sẽ không được huấn luyện; hãy "
    "đặt nó trong __init__: `self.{name} = …`",
    "{where}: every Module has a {name!r}; choose another name": "{where}: Module nào cũng có sẵn {name!r}; "
    "hãy chọn tên khác",
    "{where} is a parameter, it cannot become {kind}; to change its values, write `with tg.no_grad(): "
    "model.{name} -= …`; for another one, nn.Parameter(…)": "{where} là tham số, không thể trở thành {kind}; để đổi "
    "giá trị, hãy viết `with tg.no_grad(): model.{name} -= …`; để thay bằng tham số khác, hãy dùng nn.Parameter(…)",
    "{where} is a module, it cannot become {kind}": "{where} là một module, không thể trở thành {kind}",
    "{kind} has no module {name!r} (of {target!r}), but {names}": "{kind} không có module {name!r} (trong {target!r}); "
    "các module hiện có: {names}",
    "register_parameter({name!r}, …) takes an nn.Parameter, not {kind}": "register_parameter({name!r}, …) cần một "
    "nn.Parameter, không phải {kind}",
    "add_module({name!r}, …) takes a module, not {item:.60}": "add_module({name!r}, …) cần một module, không phải "
    "{item:.60}",
    "{name!r} is no name for a part of a module; paths are made of names and dots": "{name!r} không thể là tên một "
    "phần của module; đường dẫn gồm các tên nối với nhau bằng dấu chấm",
    "{kind} has a {name!r} already": "{kind} đã có {name!r} rồi",
    "a module is made of real numbers, not {kind}; write tg.float32 or tg.float64": "module gồm các số thực, không "
    "phải {kind}; hãy viết tg.float32 hoặc tg.float64",
    "a hook is a function, not {item:.60}": "hook phải là một hàm, không phải {item:.60}",
    # what would not be trained
    "{where} requires grad but is no parameter; write nn.Parameter(…)": "{where} có requires_grad nhưng không phải là "
    "tham số; hãy viết nn.Parameter(…)",
    "the modules in {where} would not be trained: it is a plain {plain}; write nn.Module{kind}(…)": "các module trong "
    "{where} sẽ không được huấn luyện, vì đó là một {plain} thông thường; hãy viết nn.Module{kind}(…)",
    "the parameters in {where} would not be trained: it is a plain {plain}; set each as an attribute of its own, "
    "`self.weight = nn.Parameter(…)`": "các tham số trong {where} sẽ không được huấn luyện, vì đó là một {plain} thông "
    "thường; hãy đặt mỗi tham số thành một thuộc tính riêng, `self.weight = nn.Parameter(…)`",
    "{where} is the result of an operation on a parameter that nothing else holds: it would not be trained; put "
    "nn.Parameter around the whole: nn.Parameter(0.1 * tg.randn(…))": "{where} là kết quả của một phép toán trên tham "
    "số mà không nơi nào khác giữ, nên sẽ không được huấn luyện; hãy bọc nn.Parameter quanh cả biểu thức: "
    "nn.Parameter(0.1 * tg.randn(…))",
    # states
    "{kind} holds modules that are shared so often that its state would need more than {count:,} names; save the parts "
    "by themselves, each once": "{kind} chứa những module được dùng chung nhiều đến mức trạng thái của nó cần hơn "
    "{count:,} tên; hãy lưu riêng từng phần, mỗi phần một lần",
    "load_state_dict takes what state_dict() returned, not {kind}": "load_state_dict cần kết quả của state_dict(), "
    "không phải {kind}",
    "this is a whole training checkpoint, and the model's state is only a part of it: write "
    "load_state_dict(tg.load(path)[{key!r}])": "đây là checkpoint của cả quá trình huấn luyện, trạng thái của mô hình "
    "chỉ là một phần trong đó: hãy viết load_state_dict(tg.load(path)[{key!r}])",
    "the state does not fit {kind}: {reasons}": "trạng thái không khớp với {kind}: {reasons}",
    "missing key {key!r}": "thiếu khóa {key!r}",
    "unexpected key {key!r}": "thừa khóa {key!r}",
    "{key!r} has shape {shape}, this model needs {wanted}": "{key!r} có shape {shape}, còn mô hình này cần {wanted}",
    "{key!r} holds no real numbers ({dtype})": "{key!r} không chứa số thực ({dtype})",
    "{twin!r} and {key!r} are one parameter here, but differ": "{twin!r} và {key!r} là cùng một tham số ở đây, nhưng "
    "giá trị lại khác nhau",
    # containers
    "{where} was given the class {kind}; make an object of it: {kind}()": "{where} nhận được class {kind}; hãy tạo một "
    "đối tượng từ nó: {kind}()",
    "{where} was given a {kind}; write {where}(*layers)": "{where} nhận được một {kind}; hãy viết {where}(*layers)",
    "{where} was given the function {name}, but holds modules only; take the activation function as a module, "
    "nn.ReLU() for example": "{where} nhận được hàm {name}, nhưng chỉ chứa module; hãy dùng hàm kích hoạt dưới dạng "
    "module, chẳng hạn nn.ReLU()",
    "{where} holds modules, not {item:.60}": "{where} chứa các module, không phải {item:.60}",
    "{kind} is indexed with whole numbers and slices, not {index:.60}": "chỉ số của {kind} là số nguyên hoặc slice, "
    "không phải {index:.60}",
    "there is no number {index} among the {count} modules of this {kind}": "không có số {index} trong {count} module "
    "của {kind} này",
    "a ModuleList computes nothing: loop over its modules, or take nn.Sequential": "ModuleList không tính gì cả: hãy "
    "lặp qua các module của nó, hoặc dùng nn.Sequential",
    "there is no module {key!r}; there are {names}": "không có module {key!r}; các module hiện có: {names}",
    "a ModuleDict computes nothing: call one of its modules, model['name'](x)": "ModuleDict không tính gì cả: hãy gọi "
    "một module trong đó, model['name'](x)",
    # layers
    "{place}: {name} must be a whole number, not {count:.60}": "{place}: {name} phải là số nguyên, không phải "
    "{count:.60}",
    "{place}: {name}={value} makes no sense; it must be 0 or more": "{place}: {name}={value} không hợp lý; phải từ 0 "
    "trở lên",
    "{place}: {name}={value} must be above 0": "{place}: {name}={value} phải lớn hơn 0",
    "{layer} got a single number; it takes {expected} features: shape (batch, {expected})": "{layer} nhận được một số "
    "đơn lẻ; nó cần {expected} đặc trưng (feature): shape (batch, {expected})",
    "{layer} got shape {shape}: {count} features where in_features={expected} are expected; {remedy}": "{layer} nhận "
    "được shape {shape}: có {count} đặc trưng (feature), trong khi in_features={expected}; {remedy}",
    "the examples are the rows of a batch, so write x.T": "mỗi mẫu là một hàng của batch, nên hãy viết x.T",
    "put nn.Flatten() before it, or write {spelling}": "hãy đặt nn.Flatten() trước nó, hoặc viết {spelling}",
    "for one feature of {count} examples, write x.reshape(-1, 1)": "nếu là một đặc trưng của {count} mẫu, hãy viết "
    "x.reshape(-1, 1)",
    "make this layer {fitting}, or change what comes before it": "hãy đổi layer này thành {fitting}, hoặc sửa phần "
    "đứng trước nó",
    "{layer} got shape {shape}; it takes (N, {count}) or (N, {count}, L)": "{layer} nhận được shape {shape}; nó cần "
    "(N, {count}) hoặc (N, {count}, L)",
    "{layer} got shape {shape}; it takes (…, {last})": "{layer} nhận được shape {shape}; nó cần (…, {last})",
    "LayerNorm: normalized_shape=() names no axis to take the mean over": "LayerNorm: normalized_shape=() không có "
    "trục nào để lấy trung bình",
    "layer norm over the last axes {last} does not fit an input of shape {shape}": "layer norm trên các trục cuối "
    "{last} không khớp với đầu vào có shape {shape}",
    "batch norm in training needs more than one value per feature, not shape {shape}: give a larger batch, or call "
    "model.eval() first": "khi huấn luyện, batch norm cần nhiều hơn một giá trị cho mỗi đặc trưng, không phải shape "
    "{shape}: hãy dùng batch lớn hơn, hoặc gọi model.eval() trước",
    "batch norm without training=True needs running_mean and running_var": "batch norm không có training=True thì cần "
    "running_mean và running_var",
    "{place}: p={p} is no probability; it is the share to be dropped, from 0 to 1": "{place}: p={p} không phải là xác "
    "suất; đó là tỷ lệ phần tử bị bỏ đi, từ 0 đến 1",
    "{place}: padding_idx={row} is none of the {count} rows": "{place}: padding_idx={row} không phải là hàng nào trong "
    "{count} hàng",
    "an embedding is a table, (num_embeddings, embedding_dim), not of shape {shape}": "embedding là một bảng, "
    "(num_embeddings, embedding_dim), không thể có shape {shape}",
    "an embedding is indexed with whole numbers, not {dtype}; write indices.astype(int)": "chỉ số của embedding là số "
    "nguyên, không phải {dtype}; hãy viết indices.astype(int)",
    "index {wrong} is outside of an embedding with num_embeddings={count}: indices go from 0 to {last}": "chỉ số "
    "{wrong} nằm ngoài embedding có num_embeddings={count}: chỉ số đi từ 0 đến {last}",
    "one_hot takes whole numbers, not {dtype}; write classes.astype(int)": "one_hot cần số nguyên, không phải {dtype}; "
    "hãy viết classes.astype(int)",
    "one_hot of nothing needs num_classes": "one_hot của dữ liệu rỗng cần num_classes",
    "one_hot: class {wrong} is not among the {count} classes 0 … {last}": "one_hot: lớp {wrong} không nằm trong "
    "{count} lớp 0 … {last}",
    "linear: weight must have shape (out, in), not {shape}": "linear: weight phải có shape (out, in), không phải "
    "{shape}",
    # activation functions
    "gelu has no approximation {name!r}; write 'none' or 'tanh'": "gelu không có kiểu xấp xỉ {name!r}; hãy viết 'none' "
    "hoặc 'tanh'",
    "{place}: dim must be the number of an axis, not {axis:.60}; the last one is -1": "{place}: dim phải là số của một "
    "trục, không phải {axis:.60}; trục cuối là -1",
    # losses: shapes (E06, E08)
    "the {name} has to broadcast to the shape of the input": "{name} phải broadcast được về shape của đầu vào",
    "the weight needs one number for each of the {count} classes": "weight cần đúng một số cho mỗi lớp trong {count} "
    "lớp",
    ", which NumPy would broadcast to {shape}": ", nên NumPy sẽ broadcast thành {shape}",
    "Write `{spelling}`.": "Hãy viết `{spelling}`.",
    "Give one target for each prediction, in shape {shape}.": "Hãy cho mỗi dự đoán đúng một giá trị đích, "
    "với shape {shape}.",
    "Give one class number for each prediction, in shape {shape}.": "Hãy cho mỗi dự đoán đúng một số hiệu lớp, "
    "với shape {shape}.",
    # losses: what they are given
    "{loss} is a class: make it once, `loss_fn = nn.{loss}()`, and call that with input and target": "{loss} là một "
    "class: hãy tạo một lần, `loss_fn = nn.{loss}()`, rồi gọi loss_fn với input và target",
    "{loss} was given None as its input: does forward() return its result?": "{loss} nhận được None làm đầu vào: hàm "
    "forward() đã có lệnh return kết quả chưa?",
    "{loss} was given None as its target": "{loss} nhận được None làm giá trị đích",
    "{loss} has no reduction {name:.60}; write 'mean', 'sum' or 'none'": "{loss} không có reduction {name:.60}; hãy "
    "viết 'mean', 'sum' hoặc 'none'",
    "{loss} has no mean, as there is no loss in this batch (it is empty, or every target is ignored); skip it, or "
    "write reduction='sum'": "{loss} không có trung bình, vì batch này không có loss nào (batch rỗng, hoặc mọi giá trị "
    "đích đều bị bỏ qua); hãy bỏ qua batch này, hoặc viết reduction='sum'",
    "{loss} has no mean, as the weights of all targets in this batch are 0": "{loss} không có trung bình, vì weight "
    "của mọi giá trị đích trong batch này đều bằng 0",
    "huber_loss needs a positive delta, not {delta}": "huber_loss cần delta dương, không phải {delta}",
    "smooth_l1_loss needs a beta of at least 0, not {beta}": "smooth_l1_loss cần beta không âm, không phải {beta}",
    "cross_entropy needs a label_smoothing from 0 to 1, not {value}": "cross_entropy cần label_smoothing từ 0 đến 1, "
    "không phải {value}",
    "targets that are probabilities have no class {number} to ignore; leave cases out": "khi giá trị đích là xác suất "
    "thì không có lớp {number} nào để bỏ qua; hãy loại những mẫu đó ra",
    "{loss} got the input {value} at index {place}, not between 0 and 1; of logits, use "
    "binary_cross_entropy_with_logits": "{loss} nhận đầu vào {value} tại chỉ số {place}, không nằm giữa 0 và 1; với "
    "logit, hãy dùng binary_cross_entropy_with_logits",
    "{loss} got the target {value} at index {place}, not between 0 and 1; the two classes are 0 and 1: of targets −1 "
    "and 1, write (target + 1) / 2": "{loss} nhận giá trị đích {value} tại chỉ số {place}, không nằm giữa 0 và 1; hai "
    "lớp là 0 và 1: với giá trị đích −1 và 1, hãy viết (target + 1) / 2",
    "{loss} needs the scores of at least one class, in shape (classes,), (n, classes) or (n, classes, d1, …), not "
    "{shape}": "{loss} cần điểm số (logit) của ít nhất một lớp, với shape (classes,), (n, classes) hoặc "
    "(n, classes, d1, …), không phải {shape}",
    "the targets of {loss} are class numbers, whole numbers of shape {wanted}, not {dtype} of shape {shape}; write "
    "{remedy}": "giá trị đích của {loss} là số hiệu lớp, tức số nguyên với shape {wanted}, không phải {dtype} với "
    "shape {shape}; hãy viết {remedy}",
    "{loss} reads whole numbers as class numbers, in shape {wanted}, but these have the shape of the input, {shape}; "
    "where they are rows with a 1 at the class, write {spelling}": "{loss} hiểu số nguyên là số hiệu lớp, với shape "
    "{wanted}, nhưng các số này lại có shape của đầu vào, {shape}; nếu đó là các hàng có số 1 ở vị trí của lớp "
    "(one-hot), hãy viết {spelling}",
    "target.astype(float) for probabilities, or {spelling}": "target.astype(float) nếu là xác suất, hoặc {spelling}",
    "{loss} got class {found} at index {place} of the target, but the input has scores for {count} classes, 0 to "
    "{last}; {remedy}": "{loss} nhận lớp {found} tại chỉ số {place} của giá trị đích, nhưng đầu vào chỉ có điểm số "
    "(logit) cho {count} lớp, từ 0 đến {last}; {remedy}",
    "{loss} got class {found} at index {place} of the target, but the input has scores for 1 class, 0 to 0; of one "
    "score for two classes, use binary_cross_entropy_with_logits": "{loss} nhận lớp {found} tại chỉ số {place} của giá "
    "trị đích, nhưng đầu vào chỉ có điểm số (logit) cho một lớp, lớp 0; nếu một điểm số phân biệt hai lớp, hãy dùng "
    "binary_cross_entropy_with_logits",
    "give the input a score for each class": "đầu vào cần một điểm số cho mỗi lớp",
    "to leave such targets out, pass ignore_index={found}": "để bỏ qua những giá trị đích đó, hãy truyền "
    "ignore_index={found}",
    "classes are counted from 0: write target - 1": "các lớp được đánh số từ 0: hãy viết target - 1",
    "Input and target are exchanged: write `{spelling}`.": "Đầu vào và giá trị đích bị đổi chỗ: hãy viết `{spelling}`.",
    "scores (logits) and applies {function} itself": "điểm số (logit) và tự áp dụng {function}",
    "Leave {function} out before the loss.": "Hãy bỏ {function} đứng trước loss.",
    "the logarithms of probabilities": "logarit của xác suất",
    "Use log_softmax in its place.": "Hãy dùng log_softmax thay cho nó.",
    # init, penalties, utils
    "nn.init changes a Tensor in place, it cannot change {kind}": "nn.init sửa một Tensor tại chỗ (in-place), không "
    "sửa được {kind}",
    "eye_ fills a matrix, not shape {shape}": "eye_ điền vào một ma trận, không phải shape {shape}",
    "no gain is known for {name!r}, but for {names}": "không biết gain của {name!r}; các tên dùng được: {names}",
    "a weight of shape {shape} has no inputs and outputs to count, it needs two axes: (out, in); for a bias, use "
    "zeros_ or uniform_": "trọng số có shape {shape} không có đầu vào và đầu ra để đếm, nó cần hai trục: (out, in); "
    "với bias, hãy dùng zeros_ hoặc uniform_",
    "there is no mode {mode!r}; write 'fan_in' or 'fan_out'": "không có mode {mode!r}; hãy viết 'fan_in' hoặc "
    "'fan_out'",
    "{penalty} needs a weight of at least 0, not {weight}": "{penalty} cần weight không âm, không phải {weight}",
    "{penalty} does not know which of these parameters are biases: give it the model, or only those parameters that "
    "are to be penalised": "{penalty} không biết tham số nào trong số này là bias: hãy đưa cho nó cả mô hình, hoặc chỉ "
    "những tham số cần phạt",
    "{penalty} takes a module or Tensors; number {position} is a {kind}": "{penalty} cần một module hoặc các Tensor; "
    "phần tử thứ {position} là {kind}",
    "{function} found no parameters; a generator gives them only once: write model.parameters() again": "{function} "
    "không thấy tham số nào; generator chỉ cho các phần tử của nó một lần: hãy gọi lại model.parameters()",
    "{function} takes parameters, not a whole {kind}: write model.parameters()": "{function} cần các tham số, không "
    "phải cả một {kind}: hãy viết model.parameters()",
    "the norm of the gradients is {total}: it cannot be clipped; a smaller learning rate may help": "norm của gradient "
    "là {total} nên không cắt (clip) được; learning rate nhỏ hơn có thể giúp ích",
    "these parameters have {count} elements, they cannot take a vector of shape {shape}": "các tham số này có {count} "
    "phần tử, không thể nhận vector có shape {shape}",
    # summary
    "summary takes a module, not {item:.60}": "summary cần một module, không phải {item:.60}",
    "summary was given {shapes} shapes and {dtypes} dtypes": "summary nhận được {shapes} shape và {dtypes} dtype",
    "input_shape is a shape, (32, 784), or a list of them, not {given:.60}; give the batch a number": "input_shape là "
    "một shape, (32, 784), hoặc danh sách các shape, không phải {given:.60}; hãy cho batch một con số",
    "summary with input {given}: ": "summary với đầu vào {given}: ",
    "{shape} of {dtype}": "{shape} kiểu {dtype}",
    "; for whole numbers as input, give dtype=int": "; nếu đầu vào là số nguyên, hãy truyền dtype=int",
}
