"""Every optimizer takes PyTorch's steps: 200 of them agree to 1e-10 in float64, on a net and on embeddings."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.graph import Values
from tinygrad_vn.optim.line_search import StrongWolfe, Trial

torch = pytest.importorskip("torch")

STEPS = 200
SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.02, "momentum": 0.9}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.02, "weight_decay": 0.05}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.3, "eps": 1e-3}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.001, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.05}),
    ("RMSprop", {"lr": 0.002, "momentum": 0.8}),
    ("RMSprop", {"lr": 0.001, "alpha": 0.95, "eps": 1e-3, "centered": True}),
    ("RMSprop", {"lr": 0.001, "eps": 1e-3, "centered": True, "momentum": 0.8, "weight_decay": 0.05}),
    ("Adam", {}),
    ("Adam", {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-6}),
    ("Adam", {"lr": 0.01, "betas": (0.0, 0.4), "eps": 1e-2}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "amsgrad": True, "weight_decay": 0.01}),
    ("Adam", {"lr": 0.02, "decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.02, "betas": (0.8, 0.99), "weight_decay": 0.2, "amsgrad": True}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.9, "centered": True, "weight_decay": 0.01}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.1, "momentum_decay": 0.05}),
    ("NAdam", {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-4, "weight_decay": 0.05}),
]
# Near a minimum these jump to and fro at full length, and rounding decides where to: two runs of PyTorch that start one
# unit in the last place apart are up to 0.01 apart after 200 steps. They are compared on given gradients only.
ERRATIC: list[tuple[str, dict[str, Any]]] = [
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.05}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-3, "centered": True}),
]
NAMES = sorted({name for name, _ in SETTINGS})
OURS_ALONE = {"momentum_form": "pytorch", "bias_correction": True, "eps_inside": False}  # the lectures' forms

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
USERS, ITEMS = np.array([0, 0, 1, 2, 3, 3, 4]), np.array([1, 2, 0, 3, 3, 0, 2])
RATINGS = rng.uniform(0.5, 5, len(USERS))
NET = [rng.normal(size=shape) for shape in ((3, 4), (4,), (4, 2), (2,))]
FACTORS = [rng.normal(size=shape) for shape in ((6, 3), (4, 3))]  # the last user has rated nothing


@pytest.fixture(autouse=True)
def torch_in_float64() -> Iterator[None]:
    """As our own default is; else PyTorch's NAdam keeps a product in float32, whatever the parameters are."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def like(values: Values, p: Any) -> Any:
    """Data of the library and the dtype of a parameter."""
    return tg.tensor(values, dtype=p.dtype) if isinstance(p, tg.Tensor) else torch.tensor(values, dtype=p.dtype)


def net_loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    return (((like(X, w1) @ w1 + b1).tanh() @ w2 + b2 - like(Y, w1)) ** 2).mean()


def factorization_loss(u: Any, v: Any) -> Any:
    return (((u[USERS] * v[ITEMS]).sum(1) - like(RATINGS, u)) ** 2).mean()


MODELS = pytest.mark.parametrize(("start", "loss"), [(NET, net_loss), (FACTORS, factorization_loss)], ids=["net", "mf"])

Make = Callable[[Any, list[Any]], Any]


def step(params: list[Any], optimizer: Any, loss: Callable[..., Any]) -> list[Values]:
    optimizer.zero_grad()
    loss(*params).backward()
    optimizer.step()
    return numbers(params)


def numbers(params: list[Any]) -> list[Values]:
    return [np.array(p.detach().numpy()) for p in params]


def pair(start: list[Values], name: str, make: Make, dtype: str = "float64") -> list[tuple[list[Any], Any]]:
    """The parameters and the optimizer, ours and theirs."""
    ours = [tg.tensor(values, dtype=dtype, requires_grad=True) for values in start]
    theirs = [torch.tensor(values, dtype=getattr(torch, dtype), requires_grad=True) for values in start]
    return [(ours, make(getattr(optim, name), ours)), (theirs, make(getattr(torch.optim, name), theirs))]


