# %% [markdown]
# # Four activations, vanishing gradients, dying ReLU · Bốn activation, vanishing gradient, dying ReLU
#
# **English.** An activation function bends what a layer computes; what comes back through it in backpropagation is
# multiplied by its derivative. So the derivative decides who learns: σ′ is 1/4 at most, and ten layers of it leave next
# to nothing of a gradient; relu′ is 1 or 0, and a neuron that is at 0 for every input never learns again. We draw the
# four functions of the document, then measure both effects on nets.
#
# **Tiếng Việt.** Activation function uốn cong kết quả của một layer; khi backpropagation, gradient đi ngược qua nó bị
# nhân với đạo hàm. Vì vậy đạo hàm quyết định ai học được: σ′ lớn nhất chỉ 1/4, qua mười layer gradient gần như không
# còn gì; relu′ bằng 1 hoặc 0, nên neuron cho ra 0 với mọi đầu vào sẽ không bao giờ học nữa. Ta vẽ bốn hàm của tài liệu
# rồi đo cả hai hiện tượng trên mạng thật.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 2, 1.2.

# %%
import numpy as np
from lesson import BLUE, BROWN, GREEN, OCHRE, Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, plot
from tinygrad_vn.nn import functional as F

page = Lesson(__file__ if "__file__" in globals() else "ch05_activations")
page.say(
    "Expected: σ′ ≤ 0.25, tanh′ ≤ 1. In a net of 10 layers the first layer's gradient is a millionth of the last\n"
    "one's with sigmoid, but of the same size with ReLU. After one step that is too long all 20 ReLU neurons are dead\n"
    "and stay so; Leaky ReLU recovers.",
    "Sẽ thấy: σ′ ≤ 0.25, tanh′ ≤ 1. Trong mạng 10 layer, gradient của layer đầu chỉ bằng một phần triệu của layer\n"
    "cuối nếu dùng sigmoid, nhưng cùng cỡ nếu dùng ReLU. Sau một bước quá dài, cả 20 neuron ReLU chết và chết luôn;\n"
    "Leaky ReLU hồi phục.",
)

# %% [markdown]
# ## Functions and derivatives · Hàm và đạo hàm
#
# The formulas of the document beside what `backward()` gives. · Công thức của tài liệu, so với kết quả `backward()`.

# %%
FUNCTIONS = {"sigmoid": F.sigmoid, "tanh": F.tanh, "relu": F.relu, "leaky_relu": F.leaky_relu}
FORMULAS = {
    "sigmoid": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,  # σ(1 − σ)
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "relu": lambda x: (x > 0) * 1.0,
    "leaky_relu": lambda x: np.where(x > 0, 1.0, 0.01),
}
points = tg.tensor([-10.0, -2.0, -0.5, 0.5, 2.0, 10.0], requires_grad=True)
print("\n" + f"{'x':18}" + "".join(f"{x:>10.4g}" for x in points.tolist()))
for name, function in FUNCTIONS.items():
    values = function(points)
    (slopes,) = tg.grad(values.sum(), [points])
    print(f"{name:18}" + "".join(f"{value:>10.4g}" for value in values.tolist()))
    print(f"{name + '′':18}" + "".join(f"{slope:>10.4g}" for slope in slopes.tolist()))
    page.check(slopes, FORMULAS[name](points.detach().numpy()), within=1e-12)
zero = tg.tensor(0.0, requires_grad=True)
page.check([tg.grad(F.sigmoid(zero), [zero])[0].item(), tg.grad(F.tanh(zero), [zero])[0].item()], [0.25, 1.0])
if page.draws:
    page.save(plot.activation(list(FUNCTIONS), low=-5, high=5), "ch05_activations.svg")

