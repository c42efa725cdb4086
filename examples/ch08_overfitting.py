# %% [markdown]
# # Overfitting and underfitting · Overfitting và underfitting
#
# **English.** Fifteen points on a curve, each a little off by chance. A straight line is too simple for them: it is
# bad on the points and bad in between (underfitting). A net of 2701 parameters goes through nearly all points, chance
# included, and is far off in between (overfitting). Then the remedies of the document, one at a time: L2, L1, dropout,
# early stopping, more data; and what happens when a remedy is too strong.
#
# **Tiếng Việt.** Mười lăm điểm nằm quanh một đường cong, mỗi điểm lệch đi một ít do ngẫu nhiên. Đường thẳng là quá đơn
# giản: sai ở các điểm và sai cả ở giữa chúng (underfitting). Mạng có 2701 tham số đi qua gần như mọi điểm, kể cả phần
# ngẫu nhiên, nhưng ở giữa các điểm thì sai xa (overfitting). Sau đó là từng cách khắc phục trong tài liệu: L2, L1,
# dropout, early stopping, thêm dữ liệu; và điều gì xảy ra khi dùng một cách quá tay.
#
# Source · Nguồn: `004_2f9e90593bb73649.txt`, 3.1, 3.2 (words only; data and figures are ours · chỉ có lời, dữ liệu và
# hình ở đây là của chúng tôi).

# %%
from typing import Any

import numpy as np
from lesson import BLUE, BROWN, GREEN, GREY, INK, Lesson

from tinygrad_vn import nn, optim, training
from tinygrad_vn.nn import functional as F
from tinygrad_vn.optim.stopping import EarlyStopping

page = Lesson(__file__ if "__file__" in globals() else "ch08_overfitting")

page.say(
    "Expected: the line errs much on both sides; the net hardly errs on its 15 points, but over fifty times more on\n"
    "the true curve; every remedy lets it err more on the 15 points and less than half as much on the curve.",
    "Sẽ thấy: đường thẳng sai nhiều ở cả hai phía; mạng hầu như không sai trên 15 điểm nhưng sai gấp hơn năm mươi\n"
    "lần trên đường cong thật; mỗi cách khắc phục làm nó sai nhiều hơn trên 15 điểm, nhưng trên đường cong chỉ sai\n"
    "chưa tới một nửa.",
)

# %% [markdown]
# ## Data · Dữ liệu
#
# y = sin 3x + noise of standard deviation 0.3. The test part is the true curve; early stopping gets 15 points of its
# own to watch (validation), since whoever chooses by the test part no longer has one.
#
# y = sin 3x + nhiễu có độ lệch chuẩn 0.3. Phần test là đường cong thật; early stopping theo dõi 15 điểm riêng (tập
# validation), vì nếu dùng chính tập test để lựa chọn thì không còn tập test nữa.

# %%
rng = np.random.default_rng(2)