def compare(start: list[Values], loss: Callable[..., Any], name: str, make: Make, **how: Any) -> None:
    steps, tolerance = how.pop("steps", STEPS), how.pop("atol", 1e-10)
    ours, theirs = pair(start, name, make, **how)
    for number in range(steps):
        for a, b in zip(step(*ours, loss), step(*theirs, loss), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance, err_msg=f"step {number}")


@pytest.mark.parametrize("maximize", [False, True])
@MODELS
@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=lambda value: str(value))
def test_trajectory(
    name: str, settings: dict[str, Any], start: list[Values], loss: Callable[..., Any], maximize: bool
) -> None:
    if maximize:
        compare(start, lambda *params: -loss(*params), name, lambda C, p: C(p, **settings, maximize=True))
    else:
        compare(start, loss, name, lambda C, p: C(p, **settings))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize(("name", "settings"), SETTINGS + ERRATIC, ids=lambda value: str(value))
def test_the_same_gradients(name: str, settings: dict[str, Any], maximize: bool, dtype: str) -> None:
    """Nothing but the optimizer's own rounding is left: 200 steps agree to the last digits."""
    noise = np.random.default_rng(1)
    pairs = pair(NET, name, lambda C, p: C(p, maximize=maximize, **settings), dtype)
    for _ in range(STEPS):
        gradients = [noise.normal(size=values.shape) * 10.0 ** noise.integers(-3, 2) for values in NET]
        for params, optimizer in pairs:
            for p, gradient in zip(params, gradients, strict=True):
                p.grad = like(gradient, p)
            optimizer.step()
    tolerance = {"float64": 1e-12, "float32": 2e-4}[dtype]
    for a, b in zip(*(numbers(params) for params, _ in pairs), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@MODELS
@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=lambda value: str(value))
def test_trajectory_in_float32(
    name: str, settings: dict[str, Any], start: list[Values], loss: Callable[..., Any]
) -> None:
    """Rounding differs from operation to operation, and dividing by small averages magnifies it."""
    compare(start, loss, name, lambda C, p: C(p, **settings), steps=60, dtype="float32", atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_groups(name: str) -> None:
    compare(
        FACTORS,
        factorization_loss,
        name,
        lambda C, p: C([{"params": p[:1], "weight_decay": 0.1}, {"params": p[1:], "lr": 0.001}], lr=0.01),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_group_that_joins_later_and_a_rate_that_falls(name: str) -> None:
    pairs = pair(NET, name, lambda C, p: C(p[:2], lr=0.01, **({"momentum": 0.9} if name == "SGD" else {})))
    for number in range(60):
        if number == 20:
            for params, optimizer in pairs:
                optimizer.add_param_group({"params": params[2:], "lr": 0.02})
        if number == 40:
            for _, optimizer in pairs:
                for group in optimizer.param_groups:
                    group["lr"] *= 0.1
        for a, b in zip(*(step(params, optimizer, net_loss) for params, optimizer in pairs), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-10, err_msg=f"step {number}")


@pytest.mark.parametrize("name", NAMES)
def test_zeroed_gradients_move_on_and_missing_ones_do_not(name: str) -> None:
    """A parameter that the loss does not depend on for a while."""
    settings: dict[str, Any] = {"momentum": 0.9} if name in {"SGD", "RMSprop"} else {}
    pairs = pair(NET, name, lambda C, p: C(p, lr=0.01, weight_decay=0.01, **settings))
    for number in range(30):
        results = []
        for params, optimizer in pairs:
            optimizer.zero_grad(set_to_none=number > 15)
            net_loss(*params[:3], params[3] if number % 3 == 0 else params[3].detach()).backward()
            optimizer.step()
            results.append(numbers(params))
        for a, b in zip(*results, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-10, err_msg=f"step {number}")


@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=lambda value: str(value))
def test_a_saved_state_goes_on_along_their_path(name: str, settings: dict[str, Any]) -> None:
    ours, theirs = pair(NET, name, lambda C, p: C(p, **settings))
    for number in range(60):
        if number == 25:
            twins = [p.detach().clone().requires_grad_() for p in ours[0]]
            resumed = getattr(optim, name)(twins, lr=123.0)
            resumed.load_state_dict(ours[1].state_dict())
            ours = (twins, resumed)
        for a, b in zip(step(*ours, net_loss), step(*theirs, net_loss), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-10, err_msg=f"step {number}")


@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=lambda value: str(value))
def test_their_saved_state_goes_on_here(name: str, settings: dict[str, Any]) -> None:
    """A run that was begun in PyTorch: its parameters and its optimizer's `state_dict()`, as they are."""
    start = [*NET[:3], NET[3][0]]  # among them a parameter of shape ()
    _, theirs = pair(start, name, lambda C, p: C(p, **settings))
    for _ in range(25):
        step(*theirs, net_loss)
    ours = [tg.tensor(values, requires_grad=True) for values in numbers(theirs[0])]
    optimizer = getattr(optim, name)(ours, lr=123.0)
    optimizer.load_state_dict(theirs[1].state_dict())
    for number in range(35):
        for a, b in zip(step(ours, optimizer, net_loss), step(*theirs, net_loss), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-10, err_msg=f"step {number}")


