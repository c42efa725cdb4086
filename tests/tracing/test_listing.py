"""The recorded program as it is printed: NumPy code that runs on its own and gives the same bits, and its drawing."""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
import tinygrad_vn.nn.functional as F
from tests.samples import SAMPLES, Sample
from tinygrad_vn import nn, optim

RNG = np.random.default_rng(3)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    tg.set_language("en")
    tg.manual_seed(0)
    yield
    tg.set_language(None)


def printed(step: Any) -> Callable[..., Any]:
    """The function that the printed program defines, in a namespace of its own."""
    names: dict[str, Any] = {}
    exec(str(step.program), names)
    return names[step.program.name]  # type: ignore[no-any-return]


def arrays(args: tuple[Any, ...]) -> list[Any]:
    return [arg.numpy().copy() if isinstance(arg, tg.Tensor) else arg for arg in args]


def check(step: Any, model: nn.Module, *args: Any) -> str:
    """The printed program beside the replayed one: the same loss and the same gradients; its text."""
    for _ in range(3):
        step(*args)
    inputs, numbers = step.program.inputs, tg.get_rng_state()
    loss, gradients = printed(step)(*arrays(args), **inputs)
    tg.set_rng_state(numbers)
    expected = step(*args)
    assert np.asarray(loss).tobytes() == expected.numpy().tobytes()
    parameters = [p for p in model.parameters() if p.grad is not None]
    assert len(gradients) == len(parameters) > 0
    for gradient, parameter in zip(gradients.values(), parameters, strict=True):
        assert gradient.tobytes() == parameter.grad.numpy().tobytes()
    return str(step.program)


def training_step(model: nn.Module, loss: Callable[..., tg.Tensor], optimizer: Any = None) -> Any:
    optimizer = optimizer or optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    @tg.jit
    def step(x: Any, y: Any) -> tg.Tensor:
        optimizer.zero_grad()
        error = loss(model(x), y)
        error.backward()
        optimizer.step()
        return error

    return step


def net() -> nn.Sequential:
    """The net 2-3-3-1 of the lecture."""
    return nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 3), nn.Sigmoid(), nn.Linear(3, 1))


X, Y = tg.tensor(RNG.standard_normal((4, 2))), tg.tensor(RNG.standard_normal((4, 1)))
CLASSES = np.array([0, 2, 1, 1])


def test_a_net_is_plain_numpy_with_good_names() -> None:
    model = net()
    text = check(training_step(model, F.mse_loss), model, X, Y)
    assert text.startswith(
        "import numpy as np\n\n\ndef step(x, y, weight_0, bias_0, weight_2, bias_2, weight_4, bias_4):\n"
    )
    assert "tinygrad" not in text
    assert "    product_1 = x.dot(weight_0.T)  # linear\n    linear_1 = product_1 + bias_0  # linear\n" in text
    assert re.search(r"sigmoid_1 = exp_1 / \w+  # sigmoid\n", text)
    assert re.search(r"error = \w+ - y  # squared_error\n", text)
    assert re.search(r"grad_weight_0 = grad_\d+\.T\.dot\(x\)  # ∂ linear\n", text)
    headings = re.findall(r"^    # (.*)$", text, re.MULTILINE)
    assert headings == [".grad = None", "forward", "backward", "update", "optimizer.step()"]


def test_headings_in_vietnamese() -> None:
    model = net()
    step = training_step(model, F.mse_loss)
    check(step, model, X, Y)
    tg.set_language("vi")
    assert re.findall(r"^    # (\w+ \w+.*)$", str(step.program), re.MULTILINE)[:3] == [
        "lan truyền xuôi",
        "lan truyền ngược",
        "cập nhật",
    ]


MODELS: dict[str, tuple[Callable[[], nn.Module], Callable[..., tg.Tensor], Any]] = {
    "relu, cross entropy": (
        lambda: nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 3)),
        F.cross_entropy,
        CLASSES,
    ),
    "logits": (lambda: nn.Linear(2, 1), F.binary_cross_entropy_with_logits, tg.tensor([[0.0], [1], [1], [0]])),
    "dropout": (lambda: nn.Sequential(nn.Linear(2, 6), nn.Dropout(0.5), nn.Tanh(), nn.Linear(6, 1)), F.mse_loss, Y),
    "batch norm": (lambda: nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1)), F.mse_loss, Y),
    "layer norm, silu": (lambda: nn.Sequential(nn.LayerNorm(2), nn.SiLU(), nn.Linear(2, 1)), F.smooth_l1_loss, Y),
}


@pytest.mark.parametrize("dtype", [tg.float64, tg.float32])
@pytest.mark.parametrize("name", MODELS)
def test_the_same_bits(name: str, dtype: Any) -> None:
    make, loss, y = MODELS[name]
    model = make().to(dtype)
    y = y.astype(dtype) if isinstance(y, tg.Tensor) else y
    text = check(training_step(model, loss, optim.Adam(model.parameters())), model, X.astype(dtype), y)
    assert "from tinygrad_vn" not in text


