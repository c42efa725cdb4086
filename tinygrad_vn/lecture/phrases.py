"""What drawings, stories and derivations say when they cannot be made: Vietnamese for every English text.

The English stands where the error is raised, `raise ValueError(said("…", …))`, see `tinygrad_vn.phrases`; this table is
added to the one there when `lecture` is imported. Errors follow the language setting; the argument `lang=` of a drawing
is about what is drawn.
"""

from typing import Final

LECTURE_VIETNAMESE: Final[dict[str, str]] = {
    # arguments
    "{argument}={value!r} is unknown; write one of {known}": "không có {argument}={value!r}; hãy viết một trong: "
    "{known}",
    "{argument}={value!r} is no choice of names; write a tuple of some of {known}, such as ({first!r},)": ""
    "{argument}={value!r} không hợp lệ; hãy viết một tuple gồm một số tên trong {known}, chẳng hạn ({first!r},)",
    "{argument}={value!r} makes no sense; write a whole number from {least}": "{argument}={value!r} không hợp lệ; hãy "
    "viết một số nguyên từ {least} trở lên",
    # what is to be drawn or derived
    "{name} has not been recorded yet: call it three times with arguments of one kind, then draw it": "{name} chưa "
    "được ghi lại: hãy gọi nó ba lần với các đối số cùng loại rồi mới vẽ",
    "draw() takes a Tensor, or a list of them, or a model, not {kind}: {result:.60}": "draw() nhận một Tensor, một "
    "list các Tensor, hoặc một mô hình, không nhận {kind}: {result:.60}",
    "to draw a {kind}, give it something to compute: draw(model, inputs=x)": "để vẽ một {kind}, hãy đưa cho nó dữ liệu "
    "để tính: draw(model, inputs=x)",
    "inputs= is for a model, draw(model, inputs=x); a Tensor has been computed already: leave inputs= out": "inputs= "
    "là dành cho mô hình, draw(model, inputs=x); còn Tensor thì đã tính xong rồi: hãy bỏ inputs=",
    "{argument}= takes a dictionary or pairs of names and Tensors, or a model, not {given:.60}; write "
    '{argument}={{"w": w}}': "{argument}= nhận một dict hoặc các cặp gồm tên và Tensor, hoặc một mô hình, không nhận "
    '{given:.60}; hãy viết {argument}={{"w": w}}',
    "backward=True draws the gradients of one number, not of {count} results; draw their sum": "backward=True vẽ "
    "gradient của một số duy nhất, không phải của {count} kết quả; hãy vẽ tổng của chúng",
    "forward() of {model} returned {kind}, but only Tensors can be drawn; does it return its result?": "forward() của "
    "{model} trả về {kind}, nhưng chỉ vẽ được Tensor; hàm đó đã có lệnh return kết quả chưa?",
    "explain() takes a Tensor that was computed, such as a loss, not {kind}: {result:.60}": "explain() nhận một Tensor "
    "là kết quả tính toán, chẳng hạn loss, không nhận {kind}: {result:.60}",
    "wrt={name!r}: the result was not made from it, or it does not require a gradient; {known}": "wrt={name!r}: kết "
    "quả không được tính từ đó, hoặc nó không cần gradient (requires_grad); {known}",
    "there is no gradient at all": "ở đây không có gradient nào cả",
    "there are gradients of {names}": "ở đây có gradient của {names}",
    "trace_table() takes a Tensor that was computed, or a list of them, not {kind}: {result:.60}": "trace_table() nhận "
    "một Tensor là kết quả tính toán, hoặc một list các Tensor, không nhận {kind}: {result:.60}",
    # pictures and files
    "this picture needs Graphviz, which is not installed here (a .dot file does not need it); add pygraphviz, which "
    "contains it: {command}": "chưa vẽ được hình này vì thiếu Graphviz (tệp .dot thì không cần); hãy cài pygraphviz, "
    "trong đó đã có sẵn Graphviz: {command}",
    "{engine} could not draw this graph: {complaint}": "{engine} không vẽ được đồ thị này: {complaint}",
    "no reason given": "không nêu lý do",
    "a drawing cannot be written as {format!r}; there are {known}, as in drawing.render('loss.svg')": "không ghi được "
    "hình vẽ dưới dạng {format!r}; có các dạng {known}, chẳng hạn drawing.render('loss.svg')",
    "a PNG of this drawing would be {size} pixels long; it is drawn with {dpi} dots per inch: .svg or .pdf is sharp": ""
    "PNG của hình này sẽ dài {size} pixel; nên chỉ vẽ với {dpi} dpi: .svg hoặc .pdf thì nét",
    "frames cannot be written as {format!r}; there are {known}, as in drawing.frames('folder', 'svg')": "không ghi "
    "được các khung hình dưới dạng {format!r}; có các dạng {known}, chẳng hạn drawing.frames('folder', 'svg')",
    "{name!r} is one PDF with all frames, so they cannot be {format!r}; leave the format out, or name a folder": ""
    "{name!r} là một tệp PDF chứa mọi khung hình, nên chúng không thể có dạng {format!r}; hãy bỏ định dạng đó, hoặc "
    "ghi tên một thư mục",
    "{count} frames are too many, at most {most} can be made; fold the computation: draw(…, max_nodes=100)": "{count} "
    "khung hình là quá nhiều, chỉ tạo được tối đa {most}; hãy thu gọn phép tính: draw(…, max_nodes=100)",
    "one PDF with all frames needs pypdf, which is not installed here (a folder of frames does not need it); add it: "
    "{command}": "một tệp PDF chứa mọi khung hình cần pypdf, vốn chưa được cài ở đây (thư mục chứa từng khung hình thì "
    "không cần); hãy cài thêm: {command}",
    # the animation of a training
    "there are no snapshots to animate; training.fit(…, snapshots=1) keeps one of every epoch": "không có snapshot nào "
    "để làm hình động; training.fit(…, snapshots=1) lưu một snapshot ở mỗi epoch",
    "at epoch {epoch}, loss() returned {what}; it must return a Tensor with one number": "ở epoch {epoch}, loss() trả "
    "về {what}; nó phải trả về một Tensor chỉ gồm một số",
    "loss() computes in another way at epoch {epoch} than at the first one, so one picture cannot show both; let it "
    "carry out the same operations every time": "ở epoch {epoch}, loss() tính theo cách khác với epoch đầu tiên, nên "
    "một hình không thể hiện được cả hai; hãy để nó luôn thực hiện cùng các phép toán",
    # networks: what is given
    "draw_network() takes a model, an nn.Module, not {kind}: {model:.60}": "draw_network() nhận một mô hình, tức là "
    "nn.Module, không nhận {kind}: {model:.60}",
    "targets were given without a loss to compare them by; add loss=nn.MSELoss()": "có targets nhưng không có hàm mất "
    "mát (loss) để so sánh; hãy thêm loss=nn.MSELoss()",
    "a loss was given without an example to compute it for; write draw_network(model, inputs, …)": "có hàm mất mát "
    "(loss) nhưng không có mẫu nào để tính; hãy viết draw_network(model, inputs, …)",
    "'value' in show needs an example; write draw_network(model, inputs)": "'value' trong show cần một mẫu dữ liệu; "
    "hãy viết draw_network(model, inputs)",
    "'delta' and 'grad' in show need a loss; write draw_network(model, inputs, targets, loss=nn.MSELoss())": "'delta' "
    "và 'grad' trong show cần hàm mất mát (loss); hãy viết draw_network(model, inputs, targets, loss=nn.MSELoss())",
    "draw_network() shows one sample, but inputs of shape {shape} hold {count}; write inputs[:1]": "draw_network() chỉ "
    "vẽ một mẫu, nhưng inputs có shape {shape} chứa {count} mẫu; hãy viết inputs[:1]",
    "the loss of draw_network() returned {what}; it must return a Tensor with one number": "hàm loss đưa vào "
    "draw_network() trả về {what}; nó phải trả về một Tensor chỉ gồm một số",
    "there are {count} lines between two of these layers, and at most {most} labels can be read there; take a "
    "max_neurons below {max_neurons}, or leave 'weight' and 'grad' out of show": "có {count} đường nối giữa hai lớp "
    "(layer), mà ở đó chỉ đọc được tối đa {most} nhãn; hãy lấy max_neurons nhỏ hơn {max_neurons}, hoặc bỏ 'weight' và "
    "'grad' khỏi show",
    "the steps of a network are those of an example; write draw_network(model, inputs)": "các bước của một mạng là "
    "các bước tính một mẫu; hãy viết draw_network(model, inputs)",
    # networks: models that are none
    "{model} could not be followed with zeros of shape {shape} as input ({error}); give it an example: "
    "draw_network(model, inputs)": "không chạy thử được {model} với đầu vào toàn số 0 có shape {shape} ({error}); hãy "
    "đưa vào một mẫu: draw_network(model, inputs)",
    "{reason}. draw(model, inputs=x) draws any computation.": "{reason}. draw(model, inputs=x) vẽ được mọi phép tính.",
    "{place} cannot be drawn as neurons: its {name} is not the weight of an nn.Linear": "không vẽ được {place} thành "
    "các neuron: {name} của nó không phải là trọng số của một nn.Linear",
    "{model} has no nn.Linear, so there are no layers of neurons to draw": "{model} không có nn.Linear nào, nên không "
    "có lớp neuron nào để vẽ",
    "forward() of {model} calls none of its nn.Linear layers, so there are no layers of neurons to draw": "forward() "
    "của {model} không gọi nn.Linear nào của nó, nên không có lớp neuron nào để vẽ",
    "forward() of {model} returns {kind}, not the Tensor of one last layer": "forward() của {model} trả về {kind}, "
    "không phải Tensor của một lớp cuối cùng",
    "{end} is not made of the {count} neurons of {place}, one by one": "{end} không được tạo thành từ từng neuron "
    "trong {count} neuron của {place}",
    "{place} is not fed by the layer before it alone (a skip connection, a second branch, or a parameter outside of "
    "nn.Linear), so the model is no chain of layers": "{place} không chỉ nhận đầu vào từ lớp ngay trước nó (skip "
    "connection, nhánh thứ hai, hoặc tham số nằm ngoài nn.Linear), nên mô hình không phải là một chuỗi các lớp nối "
    "tiếp",
    "the output": "đầu ra",
    "the layer": "lớp này",
    "layer {path!r}": "lớp {path!r}",
    "layer {path!r} ({kind})": "lớp {path!r} ({kind})",
}
