"""fit does what the loop written out by hand does, and says what is wrong before anything is changed."""

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.training.runs import table
from tinygrad_vn import nn, optim, training
from tinygrad_vn.data import DataLoader, Subset, TensorDataset
from tinygrad_vn.errors import GradientError
from tinygrad_vn.nn import functional as F
from tinygrad_vn.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau, StepLR
from tinygrad_vn.optim.stopping import EarlyStopping, GradientNorm, MaxIterations, TargetLoss

X, Y = table()


def net(*, seed: int = 0) -> nn.Module:
    tg.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Dropout(0.3), nn.Linear(6, 1))


def quietly(model: nn.Module, loss: Any, optimizer: Any, data: Any, **settings: Any) -> training.History:
    return training.fit(model, loss, optimizer, data, progress=False, **settings)


def same(one: nn.Module, other: nn.Module) -> None:
    for (name, a), b in zip(one.state_dict().items(), other.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=name)


def test_it_is_the_loop_written_by_hand() -> None:
    theirs = net()
    optimizer = optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    schedule = StepLR(optimizer, 2, gamma=0.5)
    loader = DataLoader((X, Y), batch_size=7, shuffle=True)
    losses, rates, norms, valid = [], [], [], []
    for _ in range(5):
        of_batches, sizes, squares = [], [], []
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(theirs(x), y)
            loss.backward()
            optimizer.step()
            of_batches.append(loss.item())
            sizes.append(len(y))
            squares.append(float((theirs[0].weight.grad ** 2).sum().item()))
        rates.append(optimizer.param_groups[0]["lr"])
        schedule.step()
        losses.append(np.average(of_batches, weights=sizes))
        norms.append(math.sqrt(np.mean(squares)))
        theirs.eval()
        with tg.no_grad():
            valid.append(F.mse_loss(theirs(tg.tensor(X[:9])), tg.tensor(Y[:9])).item())
        theirs.train()

    ours = net()
    optimizer = optim.SGD(ours.parameters(), lr=0.1, momentum=0.9)
    loader = DataLoader((X, Y), batch_size=7, shuffle=True)
    schedule = StepLR(optimizer, 2, gamma=0.5)
    history = quietly(ours, F.mse_loss, optimizer, loader, epochs=5, valid=(X[:9], Y[:9]), schedule=schedule)
    same(ours, theirs)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-12)
    np.testing.assert_allclose(history.gradient_norms["0.weight"], norms, rtol=1e-12)
    assert history["lr"] == rates
    assert history["valid_loss"] == valid
    assert history["epoch"] == [1, 2, 3, 4, 5]
    assert all(seconds > 0 for seconds in history["seconds"])


def test_arrays_are_one_batch_and_lists_are_batches() -> None:
    models = [nn.Linear(3, 1) for _ in range(3)]
    start = models[0].state_dict()
    for model, data in zip(models, [(X, Y), [[X, Y]], DataLoader((X, Y), batch_size="all")], strict=True):
        model.load_state_dict(start)
        history = quietly(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), data, epochs=3)
        same(model, models[0])
        assert len(history) == 3


def test_models_of_several_inputs() -> None:
    class Dot(nn.Module):
        def __init__(self) -> None:
            self.u, self.v = nn.Parameter(np.ones((3, 2))), nn.Parameter(np.full((4, 2), 0.5))

        def forward(self, i: Any, j: Any) -> Any:
            return (self.u[i] * self.v[j]).sum(1)

    model = Dot()
    history = quietly(
        model, F.mse_loss, optim.SGD(model.parameters(), lr=0.2), ([0, 1, 2], [3, 0, 1], [2.0, 0.0, 1.0]), epochs=50
    )
    assert history.loss[0] == pytest.approx(2 / 3)
    assert history.loss[-1] < 0.01


