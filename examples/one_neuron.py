"""Logistic regression is one neuron: the same three numbers from an estimator, from a network, and from a formula.

    python -m examples.one_neuron
    python -m examples.one_neuron --lang vi --out out/one_neuron    # and draws the neuron, which needs graphviz

A bank has 35 applications: some with a steady job (x₁ = 1), some with savings (x₂ = 1), some with neither. Which were
granted? With one weight for each group there is a closed form. Of those with neither, 2 in 10 were granted, odds of 1
to 4, so w₀ = ln ¼. A job makes them 3 to 1, twelve times as high, so w₁ = ln 12. Savings make them 2 to 1, so
w₂ = ln 8. Gradient descent, which knows nothing of odds, has to find the same.

Hồi quy logistic chính là một neuron: cùng ba con số từ estimator, từ mạng và từ công thức. Ngân hàng có 35 hồ sơ vay:
có hồ sơ có việc làm ổn định (x₁ = 1), có hồ sơ có tiền tiết kiệm (x₂ = 1), có hồ sơ không có cả hai. Hồ sơ nào được
duyệt? Mỗi nhóm một trọng số nên có nghiệm dạng đóng. Nhóm không có gì được duyệt 2 trên 10, tỉ lệ 1 : 4, nên
w₀ = ln ¼. Việc làm nâng tỉ lệ lên 3 : 1, gấp mười hai lần, nên w₁ = ln 12. Tiết kiệm nâng lên 2 : 1, nên w₂ = ln 8.
Gradient descent không biết gì về các tỉ lệ này mà vẫn phải tìm ra đúng như vậy.

Source: the lecture `001_138430595a83a231.txt`, 2.1, "Logistic regression dưới góc nhìn của Neuron Network".
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, training
from tinygrad_vn.language import resolve
from tinygrad_vn.models import LogisticRegression

GROUPS = (((0, 0), 2, 10), ((1, 0), 12, 16), ((0, 1), 6, 9))  # (x₁, x₂), granted, applications

WORDS = {
    "expected": {
        "en": "By the formula it should be w₀ = ln ¼ = {0:.4f}, w₁ = ln 12 = {1:.4f}, w₂ = ln 8 = {2:.4f}.",
        "vi": "Theo công thức phải được w₀ = ln ¼ = {0:.4f}, w₁ = ln 12 = {1:.4f}, w₂ = ln 8 = {2:.4f}.",
    },
    "closed form": {"en": "closed form", "vi": "nghiệm dạng đóng"},
    "both": {
        "en": "Who has both is not among the 35. The neuron says σ(w₀ + w₁ + w₂) = {0:.2f}: odds of 24 to 1.",
        "vi": "Trong 35 hồ sơ không có ai có cả hai. Neuron trả lời σ(w₀ + w₁ + w₂) = {0:.2f}: tỉ lệ 24 : 1.",
    },
    "same": {
        "en": "All three agree to four decimals.",
        "vi": "Cả ba cách trùng nhau đến bốn chữ số thập phân.",
    },
    "drawn": {"en": "The neuron is drawn in {0}.", "vi": "Hình vẽ neuron nằm ở {0}."},
}


def applications() -> tuple[np.ndarray, np.ndarray]:
    """x, shape (35, 2), and y, 1 for granted."""
    x = [features for features, _, count in GROUPS for _ in range(count)]
    y = [int(i < granted) for _, granted, count in GROUPS for i in range(count)]
    return np.array(x, dtype=float), np.array(y)


def closed_form() -> list[float]:
    """w₀, w₁, w₂ from the logarithms of the odds."""
    neither, job, savings = (np.log(granted / (count - granted)) for _, granted, count in GROUPS)
    return [neither, job - neither, savings - neither]


def by_estimator(x: np.ndarray, y: np.ndarray) -> tuple[list[float], LogisticRegression]:
    """The same from the estimator, without a penalty."""
    model = LogisticRegression(penalty=None).fit(x, y)
    return [*model.intercept_, *model.coef_[0]], model


def by_network(x: np.ndarray, y: np.ndarray) -> list[float]:
    """The same from a layer and an activation, trained from random weights."""
    tg.manual_seed(0)
    neuron = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    exactly = {"tolerance_grad": 1e-10, "tolerance_change": 1e-14}
    optimizer = optim.LBFGS(neuron.parameters(), line_search_fn="strong_wolfe", **exactly)
    training.fit(neuron, nn.BCELoss(), optimizer, (x, y[:, np.newaxis] * 1.0), epochs=10, progress=False)
    return [neuron[0].bias.item(), *neuron[0].weight.detach().numpy()[0].tolist()]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the three numbers three times, and that they are the same.

    Args:
        argv: the words on the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m examples.one_neuron", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--lang", help="vi, en")
    parser.add_argument("--out", type=Path, metavar="DIR")
    options = parser.parse_args(argv)
    lang = resolve(options.lang)

    def say(key: str, *numbers: object) -> str:
        return WORDS[key][lang].format(*numbers)

    exact = closed_form()
    print(say("expected", *exact) + "\n")
    x, y = applications()
    estimated, model = by_estimator(x, y)
    ways = {say("closed form"): exact, "LogisticRegression": estimated, "Sequential(Linear, Sigmoid)": by_network(x, y)}
    for name, numbers in ways.items():
        print(f"{name:<28}" + "".join(f"{number:10.4f}" for number in numbers))
    print("\n" + say("both", model.predict_proba([[1, 1]])[0, 1]))
    for numbers in ways.values():
        np.testing.assert_allclose(numbers, exact, atol=5e-5)
    print(say("same"))
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        path = options.out / "neuron.svg"
        model.draw(x[:1]).render(path)
        print(say("drawn", path))


if __name__ == "__main__":
    main()
