"""Layers: derivatives by finite differences, first values, single precision, and mistakes that are named.

That values and gradients are PyTorch's, `tests/oracle/test_nn_against_torch.py` tests.
"""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.nn import functional as F


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# Every layer and activation, with the shape of an input away from kinks.
LAYERS: list[tuple[Any, tuple[int, ...]]] = [
    (lambda: nn.Linear(3, 2, rng=generator()), (4, 3)),
    (lambda: nn.Linear(3, 2, bias=False, rng=generator()), (3,)),
    (lambda: nn.BatchNorm1d(3), (5, 3)),
    (lambda: nn.BatchNorm1d(3, affine=False), (4, 3, 2)),
    (lambda: nn.BatchNorm1d(3, track_running_stats=False).eval(), (5, 3)),
    (lambda: nn.BatchNorm1d(3).eval(), (5, 3)),
    (lambda: nn.LayerNorm(3), (5, 3)),
    (lambda: nn.LayerNorm((2, 3)), (4, 2, 3)),
    (lambda: nn.Flatten(), (2, 3, 2)),
    (lambda: nn.Identity(), (2, 3)),
    (lambda: nn.Dropout(0.5).eval(), (2, 3)),
    (lambda: nn.Sigmoid(), (2, 3)),
    (lambda: nn.Tanh(), (2, 3)),
    (lambda: nn.ReLU(), (2, 3)),
    (lambda: nn.LeakyReLU(0.1), (2, 3)),
    (lambda: nn.ELU(0.7), (2, 3)),
    (lambda: nn.GELU(), (2, 3)),
    (lambda: nn.GELU("tanh"), (2, 3)),
    (lambda: nn.SiLU(), (2, 3)),
    (lambda: nn.Softplus(), (2, 3)),
    (lambda: nn.Softplus(beta=2.0), (2, 3)),
    (lambda: nn.Softmax(dim=0), (2, 3)),
    (lambda: nn.LogSoftmax(dim=1), (2, 3)),
    (lambda: nn.Sequential(nn.Linear(3, 4, rng=generator()), nn.Tanh(), nn.LayerNorm(4)), (2, 3)),
]


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_derivatives_of_every_layer_to_second_order(make: Any, shape: tuple[int, ...]) -> None:
    layer = make()
    x = tg.tensor(generator(1).normal(size=shape), requires_grad=True)
    assert tg.check_module(layer, x)
    assert tg.gradgradcheck(layer, x, params=dict(layer.named_parameters()))


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_single_precision_stays(make: Any, shape: tuple[int, ...]) -> None:
    layer = make().float()
    layer.zero_grad()
    x = tg.tensor(generator(1).normal(size=shape), dtype=tg.float32, requires_grad=True)
    y = layer(x)
    (y * y).sum().backward()
    tensors = [y, x.grad, *(p.grad for p in layer.parameters()), *layer.state_dict().values()]
    assert {t.dtype for t in tensors} - {np.dtype(np.int64)} == {np.dtype(np.float32)}


def test_layers_are_made_in_the_default_dtype_or_in_the_one_that_is_asked_for() -> None:
    makers: list[Any] = [lambda **o: nn.Linear(2, 2, **o), lambda **o: nn.Embedding(2, 2, **o)]
    makers += [lambda **o: nn.BatchNorm1d(2, **o), lambda **o: nn.LayerNorm(2, **o)]
    for make in makers:
        assert {p.dtype for p in make().parameters()} == {np.dtype(np.float64)}
        assert {p.dtype for p in make(dtype=tg.float32).parameters()} == {np.dtype(np.float32)}
        try:
            tg.set_default_dtype(tg.float32)
            assert {t.dtype for t in make().state_dict().values()} <= {np.dtype(np.float32), np.dtype(np.int64)}
        finally:
            tg.set_default_dtype(tg.float64)


