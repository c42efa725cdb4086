"""PyTorch's words: each means what NumPy says under another name, gradient included, and what is not there says so."""

import copy
import pickle  # noqa: TID251 - how processes pass numbers on
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn

X = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
CLASSES = np.array([[2], [0]])

# What is typed (t is a Tensor, x the same numbers as an array), and what NumPy has for it.
WORDS = {
    "t.numel()": "x.size",
    "t.nelement()": "x.size",
    "t.dim()": "x.ndim",
    "t.device": "'cpu'",
    "t.is_floating_point()": "True",
    "(t > 0).is_floating_point()": "False",
    "t.t()": "x.T",
    "t[0].t()": "x[0]",
    "t.permute(1, 0)": "x.transpose(1, 0)",
    "t[None].permute((2, 0, 1))": "x[None].transpose(2, 0, 1)",
    "t.view_as(t.t())": "x.reshape(3, 2)",
    "t.reshape_as(t.t())": "x.reshape(3, 2)",
    "t.expand(4, 2, 3)": "np.broadcast_to(x, (4, 2, 3))",
    "t[:, :1].expand(-1, 3)": "np.broadcast_to(x[:, :1], (2, 3))",
    "t[0].expand((2, -1))": "np.broadcast_to(x[0], (2, 3))",
    "t[:1].expand_as(t)": "np.broadcast_to(x[:1], (2, 3))",
    "t.contiguous()": "x",
    "t.unbind()": "list(x)",
    "t.unbind(-1)": "list(x.T)",
    "t.chunk(2, 1)": "[x[:, :2], x[:, 2:]]",
    "t.chunk(5)": "[x[:1], x[1:]]",
    "tg.chunk(tg.arange(10), 4)": "[np.arange(3), np.arange(3, 6), np.arange(6, 9), np.arange(9, 10)]",
    "t.masked_fill(t < 0, 0.5)": "np.where(x < 0, 0.5, x)",
    "t.masked_fill(t < 0, -np.inf)": "np.where(x < 0, -np.inf, x)",
    "t.gather(1, tg.tensor(CLASSES))": "np.array([[3.0], [4.0]])",
    "t.gather(0, tg.tensor([[1, 0]]))": "np.array([[4.0, -2.0]])",
    "t.gather(-1, tg.tensor([[0, 0, 1, 2]]))": "np.array([[1.0, 1.0, -2.0, 3.0]])",
    "t.index_select(1, tg.tensor([2, 2]))": "x[:, [2, 2]]",
    "t.add(t, alpha=2)": "3 * x",
    "t.sub(1, alpha=3)": "x - 3",
    "t.mul(2).div(4).neg()": "-x / 2",
    "t.mm(t.t())": "x @ x.T",
    "t.mv(t[0])": "x @ x[0]",
    "tg.bmm(t[None], t.t()[None])": "(x @ x.T)[None]",
    "t.eq(4)": "x == 4",
    "t.ne(4)": "x != 4",
    "t.lt(1)": "x < 1",
    "t.le(1)": "x <= 1",
    "t.gt(1)": "x > 1",
    "t.ge(1)": "x >= 1",
    "(t / 4).floor()": "np.floor(x / 4)",
    "(t / 4).ceil()": "np.ceil(x / 4)",
    "(t + tg.tensor([np.inf, 0.0, np.nan])).isfinite()": "np.array([[False, True, False]] * 2)",
    "(t + tg.tensor([np.inf, 0.0, np.nan])).isnan()": "np.array([[False, False, True]] * 2)",
    "tg.isnan(t * np.nan)": "np.ones((2, 3), bool)",
    "t.new_zeros(2)": "np.zeros(2)",
    "t.new_ones((1, 2))": "np.ones((1, 2))",
    "t.long()": "x.astype(int)",
    "t.int()": "x.astype(np.int32)",
    "t.bool()": "np.ones((2, 3), bool)",
    "t.type_as(tg.tensor([1]))": "x.astype(int)",
    "tg.triu(tg.ones(2, 2), diagonal=1)": "np.array([[0.0, 1.0], [0.0, 0.0]])",
    "tg.flip(t, dims=(0,))": "x[::-1]",
    "tg.cat((t, t), dim=1)": "np.concatenate([x, x], axis=1)",
    "tg.equal(t, t)": "True",
    "tg.allclose(t, t + 1e-12)": "True",
    "tg.is_tensor(t) and not tg.is_tensor(x)": "True",
    "tg.linspace(0, 1, steps=5)": "np.linspace(0, 1, 5)",
    "tg.full(size=(2, 2), fill_value=1.5)": "np.full((2, 2), 1.5)",
    "tg.zeros(size=(2, 3), device='cpu')": "np.zeros((2, 3))",
    "tg.tensor([1.0, tg.inf, -tg.pi], dtype=tg.double)": "np.array([1.0, np.inf, -np.pi])",
    "tg.from_numpy(x)": "x",
    "tg.empty(2, 3).shape": "(2, 3)",
    "tg.linalg.norm(t)": "np.linalg.norm(x)",
    "t.size()": "x.shape",
    "t.size(0)": "x.shape[0]",
    "t.view(t.size(0), -1)": "x.reshape(2, -1)",
    "tg.zeros(t.size())": "np.zeros((2, 3))",
    "t.split(2, 1)": "[x[:, :2], x[:, 2:]]",
    "t.split((1, 0, 2), dim=-1)": "[x[:, :1], x[:, :0], x[:, 1:]]",
    "t.split(5)": "[x]",
    "tg.max(t)": "x.max()",
}

