"""What optimizers, schedules and stopping rules say when something is wrong: Vietnamese for every English text.

The English stands where the error is raised, `raise ValueError(said("…", …))`, see `tinygrad_vn.phrases`; this table is
added to the one there when `optim` is imported. Which stopping rule ended a run, and why that may mislead, is no error
and stands in `stopping/words.py`, by key.
"""

from typing import Final

OPTIM_VIETNAMESE: Final[dict[str, str]] = {
    # E13: what optimizers are given
    "a whole {kind}": "cả một {kind}",
    "one Tensor": "một Tensor đơn lẻ",
    "{value}, which is no list of Tensors": "{value}, không phải là danh sách Tensor",
    "Tensors and groups mixed": "Tensor và nhóm (group) lẫn lộn",
    "a group that has no parameters": "một nhóm (group) không có tham số",
    "no parameters": "một danh sách không có tham số nào",
    "parameter number {position} twice": "tham số thứ {position} hai lần",
    "as parameter number {position} {value}, of type {kind}": "tham số thứ {position} là {value}, thuộc kiểu {kind}",
    "as parameter number {position} the result of an operation, {value}": "tham số thứ {position} là kết quả của một "
    "phép toán, {value}",
    "as parameter number {position} a Tensor without requires_grad, {value}": "tham số thứ {position} là một Tensor "
    "không có requires_grad, {value}",
    "Write model.parameters().": "Hãy viết model.parameters().",
    "Write {optimizer}([w], …) with a list; of a model, model.parameters().": "Hãy viết {optimizer}([w], …) với một "
    "danh sách; với một mô hình, hãy viết model.parameters().",
    "Write {optimizer}([w, b], …); of a model, model.parameters().": "Hãy viết {optimizer}([w, b], …); "
    "với một mô hình, hãy viết model.parameters().",
    'Put the Tensors into {{"params": […]}}.': 'Hãy đặt các Tensor vào {{"params": […]}}.',
    'Write {{"params": [w, b], …}}.': 'Hãy viết {{"params": [w, b], …}}.',
    "A generator gives its items only once: call model.parameters() again, or keep list(model.parameters()).": "Một "
    "generator chỉ cho các phần tử của nó một lần: hãy gọi lại model.parameters(), hoặc giữ list(model.parameters()).",
    "Give each one once.": "Hãy đưa mỗi tham số một lần.",
    "Make it a Tensor: tg.tensor(…, requires_grad=True); of a model, write model.parameters().": "Hãy biến nó thành "
    "Tensor: tg.tensor(…, requires_grad=True); với một mô hình, hãy viết model.parameters().",
    "Optimize the Tensors that it is computed from, or start again from w.detach().requires_grad_().": "Hãy tối ưu "
    "những Tensor mà nó được tính ra từ đó, hoặc bắt đầu lại từ w.detach().requires_grad_().",
    "It would never change: create it with requires_grad=True, or leave it out.": "Nó sẽ không bao giờ thay đổi: "
    "hãy tạo nó với requires_grad=True, hoặc bỏ nó ra.",
    "as parameter number {position} a name and a Tensor, {name!r}": "tham số thứ {position} là một tên kèm một Tensor, "
    "{name!r}",
    "Write model.parameters() instead of model.named_parameters().": "Hãy viết model.parameters() thay cho "
    "model.named_parameters().",
    "Of several modules, write [*first.parameters(), *second.parameters()].": "Với nhiều module, hãy viết "
    "[*first.parameters(), *second.parameters()].",
    "a sparse gradient for parameter number {number}, but needs that of the whole table": "một gradient thưa (sparse) "
    "cho tham số thứ {number}, trong khi nó cần gradient của cả bảng",
    "Use SGD, Adagrad or SparseAdam for it, or Embedding(sparse=False).": "Hãy dùng SGD, Adagrad hoặc SparseAdam cho "
    "tham số này, hoặc Embedding(sparse=False).",
    "a sparse gradient for parameter number {number} together with weight_decay, which moves every row of the "
    "table": "một gradient thưa (sparse) cho tham số thứ {number} cùng với weight_decay, vốn làm thay đổi mọi hàng của "
    "bảng",
    "Set weight_decay=0 for it, or use Embedding(sparse=False).": "Hãy đặt weight_decay=0 cho tham số này, hoặc dùng "
    "Embedding(sparse=False).",
    "the gradient of a whole table for parameter number {number}, but takes sparse ones only": "gradient của cả bảng "
    "cho tham số thứ {number}, trong khi nó chỉ nhận gradient thưa (sparse)",
    "Use Adam for it, or Embedding(sparse=True).": "Hãy dùng Adam cho tham số này, hoặc Embedding(sparse=True).",
    "a gradient of shape {shape} for parameter number {number}, which has shape {now} by now": "một gradient có shape "
    "{shape} cho tham số thứ {number}, nay có shape {now}",
    "After changing the shape of a parameter, call zero_grad() and backward() again.": "Sau khi đổi shape của một tham "
    "số, hãy gọi zero_grad() rồi backward() lại.",
    "parameter number {number} with shape {now}, which had shape {shape} at its last step": "tham số thứ {number} với "
    "shape {now}, trong khi ở bước trước nó có shape {shape}",
    "Make a new {optimizer} for it.": "Hãy tạo một {optimizer} mới cho nó.",
    "the learning rate {rate} in group number {group}": "learning rate {rate} ở nhóm (group) thứ {group}",
    "Parameters would become NaN: see which schedule or line of code has set it.": "Các tham số sẽ trở thành NaN: hãy "
    "xem schedule hay dòng lệnh nào đã đặt giá trị này.",
    # warnings
    "{optimizer}.step() found no gradient, so nothing moved. Call loss.backward() before step(), and zero_grad() "
    "before backward(), not between the two. If you did: the loss depends on other parameters than those of this "
    "optimizer; after replacing a layer, make a new optimizer.": "{optimizer}.step() không thấy gradient nào nên không "
    "tham số nào thay đổi. Hãy gọi loss.backward() trước step(), và gọi zero_grad() trước backward() chứ không phải "
    "giữa hai lệnh đó. Nếu bạn đã làm vậy: loss được tính từ những tham số khác với tham số của optimizer này; hãy tạo "
    "lại optimizer sau khi thay layer.",
    "{schedule}.step() came before the first optimizer.step(), so no step was taken at the first learning rate. Call "
    "optimizer.step() first, schedule.step() after it.": "{schedule}.step() được gọi trước optimizer.step() đầu tiên, "
    "nên không bước nào dùng learning rate ban đầu. Hãy gọi optimizer.step() trước, schedule.step() sau.",
    # optimizers and schedules: their settings
    "{optimizer} has no argument {key!r}; it has {known}": "{optimizer} không có đối số {key!r}; nó có {known}",
    "{optimizer} has no setting {setting!r}; it has {known}": "{optimizer} không có thiết lập {setting!r}; nó có "
    "{known}",
    "{setting} is about how PyTorch runs its own code; leave it out here": "{setting} chỉ nói về cách PyTorch chạy mã "
    "của chính nó; ở đây hãy bỏ đối số này",
    "{name}={value} is no number; write one, such as {name}={example}": "{name}={value} không phải là số; hãy viết một "
    "số, chẳng hạn {name}={example}",
    "{name}={value} makes no sense; it must be {needed}": "{name}={value} không hợp lệ; giá trị này phải {needed}",
    "finite": "hữu hạn",
    "{least} or more": "từ {least} trở lên",
    "1 or less": "không lớn hơn 1",
    "1 or less for an average": "không lớn hơn 1 khi lấy trung bình",
    "above 0": "lớn hơn 0",
    "below 1": "nhỏ hơn 1",
    "above 0 and at most 1": "lớn hơn 0 và không lớn hơn 1",
    "from 0 to 1": "nằm trong khoảng từ 0 đến 1",
    "a whole number of 1 or more": "là số nguyên từ 1 trở lên",
    "{name}={values} makes no sense; they must be whole numbers": "{name}={values} không hợp lệ; tất cả phải là số "
    "nguyên",
    "{name}={value} is neither True nor False": "{name}={value} không phải True cũng không phải False",
    "{name}={value} is unknown; there are {choices}": "không có {name}={value}; chỉ có {choices}",
    "betas={betas} makes no sense; they are two numbers, 0 or more and below 1, such as (0.9, 0.999)": ""
    "betas={betas} không hợp lệ; đó là hai số từ 0 trở lên và nhỏ hơn 1, chẳng hạn (0.9, 0.999)",
    "nesterov=True needs momentum above 0, such as momentum=0.9, and dampening=0": "nesterov=True cần momentum lớn hơn "
    "0, chẳng hạn momentum=0.9, và dampening=0",
    "momentum_form={form!r} has neither nesterov nor dampening; leave them out": "momentum_form={form!r} không có "
    "nesterov lẫn dampening; hãy bỏ chúng đi",
    "decoupled_weight_decay=False is Adam; write Adam(…) instead of AdamW(…)": "decoupled_weight_decay=False chính là "
    "Adam; hãy viết Adam(…) thay cho AdamW(…)",
    # optimizers: steps
    "step() takes a function that computes the loss, not {kind}; with the loss at hand, write loss.backward() and "
    "then step()": "step() nhận một hàm tính loss, không phải {kind}; nếu đã có loss, hãy viết loss.backward() rồi "
    "step()",
    "LBFGS takes one group of parameters only: all of them are one vector to it": "LBFGS chỉ nhận một nhóm (group) "
    "tham số: với nó, mọi tham số hợp thành một vectơ",
    "LBFGS evaluates the loss several times per step: write step(closure), with a function that calls zero_grad() "
    "and backward() and returns the loss": "LBFGS tính loss nhiều lần trong mỗi bước: hãy viết step(closure), với một "
    "hàm gọi zero_grad() và backward() rồi trả về loss",
    "the parameters are {now} numbers now and were {before} at the last step; make a new LBFGS for them": ""
    "các tham số nay gồm {now} số, còn ở bước trước gồm {before} số; hãy tạo một LBFGS mới cho chúng",
    "the closure returned None; it must return the loss: end it with `return loss`": "closure trả về None; nó phải trả "
    "về loss: hãy kết thúc nó bằng `return loss`",
    # optimizers and schedules: saved states
    "this is no state of an optimizer: those have the keys 'state' and 'param_groups'": "đây không phải là trạng thái "
    "(state_dict) của optimizer: trạng thái đó có các khoá 'state' và 'param_groups'",
    "there is no parameter number {number!r}; this {optimizer} has {count} of them": "không có tham số thứ {number!r}; "
    "{optimizer} này có {count} tham số",
    "the saved state of parameter number {number} lacks {key!r}": "trạng thái đã lưu của tham số thứ {number} thiếu "
    "{key!r}",
    "{key!r} of parameter number {number} was saved as {value}, not as an array": "{key!r} của tham số thứ {number} "
    "được lưu là {value}, không phải là mảng",
    "{key!r} of parameter number {number} was saved with shape {saved}, not {shape}": "{key!r} của tham số thứ "
    "{number} được lưu với shape {saved}, không phải {shape}",
    "{key!r} of parameter number {number} does not fit a table of {rows} rows": "{key!r} của tham số thứ {number} "
    "không khớp với một bảng có {rows} hàng",
    "the saved state is for groups of {theirs} parameters, this {optimizer} has {ours}": "trạng thái đã lưu dành cho "
    "các nhóm (group) có {theirs} tham số, còn {optimizer} này có {ours}",
    "the saved settings are {settings}; {optimizer} needs {missing}": "các thiết lập đã lưu là {settings}; {optimizer} "
    "còn cần {missing}",
    "LBFGS keeps all with the first parameter, but there is a state of number {number}": "LBFGS giữ mọi thứ ở tham số "
    "đầu tiên, nhưng ở đây lại có trạng thái của tham số thứ {number}",
    "the saved state lacks {missing}": "trạng thái đã lưu thiếu {missing}",
    "a saved vector has shape {shape}; the parameters are {size} numbers": "một vectơ đã lưu có shape {shape}; các "
    "tham số gồm {size} số",
    "this is not the state of a {kind}: {wrong} missing or too many": "đây không phải là trạng thái của {kind}: thiếu "
    "hoặc thừa {wrong}",
    "the saved state is for {theirs} groups of parameters, this schedule has {ours}": "trạng thái đã lưu dành cho "
    "{theirs} nhóm (group) tham số, còn schedule này có {ours}",
    "the saved state is of {theirs} schedules, not of {ours}": "trạng thái đã lưu là của {theirs} schedule, không phải "
    "của {ours}",
    # schedules
    "{kind} schedules an optimizer, not a {given}": "{kind} cần một optimizer, không phải {given}",
    "last_epoch={last_epoch} continues a schedule, but param_groups[{i}] has no 'initial_lr': load the optimizer's "
    "state first, or leave last_epoch out": "last_epoch={last_epoch} tiếp tục một schedule, nhưng param_groups[{i}] "
    "không có 'initial_lr': hãy nạp trạng thái của optimizer trước, hoặc bỏ last_epoch",
    "{kind} was made for {before} groups of parameters, the optimizer has {now} by now: add groups before making the "
    "schedule": "{kind} được tạo cho {before} nhóm (group) tham số, còn optimizer nay có {now}: hãy thêm nhóm trước "
    "khi tạo schedule",
    "{name} has {count} numbers, the optimizer has {groups} groups of parameters": "{name} có {count} số, còn "
    "optimizer có {groups} nhóm (group) tham số",
    "the rate below {threshold}": "learning rate dưới ngưỡng {threshold}",
    "lr_lambda has {count} functions, the optimizer has {groups} groups": "lr_lambda có {count} hàm, còn optimizer có "
    "{groups} nhóm (group)",
    "{optimizer} has no momentum to change; write cycle_momentum=False": "{optimizer} không có momentum để thay đổi; "
    "hãy viết cycle_momentum=False",
    "step number {number} of a cycle of {total}: total_steps is the number of batches in all epochs together, one "
    "step() each": "bước thứ {number} của một chu kỳ {total} bước: total_steps là tổng số batch của mọi epoch, mỗi "
    "batch một lần step()",
    "OneCycleLR must know its length: give total_steps, or epochs and steps_per_epoch": "OneCycleLR phải biết độ dài "
    "của mình: hãy cho total_steps, hoặc epochs và steps_per_epoch",
    "LossThresholds needs a rate for at least one threshold, such as {{1.6: 50.0}}": "LossThresholds cần learning rate "
    "cho ít nhất một ngưỡng, chẳng hạn {{1.6: 50.0}}",
    "no loss is below NaN: {rates} needs numbers as thresholds": "không loss nào nhỏ hơn NaN: {rates} cần các ngưỡng "
    "là số",
    "SequentialLR needs schedules, such as [LinearLR(optimizer), StepLR(optimizer, 30)]": "SequentialLR cần các "
    "schedule, chẳng hạn [LinearLR(optimizer), StepLR(optimizer, 30)]",
    "{count} schedules need {needed} milestones between them, not {given}": "{count} schedule cần {needed} mốc "
    "(milestones) ở giữa, không phải {given}",
    "milestones={milestones} must rise": "milestones={milestones} phải tăng dần",
    "schedulers[{i}] is no schedule, but of type {kind}": "schedulers[{i}] không phải là schedule mà thuộc kiểu {kind}",
    "schedulers[{i}], {kind}, must be told the loss: step it by itself": "schedulers[{i}], {kind}, cần được cho biết "
    "loss: hãy gọi step(loss) của riêng nó",
    "schedulers[{i}] belongs to another optimizer": "schedulers[{i}] thuộc về một optimizer khác",
    # stopping rules
    "a stopping rule is neither true nor false: combine rules with | and &, not with `or` and `and`, such as "
    "MaxIterations(1000) | GradientNorm(1e-6)": "một quy tắc dừng không đúng cũng không sai: hãy kết hợp các quy tắc "
    "bằng | và &, không phải bằng `or` và `and`, chẳng hạn MaxIterations(1000) | GradientNorm(1e-6)",
    "met() takes a Progress, not {kind}: write progress = Progress.of(optimizer) before the loop, and "
    "met(progress.update(loss)) after every step()": "met() nhận một Progress, không phải {kind}: hãy viết progress = "
    "Progress.of(optimizer) trước vòng lặp, và met(progress.update(loss)) sau mỗi step()",
    "no parameter has a gradient: ask the rule after backward() and step(), before zero_grad()": ""
    "không tham số nào có gradient: hãy gọi met() sau backward() và step(), trước zero_grad()",
    "the best {kept} parameters and buffers do not fit these {given}: give them as in Progress, in the same order": ""
    "{kept} tham số và buffer tốt nhất không khớp với {given} Tensor này: hãy đưa chúng vào như trong Progress, theo "
    "cùng thứ tự",
    "this is not the state of {kind}: it has {keys}": "đây không phải là trạng thái của {kind}: nó có {keys}",
    "the saved state is of {theirs} rules, not of {ours}": "trạng thái đã lưu là của {theirs} quy tắc dừng, không phải "
    "của {ours}",
}