def test_metrics_on_training_and_validation_data() -> None:
    def mae(prediction: Any, target: Any) -> Any:
        assert not prediction.requires_grad
        return abs(prediction - target).mean()

    model = nn.Linear(3, 1)
    before = float(abs(model(tg.tensor(X)) - Y).mean().detach().numpy())
    history = quietly(
        model, F.mse_loss, optim.SGD(model.parameters(), lr=0.1), (X, Y), epochs=2, valid=[(X, Y)], metrics=[mae]
    )
    after = float(abs(model(tg.tensor(X)) - Y).mean().detach().numpy())
    assert history["mae"][0] == before
    assert history["valid_mae"][-1] == after
    assert history.columns[:7] == ["epoch", "loss", "mae", "valid_loss", "valid_mae", "lr", "steps"]
    with pytest.raises(ValueError, match="metrics need names"):
        quietly(model, F.mse_loss, optim.SGD(model.parameters()), (X, Y), epochs=1, metrics=[lambda p, t: 0.0])
    with pytest.raises(ValueError, match="column 'lr' of its own"):
        quietly(model, F.mse_loss, optim.SGD(model.parameters()), (X, Y), epochs=1, metrics={"lr": mae})


def test_validation_is_in_eval_mode() -> None:
    model = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(3), nn.Linear(3, 1))
    modes = []
    model.register_forward_hook(lambda module, args, result: modes.append((module.training, tg.is_grad_enabled())))
    quietly(model, F.mse_loss, optim.SGD(model.parameters()), (X, Y), epochs=2, valid=(X, Y))
    assert modes == [(True, True), (False, False)] * 2


def test_it_trains_in_training_mode_and_leaves_the_model_ready_to_predict() -> None:
    model = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(3), nn.Linear(3, 1)).eval()
    modes: list[Any] = []
    for module in model:
        module.register_forward_hook(lambda module, args, result: modes.append(module.training))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    quietly(model, F.mse_loss, optimizer, (X, Y), epochs=1)
    assert modes == [True, True, True]
    assert [module.training for module in model.modules()] == [False] * 4
    np.testing.assert_array_equal(model(X).detach().numpy(), model(X).detach().numpy())
    model.train()
    model[1].eval()  # on purpose: its statistics are frozen
    before, modes[:] = model[1].running_mean.numpy().copy(), []
    quietly(model, F.mse_loss, optimizer, (X + 1, Y), epochs=1)
    assert modes == [True, False, True]
    np.testing.assert_array_equal(model[1].running_mean.numpy(), before)
    with pytest.raises(ZeroDivisionError):
        quietly(model, F.mse_loss, optimizer, (X, Y), epochs=1, callbacks=lambda run: 1 / 0)
    assert not model.training