def test_first_values_repeat_themselves() -> None:
    def values(**options: Any) -> list[Any]:
        net = nn.Sequential(nn.Linear(3, 4, **options), nn.Embedding(5, 2, **options))
        return [p.tolist() for p in net.parameters()]

    tg.manual_seed(3)
    first = values()
    tg.manual_seed(3)
    assert values() == first
    assert values() != first
    assert values(rng=generator(3))[0] == first[0]
    layer = nn.Linear(3, 4, rng=generator(3))
    weight = layer.weight.tolist()
    layer.weight.data[...] = 0
    layer.reset_parameters(generator(3))
    assert layer.weight.tolist() == weight


# --- Linear -----------------------------------------------------------------------------------------------------------


def test_linear_has_pytorchs_layout_and_the_lectures_by_transposing() -> None:
    layer = nn.Linear(2, 3)
    assert (layer.weight.shape, layer.bias.shape) == ((3, 2), (3,))
    X, W, b = np.ones((4, 2)), layer.weight.detach().numpy().T, layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(X).detach().numpy(), X @ W + b, rtol=1e-15)  # the lectures' Z = X W + b
    assert layer(input=X).shape == (4, 3)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            (5, 4),
            r"got shape \(5, 4\): 4 features where in_features=3 .*nn.Linear\(4, 2\), or change what comes before",
        ),
        ((3, 5), r"5 features where in_features=3 .*the rows of a batch, so write x.T"),
        ((5, 3, 1), r"put nn.Flatten\(\) before it, or write x.reshape\(5, 3\)"),
        ((4,), r"Linear\(in_features=3, out_features=2, bias=True\) got shape \(4,\)"),
        ((), r"got a single number; it takes 3 features: shape \(batch, 3\)"),
    ],
)
def test_a_linear_layer_of_the_wrong_width_names_shapes_and_remedy(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        nn.Linear(3, 2)(np.ones(shape))


def test_one_feature_of_many_examples() -> None:
    with pytest.raises(ValueError, match=r"for one feature of 7 examples, write x.reshape\(-1, 1\)"):
        nn.Linear(1, 2)(np.ones(7))
    assert nn.Linear(0, 2)(np.ones((3, 0))).shape == (3, 2)


@pytest.mark.parametrize("make", [nn.Linear, nn.Embedding])
def test_sizes_are_whole_numbers(make: Any) -> None:
    for wrong in (2.0, "2", True, (2, 3), None):
        with pytest.raises(TypeError, match="must be a whole number"):
            make(wrong, 3)
    with pytest.raises(ValueError, match="=-1 makes no sense"):
        make(3, -1)
    assert make(np.int64(2), 3).weight.size == 6


# --- Embedding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sparse", [False, True])
def test_an_embedding_looks_up_rows_and_adds_up_gradients(sparse: bool) -> None:
    layer = nn.Embedding(4, 2, sparse=sparse)
    indices = np.array([[0, 3], [3, 3]])
    y = layer(indices)
    np.testing.assert_array_equal(y.detach().numpy(), layer.weight.detach().numpy()[indices])
    y.sum().backward()
    np.testing.assert_array_equal(layer.weight.grad.numpy(), [[1, 1], [0, 0], [0, 0], [3, 3]])
    assert layer(3).shape == layer(tg.tensor(3)).shape == (2,)
    assert layer([]).shape == (0, 2)


def test_an_embedding_passes_the_gradient_check() -> None:
    layer = nn.Embedding(4, 2, rng=generator())
    assert tg.check_module(layer, np.array([0, 3, 3]))
    assert tg.gradgradcheck(lambda i: layer(i) ** 2, np.array([0, 3, 3]), params=dict(layer.named_parameters()))


@pytest.mark.parametrize("sparse", [False, True])
def test_the_row_for_padding_begins_with_zeros_and_gets_no_gradient(sparse: bool) -> None:
    layer = nn.Embedding(4, 2, padding_idx=-2, sparse=sparse)
    assert layer.padding_idx == 2
    assert layer.weight[2].tolist() == [0.0, 0.0]
    assert layer.weight[:2].detach().numpy().all()
    layer(np.array([2, 1, 2])).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad.numpy(), [[0, 0], [1, 1], [0, 0], [0, 0]])
    with pytest.raises(ValueError, match="padding_idx=4 is none of the 4 rows"):
        nn.Embedding(4, 2, padding_idx=4)


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([0, 5], IndexError, r"index 5 is outside of an embedding with num_embeddings=5: indices go from 0 to 4"),
        ([-1], IndexError, r"index -1 is outside"),
        ([1.0], TypeError, r"whole numbers, not float64; write indices.astype\(int\)"),
        ([True], TypeError, r"whole numbers, not bool"),
        (tg.tensor([0.5]), TypeError, r"whole numbers, not float64"),
    ],
)
def test_indices_that_an_embedding_refuses(indices: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nn.Embedding(5, 2)(indices)


def test_an_embedding_from_a_given_table() -> None:
    table = np.arange(6.0).reshape(3, 2)
    layer = nn.Embedding.from_pretrained(table, padding_idx=0)
    assert layer([2, 0]).tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert not layer.weight.requires_grad
    table[...] = 9.0
    assert layer([2]).tolist() == [[4.0, 5.0]]
    assert nn.Embedding.from_pretrained(table.astype(np.float32), freeze=False).weight.requires_grad
    with pytest.raises(ValueError, match=r"a table, \(num_embeddings, embedding_dim\), not of shape \(3,\)"):
        nn.Embedding.from_pretrained(np.ones(3))


# --- Dropout ----------------------------------------------------------------------------------------------------------


def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    layer = nn.Dropout(0.3, rng=generator())
    y = layer(tg.ones(200, 500)).numpy()
    assert set(np.unique(y)) == {0.0, 1 / 0.7}
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert y.mean() == pytest.approx(1.0, abs=0.01)
    assert (layer.eval()(y).numpy() == y).all()


def test_dropout_repeats_itself_and_its_gradient_goes_where_its_values_came_from() -> None:
    x = tg.ones(4, 5, requires_grad=True)
    tg.manual_seed(1)
    first = F.dropout(x)
    tg.manual_seed(1)
    again = nn.Dropout()(x)
    np.testing.assert_array_equal(first.data, again.data)
    assert (nn.Dropout()(x).data != first.data).any()
    first.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), first.data)
    assert tg.check_grads(lambda x: F.dropout(x**3, 0.4, rng=generator()), tg.tensor(generator(2).normal(size=(3, 4))))


