"""Training steps through `tg.jit`: losses, parameters, gradients, optimizers and generators as without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
import tinygrad_vn.nn.functional as F
from tests.tracing.worlds import replayed, runs_eagerly, same
from tinygrad_vn import nn, optim
from tinygrad_vn.optim import lr_scheduler

Jit = Callable[[Any], Any]


def data(calls: int = 7, n: int = 6, features: int = 3, outputs: int = 2) -> list[tuple[tg.Tensor, tg.Tensor]]:
    rng = np.random.default_rng(1)
    return [(tg.tensor(rng.normal(size=(n, features))), tg.tensor(rng.normal(size=(n, outputs)))) for _ in range(calls)]


def net(*middle: nn.Module) -> nn.Sequential:
    tg.manual_seed(2)
    return nn.Sequential(nn.Linear(3, 4), *(middle or (nn.Tanh(),)), nn.Linear(4, 2))


def state(model: nn.Module, *optimizers: Any) -> list[Any]:
    grads = [None if p.grad is None else p.grad.numpy().copy() for p in model.parameters()]
    memories = [[list(part.values()) for part in o.state_dict()["state"].values()] for o in optimizers]
    buffers = [b.numpy().copy() for b in model.buffers()]
    return [[p.detach().numpy().copy() for p in model.parameters()], grads, buffers, memories, str(tg.get_rng_state())]


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True),
    "Adam": lambda p: optim.Adam(p, lr=0.01),
    "AdamW": lambda p: optim.AdamW(p, lr=0.01),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.01),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_optimizers(name: str, when: str) -> None:
    def world(jit: Jit) -> Any:
        model = net()
        optimizer = OPTIMIZERS[name](model.parameters())

        @jit
        def step(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
            if when == "before":
                optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            if when == "after":
                optimizer.zero_grad()
            return loss

        return [(step(x, y).item(), state(model, optimizer)) for x, y in data()]

    replayed(world)


def test_lbfgs_runs_eagerly() -> None:
    def world(jit: Jit) -> Any:
        model = net()
        optimizer = optim.LBFGS(model.parameters(), lr=0.5, max_iter=3)

        @jit
        def step(x: tg.Tensor, y: tg.Tensor) -> float:
            def closure() -> tg.Tensor:
                optimizer.zero_grad()
                loss = F.mse_loss(model(x), y)
                loss.backward()
                return loss

            return float(optimizer.step(closure))

        return [step(x, y) for x, y in data()]

    runs_eagerly(world, "step()")


def training(
    model: Any,
    optimizer: Any,
    jit: Jit,
    loss: Callable[..., Any] = F.mse_loss,
    between: Callable[[int], Any] = lambda i: None,
    inside: Callable[[], Any] = lambda: None,
    batches: Any = None,
) -> Any:
    @jit
    def step(x: Any, y: Any) -> tg.Tensor:
        optimizer.zero_grad()
        value = loss(model(x), y)
        value.backward()
        inside()
        optimizer.step()
        return value

    found = []
    for i, (x, y) in enumerate(batches or data(12)):
        between(i)
        found.append((step(x, y).detach().numpy().copy(), state(model, optimizer)))
    return found


def test_schedule_outside() -> None:
    def world(jit: Jit) -> Any:
        model = net()
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        schedule = lr_scheduler.StepLR(optimizer, 2, 0.5)
        return training(model, optimizer, jit, between=lambda i: schedule.step() if i else None)

    replayed(world)


def test_schedule_inside() -> None:
    def world(jit: Jit) -> Any:
        model = net()
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        schedule = lr_scheduler.CosineAnnealingLR(optimizer, 5)

        @jit
        def step(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            schedule.step()
            return loss

        return [(step(x, y).item(), optimizer.param_groups[0]["lr"]) for x, y in data()]

    replayed(world)


@pytest.mark.parametrize("layer", ["Dropout", "own", "BatchNorm1d", "LayerNorm"])
def test_layers_with_chance_and_statistics(layer: str) -> None:
    def world(jit: Jit) -> Any:
        layers: dict[str, Callable[[], nn.Module]] = {
            "Dropout": lambda: nn.Dropout(0.5),
            "own": lambda: nn.Dropout(0.5, rng=np.random.default_rng(3)),
            "BatchNorm1d": lambda: nn.BatchNorm1d(4),
            "LayerNorm": lambda: nn.LayerNorm(4),
        }
        model = net(layers[layer](), nn.ReLU())

        def flip(i: int) -> None:
            model.train(i not in (4, 8))

        optimizer = optim.SGD(model.parameters(), lr=0.1)
        return training(model, optimizer, jit, between=flip)

    replayed(world)


def test_mode_set_on_one_layer() -> None:
    def world(jit: Jit) -> Any:
        model = net(nn.Dropout(0.5))

        def between(i: int) -> None:
            model[1].training = i < 5
            if i == 8:
                model[1].p = 0.9
                model[1].training = True

        return training(model, optim.SGD(model.parameters(), lr=0.1), jit, between=between)

    replayed(world)


def test_modes_that_alternate() -> None:
    def world(jit: Jit) -> Any:
        model = net(nn.Dropout(0.5))
        return training(model, optim.SGD(model.parameters(), lr=0.1), jit, between=lambda i: model.train(i % 2 == 0))

    replayed(world)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("padding", [None, 0])
def test_embedding(sparse: bool, padding: int | None) -> None:
    def world(jit: Jit) -> Any:
        tg.manual_seed(1)
        table = nn.Embedding(9, 3, sparse=sparse, padding_idx=padding)
        optimizer = optim.SGD(table.parameters(), lr=0.1)
        rng = np.random.default_rng(0)

        @jit
        def step(rows: Any, y: Any) -> tg.Tensor:
            optimizer.zero_grad()
            loss = F.mse_loss(table(rows).sum(1), y)
            loss.backward()
            optimizer.step()
            return loss

        found = []
        for _ in range(6):
            found.append((step(rng.integers(0, 9, 5), rng.normal(size=5)).item(), table.weight.detach().numpy().copy()))
        return found

    replayed(world)


def test_clipping() -> None:
    def world(jit: Jit) -> Any:
        model = net()
        clip = lambda: nn.utils.clip_grad_norm_(model.parameters(), 0.3)
        return training(model, optim.SGD(model.parameters(), lr=0.1), jit, inside=clip)

    replayed(world)


def test_clipped_norm_is_returned() -> None:
    def world(jit: Jit) -> Any:
        model = net()

        @jit
        def step(x: tg.Tensor, y: tg.Tensor) -> Any:
            model.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 0.3)
            return {"loss": loss, "norm": norm, "sum": norm + loss.detach()}

        return [({k: v.detach() for k, v in step(x, y).items()}, state(model)) for x, y in data()]

    replayed(world)


def test_passes_that_add_up() -> None:
    def world(jit: Jit) -> Any:
        model = net()
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        @jit
        def add(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
            loss = F.mse_loss(model(x), y) / 2
            loss.backward()
            (model(x) ** 2).mean().backward()
            return loss

        found = []
        for i, (x, y) in enumerate(data(14)):
            found.append((add(x, y).item(), state(model)))
            if i % 3 == 2:
                optimizer.step(accumulate=True)
                optimizer.zero_grad()
        return found

    replayed(world)


def test_steps_by_hand() -> None:
    def world(jit: Jit) -> Any:
        w, b = tg.tensor(np.ones((3, 2)), requires_grad=True), tg.tensor(np.zeros(2), requires_grad=True)

        @jit
        def step(x: tg.Tensor, y: tg.Tensor, lr: float) -> tg.Tensor:
            nonlocal_free = F.mse_loss(x @ w + b, y)
            nonlocal_free.backward()
            with tg.no_grad():
                for p in (w, b):
                    p -= lr * p.grad
                    p.grad.zero_()
            return nonlocal_free

        found = []
        for i, (x, y) in enumerate(data(9)):
            loss = step(x, y, 0.1 / (i + 1))
            found.append([loss.item(), w.detach().numpy().copy(), w.grad.numpy().copy(), b.grad.numpy().copy()])
        return found

    replayed(world)


def test_zero_in_the_beginning() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor(np.ones((3, 2)), requires_grad=True)

        @jit
        def step(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
            if w.grad is not None:
                w.grad.zero_()
            loss = F.mse_loss(x @ w, y)
            loss.backward()
            with tg.no_grad():
                w.sub_(0.1 * w.grad)
            return loss

        found = []
        for i, (x, y) in enumerate(data(9)):
            if i == 6:
                w.grad = None
            found.append([step(x, y).item(), w.detach().numpy().copy(), w.grad.numpy().copy()])
        return found

    replayed(world)


def test_gradient_penalty() -> None:
    def world(jit: Jit) -> Any:
        model = net()

        def loss(out: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
            value = F.mse_loss(out, y)
            grads = tg.grad(value, list(model.parameters()), create_graph=True)
            return value + 0.1 * sum((g**2).sum() for g in grads)

        return training(model, optim.Adam(model.parameters(), lr=0.01), jit, loss)

    replayed(world)


def test_two_players() -> None:
    def world(jit: Jit) -> Any:
        tg.manual_seed(0)
        maker, judge = nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.3), nn.Linear(4, 1))
        makes, judges = optim.Adam(maker.parameters(), lr=0.01), optim.SGD(judge.parameters(), lr=0.1)
        loss_of = F.binary_cross_entropy_with_logits

        @jit
        def step(noise: tg.Tensor, real: tg.Tensor) -> Any:
            for p in judge.parameters():
                p.requires_grad_(True)
            judges.zero_grad()
            fake = maker(noise)
            loss = loss_of(judge(real), np.ones((6, 1))) + loss_of(judge(fake.detach()), np.zeros((6, 1)))
            loss.backward()
            judges.step()
            for p in judge.parameters():
                p.requires_grad_(False)
            makes.zero_grad()
            fooled = loss_of(judge(fake), np.ones((6, 1)))
            fooled.backward()
            makes.step()
            return loss.detach(), fooled.detach()

        return [(step(x, y), state(maker, makes), state(judge, judges)) for x, y in data(9)]

    replayed(world)


def test_frozen_layers() -> None:
    def world(jit: Jit) -> Any:
        model = net()

        def between(i: int) -> None:
            if i == 5:
                model[0].requires_grad_(False)
            if i == 9:
                model[0].weight.requires_grad = True

        return training(model, optim.SGD(model.parameters(), lr=0.1), jit, between=between)

    replayed(world)


def test_parameters_from_elsewhere() -> None:
    def world(jit: Jit) -> Any:
        model = net()
        optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        saved = {key: value.numpy() * 0.5 for key, value in model.state_dict().items()}

        def between(i: int) -> None:
            if i == 4:
                model.load_state_dict(saved)
            if i == 6:
                model[0].weight.data = np.asfortranarray(np.ones((4, 3)))
            if i == 8:
                model[0].weight.data -= 0.25
            if i == 10:
                model[2] = nn.Linear(4, 2)

        return training(model, optimizer, jit, between=between)

    replayed(world)


def test_other_dtypes_shapes_layouts() -> None:
    def world(jit: Jit) -> Any:
        model = net()
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        rng = np.random.default_rng(0)
        batches: list[Any] = []
        for i in range(24):
            x, y = rng.normal(size=(3 + i % 3, 3)), rng.normal(size=(3 + i % 3, 2))
            batches.append((np.asfortranarray(x) if i % 2 else x, y))

        def between(i: int) -> None:
            if i == 20:
                model.float()

        return training(model, optimizer, jit, between=between, batches=batches)

    replayed(world)


def test_default_dtype() -> None:
    def world(jit: Jit) -> Any:
        w = tg.tensor([1.0, 2.0])

        @jit
        def step(x: tg.Tensor) -> tg.Tensor:
            return (w * x + tg.tensor([0.5, 1.5])).sum()

        found = [step(x[0]) for x, _ in data(5, features=2)]
        tg.set_default_dtype(np.float32)
        try:
            return found + [step(x[0]) for x, _ in data(5, features=2)]
        finally:
            tg.set_default_dtype(np.float64)

    replayed(world)


def test_no_grad_around() -> None:
    def world(jit: Jit) -> Any:
        model = net(nn.BatchNorm1d(4))
        step = jit(lambda x: model(x).detach())
        found = []
        for i, (x, _) in enumerate(data(12)):
            if i % 2:
                with tg.no_grad():
                    found.append(step(x))
            else:
                found.append(step(x))
        return found

    replayed(world)


def test_what_is_kept_is_not_written_over() -> None:
    model = net()
    optimizer = optim.SGD(model.parameters(), lr=0.1)

    @tg.jit
    def step(x: tg.Tensor, y: tg.Tensor) -> Any:
        optimizer.zero_grad()
        out = model(x)
        loss = F.mse_loss(out, y)
        loss.backward()
        optimizer.step()
        return loss.detach(), out.detach()

    kept: list[Any] = []
    for x, y in data(10):
        loss, out, _ = (*step(x, y)[:2], None)
        grad, values = model[0].weight.grad, model[0].weight.data
        view = model[2].weight.grad.numpy()[0]
        things = [loss, out, grad, view]
        kept.append((things, [np.array(t.numpy() if isinstance(t, tg.Tensor) else t) for t in things]))
        assert values is model[0].weight.data
    for things, copies in kept:
        for thing, copy in zip(things, copies, strict=True):
            same(np.asarray(thing.numpy() if isinstance(thing, tg.Tensor) else thing), copy)


@pytest.mark.parametrize("sparse", [False, True])
def test_an_index_that_does_not_exist_is_an_error_in_every_call(sparse: bool) -> None:
    table = nn.Embedding(5, 2, sparse=sparse)
    optimizer = optim.SGD(table.parameters(), lr=0.1)

    @tg.jit
    def step(rows: Any) -> tg.Tensor:
        optimizer.zero_grad()
        loss = (table(rows) ** 2).sum()
        loss.backward()
        optimizer.step()
        return loss

    for rows in ([0, 1], [1, 2], [3, 3]):
        step(np.array(rows))
    before = table.weight.tolist()
    for rows, wrong in (([-1, 2], -1), ([1, 9], 9)):
        with pytest.raises(IndexError, match=f"index {wrong} is outside of an embedding with num_embeddings=5"):
            step(np.array(rows))
    assert table.weight.tolist() == before
    assert str(step.program.source).count("_check_row_numbers") == 1


def test_a_layout_by_columns_is_summed_as_in_eager_code() -> None:
    rng, weight = np.random.default_rng(1), tg.tensor(np.random.default_rng(2).normal(size=(7, 3)))
    functions = [lambda x: F.relu(x.T).sum(), lambda x: F.relu(F.linear(x, weight)).sum()]
    for function, shape in zip(functions, [(20, 50), (2, 5, 4, 3)], strict=True):
        repeated = tg.jit(function)
        for _ in range(20):
            x = tg.tensor(np.asfortranarray(rng.normal(size=shape)))
            assert repeated(x).item() == function(x).item()
