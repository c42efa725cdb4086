"""The table of layers: right shapes and counts, in both languages, and a model that is left as it was."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn


class Recommender(nn.Module):
    """Two inputs, a shared table, a layer that is used twice and one that is not used."""

    def __init__(self) -> None:
        self.users = nn.Embedding(500, 4)
        self.films = nn.Embedding(100, 4)
        self.twins = nn.Embedding(100, 4)
        self.twins.weight = self.films.weight
        self.mix = nn.Linear(4, 4, bias=False)
        self.heads = nn.ModuleList([nn.Linear(4, 1)])
        self.spare = nn.Linear(3, 3)
        self.offset = nn.Parameter(0.0)

    def forward(self, users: Any, films: Any) -> Any:
        x = self.mix(self.users(users)) * self.mix(self.twins(films))
        return self.heads[0](x)[:, 0] + self.offset


def test_the_table() -> None:
    net = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 1000),
        nn.BatchNorm1d(1000),
        nn.Sequential({"act": nn.ReLU(), "out": nn.Linear(1000, 10)}),
    )
    net[1].requires_grad_(False)
    assert str(nn.summary(net, (32, 28, 28))) == "\n".join(
        [
            "Layer    Type         Output shape  Parameters",
            "──────────────────────────────────────────────",
            "·        Sequential   (32, 10)",
            "  0      Flatten      (32, 784)              0",
            "  1      Linear       (32, 1000)       785,000",
            "  2      BatchNorm1d  (32, 1000)         2,000",
            "  3      Sequential   (32, 10)",
            "    act  ReLU         (32, 1000)             0",
            "    out  Linear       (32, 10)          10,010",
            "──────────────────────────────────────────────",
            "Parameters in all: 797,010",
            "Trainable: 12,010, frozen: 785,000",
        ]
    )
    vietnamese = str(nn.summary(net, (32, 28, 28), lang="vi"))
    for text in ("Lớp (layer)", "Shape đầu ra", "Tham số", "785.000", "Tổng số tham số: 797.010", "Được học: 12.010"):
        assert text in vietnamese
    tg.set_language("vi")
    assert str(nn.summary(net, (32, 28, 28))) == repr(nn.summary(net, [32, 28, 28])) == vietnamese


def test_several_inputs_shared_tables_and_layers_used_twice_or_never() -> None:
    model = Recommender()
    found = nn.summary(model, [(7,), (7,)], dtype=int)
    rows = {row.path: row for row in found.rows}
    assert found.total == sum(p.size for p in model.parameters()) == sum(row.parameters for row in found.rows) == 2434
    assert (rows["films"].parameters, rows["twins"].parameters, rows["twins"].shared) == (400, 0, 400)
    assert (rows["mix"].calls, rows["mix"].output) == (2, (7, 4))
    assert (rows["spare"].calls, rows["spare"].output) == (0, None)
    assert (rows[""].parameters, rows[""].output) == (1, (7,))
    lines = str(found).splitlines()
    assert next(line for line in lines if "twins" in line).split()[-1] == "shared"
    assert "called 2 times" in next(line for line in lines if "mix" in line)
    assert "not called" in next(line for line in lines if "spare" in line)
    assert "—" in next(line for line in lines if "heads" in line)
    assert "gọi 2 lần" in str(nn.summary(model, [(7,), (7,)], [int, np.int32], lang="vi"))


def test_results_of_any_kind_have_shapes() -> None:
    class Several(nn.Module):
        def forward(self, x: Any) -> Any:
            return x, {"sum": x.sum(), "note": "text"}

    assert nn.summary(Several(), (2, 3)).rows[0].output == ((2, 3), {"sum": (), "note": "str"})


def test_the_model_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)).float()
    model[1].eval()
    before = {key: value.tolist() for key, value in model.state_dict().items()}
    tg.manual_seed(0)
    expected = tg.rand(3).tolist()
    tg.manual_seed(0)
    nn.summary(model, (1, 3))
    assert tg.rand(3).tolist() == expected
    assert {key: value.tolist() for key, value in model.state_dict().items()} == before
    assert [m.training for m in model.modules()] == [True, True, False, True]
    assert all(p.grad is None for p in model.parameters())
    with pytest.raises(ValueError, match="features"):
        nn.summary(model, (1, 4))
    assert [m.training for m in model.modules()] == [True, True, False, True]
    calls: list[Any] = []
    model[0].register_forward_hook(lambda *args: calls.append(args))
    model(np.ones((2, 3)))
    assert len(calls) == 1


def test_a_mistake_in_a_layer_names_the_layer() -> None:
    net = nn.Sequential(nn.Sequential({"body": nn.Linear(3, 4)}), nn.Linear(5, 1))
    with pytest.raises(ValueError, match=r"input \(2, 3\) of float64: layer '1': Linear\(in_features=5, .*4 features"):
        nn.summary(net, (2, 3))
    with pytest.raises(ValueError, match=r"layer '0.body': Linear\(in_features=3"):
        nn.summary(net, (2, 9))
    with pytest.raises(ValueError, match=r"layer 'users': Embedding\(500, 4\): .*not float64.*give dtype=int"):
        nn.summary(Recommender(), [(7,), (7,)])

    class Broken(nn.Module):
        def forward(self, x: Any) -> Any:
            return x @ np.ones((9, 9))

    with pytest.raises(ValueError, match=r"layer '0': Broken\(\): \[E06\]"):
        nn.summary(nn.Sequential(Broken()), (2, 3))


def test_what_is_no_model_and_no_shape() -> None:
    with pytest.raises(TypeError, match="summary takes a module"):
        nn.summary([nn.ReLU()], (2, 3))  # type: ignore[arg-type]
    for shape in ((None, 3), 3, "(2, 3)", (2.0, 3)):
        with pytest.raises(TypeError, match="input_shape is a shape"):
            nn.summary(nn.ReLU(), shape)
    with pytest.raises(ValueError, match="1 shapes and 2 dtypes"):
        nn.summary(nn.ReLU(), (2, 3), [int, int])
    assert nn.summary(nn.ReLU(), ()).rows[0].output == ()