def test_every_probability_from_zero_to_one() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    assert F.dropout(x, 0.0).tolist() == [1.0, 2.0]
    y = nn.Dropout(1.0)(x)
    y.sum().backward()
    assert y.tolist() == x.grad.tolist() == [0.0, 0.0]
    for p in (-0.1, 1.5, float("nan")):
        with pytest.raises(ValueError, match=f"Dropout: p={p} is no probability"):
            nn.Dropout(p)
        with pytest.raises(ValueError, match=f"dropout: p={p} is no probability"):
            F.dropout(x, p)


# --- BatchNorm1d and LayerNorm ----------------------------------------------------------------------------------------


def test_batch_norm_makes_mean_zero_and_variance_one_and_remembers_both() -> None:
    layer = nn.BatchNorm1d(3, momentum=0.25)
    x = generator().normal(5.0, 2.0, (50, 3))
    y = layer(x).detach().numpy()
    np.testing.assert_allclose(y.mean(0), 0.0, atol=1e-14)
    np.testing.assert_allclose(y.var(0), 1.0, rtol=1e-5)
    np.testing.assert_allclose(layer.running_mean.numpy(), 0.25 * x.mean(0))
    np.testing.assert_allclose(layer.running_var.numpy(), 0.75 + 0.25 * x.var(0, ddof=1))
    assert layer.num_batches_tracked.item() == 1
    layer.eval()
    alone = layer(x[:1]).detach().numpy()
    np.testing.assert_array_equal(alone, layer(x).detach().numpy()[:1])
    assert layer.num_batches_tracked.item() == 1
    layer.reset_running_stats()
    assert (layer.running_mean.tolist(), layer.running_var.tolist()) == ([0.0] * 3, [1.0] * 3)


