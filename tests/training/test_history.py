"""The history as a table, a file and a plot."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.training.runs import table, whole_run
from tinygrad_vn import nn, optim, plot, training
from tinygrad_vn.data import DataLoader
from tinygrad_vn.nn import functional as F


def history(epochs: int = 12) -> training.History:
    tg.manual_seed(0)
    model = nn.Linear(3, 1)
    x, y = table()
    optimizer = optim.SGD([{"params": [model.weight]}, {"params": [model.bias], "lr": 0.05}], lr=0.1)
    return training.fit(model, F.mse_loss, optimizer, (x, y), epochs=epochs, valid=(x[:9], y[:9]), progress=False)


def test_columns_and_rows() -> None:
    run = history()
    assert len(run) == 12
    assert run.loss == run["loss"] == [row["loss"] for row in run]
    assert run[-1]["epoch"] == 12
    assert run["lr_1"] == [0.05] * 12
    assert list(run.gradient_norms) == ["weight", "bias"]
    assert run.stopped_by is run.caution is None
    with pytest.raises(KeyError, match="there is no column 'accuracy'; there are epoch, loss, valid_loss"):
        run["accuracy"]


def test_groups_with_the_same_rate_have_one_column() -> None:
    """Until their rates part, as under a schedule that knows the groups."""
    model = nn.Linear(3, 1)
    optimizer = optim.SGD([{"params": [model.weight]}, {"params": [model.bias]}], lr=0.1)
    same, other = (lambda epoch: 1.0), (lambda epoch: 0.5**epoch)
    schedule = optim.lr_scheduler.LambdaLR(optimizer, [same, other])
    run = training.fit(model, F.mse_loss, optimizer, table(), epochs=2, schedule=schedule, progress=False)
    assert [name for name in run[0] if name.startswith("lr")] == ["lr"]
    assert (run[1]["lr"], run[1]["lr_1"]) == (0.1, 0.05)


def test_its_table_is_short() -> None:
    assert repr(training.History()) == "History (no epochs yet)"
    run = history()
    title, heads, *lines = repr(run).splitlines()
    assert title == "History (12 epochs)"
    assert heads.split() == ["epoch", "loss", "valid_loss", "lr", "lr_1", "seconds"]
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4", "…", "9", "10", "11", "12"]
    assert lines[0].split()[1] == f"{run.loss[0]:.4g}"
    assert len({len(line) for line in [heads, *lines]}) == 1
    tg.set_language("vi")
    assert "chưa có epoch nào" in repr(training.History())
    assert repr(run).splitlines()[1].split()[-1] == "giây"
    run.interrupted = True
    assert repr(run).splitlines()[0] == "History (12 epoch), đã dừng theo yêu cầu"


def test_csv_reads_as_the_same_numbers(tmp_path: Path) -> None:
    run = history(3)
    run.to_csv(tmp_path / "new" / "run.csv")
    with (tmp_path / "new" / "run.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [{name: float(value) for name, value in row.items()} for row in rows] == run.rows


def test_the_plot_has_both_curves_at_their_epochs() -> None:
    pytest.importorskip("matplotlib")
    run = history(5)
    figure = run.plot(lang="vi")
    training_curve, validation_curve = figure.axes[0].lines[:2]
    legend = [text.get_text().split(":")[0] for text in figure.legends[0].get_texts()]
    assert legend == ["tập huấn luyện", "tập validation"]
    assert list(training_curve.get_ydata()) == run.loss
    assert list(validation_curve.get_ydata()) == run["valid_loss"]
    assert list(training_curve.get_xdata()) == [0, 1, 2, 3, 4]  # one step per epoch: the loss before each of them
    assert list(validation_curve.get_xdata()) == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="no losses"):
        training.History().plot()


def test_plots_take_a_history_as_it_is() -> None:
    pytest.importorskip("matplotlib")
    run = history(4)
    norms = plot.gradient_norms(run).axes[0]
    assert [list(line.get_ydata()) for line in norms.lines] == list(run.gradient_norms.values())
    assert [list(line.get_xdata()) for line in norms.lines] == [run["epoch"]] * 2
    assert norms.get_title() == "Gradient norm of every parameter"
    for figure in (plot.loss_curve(run), plot.loss_curves({"SGD": run})):
        (line,) = figure.axes[0].lines
        assert dict(line.get_xydata().tolist()) == run.loss_by_epoch
    with pytest.raises(ValueError, match="no losses to plot for 'SGD'"):
        plot.loss_curves({"SGD": training.History()})


@pytest.mark.parametrize(("batch_size", "accumulate"), [(30, 1), (10, 1), (3, 1), (3, 4)])
def test_the_training_loss_stands_where_it_was_noted(batch_size: int, accumulate: int) -> None:
    """On a loss that falls by the same amount at every step, the line through all points is that of the fall."""
    model = nn.Linear(1, 1, bias=False)
    model.weight.data[...] = 0.0
    seen: list[float] = []
    history = training.fit(
        model, lambda p, t: p.mean(), optim.SGD(model.parameters(), lr=0.1),
        DataLoader((np.ones((30, 1)), np.ones(30)), batch_size), epochs=4, valid=(np.ones((2, 1)), np.ones(2)),
        callbacks=[training.Accumulate(accumulate), lambda run: seen.append(run.iteration)], progress=False,
    )  # fmt: skip
    per_epoch = seen[0]
    assert history["steps"] == [per_epoch] * 4
    by_epoch = history.loss_by_epoch | {row["epoch"]: row["valid_loss"] for row in history}
    if 30 // batch_size % accumulate == 0:
        for epoch, loss in by_epoch.items():
            assert loss == pytest.approx(-0.1 * per_epoch * epoch, abs=1e-12)
    assert all(k - 1 <= epoch < k - 0.45 for k, epoch in enumerate(history.loss_by_epoch, 1))


def test_a_column_of_nan_survives_its_state() -> None:
    run = history(2)
    for row in run:
        row["valid_loss"] = math.nan
    again = training.History()
    again.load_state_dict(run.state_dict())
    assert again.columns == run.columns
    assert repr(again) == repr(run)


def test_its_state_gives_it_back(tmp_path: Path) -> None:
    _, run = whole_run(tmp_path)
    again = training.History()
    again.load_state_dict(run.state_dict())
    assert again.rows == run.rows
    assert [type(value) for value in again[0].values()] == [type(value) for value in run[0].values()]
    assert list(again.snapshots) == [0, 2, 4, 6]
    assert repr(again) == repr(run)