class Factors(nn.Module):
    """A matrix as a product of two."""

    def __init__(self) -> None:
        super().__init__()
        self.users, self.items = nn.Parameter(RNG.random((5, 2))), nn.Parameter(RNG.random((4, 2)))

    def forward(self, known: Any) -> tg.Tensor:
        """All ratings that are known."""
        return (self.users @ self.items.T) * known


def test_a_factorization() -> None:
    model, known = Factors(), (RNG.random((5, 4)) < 0.6).astype(float)
    text = check(training_step(model, F.mse_loss), model, known, RNG.random((5, 4)) * known)
    assert "users.dot(items.T)" in text


class Rated(nn.Module):
    """Embeddings of users and films, and their product."""

    def __init__(self) -> None:
        super().__init__()
        self.users, self.films = nn.Embedding(6, 3), nn.Embedding(7, 3)

    def forward(self, pairs: Any) -> tg.Tensor:
        """A rating for each row."""
        return (self.users(pairs[:, 0]) * self.films(pairs[:, 1])).sum(1)


def test_embeddings_add_up_rows_that_are_named_twice() -> None:
    model, pairs = Rated(), np.array([[0, 1], [0, 6], [5, 1], [2, 2]])
    text = check(training_step(model, F.mse_loss), model, pairs, RNG.random(4))
    assert "np.add.at(grad_users_weight, pairs[:, 0], " in text or "np.add.at(grad_users_weight, " in text
    assert "from tinygrad_vn" not in text


def test_an_update_by_hand_is_written_out() -> None:
    w, b = tg.tensor(0.5, requires_grad=True), tg.tensor(0.1, requires_grad=True)

    @tg.jit
    def descend(x: Any, y: Any) -> tg.Tensor:
        w.grad = b.grad = None
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with tg.no_grad():
            w.sub_(0.1 * w.grad)
            b.sub_(0.1 * b.grad)
        return loss

    x, y = np.arange(4.0), np.ones(4)
    for _ in range(3):
        descend(x, y)
    text, now = str(descend.program), descend.program.inputs
    assert re.search(r"# update\n    product_2 = 0.1 \* grad_w  # multiply\n    w -= product_2\n", text)
    run = printed(descend)
    for _ in range(3):  # a student's own training loop
        loss, _ = run(x, y, **now)
        assert loss == descend(x, y).item()
    assert now["w"] == w.item()


def test_what_is_needed_from_before_an_update() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)

    @tg.jit
    def step(x: Any) -> tg.Tensor:
        before = w.detach() * 1
        with tg.no_grad():
            w.add_(x)
        return before * x + w.detach()

    x = np.array([3.0, 5.0])
    for _ in range(3):
        step(x)
    (result, _), expected = printed(step)(x, **step.program.inputs), step(x)
    assert result.tolist() == expected.tolist()


def test_nested_arguments_numbers_that_vary_and_generators() -> None:
    w, rng = tg.tensor(np.ones(3), requires_grad=True, name="my weights"), np.random.default_rng(5)

    @tg.jit
    def step(batch: Any, rate: float, *, options: Any) -> Any:
        w.grad = None
        noise = tg.randn(3, generator=rng)
        loss = ((w * batch[0] - batch[1] + noise) ** 2).sum() * rate
        loss.backward()
        return {"loss": loss, "noise": noise}

    args = (np.arange(3.0), np.ones(3))
    for rate in (0.5, 0.25, 0.125, 0.5, 0.75):
        step(args, rate, options={"scale": 1})
    text, inputs = str(step.program), step.program.inputs
    assert "def step(batch_0, batch_1, rate, my_weights, rng):" in text
    results, gradients = printed(step)(*args, 0.3, **inputs)
    expected = step(args, 0.3, options={"scale": 1})
    assert results["loss"] == expected["loss"].item()
    assert results["noise"].tolist() == expected["noise"].tolist()
    assert gradients["my_weights"].tolist() == w.grad.tolist()


def test_gradients_that_are_added_up_and_two_models_with_equal_names() -> None:
    first, second = nn.Linear(2, 3), nn.Linear(3, 1)

    @tg.jit
    def step(x: Any) -> tg.Tensor:
        loss = second(first(x).tanh()).sum()
        loss.backward()
        return loss

    step(X), step(X), step(X), step(X)
    text, inputs = str(step.program), step.program.inputs
    _, gradients = printed(step)(X.numpy(), **inputs)
    step(X)
    assert {"weight", "bias", "second_weight", "second_bias"} == set(gradients)
    assert gradients["second_weight"].tolist() == second.weight.grad.tolist()
    assert "weight_grad" in text