def test_the_state_of_batch_norm_is_what_pytorch_saves() -> None:
    layer = nn.BatchNorm1d(2)
    assert list(layer.state_dict()) == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    layer(np.array([[1.0, 2.0], [3.0, 5.0]]))
    twin = nn.BatchNorm1d(2)
    twin.load_state_dict(layer.state_dict())
    assert twin.running_mean.tolist() == pytest.approx([0.2, 0.35])
    assert twin.num_batches_tracked.item() == 1
    assert list(nn.BatchNorm1d(2, affine=False, track_running_stats=False).state_dict()) == []


def test_a_graph_keeps_the_running_statistics_that_it_was_computed_with() -> None:
    layer = nn.BatchNorm1d(1, affine=False).eval()
    x = tg.tensor([[1.0], [2.0]], requires_grad=True)
    y = layer(x)
    layer.train()(np.array([[10.0], [30.0]]))
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 1 / np.sqrt(1 + 1e-5))


def test_batch_norm_refuses_what_it_cannot_do() -> None:
    layer = nn.BatchNorm1d(3)
    with pytest.raises(
        ValueError, match=r"more than one value per feature, not shape \(1, 3\).*larger batch.*eval\(\)"
    ):
        layer(np.ones((1, 3)))
    assert layer.num_batches_tracked.item() == 0
    assert layer(np.ones((1, 3, 2))).shape == (1, 3, 2)
    assert layer.eval()(np.ones((1, 3))).shape == (1, 3)
    for shape in ((5, 4), (3,), (2, 3, 4, 5)):
        with pytest.raises(ValueError, match=r"BatchNorm1d\(3, .*it takes \(N, 3\) or \(N, 3, L\)"):
            layer(np.ones(shape))
    with pytest.raises(ValueError, match="needs running_mean and running_var"):
        F.batch_norm(np.ones((2, 3)))


def test_layer_norm_takes_every_example_by_itself() -> None:
    x = generator().normal(5.0, 2.0, (4, 2, 3))
    y = nn.LayerNorm((2, 3))(x).detach().numpy()
    np.testing.assert_allclose(y.mean((1, 2)), 0.0, atol=1e-14)
    np.testing.assert_allclose(y.var((1, 2)), 1.0, rtol=1e-4)
    assert list(nn.LayerNorm(3, bias=False).state_dict()) == ["weight"]
    assert list(nn.LayerNorm(3, elementwise_affine=False).state_dict()) == []
    with pytest.raises(ValueError, match=r"LayerNorm\(\(3,\), .* got shape \(2, 4\); it takes \(…, 3\)"):
        nn.LayerNorm(3)(np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"over the last axes \(3,\) does not fit an input of shape \(2, 4\)"):
        F.layer_norm(np.ones((2, 4)), 3)


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_one_hot() -> None:
    assert F.one_hot([[0, 2]], 3).tolist() == [[[1, 0, 0], [0, 0, 1]]]
    assert F.one_hot(tg.tensor([1, 0])).shape == (2, 2)
    assert F.one_hot([1], 2, dtype=float).dtype == np.float64
    for classes, message in (([3], "class 3 is not among the 3 classes"), ([-1], "class -1 is not among")):
        with pytest.raises(ValueError, match=message):
            F.one_hot(classes, 3)
    with pytest.raises(TypeError, match="takes whole numbers, not float64"):
        F.one_hot([1.0])
    with pytest.raises(ValueError, match="needs num_classes"):
        F.one_hot([])