# %% [markdown]
# ## What is relu′(0)? · relu′(0) bằng bao nhiêu?
#
# There is a kink at 0: the slope is 0 on the left and 1 on the right, and no derivative. The document says 1 ("x ≥ 0"),
# we and PyTorch say 0; both are subgradients. Whoever wants the document's writes `np.where(x >= 0, x, 0)`. It matters
# only where sums are exactly 0, as in a net that starts with all weights 0.
#
# Tại 0 có chỗ gãy: bên trái độ dốc là 0, bên phải là 1, nên không có đạo hàm. Tài liệu chọn 1 ("x ≥ 0"), chúng tôi và
# PyTorch chọn 0; cả hai đều là subgradient. Muốn theo tài liệu thì viết `np.where(x >= 0, x, 0)`. Chỉ khác nhau khi
# tổng bằng đúng 0, ví dụ mạng khởi tạo toàn số 0.

# %%
here, there = F.relu(zero), np.where(zero >= 0, zero, 0.0)
ours, documents = (tg.grad(result, [zero])[0].item() for result in (here, there))
report = tg.gradcheck_report(F.relu, zero)
page.say(
    f"\nrelu′(0) here: {ours:g}, in the document: {documents:g}; the gradient check calls it {report.verdict}.",
    f"\nrelu′(0) ở đây: {ours:g}, trong tài liệu: {documents:g}; gradcheck gọi đó là {report.verdict}.",
)
page.check([ours, documents], [0, 1])

# %% [markdown]
# ## Vanishing gradient
#
# Ten layers of 32 neurons, 64 inputs: the norm of every layer's gradient, measured. The weights start with a variance
# that suits their activation (1/n, for both ReLUs 2/n). Beside it the same net with `nn.Linear`'s own start, PyTorch's,
# whose variance is only 1/(3n): then gradients fade with every activation. The start matters as much as the function.
#
# Mười layer, mỗi layer 32 neuron, 64 đầu vào: đo norm của gradient ở từng layer. Trọng số khởi tạo với phương sai hợp
# với activation (1/n, riêng hai hàm ReLU 2/n). Bên cạnh là cùng mạng đó với khởi tạo mặc định của `nn.Linear`, giống
# PyTorch, phương sai chỉ 1/(3n): khi đó gradient nhỏ dần với mọi activation. Cách khởi tạo quan trọng không kém.

# %%
LAYERS = {"sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "relu": nn.ReLU(), "leaky_relu": nn.LeakyReLU(0.01)}
rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 32)), rng.normal(size=(64, 32))


def gradient_norms(activation: nn.Module, variance: float | None) -> np.ndarray:
    """‖∂L/∂W‖ of the ten layers; variance · 1/n is that of their weights, None for the start of `nn.Linear`."""
    tg.manual_seed(0)
    linears = [nn.Linear(32, 32) for _ in range(10)]
    for linear in linears if variance else []:
        nn.init.normal_(linear.weight, std=np.sqrt(variance / 32))
        nn.init.zeros_(linear.bias)
    net = nn.Sequential(*(layer for linear in linears for layer in (linear, activation)))
    F.mse_loss(net(x), tg.tensor(y)).backward()
    return np.array([np.linalg.norm(linear.weight.grad) for linear in linears])


norms = {name: gradient_norms(layer, 2 if "relu" in name else 1) for name, layer in LAYERS.items()}
default = {name: gradient_norms(layer, None) for name, layer in LAYERS.items()}
page.say(
    "\nNorm of the gradient in layers 1, 4, 7, 10; the first over the last; the same with the default start",
    "\nNorm của gradient ở layer 1, 4, 7, 10; layer đầu chia layer cuối; tỉ số đó với khởi tạo mặc định",
)
for name, values in norms.items():
    ratios = (each[name][0] / each[name][-1] for each in (norms, default))
    print(
        f"{name:12}" + "".join(f"{norm:9.1e}" for norm in values[::3]) + "".join(f"{ratio:11.1e}" for ratio in ratios)
    )
