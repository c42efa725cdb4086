# %% [markdown]
# # Quy tắc nhìn vào loss, và cách nối quy tắc · Rules that look at the loss, and how to join rules
#
# **Tiếng Việt.** Tiếp theo `ch07_stopping_rules.py`: hai quy tắc không nhìn đường đi mà nhìn loss, và mỗi quy tắc một
# ví dụ dừng quá sớm. Sau đó ta nối quy tắc: một quy tắc có thể bị lừa, hai quy tắc cùng bị lừa một chỗ thì khó hơn.
#
# **English.** What `ch07_stopping_rules.py` leaves: two rules that look at the loss and not at the way, each with an
# example where it stops too soon. Then rules are joined: one rule can be deceived, two at the same place less easily.
#
# `000_12180da503bfe391.txt`, "Điều kiện dừng"; `004_2f9e90593bb73649.txt`, 3.1 "Early stopping".

# %%
from collections.abc import Callable

import numpy as np
from lesson import BLUE, BROWN, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.optim import stopping

page = Lesson(__file__ if "__file__" in globals() else "ch07_stopping_rules_joined")
page.say(
    "We shall see TargetLoss stop after 1 update, at a line that is off by 5 elsewhere; EarlyStopping with patience 5\n"
    "stop before a hill that patience 100 gets over; and two rules joined by & go down to the minimum.",
    "Ta sẽ thấy TargetLoss dừng sau 1 lần cập nhật, với đường thẳng lệch 5 ở điểm khác; EarlyStopping với patience 5\n"
    "dừng trước ngọn đồi mà patience 100 vượt qua được; và hai quy tắc nối bằng & thì xuống tới cực tiểu.",
)
Function = Callable[[tg.Tensor], tg.Tensor]


def one_sample(x: tg.Tensor) -> tg.Tensor:
    """The loss of the single point (1, 2) under the line w·x + b."""
    return (x[0] + x[1] - 2) ** 2


def wavy(x: tg.Tensor) -> tg.Tensor:
    """A validation loss with a hill before its minimum at 5."""
    return (x[0] - 5) ** 2 / 10 + 2 * np.exp(-8 * (x[0] - 2) ** 2)


def learned(x: tg.Tensor) -> tg.Tensor:
    """The training loss that goes with it."""
    return (x[0] - 5) ** 2 / 10


def slope(x: tg.Tensor) -> tg.Tensor:
    """√(1 + x²): far away it is a straight line, whose gradient is everywhere the same; 1 at 0."""
    return np.sqrt(1 + x[0] ** 2)


def descend(
    f: Function, start: list[float], rate: float, rule: stopping.StoppingRule, valid: Function | None = None
) -> tuple[int, np.ndarray]:
    """How many updates until the rule is met, and where."""
    x = tg.tensor(start, requires_grad=True)
    optimizer = optim.SGD([x], lr=rate)
    progress = stopping.Progress.of(optimizer)
    while True:
        optimizer.zero_grad()
        loss = f(x)
        loss.backward()
        optimizer.step()
        if rule.met(progress.update(loss, None if valid is None else valid(x).item())):
            return progress.iteration, x.detach().numpy()


# %% [markdown]
# Loss của một mẫu có thể nhỏ do may rủi: đường thẳng w = 2, b = 0 khớp
# đúng điểm (1, 2) nhưng sai xa ở (2, 9). Early stopping chờ không đủ lâu trước một ngọn đồi của loss validation. ·
# The loss of one sample may be small by chance: the line w = 2, b = 0 meets
# the point (1, 2) and is far from (2, 9). Early stopping does not wait long enough before a hill of the validation
# loss.

# %%
count, (w, b) = descend(one_sample, [2.0, 0.0], 0.1, stopping.TargetLoss(0.01))
value = (w + b - 2) ** 2
elsewhere = (w * 2 + b - 9) ** 2
page.say(
    f"\nTargetLoss: after {count} update the loss of (1, 2) is {value:g}; that of (2, 9) is {elsewhere:g}.",
    f"\nTargetLoss: sau {count} lần cập nhật, loss ở (1, 2) là {value:g}; ở (2, 9) là {elsewhere:g}.",
)
page.check([count, value, elsewhere], [1, 0, 25])

for patience in (5, 100):
    rule = stopping.EarlyStopping(patience)
    descend(learned, [0.0], 0.05, rule | stopping.MaxIterations(2000), wavy)
    page.say(
        f"EarlyStopping, patience {patience}: best validation loss {rule.best_value:.4f}, at epoch {rule.best_epoch}",
        f"EarlyStopping, patience {patience}: loss validation nhỏ nhất {rule.best_value:.4f} ở epoch {rule.best_epoch}",
    )
    page.check(rule.best_value > 1 if patience == 5 else rule.best_value < 1e-6, True)

# %% [markdown]
# Nối quy tắc: `a | b` dừng khi một trong hai thoả, `a & b` khi cả hai cùng thoả. Gradient không đổi *và* ngắn thì mới
# đáng tin; giới hạn số vòng lặp để chương trình chắc chắn kết thúc. ·
# Rules can be joined: `a | b` stops where one is met, `a & b` where both are. A gradient that no longer changes *and*
# is short can be trusted more; a limit of iterations sees to it that the program ends.

# %%
both = (stopping.GradientChange(1e-6) & stopping.GradientNorm(1e-6)) | stopping.MaxIterations(10_000)
count, point = descend(slope, [1000.0], 0.5, both)
print(f"\n{both!r}\n{both.reason(page.lang)}\n{both.caution(page.lang)}")
page.check(point, [0], within=1e-5)
page.check(count < 10_000, True)

if page.draws:
    title = page.word("A hill in the validation loss", "Một ngọn đồi trong loss validation")
    figure, axes = page.figure(title, "x", "loss")
    across = np.linspace(0, 6, 300)
    axes.plot(across, wavy([across]), color=BROWN, label="validation")
    axes.plot(across, learned([across]), "--", color=BLUE, label=page.word("training", "huấn luyện"))
    axes.legend(frameon=False)
    page.save(figure, "stopping_joined.svg")

page.done()