def test_schedules_step_when_they_want_to() -> None:
    model = nn.Linear(3, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    loader = DataLoader((X, Y), batch_size=10)
    reference = OneCycleLR(optim.SGD([nn.Parameter([1.0])], lr=0.1), 0.3, total_steps=6)
    rates: list[float] = []
    for _ in range(5):
        rates.append(reference.optimizer.param_groups[0]["lr"])
        reference.optimizer.step()
        reference.step()

    class Rates(training.Callback):
        def before_step(self, run: training.Run) -> None:
            seen.append(run.lr)

    seen: list[float] = []
    schedule = OneCycleLR(optimizer, 0.3, total_steps=6)
    quietly(model, F.mse_loss, optimizer, loader, epochs=2, schedule=schedule, callbacks=[Rates()])
    assert seen[:5] == rates


def test_plateau_looks_at_the_validation_loss() -> None:
    model = nn.Linear(3, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    schedule = ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
    nothing = (np.zeros((2, 3)), np.zeros((2, 1)))  # its loss grows from 0 on
    model.bias.data[...] = 0
    history = quietly(model, F.mse_loss, optimizer, (X, Y + 1), epochs=3, valid=nothing, schedule=schedule)
    assert history["valid_loss"] == sorted(history["valid_loss"])
    assert history["lr"] == [0.1, 0.1, 0.05]


@pytest.mark.parametrize(
    ("rule", "size", "epochs", "words"),
    [(MaxIterations(7), 10, 3, "7"), (TargetLoss(0.5), 10, None, "0.5"), (GradientNorm(1e-3), 30, None, "0.001")],
)
def test_a_rule_stops_the_run_and_says_why(rule: Any, size: int, epochs: int | None, words: str) -> None:
    tg.manual_seed(0)
    model = nn.Linear(3, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    steps: list[int] = []
    history = quietly(
        model, F.mse_loss, optimizer, DataLoader((X, Y), batch_size=size), epochs=3000, stop=rule,
        callbacks=[lambda run: steps.append(run.iteration)],
    )  # fmt: skip
    assert len(history) == (epochs or len(history)) < 3000
    assert words in str(history.stopped_by)
    assert history.caution
    assert not history.interrupted
    if isinstance(rule, MaxIterations):
        assert steps == [3, 6, 7]
    tg.set_language("vi")
    assert history.stopped_by == rule.reason("vi")
    assert history.caution == rule.caution("vi") != rule.caution("en")


def test_early_stopping_brings_back_the_best() -> None:
    model = nn.Sequential(nn.Linear(3, 1), nn.BatchNorm1d(1))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    other = (X, -Y)
    rule = EarlyStopping(3)
    history = quietly(model, F.mse_loss, optimizer, (X, Y), epochs=100, valid=other, stop=rule)
    best = int(np.argmin(history["valid_loss"]))
    assert len(history) == best + 1 + 3
    assert training.evaluate(model, F.mse_loss, other)["loss"] == history["valid_loss"][best]


def test_penalties_are_terms_of_the_loss() -> None:
    model = nn.Linear(3, 1)
    start = model.state_dict()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    quietly(model, lambda p, t: F.mse_loss(p, t) + nn.l2_penalty(model, 0.5), optimizer, (X, Y), epochs=1)
    with_penalty = model.weight.detach().numpy().copy()
    model.load_state_dict(start)
    quietly(model, F.mse_loss, optimizer, (X, Y), epochs=1)
    slope = (model.weight.detach().numpy() - with_penalty) / 0.1
    assert np.abs(slope).max() > 1e-3
    ratio = slope / start["weight"].numpy()
    np.testing.assert_allclose(ratio, ratio.flat[0])


def test_a_plain_function_and_a_callback_may_end_the_run() -> None:
    model = nn.Linear(3, 1)
    history = quietly(
        model, F.mse_loss, optim.SGD(model.parameters()), (X, Y), epochs=9,
        callbacks=[lambda run: run.end("enough") if run.epoch == 4 else None],
    )  # fmt: skip
    assert len(history) == 4
    assert history.stopped_by == "enough"
    assert not history.caution


def test_gradients_that_were_left_over_do_not_count() -> None:
    one, other = net(), net()
    F.mse_loss(one(tg.tensor(X)), tg.tensor(Y)).backward()
    for model in (one, other):
        tg.manual_seed(1)
        quietly(model, F.mse_loss, optim.SGD(model.parameters(), lr=0.1), (X, Y), epochs=2)
    same(one, other)


# --- optimizers that compute the loss themselves -------------------------------------------------------------------


@pytest.mark.parametrize("line_search", [None, "strong_wolfe"])
def test_lbfgs_is_the_loop_written_by_hand(line_search: Any) -> None:
    theirs, ours = net(), net()
    optimizer = optim.LBFGS(theirs.parameters(), max_iter=7, line_search_fn=line_search)
    x, y, losses = tg.tensor(X), tg.tensor(Y), []

    def closure() -> Any:
        optimizer.zero_grad()
        loss = F.mse_loss(theirs(x), y)
        loss.backward()
        return loss

    tg.manual_seed(5)  # dropout: as many evaluations, no more, draw the same numbers
    for _ in range(4):
        losses.append(optimizer.step(closure).item())
    tg.manual_seed(5)
    optimizer = optim.LBFGS(ours.parameters(), max_iter=7, line_search_fn=line_search)
    history = quietly(ours, F.mse_loss, optimizer, (X, Y), epochs=4)
    same(ours, theirs)
    assert history.loss == losses


def test_lbfgs_solves_least_squares_at_once_and_on_batches() -> None:
    target = X @ [[1.0], [-2.0], [0.5]] + 3
    for data, epochs in (((X, target), 1), (DataLoader((X, target), 10), 3)):
        model = nn.Linear(3, 1)
        optimizer = optim.LBFGS(model.parameters(), max_iter=40, line_search_fn="strong_wolfe")
        quietly(model, F.mse_loss, optimizer, data, epochs=epochs, metrics={"mean": lambda p, t: p.mean()})
        np.testing.assert_allclose(model.weight.detach().numpy(), [[1, -2, 0.5]], atol=1e-4)
        np.testing.assert_allclose(model.bias.detach().numpy(), [3], atol=1e-4)


def test_a_step_of_lbfgs_that_ends_in_nan_is_taken_back() -> None:
    model = nn.Linear(1, 1, bias=False)
    model.weight.data[...] = 3.0
    data = ([[1.0]], [[0.0]])
    optimizer = optim.LBFGS(model.parameters(), lr=50.0)
    words = "the step brought parameter 'weight' to NaN.*strong_wolfe.*as before it.*below 50"
    with pytest.raises(training.DivergedError, match=words), np.errstate(all="ignore"):
        quietly(model, lambda p, t: np.exp(5 * (p - t) ** 2).sum(), optimizer, data, epochs=1)
    assert model.weight.tolist() == [[3.0]]


# --- data of other kinds --------------------------------------------------------------------------------------------


def test_datasets_and_loaders_of_ones_own() -> None:
    class Halves:
        def __len__(self) -> int:
            return 2

        def __iter__(self) -> Any:
            yield tg.tensor(X[:15]), tg.tensor(Y[:15])
            yield tg.tensor(X[15:]), tg.tensor(Y[15:])

    everything = TensorDataset(X, Y)
    pairs = [((X, Y), everything), ((X[:9], Y[:9]), Subset(everything, range(9)))]
    pairs.append((DataLoader((X, Y), 15), Halves()))
    for usual, other in pairs:
        models = net(), net()
        for model, data in zip(models, (usual, other), strict=True):
            tg.manual_seed(1)
            history = quietly(model, F.mse_loss, optim.SGD(model.parameters(), lr=0.1), data, epochs=3, valid=data)
            assert len(history) == 3
        same(*models)


# --- numbers that are none ----------------------------------------------------------------------------------------


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path: Any) -> None:
    model = nn.Linear(3, 1)
    bad = Y.copy()
    bad[25] = np.nan
    states: list[Any] = []
    path = tmp_path / "run.npz"
    loader = [(X[:10], Y[:10]), (X[10:20], Y[10:20]), (X[20:], Y[20:])]
    quietly(model, F.mse_loss, optim.SGD(model.parameters(), lr=0.1), loader, epochs=2, checkpoint=path)
    loader[2] = (X[20:], bad[20:])

    class Before(training.Callback):
        def after_step(self, run: training.Run) -> None:
            states.append(run.model.state_dict())

    optimizer = optim.SGD(model.parameters(), lr=0.1)
    words = r"Epoch 3, batch 3: the loss is NaN\. This.* the target contains NaN, first at data\[2\]\[1\]\[5, 0\]"
    with pytest.raises(training.DivergedError, match=words) as caught:
        quietly(model, F.mse_loss, optimizer, loader, epochs=4, checkpoint=path, resume=True, callbacks=[Before()])
    error = caught.value
    assert (error.parameter, error.epoch, error.batch, error.lr) == (None, 3, 3, 0.1)
    assert len(error.history) == 2
    for name, value in states[-1].items():
        np.testing.assert_array_equal(model.state_dict()[name].numpy(), value.numpy())
    assert tg.checkpoint.load(path)["epoch"] == 2
    tg.set_language("vi")
    assert "Epoch 3, batch 3: loss là NaN. Nguyên nhân nằm ở dữ liệu" in str(error)
    assert "learning rate nhỏ" not in str(error)


def test_numbers_that_are_none_in_the_data_are_found_there() -> None:
    holes = X.copy()
    holes[2, 1], holes[20, 0] = np.nan, np.inf

    class Halves:
        def __len__(self) -> int:
            return 2

        def __iter__(self) -> Any:
            yield tg.tensor(X[:15]), tg.tensor(Y[:15])
            yield tg.tensor(holes[15:]), tg.tensor(Y[15:])

    for data, where in (
        ((holes, Y), r"NaN / Inf, first at data\[0\]\[2, 1\]"),
        (DataLoader((holes, Y), 10), r"NaN / Inf, first at data\[0\]\[2, 1\]"),
        (Halves(), r"Inf, first at batch\[0\]\[5, 0\]"),
    ):
        model = nn.Linear(3, 1)
        words = rf"not from the learning rate: the inputs contain {where}\. Leave such rows out"
        with pytest.raises(training.DivergedError, match=words), np.errstate(all="ignore"):
            quietly(model, F.mse_loss, optim.SGD(model.parameters(), lr=0.1), data, epochs=1)


def test_a_loss_that_is_no_number_before_the_first_step_is_not_blamed_on_the_rate() -> None:
    model = nn.Linear(3, 1)
    words = r"Epoch 1, batch 1: the loss is NaN\. No step has been taken yet, so it is not the learning rate"
    with pytest.raises(training.DivergedError, match=words), np.errstate(all="ignore"):
        quietly(model, lambda p, t: np.sqrt(-1 - p**2).mean(), optim.SGD(model.parameters()), (X, Y), epochs=1)


def test_a_gradient_that_is_not_finite_names_the_first_parameter() -> None:
    class Edge(nn.Module):
        def __init__(self) -> None:
            self.a, self.b = nn.Parameter([1.0, 2.0]), nn.Parameter([4.0, 0.0])

        def forward(self, x: Any) -> Any:
            return x * self.a * np.sqrt(self.b)  # √0 is 0, its slope is ∞

    model = Edge()
    words = r"gradient of parameter 'b' has NaN or infinities \(the loss is 1\)\. No step has been taken yet"
    with pytest.raises(training.DivergedError, match=words), np.errstate(all="ignore"):
        quietly(model, F.mse_loss, optim.SGD(model.parameters(), lr=0.5), ([1.0, 1.0], [1.0, 1.0]), epochs=1)
    assert model.a.tolist() == [1.0, 2.0]
    assert model.b.tolist() == [4.0, 0.0]


def test_too_large_a_rate_names_the_parameter_that_overflowed() -> None:
    model = nn.Linear(3, 1)
    before = model.weight.detach().numpy().copy()
    words = r"The steps were too long: parameter '.*' has reached the norm .*×10.*, the loss rising since epoch 2, so"
    with pytest.raises(training.DivergedError, match=words) as caught, np.errstate(all="ignore"):
        quietly(model, F.mse_loss, optim.SGD(model.parameters(), lr=1e3), (X, Y), epochs=1000)
    assert np.isfinite(model.weight.detach().numpy()).all()
    assert not np.array_equal(model.weight.detach().numpy(), before)
    norms = {name: np.abs(p.detach().numpy()).max() for name, p in model.named_parameters()}
    assert caught.value.parameter in norms
    assert norms[caught.value.parameter] > 1e100
    assert "Make model and optimizer again, with a learning rate far below 1000: training.lr_find" in str(caught.value)
    tg.set_language("vi")
    assert "loss tăng từ epoch 2, nên các tham số đã hỏng" in str(caught.value)
    tg.set_language("en")
    model.weight.data[...] = np.nan
    with pytest.raises(training.DivergedError, match="parameter 'weight' has NaN or infinities already"):
        quietly(model, F.mse_loss, optim.SGD(model.parameters(), lr=1e3), (X, Y), epochs=1)


def test_long_gradients_of_float32_are_no_infinities() -> None:
    model = nn.Linear(1, 1, bias=False, dtype=tg.float32)
    data = (np.full((1, 1), 1e20, np.float32), np.zeros((1, 1), np.float32))
    history = quietly(model, lambda p, t: (p - t).sum() * 1.0, optim.SGD(model.parameters(), lr=1e-30), data, epochs=1)
    assert history.gradient_norms["weight"] == [pytest.approx(1e20)]


# --- mistakes -----------------------------------------------------------------------------------------------------


def fit_with(**changes: Any) -> None:
    model = changes.get("model", nn.Linear(3, 1))
    given = {"model": model, "loss": F.mse_loss, "data": (X, Y), "epochs": 1, "progress": False} | changes
    if "optimizer" not in given:
        given["optimizer"] = optim.SGD(model.parameters(), lr=0.1)
    training.fit(**given)


OTHER = optim.SGD(nn.Linear(3, 1).parameters(), lr=0.1)


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"data": []}, ValueError, "data is empty"),
        ({"data": (X[:0], Y[:0])}, ValueError, "its arrays have no rows"),
        ({"data": (X, Y[:-1])}, ValueError, "different lengths, 30, 29"),
        ({"data": [X, Y]}, TypeError, r"data is a list of arrays; write it as a tuple, \(X, y\)"),
        ({"data": [3, 4]}, TypeError, r"data\[0\] is of type int; a batch is a tuple"),
        ({"data": (X,)}, TypeError, r"data is of type tuple\(1\); a batch is a tuple"),
        ({"data": iter([(X, Y)])}, TypeError, "gone through only once"),
        ({"data": DataLoader(X, batch_size=5)}, TypeError, "batch 1 of the data is of type Tensor; a batch is a tuple"),
        ({"data": X}, TypeError, "data is of type ndarray"),
        ({"valid": []}, ValueError, "valid is empty"),
        ({"metrics": "acuracy"}, ValueError, "there is no metric 'acuracy'; there are accuracy, mae, or"),
        ({"metrics": [5]}, TypeError, "the metric 'int' is no function, but 5; give one of"),
        ({"metrics": ["accuracy"]}, ValueError, "one number per sample needs a threshold, 0 for logits"),
        ({"batch_size": 2}, TypeError, r"for batches, write DataLoader\(\(X, y\), batch_size=2\)"),
        ({"schedule": StepLR}, TypeError, r"schedule is the class StepLR.*: StepLR\(optimizer, step_size=…\)"),
        ({"loss": int}, TypeError, r"loss is the class int itself; make an object of it: int\("),
        ({"optimizer": optim.SGD}, TypeError, r"optimizer is the class SGD.*: SGD\(model.parameters\(\), lr=…\)"),
        ({"stop": EarlyStopping}, TypeError, r"EarlyStopping\(patience=…\)"),
        ({"metrics": {"gap": lambda p, t: p - t}}, TypeError, r"the metric 'gap' returned shape \(30, 1\)"),
        ({"metrics": {"steps": lambda p, t: 0.0}}, ValueError, "column 'steps' of its own"),
        ({"callbacks": "loud"}, TypeError, "is no callback"),
        ({"loss": lambda p, t: (p - t) ** 2}, GradientError, "E02"),
        ({"loss": lambda p, t: 1.5}, TypeError, "the loss returned a float"),
        ({"loss": nn.MSELoss}, TypeError, r"loss is the class MSELoss itself; make an object of it: MSELoss\(\)"),
        ({"loss": lambda p, t: F.mse_loss(p.detach(), t)}, GradientError, "E10"),
        ({"optimizer": OTHER}, ValueError, "has none of the model's parameters"),
        ({"optimizer": "sgd"}, TypeError, "optim.SGD"),
        ({"model": nn.Linear(3, 1).requires_grad_(False)}, ValueError, "no parameter to learn"),
        ({"schedule": StepLR(OTHER, 3)}, ValueError, "does not belong to this optimizer"),
        ({"stop": 5}, TypeError, "no stopping rule"),
        ({"epochs": 0}, ValueError, "epochs=0"),
        ({"epochs": 2.0}, ValueError, "epochs=2.0"),
        ({"callbacks": [training.Callback]}, TypeError, "is no callback"),
        ({"progress": "loud"}, ValueError, "'auto', 'bar', 'lines'"),
        ({"checkpoint": "x", "checkpoint_every": 0}, ValueError, "checkpoint_every=0"),
        ({"snapshots": 0}, ValueError, "snapshots=0"),
    ],
)
def test_mistakes_are_told_with_their_remedy(changes: dict[str, Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        fit_with(**changes)
    english = str(caught.value)
    tg.set_language("vi")
    with pytest.raises(kind) as caught:
        fit_with(**changes)
    assert str(caught.value) != english


def test_inputs_and_targets_apart_are_asked_for_as_a_pair() -> None:
    model = nn.Linear(3, 1)
    with pytest.raises(TypeError, match=r"one pair: fit\(model, loss, optimizer, \(X, y\), epochs=…\)"):
        training.fit(model, F.mse_loss, optim.SGD(model.parameters()), X, Y, epochs=2)  # type: ignore[call-arg, misc]


def test_other_things_than_models() -> None:
    with pytest.raises(TypeError, match=r"fit trains an nn\.Module"):
        fit_with(model=lambda x: x, optimizer=OTHER)


@pytest.mark.parametrize("callback", [training.ClipGradNorm(1.0), training.Accumulate(2)])
def test_lbfgs_refuses_callbacks_that_change_a_gradient_it_would_not_use(callback: Any) -> None:
    model = nn.Linear(3, 1)
    with pytest.raises(TypeError, match=f"{type(callback).__name__} wants to handle the gradient.*strong_wolfe"):
        fit_with(model=model, optimizer=optim.LBFGS(model.parameters()), callbacks=[callback])


def test_parameters_that_the_optimizer_does_not_have_are_worth_a_warning() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))
    with pytest.warns(UserWarning, match="does not have 2 of the model's 4 parameters.*0.weight, 0.bias"):
        fit_with(model=model, optimizer=optim.SGD(model[1].parameters(), lr=0.1))
    model[0].requires_grad_(False)
    fit_with(model=model, optimizer=optim.SGD(model[1].parameters(), lr=0.1))
