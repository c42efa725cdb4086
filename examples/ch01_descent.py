# %% [markdown]
# # Gradient descent on x² · Gradient descent trên x²
#
# **English.** A ball in a valley: at x the ground rises with the slope 2x, so one step **against** the slope leads
# down. Ten times x ← x − 0.1 · 2x, from x = 4. The slope comes from `backward()`, and the numbers are those of
# PyTorch, because we compute in float32 like it.
#
# **Tiếng Việt.** Một viên bi trong thung lũng: tại x, mặt đất dốc lên với đạo hàm 2x, nên bước **ngược** hướng đạo hàm
# là đi xuống. Ta lặp mười lần x ← x − 0.1 · 2x, bắt đầu từ x = 4. Đạo hàm do `backward()` tính, và các con số giống
# hệt PyTorch vì ta cũng tính bằng float32.
#
# Source · Nguồn: `004_2f9e90593bb73649.txt`, 2.1–2.3. Its program calls a `loss_function` that it does not define;
# here it is defined · Chương trình ở đó gọi `loss_function` mà không định nghĩa; ở đây đã bổ sung.

# %%
import numpy as np
from lesson import BROWN, GREY, INK, Lesson

import tinygrad_vn as tg

page = Lesson(__file__ if "__file__" in globals() else "ch01_descent")
tg.set_default_dtype(tg.float32)

page.say(
    "Expected: x shrinks by the factor 0.8 in every step, from 4 to about 0.4295, and the loss x² by 0.64.",
    "Sẽ thấy: mỗi bước x nhân với 0.8, từ 4 xuống khoảng 0.4295, còn loss x² nhân với 0.64.",
)


# %% [markdown]
# ## The program · Chương trình
#
# Note when `loss` is computed: before the step. So the line "x = 3.2…, loss = 16.0" shows the new x, but the loss of
# the old one, 4² = 16.
#
# Để ý: `loss` được tính trước khi cập nhật. Vì vậy dòng "x = 3.2…, loss = 16.0" in ra x mới nhưng loss của x cũ, 4² =
# 16.


# %%
def loss_function(x: tg.Tensor) -> tg.Tensor:
    """f(x) = x², smallest at 0."""
    return x**2


x = tg.tensor([4.0], requires_grad=True)
learning_rate = 0.1
path, losses = [x.item()], []
for i in range(10):
    loss = loss_function(x)
    loss.backward()
    with tg.no_grad():
        x -= learning_rate * x.grad
    x.grad.zero_()
    path.append(x.item())
    losses.append(loss.item())
    print(f"{i + 1:3}   x = {x.item():<20}  loss = {loss.item()}")

# %% [markdown]
# ## As the document prints them, to the last digit · Đúng như tài liệu in ra, đến chữ số cuối cùng

# %%
LECTURE_X = [
    *(3.200000047683716, 2.559999942779541, 2.047999858856201, 1.6383998394012451, 1.3107198476791382),
    *(1.0485758781433105, 0.8388606905937195, 0.6710885763168335, 0.5368708372116089, 0.4294966757297516),
]
LECTURE_LOSS = [
    *(16.0, 10.24000072479248, 6.553599834442139, 4.194303512573242, 2.684354066848755),
    *(1.7179864645004272, 1.0995113849639893, 0.7036872506141663, 0.45035988092422485, 0.288230299949646),
]
page.check(path[1:], LECTURE_X)
page.check(losses, LECTURE_LOSS)

# %% [markdown]
# ## Why 3.200000047683716 and not 3.2? · Vì sao 3.200000047683716 mà không phải 3.2?
#
# float32 keeps about 7 decimal digits; 3.2 is not among its numbers. In float64 the same step is off by less.
#
# float32 chỉ giữ khoảng 7 chữ số thập phân, 3.2 không nằm trong các số của nó. Với float64 sai số nhỏ hơn nhiều.

# %%
nearest = float(np.float32(3.2))
page.say(
    f"The float32 number next to 3.2 is {nearest!r}; the path is 4 · 0.8ᵏ to 6 digits.",
    f"Số float32 gần 3.2 nhất là {nearest!r}; đường đi đúng bằng 4 · 0.8ᵏ đến 6 chữ số.",
)
page.check(nearest, 3.200000047683716)
page.check(path, 4 * 0.8 ** np.arange(11), within=1e-6)

# %%
if page.draws:
    title = page.word("Gradient descent on x², rate 0.1", "Gradient descent trên x², learning rate 0.1")
    figure, axes = page.figure(title, "x", "f(x)")
    across = np.linspace(-4.3, 4.8, 200)
    axes.plot(across, across**2, color=GREY, label="f(x) = x²")
    axes.plot(path, np.square(path), "o-", color=BROWN, label=page.word("ten steps", "mười bước"))
    for k, text in ((0, "x₀ = 4"), (1, "x₁ = 3.2"), (10, "x₁₀ ≈ 0.43")):
        axes.annotate(text, (path[k], path[k] ** 2), (8, -9), textcoords="offset points", color=INK)
    axes.legend(frameon=False, loc="upper center")
    page.save(figure, "ch01_descent_path.svg")
    page.save(tg.draw(loss_function(x)), "ch01_descent_graph.svg")

# %%
page.done()