@pytest.mark.parametrize("name", [*NAMES, "LBFGS"])
def test_defaults_are_the_same(name: str) -> None:
    ours = getattr(optim, name)([tg.tensor(1.0, requires_grad=True)]).param_groups[0]
    theirs = getattr(torch.optim, name)([torch.tensor(1.0, requires_grad=True)]).param_groups[0]
    theirs_alone = {"foreach", "fused", "capturable", "differentiable"}
    assert ours.keys() - OURS_ALONE.keys() == theirs.keys() - theirs_alone
    for setting, value in ours.items():
        if setting != "params":
            assert (theirs | OURS_ALONE)[setting] == value, setting


# --- LBFGS, which evaluates a closure several times per step ------------------------------------------------------


def lbfgs_path(params: list[Any], optimizer: Any, loss: Callable[..., Any], steps: int) -> Iterator[list[Values]]:
    """The loss that each step returned, and all parameters after it."""

    def closure() -> Any:
        optimizer.zero_grad()
        value = loss(*params)
        value.backward()
        return value

    for _ in range(steps):
        returned = optimizer.step(closure)
        yield [np.array(returned.item()), *numbers(params)]


@pytest.mark.parametrize(
    ("settings", "steps", "tolerance"),
    [
        ({"lr": 0.1, "max_iter": 1}, 25, 1e-10),
        ({"lr": 0.1, "max_iter": 6}, 12, 1e-8),
        ({"lr": 0.1, "history_size": 3}, 1, 1e-10),
        ({"lr": 0.1, "max_eval": 4}, 6, 1e-10),
        ({"line_search_fn": "strong_wolfe"}, 2, 1e-8),
        ({"line_search_fn": "strong_wolfe", "max_iter": 1}, 30, 1e-8),  # which leaves no evaluation for the search
        ({"line_search_fn": "strong_wolfe", "max_iter": 1, "max_eval": 20}, 20, 1e-8),
        ({"line_search_fn": "strong_wolfe", "max_iter": 4, "history_size": 3}, 10, 1e-8),
        ({"line_search_fn": "strong_wolfe", "max_iter": 4, "max_eval": 3, "lr": 5.0}, 10, 1e-8),
        ({"line_search_fn": "strong_wolfe", "max_iter": 4, "lr": 1e-3}, 10, 1e-8),
    ],
    ids=lambda value: str(value),
)
@MODELS
def test_lbfgs(
    settings: dict[str, Any], steps: int, tolerance: float, start: list[Values], loss: Callable[..., Any]
) -> None:
    """The net's curvature magnifies rounding, PyTorch's own as well, so that long runs cannot agree in every digit."""
    ours, theirs = pair(start, "LBFGS", lambda C, p: C(p, **settings))
    both = zip(lbfgs_path(*ours, loss, steps), lbfgs_path(*theirs, loss, steps), strict=True)
    for number, (mine, yours) in enumerate(both):
        for a, b in zip(mine, yours, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance, err_msg=f"step {number}")
    counts = [optimizer.state[params[0]] for params, optimizer in (ours, theirs)]
    for count in ("n_iter", "func_evals"):
        assert counts[0][count] == counts[1][count], count


