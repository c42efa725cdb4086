"""A batch of one row, a layer of one neuron: small matrices keep the formulas of large ones, and all numbers agree."""

import itertools
import re

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.blackboard_math import Evaluator
from tests.lecture.test_explain import LECTURE, RAISED, number_of, unwrapped
from tinygrad_vn import nn
from tinygrad_vn.lecture import draw
from tinygrad_vn.lecture.picture.edges import edge_text
from tinygrad_vn.lecture.story.steps import steps_of

SIZES = {"2-3-3-1": (2, 3, 3, 1), "2-1-1-1": (2, 1, 1, 1), "1-1": (1, 1), "2-1": (2, 1)}
KINDS = ("A W", "Linear")
# nn.Linear keeps W as (out, in), the transpose of the lecture's
IN_LINEAR = [
    "∂J/∂W⁽³⁾ = (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾)ᵀ A⁽²⁾",
    "∂J/∂A⁽²⁾ = (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾) W⁽³⁾",
    "∂J/∂W⁽²⁾ = (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾)ᵀ A⁽¹⁾",
    "∂J/∂A⁽¹⁾ = (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾) W⁽²⁾",
    "∂J/∂W⁽¹⁾ = (∂J/∂A⁽¹⁾ ⊗ ∂A⁽¹⁾/∂Z⁽¹⁾)ᵀ A⁽⁰⁾",
]


def leaf(*shape, seed=3):
    return tg.tensor(np.random.default_rng((seed, *shape)).normal(size=shape).round(2), requires_grad=True)


class Net:
    """Layers of sigmoids, with the lecture's names; and its loss by NumPy alone."""

    def __init__(self, sizes, batch, kind):
        self.kind, self.x = kind, leaf(batch, sizes[0]).detach().numpy()
        self.parameters, A = {}, tg.tensor(self.x)
        self.names = [("A⁽⁰⁾", A)]
        for k, (n, m) in enumerate(itertools.pairwise(sizes), 1):
            mark = f"⁽{RAISED[k]}⁾"
            if kind == "Linear":
                layer = nn.Linear(n, m, rng=np.random.default_rng(k))
                W, b, Z = layer.weight, layer.bias, layer(A)
            else:
                W, b = leaf(n, m, seed=k), leaf(m, seed=k)
                Z = A @ W + b
            A = tg.nn.functional.sigmoid(Z)
            self.names += [(f"W{mark}", W), (f"b{mark}", b), (f"Z{mark}", Z), (f"A{mark}", A)]
            self.parameters |= {f"W{mark}": W, f"b{mark}": b}
        self.J = ((A - 0.8) ** 2).mean()
        self.names += [("Ŷ", A), ("J", self.J)]

    def loss(self, values):
        A, values = self.x, list(values)
        for W, b in zip(values[::2], values[1::2], strict=True):
            A = 1 / (1 + np.exp(-(A @ (W.T if self.kind == "Linear" else W) + b)))
        return ((A - 0.8) ** 2).mean()

    def differences(self):
        """The gradients, by differences."""
        values = [np.array(parameter.detach().numpy()) for parameter in self.parameters.values()]
        found = {}
        for name, value in zip(self.parameters, values, strict=True):
            found[name] = np.zeros(value.shape)
            for place in np.ndindex(value.shape):
                center, losses = value[place], []
                for value[place] in (center + 1e-5, center - 1e-5):
                    losses.append(self.loss(values))
                value[place] = center
                found[name][place] = (losses[0] - losses[1]) / 2e-5
        return found


def plain_name(formula):
    """Names as `Evaluator` reads them: ∂J/∂W⁽³⁾ is dJ_W3, and ∂A⁽³⁾/∂Z⁽³⁾ is dA3_Z3."""
    formula = re.sub(r"⁽([¹²³⁰])⁾", lambda mark: str("⁰¹²³".index(mark[1])), formula)
    return re.sub(r"∂(\w+?)/∂(\w+?)(?=ᵀ|\b)", r"d\1_\2", formula)


