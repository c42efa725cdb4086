# %% [markdown]
# # Backpropagation in matrices: the net 2-3-3-1 · Backpropagation bằng ma trận: mạng 2-3-3-1
#
# **English.** Two inputs, two hidden layers of three neurons, one output, sigmoid everywhere. We write feedforward and
# every formula of backpropagation with NumPy's matrices, as on the document's pages, and compare each with what
# `backward()` finds. The document leaves the loss open: ours is the mean squared error, J = 1/N ∑ (ŷ − y)², over a
# batch of N = 4. Its matrices are (in × out); `nn.Linear` keeps (out × in), as PyTorch does: the same net, transposed.
#
# **Tiếng Việt.** Hai đầu vào, hai hidden layer mỗi layer ba neuron, một đầu ra, activation đều là sigmoid. Ta viết
# feedforward và mọi công thức backpropagation bằng ma trận NumPy như trong tài liệu, rồi so từng cái với kết quả của
# `backward()`. Tài liệu không nói rõ loss; ta chọn mean squared error, J = 1/N ∑ (ŷ − y)², với batch N = 4. Ma trận của
# tài liệu có kích thước (vào × ra); `nn.Linear` giữ (ra × vào) như PyTorch: cùng một mạng, chỉ chuyển vị.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 2, 2.3 "Parameters" and 3, 2 "Ví dụ".

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn

page = Lesson(__file__ if "__file__" in globals() else "ch06_matrices")
page.say(
    "Expected: 25 parameters; feedforward and 11 formulas of backpropagation, b⁽¹⁾ among them, that differ from our\n"
    "gradients by less than 1e-12; the same with nn.Linear.",
    "Sẽ thấy: 25 tham số; feedforward và 11 công thức backpropagation, kể cả b⁽¹⁾, khác gradient của ta dưới\n"
    "1e-12; dùng nn.Linear cũng vậy.",
)

# %% [markdown]
# ## Feedforward
#
# For one sample the document writes columns, z⁽¹⁾ = (W⁽¹⁾)ᵀ a⁽⁰⁾ + b⁽¹⁾. For a batch the samples are the rows of a
# matrix: Z⁽¹⁾ = A⁽⁰⁾ W⁽¹⁾ + b⁽¹⁾. Two misprints: z⁽¹⁾ has a third term a₃⁽⁰⁾ w₃₁⁽¹⁾,
# where the input has two nodes only; and z⁽ᵏ⁾, a⁽ᵏ⁾ are said to have size l⁽ᵏ⁺¹⁾, where l⁽ᵏ⁾ is meant.
#
# Với một mẫu, tài liệu viết vector cột, z⁽¹⁾ = (W⁽¹⁾)ᵀ a⁽⁰⁾ + b⁽¹⁾. Với một batch, mỗi mẫu là một hàng của ma trận:
# Z⁽¹⁾ = A⁽⁰⁾ W⁽¹⁾ + b⁽¹⁾. Hai lỗi in: z⁽¹⁾ có thêm số hạng a₃⁽⁰⁾ w₃₁⁽¹⁾, dù đầu vào chỉ có hai
# node; và kích thước của z⁽ᵏ⁾, a⁽ᵏ⁾ ghi là l⁽ᵏ⁺¹⁾, đúng ra là l⁽ᵏ⁾.

# %%
rng = np.random.default_rng(7)
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # XOR
Y = np.array([[0.0], [1.0], [1.0], [0.0]])
sizes = [2, 3, 3, 1]
W = {k: rng.normal(size=(sizes[k - 1], sizes[k])) for k in (1, 2, 3)}
b = {k: rng.normal(size=sizes[k]) for k in (1, 2, 3)}


def sigma(z: np.ndarray) -> np.ndarray:
    """The sigmoid."""
    return 1 / (1 + np.exp(-z))


Z, A = {}, {0: X}
for k in (1, 2, 3):
    Z[k] = A[k - 1] @ W[k] + b[k]
    A[k] = sigma(Z[k])
J = np.mean((A[3] - Y) ** 2)
parameters = sum(matrix.size for matrix in (*W.values(), *b.values()))
page.say(f"\n{parameters} parameters, J = {J:.6f}", f"\n{parameters} tham số, J = {J:.6f}")
page.check(parameters, 25)
for n in range(4):  # sample by sample, with columns
    a = X[n]
    for k in (1, 2, 3):
        a = sigma(W[k].T @ a + b[k])
    page.check(a, A[3][n], within=1e-15)
page.check([Z[k].shape[1] for k in (1, 2, 3)], sizes[1:])

# %% [markdown]
# ## Backpropagation by the formulas · Backpropagation theo công thức
#
# ⊗ is the product element by element, ∂A/∂Z = A ⊗ (1 − A) for sigmoid. In steps 3 and 4 the document prints
# ∂A⁽²⁾/∂Z⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾, the same factor twice, where ∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾ is meant (step 2 has it right), and in
# step 4 it leaves out b⁽¹⁾.
#
# ⊗ là nhân từng phần tử, với sigmoid thì ∂A/∂Z = A ⊗ (1 − A). Ở bước 3 và 4 tài liệu in ∂A⁽²⁾/∂Z⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾, hai
# lần cùng một thừa số, trong khi đúng phải là ∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾ (bước 2 viết đúng), và ở bước 4 thiếu b⁽¹⁾.

