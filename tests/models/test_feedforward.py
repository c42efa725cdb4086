"""Feed-forward nets: what they can learn, that seeds repeat them, weights, early stopping, files."""

import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.models import ConvergenceWarning, LinearRegression, LogisticRegression, MLPClassifier, MLPRegressor

RNG = np.random.default_rng(2)
X = RNG.uniform(-1, 1, (300, 2)) * [1.0, 1000.0] + [5.0, 0.0]
BOARD = np.where((X[:, 0] > 5) == (X[:, 1] > 0), "đen", "trắng")  # no line parts a chessboard of four fields
WAVE = 1e4 + 300 * np.sin(3 * X[:, 0]) * X[:, 1] / 1000


def test_a_hidden_layer_learns_what_a_line_cannot() -> None:
    assert LogisticRegression().fit(X, BOARD).score(X, BOARD) < 0.7
    model = MLPClassifier(hidden=(16,), alpha=0.1, lr=0.01, batch_size=50, seed=1).fit(X[:200], BOARD[:200])
    assert model.score(X[200:], BOARD[200:]) > 0.9
    assert LinearRegression().fit(X, WAVE).score(X, WAVE) < 0.5
    regressor = MLPRegressor(hidden=(32,), alpha=0.1, lr=0.01, batch_size=50).fit(X[:200], WAVE[:200])
    assert regressor.score(X[200:], WAVE[200:]) > 0.9


def test_the_network_underneath_takes_the_data_as_they_are() -> None:
    classifier = MLPClassifier((3, 3), activation="tanh", epochs=5).fit(X, BOARD)
    kinds = [nn.Linear, nn.Tanh, nn.Linear, nn.Tanh, nn.Linear, nn.Sigmoid]
    assert [type(layer) for layer in classifier.model] == kinds
    outputs = classifier.model(tg.tensor(X)).detach().numpy()
    np.testing.assert_allclose(classifier.predict_proba(X), np.hstack([1 - outputs, outputs]))
    regressor = MLPRegressor((3,), epochs=50, lr=0.02).fit(X, WAVE)
    assert np.array_equal(regressor.model(tg.tensor(X)).detach().numpy()[:, 0], regressor.predict(X))
    assert abs(regressor.predict(X).mean() - WAVE.mean()) < 100  # the units of y
    assert regressor.draw().source.count("ReLU") >= 1


def test_without_hidden_layers_it_is_linear_regression() -> None:
    y = X @ [3.0, 0.01] + 7
    net = MLPRegressor(hidden=(), alpha=0, lr=0.05, batch_size=300, epochs=1000, patience=1000).fit(X, y)
    line = LinearRegression().fit(X, y)
    np.testing.assert_allclose(net.predict(X), line.predict(X), atol=1e-2)


def test_a_seed_repeats_everything() -> None:
    settings: dict[str, Any] = {"hidden": (8,), "epochs": 8, "dropout": 0.3, "early_stopping": True}
    first, again, other = (MLPClassifier(**settings, seed=seed).fit(X, BOARD) for seed in (3, 3, 4))
    assert np.array_equal(first.predict_proba(X), again.predict_proba(X))
    assert not np.array_equal(first.predict_proba(X), other.predict_proba(X))
    unseeded = [MLPClassifier(hidden=(8,), epochs=2, seed=None).fit(X, BOARD).predict_proba(X) for _ in range(2)]
    assert not np.array_equal(*unseeded)


@pytest.mark.parametrize("y", [BOARD, np.digitize(X[:, 0], [4.5, 5.5])])
def test_early_stopping_goes_back_to_the_best_epoch(y: Any) -> None:
    model = MLPClassifier((64,), lr=0.05, epochs=400, early_stopping=True, patience=5, min_delta=0.0).fit(X, y)
    held_out = model.history["valid_loss"]
    assert "EarlyStopping" in model.history.stopped_by
    assert len(held_out) == int(np.argmin(held_out)) + 1 + 5


def test_weights_of_samples() -> None:
    """Rows of weight 0 have no say; without weights they mislead."""
    wrong = np.where(np.arange(300) < 140, np.where(BOARD == "đen", "trắng", "đen"), BOARD)
    weight = np.where(np.arange(300) < 140, 0.0, 2.0)
    settings: dict[str, Any] = {"hidden": (16,), "lr": 0.01, "batch_size": 50, "alpha": 0.1}
    assert MLPClassifier(**settings).fit(X, wrong, weight).score(X, BOARD) > 0.9
    assert MLPClassifier(**settings).fit(X, wrong).score(X, BOARD) < 0.85
    shifted = np.where(np.arange(300) < 140, WAVE + 1e5, WAVE)
    model = MLPRegressor(**settings).fit(X, shifted, weight)
    assert model.score(X, WAVE) > 0.8
    three = np.digitize(X[:, 0], [4.5, 5.5])
    assert MLPClassifier(**settings).fit(X, three, weight + 1).score(X, three) > 0.9