def known_from(text, columns=False):
    """What stands behind every name in a derivation, each formula computed from the lines above it.

    Args:
        text: of `explain`, with twelve digits.
        columns: whether vectors are columns, and not rows that are added to every row.
    """
    known, formulas = {}, 0
    for line in (line.strip() for line in unwrapped(text)):
        line = re.sub(r"   \([^)]*\)$", "", line)
        left, *parts = re.split(r" = (?![^\[]*\])", line)
        if not parts or left.startswith(("Through", "Qua")):
            continue
        if plain_name(parts[-1]) in known:  # Ŷ = A⁽³⁾
            known[plain_name(left)] = known[plain_name(parts[-1])]
            continue
        value = number_of(parts[-1])
        value = value.reshape(-1, 1) if columns and value.ndim == 1 else value
        for part in parts[:-1]:
            found = np.asarray(Evaluator(plain_name(part), shape=value.shape, **known).value())
            np.testing.assert_allclose(np.broadcast_to(found, value.shape), value, rtol=1e-9, atol=1e-11, err_msg=line)
            formulas += 1
        known[plain_name(left)] = value
    return known, formulas


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("sizes", SIZES)
def test_formulas_are_the_lectures_and_compute_the_gradient(sizes, batch, kind, lang):
    net = Net(SIZES[sizes], batch, kind)
    text = tg.explain(net.J, names=net.names, lang=lang, precision=12)
    lines = [line.strip() for line in unwrapped(text)]
    if len(SIZES[sizes]) == 4:
        for formula in LECTURE if kind == "A W" else IN_LINEAR:
            assert sum(line.startswith(f"{formula} = ") for line in lines) == 1, formula
    known, formulas = known_from(text)
    assert formulas > 7
    for name, gradient in net.differences().items():
        np.testing.assert_allclose(known[f"dJ_{plain_name(name)}"], gradient, rtol=1e-6, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
def test_in_latex_too(kind):
    one, four = (
        tg.explain(net.J, names=net.names, format="latex", precision=3)
        for net in (Net(SIZES["2-1-1-1"], batch, kind) for batch in (1, 3))
    )
    for formula in re.findall(r"\\frac\{\\partial J\}\{\\partial W.*? &= (.*?) = ", four):
        assert f"&= {formula} = " in one


@pytest.mark.parametrize(
    ("compute", "formulas"),
    [
        (lambda W, x: W @ x, ["y = W x", "∂L/∂W = ∂L/∂y xᵀ", "∂L/∂x = Wᵀ ∂L/∂y"]),
        (lambda W, x: x @ W.T, ["y = W x", "∂L/∂W = ∂L/∂y xᵀ", "∂L/∂x = Wᵀ ∂L/∂y"]),
        (lambda W, x: x @ W, ["y = Wᵀ x", "∂L/∂x = W ∂L/∂y", "∂L/∂W = x (∂L/∂y)ᵀ"]),
        (lambda W, x: W.T @ x, ["y = Wᵀ x", "∂L/∂x = W ∂L/∂y", "∂L/∂W = x (∂L/∂y)ᵀ"]),
    ],
    ids=["W x", "x Wᵀ", "x W", "Wᵀ x"],
)
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 3)])
def test_vectors_are_columns_however_short(shape, compute, formulas):
    is_inner = formulas[0] == "y = W x"
    W, x = leaf(*shape), leaf(shape[1] if is_inner else shape[0])
    y = compute(W, x)
    L = (y**2).sum()
    text = tg.explain(L, names={"W": W, "x": x, "y": y, "L": L}, lang="en", precision=12)
    lines = [line.strip() for line in unwrapped(text)]
    for formula in formulas:
        assert sum(line.startswith(f"{formula} = ") for line in lines) == 1, (formula, text)
    known, _ = known_from(text, columns=True)
    w, v = W.detach().numpy(), x.detach().numpy()
    slope = 2 * (w @ v if is_inner else v @ w)
    np.testing.assert_allclose(known["dL_W"], np.outer(slope, v) if is_inner else np.outer(v, slope), rtol=1e-9)
    np.testing.assert_allclose(known["dL_x"][:, 0], slope @ w if is_inner else w @ slope, rtol=1e-9)


# --- pictures, stories and tables ---------------------------------------------------------------------------------