def test_what_it_tells_about_itself() -> None:
    step = training_step(net(), F.mse_loss)
    assert step.program is None
    for _ in range(3):
        step(X, Y)
    program = step.program
    lines = re.findall(r"^    \w+ = ", str(program), re.MULTILINE)
    assert len(program) >= len(lines) > 25  # a transpose is written where it is used
    assert "out=b0" in program.source
    assert program.buffers >= 4 * 3 * 8
    assert repr(program) == f"<program of step: {len(program)} calls of NumPy's, {program.buffers:,} bytes of buffers>"


def test_large_arrays_are_not_held() -> None:
    model = nn.Linear(300, 200)
    step = training_step(model, F.mse_loss)
    x, y = tg.tensor(RNG.random((100, 300))), tg.tensor(RNG.random((100, 200)))
    for _ in range(3):
        step(x, y)
    steps = step.program.recording.steps
    held = [np.asarray(value.content) for s in steps for value in (*s.inputs(), *s.results())]
    owners = [array if array.base is None else array.base for array in held if any(array.strides)]
    assert max(getattr(owner, "nbytes", 0) for owner in owners) <= 64 * 1024
    check(step, model, x, y)
    assert tg.draw(step).graph.results


def listed(results: Any) -> list[Any]:
    return list(results) if isinstance(results, list | tuple) else [results]


CASES = [pytest.param(s, id=f"{name}-{i}") for name, group in SAMPLES.items() for i, s in enumerate(group[:3])]


@pytest.mark.parametrize("case", CASES)
def test_every_operation_can_be_printed(case: Sample) -> None:
    leaves = [tg.tensor(x, requires_grad=True) for x in case.inputs]

    @tg.jit
    def step() -> Any:
        for leaf in leaves:
            leaf.grad = None
        found = case.f(*leaves)
        results = [result for result in listed(found) if result.requires_grad]
        if not results:  # nothing has a gradient
            return found
        loss = sum((r * r).sum() for r in results)
        loss.backward()
        return loss

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(3):
            expected = step()
        assert step.program is not None
        result, gradients = printed(step)(**copy.deepcopy(step.program.inputs))
    for one, other in zip(listed(result), listed(expected), strict=True):
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
    for i, leaf in enumerate(leaves):
        if leaf.grad is not None:
            assert gradients[f"leaves_{i}"].tobytes() == leaf.grad.numpy().tobytes()
    assert tg.draw(step).source


# --- drawing -----------------------------------------------------------------------------------------------------


def test_a_program_is_drawn_with_both_passes_and_its_effect() -> None:
    model = net()
    step = training_step(model, F.mse_loss)
    for _ in range(3):
        step(X, Y)
    graph = tg.draw(step).graph
    roles = {v.name: v.role for v in graph.variables if v.role not in ("intermediate", "constant")}
    names = list(step.program.inputs)
    gradients = {f"grad_{name}": "gradient" for name in names}
    assert roles == {"x": "input", "y": "input", "loss": "loss"} | dict.fromkeys(names, "parameter") | gradients
    signs = [operation.sign for operation in graph.operations]
    assert signs.count("x Wᵀ + b") == 3
    assert signs.count("σ") == signs.count("∂ σ") == 2
    (effect,) = (operation for operation in graph.operations if operation.kind == "effect")
    assert effect.sign == "optimizer.step()"
    assert {graph.by_id[a.source].name for a in effect.sources} == set(gradients)
    assert effect.id in graph.backward
    assert not any(graph.by_id[a.source].role == "constant" and a.source not in graph.backward for a in effect.sources)
    single = tg.draw(step, collapse=False).graph
    assert len(single.operations) == len(step.program) + 1
    assert len(tg.draw(step, max_nodes=30).graph) <= 30


def test_drawings_in_every_language_and_format(tmp_path: Any) -> None:
    step = training_step(nn.Linear(2, 1), F.mse_loss)
    for _ in range(3):
        step(X, Y)
    drawing = tg.draw(step, lang="vi", theme="dark")
    assert "lan truyền ngược" in drawing.source
    assert "optimizer.step()" in drawing.to_mermaid()
    pytest.importorskip("pygraphviz", reason="needs the extra `lab`")
    for ending in ("svg", "html", "tex"):
        assert "optimizer" in drawing.render(tmp_path / f"step.{ending}").read_text(encoding="utf-8")


def test_a_function_that_was_not_recorded_cannot_be_drawn() -> None:
    step = training_step(net(), F.mse_loss)
    with pytest.raises(ValueError, match="step has not been recorded yet: call it three times"):
        tg.draw(step)
    tg.set_language("vi")
    with pytest.raises(ValueError, match="step chưa được ghi lại: hãy gọi nó ba lần"):
        tg.draw(step)