# Where PyTorch has the word too, and means something else.
NUMPYS_WORDS = {
    "t / t.size": "x / 6",
    "np.split(t, 3, 1)": "np.split(x, 3, 1)",
    "t.repeat(2)": "x.repeat(2)",
    "t.repeat(2, axis=1)": "x.repeat(2, axis=1)",
    "t.repeat([1, 2], 0)": "x.repeat([1, 2], 0)",
    "t[None].repeat(2, 1)": "x[None].repeat(2, 1)",
    "np.repeat(t, 2, 1)": "np.repeat(x, 2, 1)",
    "t.max(1)": "x.max(1)",
    "np.max(t, 1)": "x.max(1)",
    "tg.max(t, axis=1)": "x.max(1)",
    "tg.min(x, axis=0)": "x.min(0)",
    "tg.sort(t, axis=0)": "np.sort(x, 0)",
}


def plain(value: Any) -> Any:
    """Tensors as arrays, in sequences too."""
    if isinstance(value, tg.Tensor):
        return value.detach().numpy()
    return [plain(part) for part in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize("typed", [*WORDS, *NUMPYS_WORDS])
def test_a_word_means_what_numpy_says_otherwise(typed: str) -> None:
    names = {"tg": tg, "np": np, "CLASSES": CLASSES, "x": X, "t": tg.tensor(X)}
    ours, wanted = plain(eval(typed, names)), plain(eval((WORDS | NUMPYS_WORDS)[typed], names))
    assert type(ours) is type(wanted) or np.ndim(wanted) == 0
    for one, other in zip(*((r if isinstance(r, list) else [r]) for r in (ours, wanted)), strict=True):
        np.testing.assert_array_equal(one, other)
        assert getattr(one, "dtype", None) == getattr(other, "dtype", None) or np.ndim(other) == 0


DIFFERENTIABLE: list[Callable[[Any], Any]] = [
    lambda t: t.t() ** 2,
    lambda t: t.permute(1, 0) * np.arange(6.0).reshape(3, 2),
    lambda t: t[:, :1].expand(-1, 3) * t,
    lambda t: t.unbind(1)[2] * t.chunk(2, 1)[0][:, 0],
    lambda t: t.masked_fill(t < 0, 3.0) ** 3,
    lambda t: t.gather(1, [[2, 2], [0, 1]]) ** 2,
    lambda t: t.index_select(1, [2, 2]) ** 2,
    lambda t: t.add(t * t, alpha=0.5).sub(t, alpha=3).mul(t).div(t + 10).neg(),
    lambda t: t.mm(t.t()),
    lambda t: t.to("cpu", tg.float64).double().view_as(t.t()) ** 2,
]


@pytest.mark.parametrize("f", DIFFERENTIABLE)
def test_gradients_flow_through_words_too(f: Callable[[Any], Any]) -> None:
    assert tg.check_grads(f, tg.tensor(X, requires_grad=True), order=2)


def test_single_precision_stays() -> None:
    t = tg.tensor(X, dtype=tg.float32, requires_grad=True)
    for f in DIFFERENTIABLE[:-1]:
        if f is not DIFFERENTIABLE[1]:  # which multiplies with an array of float64
            assert f(t).dtype == np.float32
    assert t.to(tg.float64).dtype == t.double().dtype == np.float64
    assert t.to("cpu") is t.to(tg.float32) is t.float() is t.cpu() is t, "nothing to be done, as in PyTorch"
    assert t.half().dtype == np.float16
    t.double().sum().backward()
    assert t.grad is not None
    assert t.grad.dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: t.cuda(), ValueError, "no device 'cuda' here: NumPy computes on the CPU; leave .cuda\\(\\) out"),
        (lambda t: t.to("cuda:0"), ValueError, "no device 'cuda:0' here: NumPy computes on the CPU"),
        (lambda t: t.to(device="mps"), ValueError, "no device 'mps'"),
        (lambda t: tg.device("cuda"), ValueError, "no device 'cuda'"),
        (lambda t: tg.zeros(2, device="cuda"), ValueError, "no device 'cuda'"),
        (lambda t: tg.Generator(device="cuda"), ValueError, "no device 'cuda'"),
        (lambda t: nn.Linear(1, 1).cuda(), ValueError, "leave .cuda\\(\\) out"),
        (lambda t: nn.Linear(1, 1).to(device="cuda"), ValueError, "no device 'cuda'"),
        (lambda t: t[None].t(), ValueError, r"t\(\) transposes a matrix, not shape \(1, 2, 3\); write .mT"),
        (lambda t: t.expand(2, 4), ValueError, r"shape \(2, 3\) cannot be expanded to \(2, 4\)"),
        (lambda t: t.expand(3), ValueError, r"cannot be expanded to \(3,\)"),
        (lambda t: t.expand(-1, 2, 3), ValueError, "cannot be expanded"),
        (lambda t: tg.cdist(t, t), AttributeError, "has no attribute 'cdist'"),
        (
            lambda t: tg.max(t, 1),
            TypeError,
            r"max\(x, 1\) means something else.*tg.argmax\(x, axis=…\) for their places",
        ),
        (lambda t: tg.max(t, t), TypeError, r"of two Tensors, tg.maximum\(x, y\)"),
        (lambda t: tg.min(t, -1), TypeError, r"tg.argmin\(x, axis=…\)"),
        (lambda t: tg.sort(t, 1), TypeError, r"tg.argsort\(x, axis=…\)"),
        (lambda t: tg.split(t, 2), TypeError, r"np.split\(x, 3\) for 3 parts, x.split\(3\) for parts of length 3"),
        (lambda t: t.split(0), ValueError, r"split\(0\) does not fit an axis of length 2"),
        (lambda t: t.split([2, 2], 1), ValueError, r"split\(\[2, 2\]\) does not fit an axis of length 3"),
        (lambda t: t.split([4, -1], 1), ValueError, "does not fit"),
        (lambda t: t.repeat(2, 1), ValueError, r"write .repeat\(2, axis=1\), or np.tile\(x, \(2, 1\)\)"),
        (lambda t: t[0].repeat(2), ValueError, r"write .repeat\(2, axis=0\), or np.tile\(x, \(2\)\)"),
        (lambda t: t.repeat(1, 2, 3), ValueError, r"or np.tile\(x, \(1, 2, 3\)\)"),
        (lambda t: t.size(2), IndexError, "out of range"),
    ],
)
def test_what_is_not_there_says_so(call: Callable[[tg.Tensor], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(tg.tensor(X))


def test_a_size_is_a_whole_number_like_any_other(tmp_path: Path) -> None:
    t = tg.tensor(X, dtype=tg.float32)
    assert isinstance(t.size, int)
    assert (f"{t.size}", repr(t.size), np.zeros(t.size).shape, t.size + 1) == ("6", "6", (6,), 7)
    assert (t * t.size).dtype == np.float32
    assert (t.long() * t.size).dtype == np.int64
    assert pickle.loads(pickle.dumps(t.size)) == copy.deepcopy(t.size) == 6
    tg.save(tmp_path / "a.npz", {"n": t.size})
    assert tg.load(tmp_path / "a.npz") == {"n": 6}
    assert nn.Embedding(4, 2, sparse=True).weight.size() == (4, 2)


def test_a_function_knows_its_name() -> None:
    with pytest.raises(TypeError, match=r"was given the function tanh, .*nn.ReLU\(\)"):
        nn.Sequential(nn.Linear(2, 1), tg.tanh)


def test_a_program_that_asks_for_a_device_gets_the_cpu() -> None:
    device = tg.device("cuda" if tg.cuda.is_available() else "cpu")
    model = nn.Linear(3, 1).to(device)
    assert model(tg.tensor(X, device=device).to(device)).device == model.weight.device == device


# --- kinds of numbers and chance ------------------------------------------------------------------------------------


def test_kinds_of_numbers_have_pytorchs_names() -> None:
    assert tg.tensor([1.5], dtype=tg.long).tolist() == [1]
    kinds = {
        "float": "float32",
        "double": "float64",
        "half": "float16",
        "long": "int64",
        "int": "int32",
        "bool": "bool",
    }
    for name, kind in kinds.items():
        assert np.dtype(getattr(tg, name)) == kind
        assert getattr(tg.tensor(X), name)().dtype == kind


@pytest.fixture
def seeded() -> tg.Generator:
    return tg.Generator().manual_seed(2147483647)


def test_a_generator_in_pytorchs_way(seeded: tg.Generator) -> None:
    first = tg.randn(27, 10, generator=seeded)
    tg.manual_seed(2147483647)
    assert tg.randn(27, 10).tolist() == first.tolist() == tg.randn(27, 10, rng=seeded.manual_seed(2147483647)).tolist()
    assert tg.Generator().random() != tg.Generator().random()
    assert nn.Dropout(0.5, rng=seeded)(tg.ones(100)).sum().item() > 0


def test_whole_numbers_in_either_order_of_arguments(seeded: tg.Generator) -> None:
    for drawn in (
        tg.randint(3, (400,), generator=seeded),
        tg.randint(0, 3, (400,), seeded),
        tg.randint(high=3, size=(400,), generator=seeded),
    ):
        assert drawn.dtype == np.int64
        assert np.bincount(drawn.numpy()).shape == (3,)
    assert tg.randint(1, 3, (2,), dtype=tg.float64).dtype == np.float64


def test_normal_numbers(seeded: tg.Generator) -> None:
    drawn = tg.normal(2.0, 0.5, size=(4000,), generator=seeded)
    assert (drawn.mean().item(), drawn.std().item()) == pytest.approx((2.0, 0.5), abs=0.03)
    means = tg.normal(tg.tensor([0.0, 100.0], dtype=tg.float32), 1.0, generator=seeded)
    assert means.dtype == np.float32
    assert means[1].item() > 90


def test_multinomial_draws_by_weight(seeded: tg.Generator) -> None:
    weights = tg.tensor([[2.0, 0.0, 6.0], [1.0, 1.0, 0.0]])
    drawn = tg.multinomial(weights, 20_000, replacement=True, generator=seeded).numpy()
    shares = np.array([np.bincount(row, minlength=3) for row in drawn]) / 20_000
    np.testing.assert_allclose(shares, [[0.25, 0, 0.75], [0.5, 0.5, 0]], atol=0.015)
    assert (shares[[0, 1], [1, 2]] == 0).all(), "what has no weight is never drawn"
    assert isinstance(tg.multinomial([0.0, 1.0], num_samples=1, replacement=True).item(), int)


def test_multinomial_without_replacement(seeded: tg.Generator) -> None:
    weights = np.tile([1.0, 2.0, 3.0, 0.0], (20_000, 1))
    drawn = tg.multinomial(weights, 2, generator=seeded).numpy()
    assert (drawn[:, 0] != drawn[:, 1]).all()
    first = np.bincount(drawn[:, 0], minlength=4) / 20_000
    np.testing.assert_allclose(first, [1 / 6, 2 / 6, 3 / 6, 0], atol=0.015)
    second = np.bincount(drawn[drawn[:, 0] == 2, 1], minlength=4)
    assert second[1] / second[0] == pytest.approx(2, abs=0.15), "of those that are left, by weight again"


@pytest.mark.parametrize("weights", [[-1.0, 2.0], [np.nan, 1.0], [np.inf, 1.0], [0.0, 0.0], [], [[[1.0]]]])
def test_weights_that_multinomial_refuses(weights: Any) -> None:
    with pytest.raises(ValueError, match="multinomial"):
        tg.multinomial(weights, 1)
    with pytest.raises(ValueError, match="needs 2 weights above 0 in each row to draw 2 numbers"):
        tg.multinomial([[0.0, 2.0], [1.0, 1.0]], 2)


# --- in place -------------------------------------------------------------------------------------------------------

CHANGES: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "add_": (lambda w: w.add_(1), X + 1),
    "add_ alpha": (lambda w: w.add_(tg.tensor(X), alpha=-0.5), X / 2),
    "sub_": (lambda w: w.sub_(X, alpha=3), -2 * X),
    "mul_": (lambda w: w.mul_(2), 2 * X),
    "div_": (lambda w: w.div_(2), X / 2),
    "pow_": (lambda w: w.pow_(2), X**2),
    "zero_": (lambda w: w.zero_(), 0 * X),
    "fill_": (lambda w: w.fill_(7), 0 * X + 7),
    "copy_": (lambda w: w.copy_(tg.tensor([1, 2, 3])), np.array([[1, 2, 3]] * 2)),
    "masked_fill_": (lambda w: w.masked_fill_(w < 0, 9), np.where(X < 0, 9, X)),
    "clamp_": (lambda w: w.clamp_(-1, tg.tensor(2.0)), X.clip(-1, 2)),
    "clamp_ min": (lambda w: w.clamp_(min=0), X.clip(0)),
    "uniform_": (lambda w: w.uniform_(-1, 1, generator=np.random.default_rng(3)), None),
    "normal_": (lambda w: w.normal_(1, 2, generator=np.random.default_rng(3)), None),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_change_in_place_leaves_what_was_computed_before(name: str, dtype: Any) -> None:
    change, wanted = CHANGES[name]
    w = tg.tensor(X, dtype=dtype, requires_grad=True)
    loss = (w**2).sum()
    with tg.no_grad():
        assert change(w) is w
    loss.backward()
    assert w.grad is not None
    np.testing.assert_array_equal(w.grad.numpy(), 2 * X)
    assert w.dtype == dtype
    assert w.requires_grad
    if wanted is None:
        wanted = getattr(np.random.default_rng(3), name[:-1])(*((-1, 1) if "u" in name else (1, 2)), X.shape)
    np.testing.assert_allclose(w.detach().numpy(), wanted, rtol=1e-6)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_in_place_is_refused_where_a_gradient_would_be_wrong(name: str) -> None:
    change, _ = CHANGES[name]
    w = tg.tensor(X, requires_grad=True)
    result = w * 1
    for tensor in (w, result):
        with pytest.raises(tg.GradientError, match=rf"E04.*{name.split()[0]}\(\)"):
            change(tensor)
        np.testing.assert_array_equal(tensor.detach().numpy(), X)
    change(w.detach())  # nothing depends on that
    np.testing.assert_array_equal(w.detach().numpy(), X)


def test_what_requires_grad_is_not_taken_in_unnoticed() -> None:
    w, x = tg.tensor(2.0, requires_grad=True), tg.zeros(3)
    for change in (x.add_, x.sub_, x.mul_, x.div_, x.pow_, x.fill_, x.copy_, x.clamp_):
        with pytest.raises(tg.GradientError, match=r"E04.*Assigning a result that requires grad"):
            change(w)
    with pytest.raises(tg.GradientError, match="E04"):
        x.masked_fill_(x == 0, w)
    assert x.tolist() == [0.0, 0.0, 0.0]
    with tg.no_grad():
        assert x.add_(w).tolist() == [2.0, 2.0, 2.0]


def test_whole_numbers_stay_whole() -> None:
    n = tg.tensor([1, 2])
    assert n.add_(1).mul_(2).tolist() == [4, 6]
    with pytest.raises(TypeError, match="Cannot cast"):
        n.add_(0.5)
    with pytest.raises(tg.DtypeError, match="E03"):
        n.normal_()
    assert n.tolist() == [4, 6]


def test_gradients_are_changed_in_place_those_of_rows_too() -> None:
    for sparse in (False, True):
        table = nn.Embedding(4, 2, sparse=sparse)
        table([1, 1, 3]).sum().backward()
        gradient = table.weight.grad
        assert gradient is not None
        gradient.mul_(3).div_(2).add_(gradient)
        assert gradient.to_dense().tolist() == [[0, 0], [6, 6], [0, 0], [3, 3]]
        gradient.zero_()
        assert not gradient.to_dense().any()