def sample(count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many points (x, y), columns."""
    x = np.sort(rng.uniform(-1, 1, (count, 1)), axis=0)
    return x, np.sin(3 * x) + rng.normal(0, 0.3, (count, 1))


train, more, validation = sample(15), sample(200), sample(15)
curve_x = np.linspace(-1, 1, 201)[:, np.newaxis]
curve = np.sin(3 * curve_x)


# %% [markdown]
# ## One net, many ways to train it · Một mạng, nhiều cách huấn luyện


# %%
def net(dropout: float = 0.0) -> nn.Sequential:
    """1-50-50-1; the same first weights every time."""
    weights, chance = np.random.default_rng(1), np.random.default_rng(1)
    hidden = [nn.Linear(1, 50, rng=weights), nn.Tanh(), nn.Linear(50, 50, rng=weights), nn.Tanh()]
    if dropout:
        hidden[2:2] = [nn.Dropout(dropout, rng=chance)]
        hidden.append(nn.Dropout(dropout, rng=chance))
    return nn.Sequential(*hidden, nn.Linear(50, 1, rng=weights))


def learn(model: nn.Module, data: Any = train, penalty: Any = None, stop: EarlyStopping | None = None) -> dict:
    """Train for up to 1500 epochs; how far off the model is on the 15 points and on the true curve."""

    def loss(predicted: Any, target: Any) -> Any:
        error = F.mse_loss(predicted, target)
        return error if penalty is None else error + penalty(model)

    optimizer = optim.Adam(model.parameters(), lr=0.01)
    held_out = None if stop is None else validation
    history = training.fit(model, loss, optimizer, data, epochs=1500, valid=held_out, stop=stop, progress=False)
    return {
        "train": np.mean((model(train[0]).detach().numpy() - train[1]) ** 2),
        "test": np.mean((model(curve_x).detach().numpy() - curve) ** 2),
        "curve": model(curve_x).detach().numpy(),
        "epochs": len(history["epoch"]),
    }


page.check(sum(p.size for p in net().parameters()), 2701)
LINE, PLAIN = page.word("straight line", "đường thẳng"), page.word("net", "mạng")
L2, L1 = "L2, 0.001", "L1, 0.001"
DROPOUT, EARLY = "dropout 0.2", "early stopping"
MORE, STRONG = page.word("200 points", "200 điểm"), page.word("L2, 1: too strong", "L2, 1: quá mạnh")
runs = {
    LINE: learn(nn.Linear(1, 1, rng=np.random.default_rng(1))),
    PLAIN: learn(net()),
    L2: learn(net(), penalty=lambda model: nn.l2_penalty(model, 1e-3, biases=False)),
    L1: learn(net(), penalty=lambda model: nn.l1_penalty(model, 1e-3, biases=False)),
    DROPOUT: learn(net(0.2)),
    EARLY: learn(net(), stop=EarlyStopping(patience=100)),
    MORE: learn(net(), data=more),
    STRONG: learn(net(), penalty=lambda model: nn.l2_penalty(model, 1.0, biases=False)),
}

# %% [markdown]
# ## What came of it · Kết quả

# %%
page.say(
    "\nMSE                   15 points  true curve   epochs", "\nMSE                     15 điểm   đường cong   epoch"
)
for name, run in runs.items():
    print(f"{name:22}{run['train']:9.4f}{run['test']:12.4f}{run['epochs']:9}")

plain = runs[PLAIN]
page.say("", "")
page.claim(
    min(runs[LINE]["train"], runs[LINE]["test"]) > 0.15,
    "Underfitting: the line is bad on both.",
    "Underfitting: đường thẳng sai nhiều ở cả hai.",
)
page.claim(
    plain["test"] > 50 * plain["train"],
    "Overfitting: the net is over fifty times worse on the curve than on its points.",
    "Overfitting: trên đường cong, mạng sai gấp hơn năm mươi lần so với trên các điểm của nó.",
)
for name in (L2, L1, DROPOUT, EARLY, MORE):
    page.claim(
        runs[name]["train"] > plain["train"] and runs[name]["test"] < plain["test"] / 2,
        f"{name}: worse on the points, {plain['test'] / runs[name]['test']:.1f} times better on the curve.",
        f"{name}: trên các điểm thì kém hơn, trên đường cong tốt hơn {plain['test'] / runs[name]['test']:.1f} lần.",
    )
page.claim(
    runs[STRONG]["train"] > runs[LINE]["train"] and runs[STRONG]["test"] > runs[LINE]["test"],
    "Too strong a penalty underfits again, worse than the line: reduce it.",
    "Penalty quá mạnh lại gây underfitting, tệ hơn cả đường thẳng: hãy giảm bớt.",
)
page.claim(
    runs[EARLY]["epochs"] < 1500,
    f"Early stopping also saves time: {runs[EARLY]['epochs']} epochs instead of 1500.",
    f"Early stopping còn tiết kiệm thời gian: {runs[EARLY]['epochs']} epoch thay vì 1500.",
)

# %%
if page.draws:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5), layout="constrained")
    for axes, (name, run) in zip(figure.subplots(2, 4, sharex=True, sharey=True).flat, runs.items(), strict=True):
        axes.plot(curve_x, curve, "--", color=GREEN)
        if name == MORE:
            axes.plot(*more, ".", color=GREY, markersize=2)
        axes.plot(*train, "o", color=INK, markersize=4)
        axes.plot(curve_x, run["curve"], color=BROWN if name in (LINE, PLAIN, STRONG) else BLUE)
        axes.set_title(f"{name}\n{run['train']:.3f} / {run['test']:.3f}", color=INK, fontsize=10)
        axes.set_ylim(-1.9, 1.9)
        axes.spines[["top", "right"]].set_visible(False)
    heading = "MSE: 15 points / true curve (dashed)", "MSE: 15 điểm / đường cong thật (nét đứt)"
    figure.suptitle(page.word(*heading), color=INK)
    page.save(figure, "ch08_overfitting_curves.svg")

# %%
page.done()