def test_lbfgs_200_moves() -> None:
    ours, theirs = pair(FACTORS, "LBFGS", lambda C, p: C(p, lr=0.1, max_iter=1))
    both = zip(
        lbfgs_path(*ours, factorization_loss, STEPS), lbfgs_path(*theirs, factorization_loss, STEPS), strict=True
    )
    for mine, yours in both:
        for a, b in zip(mine, yours, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-10)


@pytest.mark.parametrize("line_search_fn", [None, "strong_wolfe"])
def test_lbfgs_on_a_bent_valley(line_search_fn: str | None) -> None:
    """Rosenbrock's function, where the line search has to narrow brackets."""

    def rosenbrock(p: Any) -> Any:
        return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2

    settings: dict[str, Any] = {"line_search_fn": line_search_fn} if line_search_fn else {"lr": 0.05}
    settings |= {"max_iter": 1, "max_eval": 20}
    ours, theirs = pair([np.array([-1.2, 1.0])], "LBFGS", lambda C, p: C(p, **settings))
    steps = 30
    for mine, yours in zip(lbfgs_path(*ours, rosenbrock, steps), lbfgs_path(*theirs, rosenbrock, steps), strict=True):
        for a, b in zip(mine, yours, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-8)


@pytest.mark.parametrize("limit", [0, 3, 25])
def test_the_line_search_takes_their_decisions(limit: int) -> None:
    """On curves of many shapes: hills and walls on the way, slopes that hardly change, brackets that will not close."""
    from torch.optim.lbfgs import _strong_wolfe

    noise, others = np.random.default_rng(2), []
    for number in range(400):
        heights, speeds, phases = noise.normal(size=6), noise.uniform(0.1, 30, 6), noise.uniform(0, 6, 6)
        steepness, trend = 10 ** noise.uniform(-3, 1), 10 ** noise.uniform(-1, 2)

        def curve(t: float, shape: Any = (heights, speeds, phases, steepness, trend)) -> tuple[float, Values]:
            heights, speeds, phases, steepness, trend = shape
            waves, slopes = heights * np.sin(speeds * t + phases), heights * speeds * np.cos(speeds * t + phases)
            loss = waves.sum() + steepness * t * t - trend * t
            return float(loss), np.array([slopes.sum() + 2 * steepness * t - trend])

        loss, gradient = curve(0.0)
        d, first = -gradient, 10 ** noise.uniform(-4, 1)
        slope = float(gradient @ d)
        tried: list[float] = []

        def ours(t: float, d: Values = d, tried: list[float] = tried, curve: Any = curve) -> tuple[float, Values]:
            tried.append(t)
            return curve(t * float(d[0]))

        def theirs(x: Any, t: Any, d: Any, curve: Any = curve) -> tuple[float, Any]:
            loss, gradient = curve(float(t) * float(d[0]))
            return loss, torch.tensor(gradient)

        found = StrongWolfe(ours, d, limit, 1e-9).search(Trial(0.0, loss, gradient, slope), first)
        start = torch.tensor(gradient)
        f, _, t, evaluations = _strong_wolfe(
            theirs, None, first, torch.tensor(d), loss, start, start.dot(torch.tensor(d)), max_ls=limit
        )
        if len(tried) != evaluations or found.t != pytest.approx(float(t), rel=1e-6):
            others.append(number)
        else:
            assert found.loss == pytest.approx(float(f), rel=1e-6, abs=1e-9)
    assert len(others) <= 2, others  # rounding tipped a decision
