# %% [markdown]
# # Vanishing gradient and dying ReLU, measured · Đo vanishing gradient và dying ReLU
#
# **English.** Going back through a layer, a gradient is multiplied by the activation's derivative. σ′ is 1/4 at most,
# and ten layers of it leave next to nothing; relu′ is 1 or 0, and a neuron that is at 0 for every input never learns
# again. We measure both on nets.
#
# **Tiếng Việt.** Khi đi ngược qua một layer, gradient bị nhân với đạo hàm của activation. σ′ lớn nhất chỉ 1/4, qua mười
# layer hầu như không còn gì; relu′ bằng 1 hoặc 0, nên neuron cho ra 0 với mọi đầu vào sẽ không bao giờ học nữa. Ta đo
# cả hai hiện tượng trên mạng thật.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 2, 1.2. The document has words only; nets and data are ours · Tài liệu chỉ
# có lời; mạng và dữ liệu là của chúng tôi.

# %%
import numpy as np
from lesson import BLUE, BROWN, GREEN, OCHRE, Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim
from tinygrad_vn.nn import functional as F

page = Lesson(__file__ if "__file__" in globals() else "ch05_vanishing")
page.say(
    "Expected: in a net of 10 layers the first layer's gradient is a millionth of the last one's with sigmoid, but of\n"
    "the same size with ReLU. After one step that is too long all 20 ReLU neurons are dead and stay so; with Leaky\n"
    "ReLU the net goes on learning.",
    "Sẽ thấy: trong mạng 10 layer, gradient của layer đầu chỉ bằng một phần triệu của layer cuối nếu dùng sigmoid,\n"
    "nhưng cùng cỡ nếu dùng ReLU. Sau một bước quá dài, cả 20 neuron ReLU chết và chết luôn; với Leaky ReLU mạng vẫn\n"
    "học tiếp.",
)

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


def ten_layers(variance: float | None) -> list[nn.Linear]:
    """variance · 1/n is that of their weights, None for the start of `nn.Linear`."""
    tg.manual_seed(0)
    linears = [nn.Linear(32, 32) for _ in range(10)]
    for linear in linears if variance else []:
        nn.init.normal_(linear.weight, std=np.sqrt(variance / 32))
        nn.init.zeros_(linear.bias)
    return linears


def gradient_norms(activation: nn.Module, variance: float | None) -> np.ndarray:
    """‖∂L/∂W‖ of the ten layers."""
    linears = ten_layers(variance)
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
weights = [linear.weight.detach().numpy() for linear in ten_layers(1)]
A = [x]
for W in weights:  # the net with sigmoid once more, by the formulas of chapter 6; its biases are 0
    A.append(1 / (1 + np.exp(-A[-1] @ W.T)))
delta = 2 * (A[-1] - y) / y.size * A[-1] * (1 - A[-1])
for k in range(9, -1, -1):
    page.check(norms["sigmoid"][k] / np.linalg.norm(delta.T @ A[k]), 1, within=1e-9)
    delta = delta @ weights[k] * A[k] * (1 - A[k])
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
    page.save(figure, "ch05_vanishing.svg")

# %% [markdown]
# ## Dying ReLU
#
# A net 2-20-1 learns a sum. One step with rate 2 throws all sums below 0; then Adam goes on with a reasonable 0.05. A
# dead neuron's gradient is exactly 0, so its weights stay what they are to the last bit. Of Leaky ReLU most sums stay
# below 0, too, but a slope of 0.01 lets the gradient through, and that is enough to learn by.
#
# Mạng 2-20-1 học một tổng. Một bước với learning rate 2 đẩy mọi tổng xuống dưới 0; sau đó Adam học tiếp với 0.05 hợp
# lý. Gradient của neuron chết bằng đúng 0, nên trọng số của nó giữ nguyên từng bit. Với Leaky ReLU phần lớn các tổng
# cũng ở lại dưới 0, nhưng độ dốc 0.01 vẫn cho gradient đi qua, đủ để học tiếp.

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
    found["leaky_relu"][0][1] == 20 and found["leaky_relu"][1] > 0.1 and found["leaky_relu"][2] < 1e-3,
    "Leaky ReLU: all below 0 as well, but its weights still move, and the net learns the sum.",
    "Leaky ReLU: cũng bị đẩy xuống dưới 0 hết, nhưng trọng số vẫn thay đổi và mạng học được tổng.",
)

# %%
page.done()
