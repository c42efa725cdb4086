"""Products of matrices as one writes them: fewer circles, and every formula on an arrow still true."""

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.lecture import draw
from tinygrad_vn.lecture.picture.edges import edge_text
from tinygrad_vn.lecture.story.steps import steps_of

NUMBERS = np.random.default_rng(4)


def leaf(*shape, name):
    return tg.tensor(NUMBERS.normal(size=shape), requires_grad=True, name=name)


def arrows(graph):
    """The formulas on the arrows, by the circle."""
    return [
        edge_text(operation, argument, graph.by_id[operation.result].text, 4)
        for operation in graph.operations
        for argument in operation.sources
        if argument.contribution is not None
    ]


def test_a_linear_layer_is_two_circles_and_its_weight_is_transposed_on_the_way():
    linear, x = nn.Linear(2, 3), tg.tensor(np.ones((4, 2)), name="X")
    loss = linear(x).sum()
    graph = draw(loss, params=linear).graph
    assert [operation.sign for operation in graph.operations] == ["@ᵀ", "+", "∑"]
    assert arrows(graph)[0] == "∇weight = ∇matmul_2ᵀ X (3×2)"
    assert steps_of(graph, lang="en")[0].formulas == ("matmul_2 = X weightᵀ (4×3)",)
    assert [operation.sign for operation in draw(loss, collapse=False).graph.operations] == ["ᵀ", "@", "+", "∑"]


PRODUCTS = {
    "matrix and vector": (lambda A, v, u: A @ v, ["∇A = ∇y vᵀ (2×3)", "∇v = Aᵀ ∇y (3,)"]),
    "vector and matrix": (lambda A, v, u: u @ A, ["∇u = A ∇y (2,)", "∇A = u ∇yᵀ (2×3)"]),
    "transposed matrix": (lambda A, v, u: A.T @ u, ["∇A = u ∇yᵀ (2×3)", "∇u = A ∇y (2,)"]),
    "vector and transposed": (lambda A, v, u: v @ A.T, ["∇v = Aᵀ ∇y (3,)", "∇A = ∇y vᵀ (2×3)"]),
}


@pytest.mark.parametrize("case", PRODUCTS)
def test_formulas_on_arrows_are_true(case):
    """Each is computed as it stands there, with columns for vectors, and compared with the gradient."""
    compute, wanted = PRODUCTS[case]
    A, v, u = leaf(2, 3, name="A"), leaf(3, name="v"), leaf(2, name="u")
    y = compute(A, v, u)
    loss = (y**2).sum()
    graph = draw(loss, names={"y": y}).graph
    assert arrows(graph)[:2] == wanted
    assert graph.operations[0].sign == {"transposed matrix": "ᵀ@", "vector and transposed": "@ᵀ"}.get(case, "@")
    assert len(graph.operations) == 3
    slope = next(box for box in graph.variables if box.name == "y").gradient
    known = {"∇y": slope[:, None], "A": A.detach().numpy()} | {
        one.name: one.detach().numpy()[:, None] for one in (u, v)
    }
    for text in wanted:
        name, formula = text.removeprefix("∇").rsplit(" (", 1)[0].split(" = ")
        left, right = (known[f.removesuffix("ᵀ")].T if f.endswith("ᵀ") else known[f] for f in formula.split())
        box = next(box for box in graph.variables if box.name == name)
        np.testing.assert_allclose((left @ right).reshape(box.shape), box.gradient)


def test_a_product_of_two_vectors_is_one_circle():
    v, w = leaf(3, name="v"), leaf(3, name="w")
    graph = draw(v @ w).graph
    assert len(graph.operations) == 1
    assert arrows(graph) == ["∇v = ∇L · w (3,)", "∇w = ∇L · v (3,)"]
    np.testing.assert_array_equal(graph.by_id[graph.operations[0].arguments[0].source].gradient, w.detach().numpy())


def test_a_row_times_a_column_that_somebody_made_a_number():
    X, W = leaf(1, 2, name="X"), leaf(2, 1, name="W")
    graph = draw((X @ W).reshape(())).graph
    assert arrows(graph) == ["∇X = ∇L · Wᵀ (1×2)", "∇W = ∇L · Xᵀ (2×1)"]
    V = leaf(1, 2, name="V")
    assert arrows(draw((X @ V.T).reshape(())).graph) == ["∇X = ∇L · V (1×2)", "∇V = ∇L · X (1×2)"]


def test_contributions_still_add_up_and_what_has_a_name_stays():
    v, A = leaf(2, name="v"), leaf(2, 2, name="A")
    turned = A.T
    loss = v @ A @ v + (turned @ A).sum()
    graph = draw(loss, names={"Aᵀ": turned}).graph
    assert "ᵀ" in [operation.sign for operation in graph.operations]
    assert "reshape" not in {operation.kind for operation in graph.operations}
    for box in (box for box in graph.variables if box.role == "parameter"):
        parts = [a.contribution for o in graph.operations for a in o.sources if a.source == box.id]
        np.testing.assert_allclose(sum(parts), box.gradient)