def test_settings_of_activations() -> None:
    x = tg.tensor([-2.0, 3.0])
    assert nn.LeakyReLU(0.5)(x).tolist() == [-1.0, 3.0]
    assert nn.Softplus(threshold=2.0)(x).tolist()[1] == 3.0
    assert nn.Softplus()(tg.tensor([1000.0, -1000.0])).tolist() == [1000.0, 0.0]
    assert nn.Softmax(1)(np.zeros((2, 4))).tolist() == [[0.25] * 4] * 2
    with pytest.raises(ValueError, match="no approximation 'erf'; write 'none' or 'tanh'"):
        nn.GELU("erf")
    for softmax in (nn.Softmax, nn.LogSoftmax):
        with pytest.raises(TypeError, match=f"{softmax.__name__}: dim must be the number of an axis, not None"):
            softmax(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Softplus: beta=0 must be above 0"):
        nn.Softplus(0)
    net = nn.Sequential(nn.ReLU(inplace=True), nn.Dropout(0.5, inplace=True), nn.SiLU(True), nn.ELU(1.0, True))
    net(x)
    assert x.tolist() == [-2.0, 3.0]


@pytest.mark.parametrize("name", ["Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus"])
def test_activations_are_their_functional_twins(name: str) -> None:
    twin = {"LeakyReLU": "leaky_relu"}.get(name, name.lower())
    x = generator().normal(size=(3, 4))
    np.testing.assert_array_equal(getattr(nn, name)()(x).numpy(), getattr(F, twin)(x).numpy())


REPRS = {
    "Embedding(5, 2, padding_idx=1, sparse=True)  # 10 parameters": lambda: nn.Embedding(5, 2, 1, sparse=True),
    "Dropout(p=0.25)": lambda: nn.Dropout(0.25),
    "BatchNorm1d(2, eps=1e-05, momentum=None, affine=False, track_running_stats=True)": lambda: nn.BatchNorm1d(
        2, momentum=None, affine=False
    ),
    "LayerNorm((2,), eps=1e-05, elementwise_affine=True)  # 4 parameters": lambda: nn.LayerNorm(2),
    "Flatten(start_dim=1, end_dim=2)": lambda: nn.Flatten(1, 2),
    "Identity()": lambda: nn.Identity(3),
    "LeakyReLU(negative_slope=0.01)": lambda: nn.LeakyReLU(),
    "ELU(alpha=2.0)": lambda: nn.ELU(2.0),
    "GELU(approximate='tanh')": lambda: nn.GELU("tanh"),
    "Softplus(beta=1.0)": lambda: nn.Softplus(),
    "Softplus(beta=2, threshold=20)": lambda: nn.Softplus(2, 20),
    "Softmax(dim=1)": lambda: nn.Softmax(1),
    "LogSoftmax(dim=-1)": lambda: nn.LogSoftmax(),
}


@pytest.mark.parametrize("text", REPRS)
def test_layers_show_their_settings(text: str) -> None:
    assert repr(REPRS[text]()) == text


@pytest.mark.parametrize("make", [lambda: nn.BatchNorm1d(2), lambda: nn.LayerNorm(2)])
def test_norms_begin_again(make: Any) -> None:
    layer = make()
    first = {key: value.tolist() for key, value in layer.state_dict().items()}
    layer(generator().normal(size=(4, 2)))
    with tg.no_grad():
        for parameter in layer.parameters():
            parameter += 1.0
    assert {key: value.tolist() for key, value in layer.state_dict().items()} != first
    layer.reset_parameters()
    assert {key: value.tolist() for key, value in layer.state_dict().items()} == first


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.LayerNorm(3.0), TypeError, "normalized_shape must be a whole number, not 3.0"),
        (lambda: nn.LayerNorm((2, -1)), ValueError, "normalized_shape=-1 makes no sense"),
        (lambda: nn.LayerNorm(()), ValueError, r"normalized_shape=\(\) names no axis"),
        (lambda: F.embedding([0], np.ones((2, 3)), padding_idx=2), ValueError, "padding_idx=2 is none of the 2 rows"),
        (lambda: F.embedding([0], np.ones((2, 3)), padding_idx=-3), ValueError, "padding_idx=-3 is none of the 2"),
    ],
)
def test_sizes_and_rows_that_there_cannot_be(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_layer_norm_over_axes_given_by_numpy() -> None:
    assert str(nn.LayerNorm(np.int64(3))) == str(nn.LayerNorm([3])) == str(nn.LayerNorm((3,)))