# %%
slope = {k: A[k] * (1 - A[k]) for k in (1, 2, 3)}  # ∂A/∂Z
d = {"Ŷ": 2 * (A[3] - Y) / len(Y)}  # ∂J/∂Ŷ; so are all others named after what J is differentiated by
d["Z3"] = d["Ŷ"] * slope[3]
d["W3"], d["b3"], d["A2"] = A[2].T @ d["Z3"], d["Z3"].sum(0), d["Z3"] @ W[3].T
d["Z2"] = d["A2"] * slope[2]
d["W2"], d["b2"], d["A1"] = A[1].T @ d["Z2"], d["Z2"].sum(0), d["Z2"] @ W[2].T
d["Z1"] = d["A1"] * slope[1]
d["W1"], d["b1"], d["X"] = A[0].T @ d["Z1"], d["Z1"].sum(0), d["Z1"] @ W[1].T

FORMULAS = {
    "Ŷ": "∂J/∂Ŷ    = 2/N (Ŷ − Y)",
    "Z3": "δ⁽³⁾     = ∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾",
    "W3": "∂J/∂W⁽³⁾ = (A⁽²⁾)ᵀ (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾)",
    "b3": "∂J/∂b⁽³⁾ = (∑ (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾))ᵀ",
    "A2": "∂J/∂A⁽²⁾ = (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾) (W⁽³⁾)ᵀ",
    "W2": "∂J/∂W⁽²⁾ = (A⁽¹⁾)ᵀ (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾)",
    "b2": "∂J/∂b⁽²⁾ = (∑ (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾))ᵀ",
    "A1": "∂J/∂A⁽¹⁾ = (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾) (W⁽²⁾)ᵀ",
    "W1": "∂J/∂W⁽¹⁾ = (A⁽⁰⁾)ᵀ (∂J/∂A⁽¹⁾ ⊗ ∂A⁽¹⁾/∂Z⁽¹⁾)",
    "b1": "∂J/∂b⁽¹⁾ = (∑ (∂J/∂A⁽¹⁾ ⊗ ∂A⁽¹⁾/∂Z⁽¹⁾))ᵀ",
    "X": "∂J/∂X    = (∂J/∂A⁽¹⁾ ⊗ ∂A⁽¹⁾/∂Z⁽¹⁾) (W⁽¹⁾)ᵀ",
}

# %% [markdown]
# ## The same by `backward()` · Cũng những con số đó bằng `backward()`

# %%
t = {"X": tg.tensor(X, requires_grad=True)}
a = t["X"]
for k in (1, 2, 3):
    t[f"W{k}"] = tg.tensor(W[k], requires_grad=True)
    t[f"b{k}"] = tg.tensor(b[k], requires_grad=True)
    t[f"Z{k}"] = a @ t[f"W{k}"] + t[f"b{k}"]
    t[f"A{k}"] = a = tg.sigmoid(t[f"Z{k}"])
t["Ŷ"] = a
target = tg.tensor(Y)
loss = ((t["Ŷ"] - target) ** 2).mean()
for name in d:
    t[name].retain_grad()
loss.backward()
page.check(loss.item(), J, within=1e-15)

print()
for name, formula in FORMULAS.items():
    print(f"{formula:46} {d[name].shape!s:8} ‖·‖ = {np.linalg.norm(d[name]):.6f}")
for name, by_hand in d.items():
    page.check(t[name].grad, by_hand, within=1e-12 * abs(by_hand).max())
error = abs(A[1].T @ (slope[2] * slope[2]) - d["W2"]).max()
page.claim(
    error > 0.01,
    f"\nAs printed, ∂J/∂W⁽²⁾ would be off by {error:.2f}, and would not depend on Y at all.",
    f"\nNếu theo bản in, ∂J/∂W⁽²⁾ sẽ sai đến {error:.2f}, và hoàn toàn không phụ thuộc vào Y.",
)

# %% [markdown]
# ## With `nn.Linear`, whose weight is (out × in) · Với `nn.Linear`, trọng số (ra × vào)

# %%
net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 3), nn.Sigmoid(), nn.Linear(3, 1), nn.Sigmoid())
with tg.no_grad():
    for k in (1, 2, 3):
        net[2 * k - 2].weight.copy_(W[k].T)
        net[2 * k - 2].bias.copy_(b[k])
criterion = nn.MSELoss()
criterion(net(X), tg.tensor(Y)).backward()
for k in (1, 2, 3):
    layer = net[2 * k - 2]
    print(f"W{k}: {W[k].shape} → {layer.weight.shape}")
    page.check(layer.weight.grad, d[f"W{k}"].T, within=1e-12)
    page.check(layer.bias.grad, d[f"b{k}"], within=1e-12)
page.claim(
    tg.gradcheck(lambda: criterion(net(X), tg.tensor(Y)), (), params=list(net.parameters())),
    "And difference quotients agree with all 25 gradients (gradcheck).",
    "Và tỉ sai phân cũng khớp với cả 25 gradient (gradcheck).",
)

# %% [markdown]
# `tg.explain(loss)` writes this derivation by itself; `tg.draw_network` shows z, a and δ inside the neurons. ·
# `tg.explain(loss)` tự viết ra phép suy diễn này; `tg.draw_network` vẽ z, a và δ trong từng neuron.

# %%
raised = str.maketrans({"0": "⁽⁰⁾", "1": "⁽¹⁾", "2": "⁽²⁾", "3": "⁽³⁾"})
names = [("J", loss), ("Y", target), *((name.translate(raised), value) for name, value in t.items())]
derivation = " ".join(tg.explain(loss, names=names).split())
page.claim(
    "∂J/∂W⁽²⁾ = A⁽¹⁾ᵀ (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾) =" in derivation,
    "tg.explain writes the corrected formula, too.",
    "tg.explain cũng viết ra công thức đã sửa.",
)
if page.draws:
    page.save(tg.draw_network(net, X[1], Y[1], loss=criterion, precision=2), "ch06_matrices_network.svg")
    page.save(tg.draw(loss, names=names, show=("value", "grad")), "ch06_matrices_graph.svg")

# %%
page.done()
