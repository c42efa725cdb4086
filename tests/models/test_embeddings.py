"""The embedding models: their formulas, written out."""

import numpy as np
import pytest

from tinygrad_vn.models.embedding_audience import EmbeddingAudience
from tinygrad_vn.models.embedding_dot import EmbeddingDot, EmbeddingDotBias
from tinygrad_vn.models.embedding_net import EmbeddingNet


def test_the_dot_products_are_the_lectures_formulas() -> None:
    rng = np.random.default_rng(0)
    users, items = np.array([0, 2]), np.array([3, 1])
    dot = EmbeddingDot(3, 4, 2, rng=rng)
    u, m = dot.u.weight.detach().numpy(), dot.m.weight.detach().numpy()
    assert u.min() >= 0
    assert m.max() < 0.05
    np.testing.assert_allclose(dot(users, items).detach().numpy(), [u[0] @ m[3], u[2] @ m[1]])
    biased = EmbeddingDotBias(3, 4, 2, (0.5, 5.0), 0.25, rng=rng)
    u, m, ub, mb = (table.weight.detach().numpy() for table in (biased.u, biased.m, biased.ub, biased.mb))
    assert abs(u).max() <= 0.01
    z = np.array([u[0] @ m[3] + ub[0, 0] + mb[3, 0], u[2] @ m[1] + ub[2, 0] + mb[1, 0]]) + 0.25
    np.testing.assert_allclose(biased(users, items).detach().numpy(), 0.5 + 4.5 / (1 + np.exp(-z)))
    every = biased.every_item(users).detach().numpy()
    assert every.shape == (2, 4)
    np.testing.assert_allclose([every[0, 3], every[1, 1]], z)


def test_a_film_has_the_factors_of_its_audience() -> None:
    seen = np.array([0, 1, 2, 0]), np.array([0, 0, 1, 1])
    model = EmbeddingAudience(3, 3, 2, seen=seen)
    z = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    model.z.weight.data[...] = z
    m = model.m.weight.detach().numpy()
    expected = [m[0] + (z[0] + z[1]) / np.sqrt(2), m[1] + (z[0] + z[2]) / np.sqrt(2), m[2]]
    np.testing.assert_allclose(model.item_factors().detach().numpy(), expected)
    with pytest.raises(ValueError, match="dot_bias"):
        EmbeddingAudience(100_000, 10_000, 2, seen=seen)


def test_the_net_is_the_lectures() -> None:
    model = EmbeddingNet(3, 4, 2, (0.0, 5.5), rng=np.random.default_rng(0)).eval()
    first, second, u, m = (layer.weight.detach().numpy() for layer in (model.lin1, model.lin2, model.u, model.m))
    hidden = np.maximum(first @ np.concatenate([u[1], m[2]]) + model.lin1.bias.detach().numpy(), 0)
    z = second @ hidden + model.lin2.bias.detach().numpy()
    np.testing.assert_allclose(model([1], [2]).detach().numpy(), 5.5 / (1 + np.exp(-z)))
    every = model.every_item(np.array([0, 1])).detach().numpy()
    assert every.shape == (2, 4)
    assert every[1, 2] == pytest.approx(z[0])
    assert (model.drop1.p, model.drop2.p, model.lin1.weight.shape) == (0.05, 0.5, (10, 4))
