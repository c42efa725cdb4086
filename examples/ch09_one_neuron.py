# %% [markdown]
# # Logistic regression is one neuron · Hồi quy logistic là một neuron
#
# **English.** The same three numbers from an estimator, from a network, and from a formula. A bank has 35 applications:
# some with a steady job (x₁ = 1), some with savings (x₂ = 1), some with neither. Which were granted? With one weight
# for each group there is a closed form. Of those with neither, 2 in 10 were granted, odds of 1 to 4, so w₀ = ln ¼. A
# job makes them 3 to 1, twelve times as high, so w₁ = ln 12. Savings make them 2 to 1, so w₂ = ln 8. Gradient descent,
# which knows nothing of odds, has to find the same.
#
# **Tiếng Việt.** Cùng ba con số từ estimator, từ mạng và từ công thức. Ngân hàng có 35 hồ sơ vay: có hồ sơ có việc làm
# ổn định (x₁ = 1), có hồ sơ có tiền tiết kiệm (x₂ = 1), có hồ sơ không có cả hai. Hồ sơ nào được duyệt? Mỗi nhóm một
# trọng số nên có nghiệm dạng đóng. Nhóm không có gì được duyệt 2 trên 10, tỉ lệ 1 : 4, nên w₀ = ln ¼. Việc làm nâng tỉ
# lệ lên 3 : 1, gấp mười hai lần, nên w₁ = ln 12. Tiết kiệm nâng lên 2 : 1, nên w₂ = ln 8. Gradient descent không biết
# gì về các tỉ lệ này mà vẫn phải tìm ra đúng như vậy.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 2, 2.1 "Logistic regression dưới góc nhìn của Neuron Network". The
# applications are ours · Các hồ sơ là do chúng tôi đặt ra.

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, training
from tinygrad_vn.models import LogisticRegression

page = Lesson(__file__ if "__file__" in globals() else "ch09_one_neuron")
GROUPS = (((0, 0), 2, 10), ((1, 0), 12, 16), ((0, 1), 6, 9))  # (x₁, x₂), granted, applications
x = np.array([features for features, _, count in GROUPS for _ in range(count)], dtype=float)
y = np.array([int(i < granted) for _, granted, count in GROUPS for i in range(count)])

neither, job, savings = (np.log(granted / (count - granted)) for _, granted, count in GROUPS)
exact = [neither, job - neither, savings - neither]
page.say(
    "Expected: by the formula w₀ = ln ¼ = {:.4f}, w₁ = ln 12 = {:.4f}, w₂ = ln 8 = {:.4f}, and so by all three ways.\n"
    "Who has both is not among the 35; the neuron says 0.96 for them: odds of 24 to 1.".format(*exact),
    "Sẽ thấy: theo công thức w₀ = ln ¼ = {:.4f}, w₁ = ln 12 = {:.4f}, w₂ = ln 8 = {:.4f}, và cả ba cách đều ra vậy.\n"
    "Trong 35 hồ sơ không ai có cả hai; neuron trả lời 0.96 cho họ: tỉ lệ 24 : 1.".format(*exact),
)
page.check(exact, np.log([1 / 4, 12, 8]), within=1e-12)

# %% [markdown]
# ## One step, by the document's two lines · Một bước, theo hai dòng của tài liệu
#
# z = 1·w₀ + x₁·w₁ + x₂·w₂, then ŷ = σ(z). For binary cross-entropy the gradient is the mean of (ŷ − y) times the input:
# σ′ cancels.
#
# z = 1·w₀ + x₁·w₁ + x₂·w₂, rồi ŷ = σ(z). Với binary cross-entropy, gradient là trung bình của (ŷ − y) nhân với đầu vào:
# σ′ triệt tiêu.

# %%
w = tg.tensor([0.5, -1.0, 2.0], requires_grad=True)
ones_and_x = np.column_stack([np.ones(len(x)), x])
predicted = tg.sigmoid(ones_and_x @ w)
nn.functional.binary_cross_entropy(predicted, tg.tensor(y * 1.0)).backward()
by_hand = ((predicted.detach() - y) @ ones_and_x) / len(y)
print("\n∂L/∂w = " + "  ".join(f"{slope:.6f}" for slope in w.grad.tolist()))
page.check(w.grad, by_hand, within=1e-14)

# %% [markdown]
# ## Three ways · Ba cách

# %%
model = LogisticRegression(penalty=None).fit(x, y)

tg.manual_seed(0)
neuron = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
exactly = {"tolerance_grad": 1e-10, "tolerance_change": 1e-14}
optimizer = optim.LBFGS(neuron.parameters(), line_search_fn="strong_wolfe", **exactly)
training.fit(neuron, nn.BCELoss(), optimizer, (x, y[:, np.newaxis] * 1.0), epochs=10, progress=False)

ways = {
    page.word("closed form", "nghiệm dạng đóng"): exact,
    "LogisticRegression": [*model.intercept_, *model.coef_[0]],
    "Sequential(Linear, Sigmoid)": [neuron[0].bias.item(), *neuron[0].weight.detach().numpy()[0]],
}
print()
for name, numbers in ways.items():
    print(f"{name:<28}" + "".join(f"{number:10.4f}" for number in numbers))
    page.check(numbers, [-1.3863, 2.4849, 2.0794], decimals=4)

# %% [markdown]
# Every group is predicted as often as it was granted; for those with both, w₁ and w₂ add up. ·
# Mỗi nhóm được dự đoán đúng bằng tỉ lệ được duyệt; ai có cả hai thì w₁ và w₂ cộng lại.

# %%
chances = model.predict_proba([[0, 0], [1, 0], [0, 1], [1, 1]])[:, 1]
page.check(chances[:3], [2 / 10, 12 / 16, 6 / 9], within=1e-8)
page.check(chances[3], 24 / 25, within=1e-8)
page.say(
    f"\nBoth: σ(w₀ + w₁ + w₂) = {chances[3]:.2f}. All three ways agree to four decimals.",
    f"\nCó cả hai: σ(w₀ + w₁ + w₂) = {chances[3]:.2f}. Cả ba cách trùng nhau đến bốn chữ số thập phân.",
)
if page.draws:
    page.save(model.draw(x[:1]), "ch09_one_neuron.svg")

# %%
page.done()