def test_dropout_is_off_when_it_predicts() -> None:
    model = MLPClassifier((8,), dropout=0.5, epochs=3).fit(X, BOARD)
    assert any(isinstance(layer, nn.Dropout) for layer in model.model)
    assert np.array_equal(model.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize("optimizer", ["adam", "nadam", "rmsprop", "adagrad", "sgd"])
def test_every_optimizer_learns(optimizer: str) -> None:
    model = MLPClassifier((8,), optimizer=optimizer, lr=0.01, epochs=30, batch_size=50).fit(X, BOARD)
    assert model.history.loss[-1] < model.history.loss[0]


@pytest.mark.parametrize("model", [MLPClassifier((4, 3), "gelu", 0.1, epochs=3), MLPRegressor((), epochs=3)])
def test_save_and_load(model: Any, tmp_path: Path) -> None:
    model.fit(X, BOARD if isinstance(model, MLPClassifier) else np.column_stack([WAVE, WAVE]))
    model.save(tmp_path / "net.npz")
    model.set_params(hidden=(99,))
    model.save(tmp_path / "net.npz")  # what was trained, not what will be
    again = type(model).load(tmp_path / "net.npz")
    assert np.array_equal(again.predict(X), model.predict(X))
    assert again.get_params() == model.get_params()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden": 100}, r"hidden=100 makes no sense; .* in brackets, \(100,\)"),
        ({"hidden": (10, 0)}, "hidden=0 makes no sense; it must be a whole number ≥ 1"),
        ({"activation": "step"}, "activation='step' is none of 'relu', 'tanh'"),
        ({"optimizer": "newton"}, "optimizer='newton' is none of 'adam'"),
        ({"lr": 0}, "lr=0 makes no sense; it must be a number > 0"),
        ({"dropout": 1.0}, "dropout=1.0 and validation_fraction=0.1 are shares"),
        ({"epochs": True}, "epochs=True makes no sense"),
        ({"seed": "x"}, "seed='x' makes no sense; write a whole number ≥ 0, or None for chance"),
        ({"seed": -1}, "seed=-1 makes no sense"),
        ({"seed": 1.0}, "seed=1.0 makes no sense"),
    ],
)
def test_settings_are_checked_by_fit(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**settings).fit(X, BOARD)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_early_stopping_on_too_few_rows_says_what_to_do(kind: Any) -> None:
    few = 6 if kind is MLPClassifier else 1
    with pytest.raises(ValueError, match=rf"cannot hold out 0.1 of {few} rows: .* or early_stopping=False"):
        kind(early_stopping=True).fit(X[:few], np.arange(few) % 2)


def test_columns_of_one_size_are_left_as_they_are() -> None:
    """Others are standardized; each can be asked for."""
    alike = np.column_stack([X[:, 0], X[:, 1] / 1000])
    settings: dict[str, Any] = {"hidden": (4,), "epochs": 2}
    first, as_is, scaled = (
        MLPClassifier(**settings, standardize=how).fit(alike, BOARD).predict_proba(alike) for how in (None, False, True)
    )
    assert np.array_equal(first, as_is)
    assert not np.array_equal(first, scaled)
    first, as_is, scaled = (
        MLPClassifier(**settings, standardize=how).fit(X, BOARD).predict_proba(X) for how in (None, False, True)
    )
    assert np.array_equal(first, scaled)
    assert not np.array_equal(first, as_is)


@pytest.mark.parametrize(("kind", "y"), [(MLPClassifier, BOARD), (MLPRegressor, WAVE)])
def test_an_interrupted_net_says_so(kind: Any, y: Any) -> None:
    """Ctrl-C ends the training, not the program; whoever goes on is told what he has."""
    threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.warns(ConvergenceWarning, match=r"interrupted after \d+ of 100000 epochs"):
        model = kind((4,), epochs=100_000, patience=100_000).fit(X, y)
    assert model.history.interrupted
    assert len(model.predict(X)) == len(X)