page.check(np.log10(norms["sigmoid"][0] / norms["sigmoid"][-1]), -6, within=0.5)
page.claim(
    all(0.1 < norms[name][0] / norms[name][-1] < 10 for name in ("tanh", "relu", "leaky_relu")),
    "With sigmoid the first layers learn next to nothing; with the others, started well, all layers learn alike.",
    "Với sigmoid, các layer đầu hầu như không học; với ba hàm kia, khởi tạo tốt thì mọi layer học như nhau.",
)
page.claim(
    all(values[0] < 0.1 * values[-1] for values in default.values())
    and default["sigmoid"][0] < 1e-3 * max(default["sigmoid"]),
    "With weights too small for them, gradients vanish in all four.",
    "Với trọng số quá nhỏ, gradient triệt tiêu ở cả bốn.",
)
if page.draws:
    title = page.word("Gradient norms in a net of ten layers", "Norm của gradient trong mạng mười layer")
    figure, axes = page.figure(title, "layer", "‖∂L/∂W‖")
    for (name, values), color, mark in zip(norms.items(), (BLUE, BROWN, GREEN, OCHRE), "o^sD", strict=True):
        axes.semilogy(range(1, 11), values, marker=mark, color=color, label=name)
    axes.legend(frameon=False)
    page.save(figure, "ch05_activations_vanishing.svg")

# %% [markdown]
# ## Dying ReLU
#
# A net 2-20-1 learns a sum. One step with rate 2 throws all sums below 0; then Adam goes on with a reasonable 0.05. A
# dead neuron's gradient is exactly 0, so its weights stay what they are to the last bit. The leak of 0.01 is enough to
# come back.
#
# Mạng 2-20-1 học một tổng. Một bước với learning rate 2 đẩy mọi tổng xuống dưới 0; sau đó Adam học tiếp với 0.05
# hợp lý. Gradient của neuron chết bằng đúng 0, nên trọng số của nó giữ nguyên từng bit. Độ dốc 0.01 của Leaky ReLU đủ
# để sống lại.

# %%
x = rng.uniform(0, 1, size=(50, 2))
y = x.sum(1, keepdims=True) - 2


def after_a_long_step(activation: nn.Module) -> tuple[list[int], float, float]:
    """How many of 20 neurons are dead: at first, after the long step, in the end; how far W₁ moved then; the loss."""
    tg.manual_seed(1)
    net = nn.Sequential(nn.Linear(2, 20), activation, nn.Linear(20, 1))
    nn.init.constant_(net[2].weight, 0.3)

    def count_dead() -> int:
        return int((net[0](x) <= 0).all(0).sum())

    dead = [count_dead()]
    for rate, steps in ((2.0, 1), (0.05, 1000)):
        before = net[0].weight.detach().numpy().copy()
        optimizer = optim.Adam(net.parameters(), lr=rate) if steps > 1 else optim.SGD(net.parameters(), lr=rate)
        for _ in range(steps):
            optimizer.zero_grad()
            loss = F.mse_loss(net(x), tg.tensor(y))
            loss.backward()
            optimizer.step()
        dead.append(count_dead())
    return dead, float(abs(net[0].weight.detach().numpy() - before).max()), loss.item()


page.say("\nNeurons below 0 for all 50 inputs, of 20", "\nSố neuron dưới 0 với cả 50 đầu vào, trên 20")
found = {name: after_a_long_step(LAYERS[name]) for name in ("relu", "leaky_relu")}
for name, (dead, moved, loss) in found.items():
    print(f"{name:12}" + " → ".join(f"{count:2}" for count in dead) + f"   max |ΔW₁| = {moved:.2f}   loss = {loss:.3f}")
page.check(found["relu"][0][1:], [20, 20])
page.check(found["relu"][1], 0.0)
page.check(found["relu"][2], np.var(y), within=1e-6)  # all that is left to learn is the mean, in the last bias
page.claim(
    found["leaky_relu"][0][1] == 20 and found["leaky_relu"][0][2] < 20 and found["leaky_relu"][2] < 1e-3,
    "Leaky ReLU: all below 0 as well, but they come back and learn the sum.",
    "Leaky ReLU: cũng bị đẩy xuống dưới 0 hết, nhưng sống lại và học được tổng.",
)

# %%
page.done()
