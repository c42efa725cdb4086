# %% [markdown]
# # Quy tắc dây chuyền trên đồ thị, tính bằng tay · The chain rule on a graph, by hand
#
# **Tiếng Việt.** z = (x·y)·(x + y) được tính qua hai bước trung gian, và x đi tới z bằng hai con đường. Ta tính ∂z/∂x
# bằng hai cách: liệt kê mọi đường đi, nhân dọc theo từng đường rồi cộng lại; và đi ngược từ z, mỗi mũi tên chỉ dùng một
# lần. Hai cách cho cùng con số, và `backward()` cũng vậy. Sau đó là công thức ba thừa số của bài giảng cho một neuron,
# rồi một đồ thị có một triệu triệu đường đi.
#
# **English.** z = (x·y)·(x + y) is computed by way of two results in between, and x reaches z by two ways. We find
# ∂z/∂x twice: by listing all paths, multiplying along each and adding up; and by going backward from z, using every
# arrow once. Both give the same numbers, and so does `backward()`. Then the lecture's formula of three factors for a
# neuron, and a graph with a million millions of paths.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 3, 1 "Chain Rule". The numbers are ours · Các con số là của chúng tôi.

# %%
import math
from collections.abc import Iterator
from itertools import pairwise, product

from lesson import Lesson

import tinygrad_vn as tg

page = Lesson(__file__ if "__file__" in globals() else "ch02_chain_rule")
page.say(
    "Expected: z = 84, ∂z/∂x = 28 + 12 = 40, ∂z/∂y = 21 + 12 = 33, by paths, backward and by the library;\n"
    "for the neuron -0.8 · 0.24 · 1.5 = -0.288; and 1099511627776 paths by way of 80 arrows.",
    "Sẽ thấy: z = 84, ∂z/∂x = 28 + 12 = 40, ∂z/∂y = 21 + 12 = 33, dù liệt kê đường đi, đi ngược hay dùng thư viện;\n"
    "với neuron là -0.8 · 0.24 · 1.5 = -0.288; và 1099511627776 đường đi chỉ qua 80 mũi tên.",
)

# %% [markdown]
# ## Giá trị và đạo hàm cục bộ · Values and local derivatives
#
# Mỗi mũi tên ghi đạo hàm của phép toán ở đầu mũi tên theo đầu vào ở gốc. Chỉ cần những giá trị vừa tính xong. ·
# On every arrow stands the derivative of the operation at its head with respect to the input at its tail. It needs
# nothing but values that have just been computed.

# %%
x, y = 3.0, 4.0
u, v = x * y, x + y
z = u * v
Arrows = dict[tuple[str, str], float]
ARROWS: Arrows = {
    ("x", "u"): y,  # u = x·y
    ("y", "u"): x,
    ("x", "v"): 1.0,  # v = x + y
    ("y", "v"): 1.0,
    ("u", "z"): v,  # z = u·v
    ("v", "z"): u,
}
print(f"\nu = {u:g}   v = {v:g}   z = {z:g}")
page.check([u, v, z], [12, 7, 84])

# %% [markdown]
# ## Cách một: mọi đường đi · The first way: all paths


# %%
def paths(arrows: Arrows, start: str, end: str) -> Iterator[list[str]]:
    """Every way from start to end along the arrows."""
    if start == end:
        yield [end]
    for tail, head in arrows:
        if tail == start:
            for rest in paths(arrows, head, end):
                yield [start, *rest]


by_paths = {}
for start in ("x", "y"):
    shares = []
    for path in paths(ARROWS, start, "z"):
        factors = [ARROWS[arrow] for arrow in pairwise(path)]
        shares.append(math.prod(factors))
        print(" → ".join(path) + ":  " + " · ".join(f"{factor:g}" for factor in factors) + f" = {shares[-1]:g}")
    by_paths[start] = sum(shares)
    print(f"∂z/∂{start} = " + " + ".join(f"{share:g}" for share in shares) + f" = {by_paths[start]:g}")
page.check([by_paths["x"], by_paths["y"]], [40, 33])

# %% [markdown]
# ## Cách hai: đi ngược · The second way: backward
#
# Bắt đầu với ∂z/∂z = 1. Xét các nút từ mới đến cũ: đến lượt nút nào thì gradient của nó đã đủ mọi phần đóng góp, và nó
# gửi về cho mỗi đầu vào một phần: gradient của nó nhân đạo hàm cục bộ. ·
# Begin with ∂z/∂z = 1 and take the nodes from the newest to the oldest. When its turn comes, a node has been sent all
# contributions, and sends one to each of its inputs: its own gradient times the local derivative.