def products_in(graph):
    """The formulas on the arrows into products of matrices."""
    return [
        edge_text(operation, argument, graph.by_id[operation.result].text, 4).rsplit(" (", 1)[0]
        for operation in graph.operations
        for argument in operation.sources
        if operation.kind == "matmul" and argument.contribution is not None
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", SIZES)
def test_pictures_of_one_row_have_the_formulas_of_four(sizes, kind):
    one, four = (Net(SIZES[sizes], batch, kind) for batch in (1, 4))
    drawings = [draw(net.J, names=net.names, show=("value", "grad", "local")) for net in (one, four)]
    formulas = products_in(drawings[0].graph)
    assert formulas == products_in(drawings[1].graph)
    boxes = {box.name: box for box in drawings[0].graph.variables}
    known = {plain_name(name): box.value for name, box in boxes.items() if name}
    known |= {f"d{plain_name(name)}": box.gradient for name, box in boxes.items() if name}
    for text in formulas:
        left, formula = text.replace("∇", "d").split(" = ")
        np.testing.assert_allclose(Evaluator(plain_name(formula), **known).value(), known[plain_name(left)])
    for lang in ("en", "vi"):
        told = [" ".join(" ".join(step.formulas) for step in steps_of(d.graph, lang=lang)) for d in drawings]
        for formula in formulas:
            assert all(formula in story for story in told)
    written = [{kind: text() for kind, text in drawing.texts().items()} for drawing in drawings]
    for formula in formulas:
        right = formula.split(" = ")[1]
        assert right in written[0]["dot"]
        assert right.replace("_", "#95;") in written[0]["mmd"]
        assert formula in written[0]["html"]
    in_latex = [sorted(re.findall(r"\\node\[tg local.*?\$(= \\nabla .*?)\\quad", text["tex"])) for text in written]
    assert in_latex[0] == in_latex[1]


def test_the_table_of_one_row_has_the_formulas_of_four():
    tables = []
    for batch in (1, 4):
        net = Net(SIZES["2-1-1-1"], batch, "A W")
        tables.append(re.findall(r"∇\S+ = [^;(]*∇matmul[^;(]*", tg.trace_table(net.J, names=net.names, lang="en")))
    assert tables[0] == tables[1]
    assert "∇W⁽³⁾ = A⁽²⁾ᵀ ∇matmul_7 " in tables[0]


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 3)])
def test_vectors_in_pictures_however_short(shape):
    W, x, u = leaf(*shape), leaf(shape[1]), leaf(shape[0])
    for compute, wanted in (
        (lambda: W @ x, ["∇W = ∇y xᵀ", "∇x = Wᵀ ∇y"]),
        (lambda: u @ W, ["∇u = W ∇y", "∇W = u ∇yᵀ"]),
    ):
        y = compute()
        assert products_in(draw((y**2).sum(), names={"W": W, "x": x, "u": u, "y": y}).graph) == wanted


def test_vectors_of_one_element_can_be_drawn():
    v, w = leaf(1), leaf(1, seed=5)
    L = v @ w
    assert products_in(draw(L, names={"v": v, "w": w}).graph) == ["∇v = ∇L · w", "∇w = ∇L · v"]
    assert "∇v = ∇L · w" in steps_of(draw(L, names={"v": v, "w": w}).graph, lang="vi")[-2].formulas[0]


def test_numbers_that_are_multiplied_have_a_point_between_them():
    A, B, C = tg.tensor([[2.0]], requires_grad=True), tg.tensor([[-0.5]]), tg.tensor([[1.0], [3.0]])
    one, two = A @ B, C @ A
    names = {"A": A, "B": B, "C": C, "P": one, "Q": two}
    assert "P = A B = 2 · (−0.5) = [[−1]]" in tg.explain(one.sum(), names=names, lang="en")
    assert steps_of(draw(one.sum(), names=names).graph, lang="en")[0].formulas == ("P = A B = 2 · (−0.5) = −1",)
    (told,) = steps_of(draw(two.sum(), names=names).graph, lang="en")[0].formulas
    assert told == "Q = C A = [[1], [3]] [[2]] = [[2], [6]]"


def test_one_number_among_several_is_not_given_the_numbers_of_one():
    a, b = (tg.tensor([[value]], requires_grad=True) for value in (2.0, 3.0))
    M = tg.tensor(np.ones((2, 2)))
    L = (a * b + M).sum()
    assert "∂L/∂a = (∑₀₁ 1₂ₓ₂) ⊗ b = [[12]]" in tg.explain(L, names={"a": a, "b": b, "M": M, "L": L}, lang="en")


def test_a_loss_of_one_number_still_has_its_formula():
    Y, target = tg.tensor([[3.0]], requires_grad=True), tg.tensor([[1.0]])
    J = nn.MSELoss()(Y, target)
    assert "∂J/∂Y = 2·(Y − T) = [[4]]" in tg.trace_table(J, names={"Y": Y, "T": target, "J": J})
