"""What training says when something is wrong with what it was given: Vietnamese for every English text.

The English stands where the error is raised, `raise ValueError(said("…", …))`, see `tinygrad_vn.phrases`; this table is
added to the one there when `training` is imported. What it says of a run, from its progress to how it ended, stands in
`words.py`, by key.
"""

from typing import Final

TRAINING_VIETNAMESE: Final[dict[str, str]] = {
    # what fit, evaluate and lr_find are given
    "give the data as one pair: fit(model, loss, optimizer, (X, y), epochs=…)": "hãy đưa dữ liệu vào thành một cặp: "
    "fit(model, loss, optimizer, (X, y), epochs=…)",
    "fit has no batch_size; for batches, write DataLoader((X, y), batch_size={size}) in place of (X, y)": "fit không "
    "có batch_size; để chia thành batch, hãy viết DataLoader((X, y), batch_size={size}) thay cho (X, y)",
    "{what} is the class {name} itself; make an object of it: {call}": "{what} đang là chính lớp (class) {name}; hãy "
    "tạo một đối tượng từ nó: {call}",
    "the model is of type {kind}; fit trains an nn.Module": "mô hình thuộc kiểu {kind}; fit huấn luyện một nn.Module",
    "the loss is {loss!r}; give a function or a module, such as nn.MSELoss()": "loss là {loss!r}; hãy đưa vào một hàm "
    "hoặc một module, chẳng hạn nn.MSELoss()",
    "the optimizer is of type {kind}; write optim.SGD(model.parameters(), lr=0.1)": "optimizer thuộc kiểu {kind}; hãy "
    "viết optim.SGD(model.parameters(), lr=0.1)",
    "epochs={epochs!r} makes no sense; it must be a whole number from 1": "epochs={epochs!r} không hợp lệ; hãy viết "
    "một số nguyên từ 1 trở lên",
    "progress={progress!r} is unknown; write 'auto', 'bar', 'lines' or False": "không có progress={progress!r}; hãy "
    "viết 'auto', 'bar', 'lines' hoặc False",
    "the schedule does not belong to this optimizer: make it from the one that fit is given": "schedule không thuộc về "
    "optimizer này: hãy tạo nó từ đúng optimizer được đưa vào fit",
    "stop={stop!r} is no stopping rule; give one of optim.stopping, such as EarlyStopping(10)": "stop={stop!r} không "
    "phải là quy tắc dừng; hãy dùng một quy tắc trong optim.stopping, chẳng hạn EarlyStopping(10)",
    "{callback} wants to handle the gradient before a step, but LBFGS computes several within its step: leave it out, "
    'with LBFGS(…, line_search_fn="strong_wolfe") against steps that are too long': "{callback} can thiệp vào gradient "
    "trước mỗi bước, nhưng LBFGS tính nhiều gradient ngay trong một bước: hãy bỏ nó; để tránh bước quá dài, hãy dùng "
    'LBFGS(…, line_search_fn="strong_wolfe")',
    "{model} has no parameter to learn: none requires grad": "{model} không có tham số nào để học: không tham số nào "
    "cần gradient (requires_grad)",
    "the optimizer has none of the model's parameters: make it from this model, {optimizer}(model.parameters(), …), "
    "and after the model": "optimizer không chứa tham số nào của mô hình: hãy tạo nó từ mô hình này, "
    "{optimizer}(model.parameters(), …), sau khi đã tạo mô hình",
    "the optimizer does not have {some} of the model's {all} parameters, which will not change: {names}. If that is "
    "meant, freeze them with requires_grad_(False).": "optimizer thiếu {some} trong {all} tham số của mô hình, nên "
    "chúng sẽ không thay đổi: {names}. Nếu đó là chủ ý, hãy đóng băng chúng bằng requires_grad_(False).",
    "{what} is of type {kind}; give a DataLoader, a tuple of arrays (x, y), or a list of such batches: what can be "
    "gone through only once, such as a generator, does not last for several epochs": "{what} thuộc kiểu {kind}; hãy "
    "đưa vào một DataLoader, một tuple các mảng (x, y), hoặc một list các batch như vậy: thứ chỉ duyệt được một lần, "
    "chẳng hạn generator, không đủ cho nhiều epoch",
    "{what} is a list of arrays; write it as a tuple, (X, y)": "{what} là một list các mảng; hãy viết thành tuple "
    "(X, y)",
    "{what} is empty: there is no batch in it": "{what} trống: không có batch nào",
    "{what} is empty: its arrays have no rows": "{what} trống: các mảng của nó không có dòng nào",
    "{what} is of type {kind}; a batch is a tuple of the model's inputs and the target, (x, y) or (x1, x2, y)": ""
    "{what} thuộc kiểu {kind}; mỗi batch là một tuple gồm các đầu vào của mô hình và giá trị đích, (x, y) hoặc "
    "(x1, x2, y)",
    "batch {number} of the data": "batch thứ {number} của dữ liệu",
    "the arrays of {what} have different lengths, {lengths}": "các mảng của {what} có độ dài khác nhau, {lengths}",
    "the data gave no batch in this epoch": "dữ liệu không cho batch nào trong epoch này",
    "the inputs contain {what}, first at {place}": "đầu vào có {what}, đầu tiên tại {place}",
    "the target contains {what}, first at {place}": "giá trị đích có {what}, đầu tiên tại {place}",
    "the loss returned a {kind}; it must return a Tensor, computed from the prediction": "loss trả về một {kind}; nó "
    "phải trả về một Tensor tính từ dự đoán",
    "{callback!r} is no callback; give training.Callback objects, or functions of the run": "{callback!r} không phải "
    "là callback; hãy đưa vào các đối tượng training.Callback, hoặc các hàm nhận run",
    "max_norm={norm} would leave nothing of the gradient; it must be above 0": "max_norm={norm} sẽ xoá mất cả "
    "gradient; nó phải lớn hơn 0",
    "k={k} makes no sense; a step needs a whole number of batches, at least one": "k={k} không hợp lệ; mỗi bước cần "
    "một số nguyên batch, ít nhất là một",
    "snapshots={epochs} makes no sense; write 1 for every epoch, or a list of epochs": "snapshots={epochs} không hợp "
    "lệ; hãy viết 1 để lưu ở mọi epoch, hoặc một danh sách epoch",
    "progress='bar' needs tqdm, which is not installed here; write progress='lines'": "progress='bar' cần tqdm, vốn "
    "chưa được cài ở đây; hãy viết progress='lines'",
    'metrics need names of their own, not {name!r} again; write metrics={{"name": function}}': "mỗi metric cần một "
    'tên riêng, không phải {name!r} lần nữa; hãy viết metrics={{"tên": hàm}}',
    "the metric {name!r} is no function, but {metric!r}; give one of (prediction, target) that returns a number": ""
    "metric {name!r} không phải là hàm mà là {metric!r}; hãy đưa vào một hàm của (prediction, target) trả về một số",
    "there is no metric {name!r}; there are {names}, or give a function of (prediction, target) that returns a "
    "number": "không có metric {name!r}; hiện có {names}, hoặc hãy đưa vào một hàm của (prediction, target) trả về một "
    "số",
    "the history has a column {name!r} of its own; give this metric another name": "history đã có cột {name!r}; hãy "
    "đặt tên khác cho metric này",
    "the metric {name!r} returned {found}, not a single number; write .mean()?": "metric {name!r} trả về {found} chứ "
    "không phải một số; bạn quên .mean()?",
    "accuracy of one number per sample needs a threshold, 0 for logits and 0.5 for probabilities: metrics="
    '{{"accuracy": lambda p, t: training.accuracy(p, t, threshold=0)}}': "khi mỗi mẫu chỉ có một số, accuracy cần "
    "ngưỡng threshold, 0 với logit và 0.5 với xác suất: "
    'metrics={{"accuracy": lambda p, t: training.accuracy(p, t, threshold=0)}}',
    "accuracy cannot compare predictions of shape {prediction} with targets of shape {target}; give one class number "
    "for each prediction, in shape {wanted}": "accuracy không so sánh được dự đoán có shape {prediction} với giá trị "
    "đích có shape {target}; hãy cho mỗi dự đoán đúng một số hiệu lớp, với shape {wanted}",
    "start={start}, end={end}, steps={steps} make no sense; 0 < start < end and steps ≥ 2 do": "start={start}, "
    "end={end}, steps={steps} không hợp lệ; cần 0 < start < end và steps ≥ 2",
    "stop_factor={factor} must be above 1, smooth={smooth} from 0 to below 1": "stop_factor={factor} phải lớn hơn 1, "
    "smooth={smooth} phải từ 0 đến dưới 1",
    "the loss is {loss} before the first step; look at model and data first": "loss là {loss} ngay trước bước đầu "
    "tiên; hãy xem lại mô hình và dữ liệu trước",
    "data of type {kind} cannot be gone through again and again; give a DataLoader, a list of batches, or a tuple of "
    "arrays (x, y)": "dữ liệu kiểu {kind} không duyệt được nhiều lần; hãy đưa vào một DataLoader, một list các batch, "
    "hoặc một tuple các mảng (x, y)",
    # resuming
    "checkpoint_every={every} makes no sense; it must be at least 1": "checkpoint_every={every} không hợp lệ; nó phải "
    "từ 1 trở lên",
    "resume=True needs checkpoint=, the file to go on from": "resume=True cần checkpoint=, tệp để chạy tiếp từ đó",
    "{path} was not written by fit, so there is no run to resume in it": "{path} không do fit ghi, nên không có lần "
    "chạy nào để tiếp tục",
    "{path} cannot be resumed: {why}": "không chạy tiếp được từ {path}: {why}",
    "{path} cannot be resumed: its {what} was {then}, now it is {now}. Give the same, or start another run from its "
    'parameters: model.load_state_dict(tg.load({path!r})["model"])': "không chạy tiếp được từ {path}: {what} trước là "
    "{then}, nay là {now}. Hãy giữ như cũ, hoặc bắt đầu một lần chạy khác từ các tham số của nó: "
    'model.load_state_dict(tg.load({path!r})["model"])',
}