# %%
def backward(arrows: Arrows, newest_first: list[str]) -> tuple[dict[str, float], int]:
    """The derivatives of the first of these nodes with respect to all, and how many arrows were used."""
    gradients = dict.fromkeys(newest_first, 0.0)
    gradients[newest_first[0]] = 1.0
    used = 0
    for node in newest_first:
        for (tail, head), slope in arrows.items():
            if head == node:
                gradients[tail] += gradients[node] * slope
                used += 1
    return gradients, used


gradients, used = backward(ARROWS, ["z", "v", "u", "y", "x"])
print("\n" + "   ".join(f"∂z/∂{name} = {slope:g}" for name, slope in gradients.items()))
page.check([gradients["x"], gradients["y"]], [40, 33])
page.check(used, len(ARROWS))

# %% [markdown]
# ## Thư viện cũng vậy · And so does the library

# %%
x, y = tg.tensor(3.0, requires_grad=True, name="x"), tg.tensor(4.0, requires_grad=True, name="y")
u, v = x * y, x + y
z = u * v
z.backward()
page.check([z.item(), x.grad.item(), y.grad.item()], [84, 40, 33])
h = 1e-5  # and the slope itself, by a difference quotient
page.check(((3 + h) * 4 * (7 + h) - (3 - h) * 4 * (7 - h)) / (2 * h), 40, within=1e-6)
if page.draws:
    page.save(tg.draw(z), "ch02_chain_rule_graph.svg")

# %% [markdown]
# ## Ba thừa số của bài giảng · The three factors of the lecture
#
# ∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w, với một neuron z = w·x + b, a = σ(z) và L = (a − y)². Ở đây x = 1.5, y = 1 và z = ln
# 1.5 để a đúng bằng 0.6. ·
# ∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w, for a neuron z = w·x + b, a = σ(z) and L = (a − y)². Here x = 1.5, y = 1 and z = ln
# 1.5, so that a is 0.6.

# %%
w = tg.tensor(1.0, requires_grad=True, name="w")
b = tg.tensor(math.log(1.5) - 1.5, requires_grad=True, name="b")
a = tg.sigmoid(w * 1.5 + b)
loss = (a - 1) ** 2
loss.backward()
factors = [2 * (a.item() - 1), a.item() * (1 - a.item()), 1.5]
print("\n∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w = " + " · ".join(f"{f:.2f}" for f in factors) + f" = {math.prod(factors):.3f}")
page.check(factors, [-0.8, 0.24, 1.5], within=1e-12)
page.check(w.grad, -0.288, within=1e-12)
page.check(b.grad, -0.192, within=1e-12)  # ∂z/∂b = 1
if page.draws:
    page.save(tg.draw(loss), "ch02_chain_rule_neuron.svg")

# %% [markdown]
# ## Vì sao không liệt kê đường đi · Why nobody lists paths
#
# n₁ = n₀ + n₀, n₂ = n₁ + n₁, …: mỗi bước là một hình thoi, có hai mũi tên, và nhân đôi số đường đi. Đi ngược thì chỉ
# thêm hai mũi tên. ·
# n₁ = n₀ + n₀, n₂ = n₁ + n₁, …: every step is a diamond of two arrows, and doubles the number of paths. Going backward,
# it is two arrows more.

# %%
page.say("\ndiamonds  arrows  paths = ∂nₖ/∂n₀", "\nhình thoi  mũi tên  số đường đi = ∂nₖ/∂n₀")
for diamonds in (1, 2, 3, 10, 40):
    first = end = tg.tensor(1.0, requires_grad=True)
    for _ in range(diamonds):
        end = end + end
    end.backward()
    print(f"{diamonds:8}{2 * diamonds:8}  {first.grad.item():.0f}")
    page.check(first.grad, 2**diamonds)
    if diamonds <= 10:  # so many can be listed: left and right arrow of every diamond as nodes of their own
        listed: Arrows = {}
        for k, side in product(range(diamonds), "lr"):
            listed |= {(f"{k}", f"{k}{side}"): 1.0, (f"{k}{side}", f"{k + 1}"): 1.0}
        page.check(len(list(paths(listed, "0", str(diamonds)))), 2**diamonds)

# %%
page.done()
