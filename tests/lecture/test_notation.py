"""Every formula says what the rule computes: it is read by an evaluator of its own and compared with numbers.

Local derivatives are compared with
finite differences of the operation's NumPy function, gradients with the rule, which tests/rules compares with others.
"""

import re

import numpy as np
import pytest

from tests.lecture.blackboard_math import Evaluator, scatter_into
from tinygrad_vn.lecture.computation.graph import Argument, Operation
from tinygrad_vn.lecture.computation.recorded import setting_text
from tinygrad_vn.lecture.notation.formula import filled, plain
from tinygrad_vn.lecture.notation.notation import NOTATION, forward_text, gradient_text, has_local, local_text, texts_of
from tinygrad_vn.rules import PRIMITIVES
from tinygrad_vn.rules.einsum import sum_of_products
from tinygrad_vn.rules.shaping import concatenation


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/(2·3)", 1 / 6),
        ("−2²", -4.0),
        ("1 − 2/4·2", 0.0),
        ("√(3² + 4²)", 5.0),
        ("[2 > 1] + ½·[2 = 2]", 1.5),
        ("2^(3 − 1)", 4),
    ],
)
def test_the_evaluator_itself(text, value):
    assert Evaluator(text).value() == value


# --- samples ------------------------------------------------------------------------------------------------------

rng = np.random.default_rng(20240605)


def among(low, high, *shape):
    return rng.uniform(low, high, shape)


SQUARE, DEFINITE = among(-1, 1, 3, 3) + 3 * np.eye(3), np.diag([1.0, 2, 3]) + 0.2
SETTINGS = {"negative_slope": 0.01, "alpha": 1.5, "delta": 0.7, "axis": None, "keepdims": True, "divisor": 3.0}
ARGUMENTS = {  # where numbers between 0.2 and 0.9 would not do, or where an argument is no array
    "arccosh": [among(1.2, 3, 4)],
    "where": [np.array([True, False, True, True]), among(-1, 1, 4), among(-1, 1, 4)],
    "matmul": [among(-1, 1, 2, 3), among(-1, 1, 3, 2)],
    "inv": [SQUARE],
    "pinv": [SQUARE],
    "det": [SQUARE],
    "cholesky": [DEFINITE],
    "solve": [SQUARE, among(-1, 1, 3, 2)],
    "reshape": [among(-1, 1, 6), (2, 3)],
    "transpose": [among(-1, 1, 2, 3), (1, 0)],
    "broadcast_to": [among(-1, 1, 4), (4,)],
    "astype": [among(-1, 1, 4), np.dtype(float)],
    "getitem": [among(-1, 1, 2, 3), (1, 2)],
    "scatter_add": [among(-1, 1), (1, 2), (2, 3)],
    "embedding": [among(-1, 1, 5), np.array([1, 3, 1]), None, False],
    "pick": [among(-1, 1, 2, 3), np.array([1, 5])],
    "place": [among(-1, 1, 2), np.array([1, 5]), (6,)],
    "negative_sum": [among(-1, 1, 6), np.array([1, 5]), among(0, 1, 2)],
    "cumsum": [among(-1, 1, 4), 0],
    "softmax": [among(-1, 1, 4), -1],
    "log_softmax": [among(-1, 1, 4), -1],
    "concatenate": [0, among(-1, 1, 4)],
    "leaky_relu": [among(-1, 1, 6), 0.01],
    "elu": [among(-1, 1, 6), 1.5],
    "relu": [among(-1, 1, 6)],
    "huber": [among(-2, 2, 6), 0.7],
    "remainder": [np.array([5.3, -5.3, 1.0]), np.array([2.0, 2.0, -0.3])],
    "fmod": [np.array([5.3, -5.3, 1.05]), np.array([2.0, 2.0, -0.2])],
}
SEVERAL_RESULTS = {"output", "slogdet", "eigh", "svd"}


def arguments_of(kind):
    if kind in ARGUMENTS:
        return ARGUMENTS[kind]
    return [SETTINGS[p] if p in SETTINGS else among(0.2, 0.9, 4) for p in PRIMITIVES[kind].parameters]


def recorded(kind, args, out, primitive=None):
    """The operation as a graph would have it; arrays are called by their parameters, the gradient G."""
    primitive, made, known = primitive or PRIMITIVES[kind], [], {}
    for parameter, arg in zip(primitive.parameters, args, strict=True):
        name = {"g": "a"}.get(parameter, parameter)
        if isinstance(arg, np.ndarray | np.floating):
            known[name] = arg
            rule = primitive.rules[primitive.parameters.index(parameter)]
            made.append(Argument(parameter, "v1" if rule else None, name, np.asarray(out), np.asarray(arg)))
        else:
            made.append(Argument(parameter, None, "" if arg is None or arg is False else setting_text(arg)))
    return Operation("op1", f"{kind}_1", kind, primitive.sign, "", tuple(made), "v9", 0), known


def test_there_is_an_entry_for_every_primitive_and_every_argument():
    assert set(NOTATION) == set(PRIMITIVES) - {"linear"}  # which is taken apart before it is spelled
    for kind, primitive in PRIMITIVES.items():
        if kind in ("output", "einsum", "linear"):
            continue
        ruled = {p for p, rule in zip(primitive.parameters, primitive.rules, strict=True) if rule is not None}
        assert ruled == set(NOTATION[kind].local) | set(NOTATION[kind].gradient), kind
        assert not set(NOTATION[kind].local) & set(NOTATION[kind].gradient), kind


LOCALS = [(kind, parameter) for kind, entry in NOTATION.items() for parameter in entry.local]
GRADIENTS = [(k, p) for k, entry in NOTATION.items() for p in entry.gradient if k not in SEVERAL_RESULTS]


@pytest.mark.parametrize(("kind", "parameter"), LOCALS)
@pytest.mark.parametrize("is_array", [True, False])
def test_local_derivatives_are_those_of_finite_differences(kind, parameter, is_array):
    primitive, args = PRIMITIVES[kind], arguments_of(kind)
    if not is_array:
        args = [arg[:1].reshape(()) if isinstance(arg, np.ndarray) and arg.ndim else arg for arg in args]
        args = [() if kind == "broadcast_to" and isinstance(arg, tuple) else arg for arg in args]
    out = np.asarray(primitive.forward(*args))
    operation, known = recorded(kind, args, out)
    i, h = primitive.parameters.index(parameter), 1e-6
    text = local_text(operation, operation.arguments[i], texts_of(operation, "out"))
    assert text
    assert ("⊗" in text) <= is_array
    found = Evaluator(text, out=out, **known).value()
    ends = [primitive.forward(*args[:i], args[i] + step, *args[i + 1 :]) for step in (h, -h)]
    np.testing.assert_allclose(found * np.ones(out.shape), (ends[0] - ends[1]) / (2 * h), rtol=2e-8, atol=2e-8)
    rule = primitive.rules[i](np.ones(out.shape), out, *args)
    np.testing.assert_allclose(found * np.ones(out.shape), rule * np.ones(out.shape), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("kind", "parameter"), GRADIENTS)
def test_gradients_are_those_of_the_rules(kind, parameter):
    primitive, args = PRIMITIVES[kind], arguments_of(kind)
    out = np.asarray(primitive.forward(*args))
    operation, known = recorded(kind, args, out)
    i, g = primitive.parameters.index(parameter), among(-1, 1, *out.shape)
    text = gradient_text(operation, operation.arguments[i], texts_of(operation, "out", "G"))
    assert text
    scatter = scatter_into(args[i].shape)
    found = Evaluator(text.partition(", Φ")[0], out=out, G=g, scatter=scatter, **known).value()
    wanted = np.asarray(primitive.rules[i](g, out, *args))
    found = np.asarray(found) if np.size(found) == 1 else np.reshape(found, wanted.shape)
    np.testing.assert_allclose(np.broadcast_to(found, wanted.shape), wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", sorted(set(NOTATION) - SEVERAL_RESULTS - {"einsum", "astype", "scatter_add", "place"}))
def test_forward_formulas_give_the_result(kind):
    args = arguments_of(kind)
    if kind == "transpose":
        args = [args[0], None]
    out = np.asarray(PRIMITIVES[kind].forward(*args))
    operation, known = recorded(kind, args, out)
    text = forward_text(operation, texts_of(operation, ""))
    if kind == "pinv":  # the sign ⁺ is no arithmetic
        assert text == "a⁺"
        return
    weight = {"weight": known["weight"], "indices": args[1]} if kind == "embedding" else {}
    flat = {"a": known["a"].reshape(-1)} if kind == "pick" else {}
    pairs = zip(PRIMITIVES[kind].parameters, args, strict=True)
    whole = {key: value for key, value in pairs if isinstance(value, np.ndarray)}
    found = Evaluator(text, **whole | known | weight | flat).value()
    np.testing.assert_allclose(np.asarray(found).reshape(-1), out.reshape(-1), rtol=1e-9)


def test_special_cases_are_shorter_and_as_right():
    x, t = among(0.2, 0.9, 4), among(0.2, 0.9, 4)
    for kind, args, parameter, wanted in [
        ("power", [x, 2], "x", "2·x"),
        ("power", [x, 3], "x", "3·x²"),
        ("power", [x, 1], "x", "1"),
        ("power", [x, 0], "x", "0"),
        ("logistic_loss", [x, t, 1.0], "x", "σ(x) − target"),
        ("logistic_loss", [x, t, 1.0], "target", "−x"),
    ]:
        primitive = PRIMITIVES[kind]
        out = np.asarray(primitive.forward(*args))
        operation, known = recorded(kind, args, out)
        i = primitive.parameters.index(parameter)
        text = local_text(operation, operation.arguments[i], texts_of(operation, "out"))
        assert text == wanted
        found = Evaluator(text, out=out, **known).value() * np.ones(4)
        np.testing.assert_allclose(found, primitive.rules[i](np.ones(4), out, *args), rtol=1e-12, atol=1e-12)


def test_sums_of_products_change_letters():
    a, b, g = among(-1, 1, 2, 3), among(-1, 1, 3, 4), among(-1, 1, 2, 4)
    primitive = sum_of_products.of(2)
    operation, _ = recorded("einsum", ["ij,jk->ik", a, b], g, primitive)
    texts = texts_of(operation, "out", "G")
    assert forward_text(operation, texts) == "einsum(ij,jk->ik, array0, array1)"
    for i, wanted in ((1, "einsum(ik,jk->ij, G, array1)"), (2, "einsum(ik,ij->jk, G, array0)")):
        assert gradient_text(operation, operation.arguments[i], texts) == wanted
        spelled = wanted[7:].split(", ")[0]
        other = b if i == 1 else a
        np.testing.assert_allclose(np.einsum(spelled, g, other), primitive.rules[i](g, None, "ij,jk->ik", a, b))


def test_arrays_one_after_the_other():
    parts = [among(-1, 1, 2), among(-1, 1, 3)]
    operation, _ = recorded("concatenate", [0, *parts], np.zeros(5), concatenation.of(2))
    texts = texts_of(operation, "out", "G")
    assert forward_text(operation, texts) == "array0 ⧺ array1"
    assert gradient_text(operation, operation.arguments[2], texts) == "G[array1]"


@pytest.mark.parametrize("kind", sorted(NOTATION))
def test_no_formula_has_a_gap_left_or_leaves_one(kind):
    entry, primitive = NOTATION[kind], PRIMITIVES[kind]
    known = set(primitive.parameters) | {"out", "g", "n", "a"}
    for template in (entry.forward, *entry.local.values(), *entry.gradient.values()):
        assert set(re.findall(r"\{(\w+)\}", template)) <= known
        assert not re.search(r"[{}]", filled(template, dict.fromkeys(known, "x")))
    assert all(has_local(kind, parameter) for parameter in entry.local)


# --- brackets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "x", "y", "wanted"),
    [
        ("{x} · {y}", "{x} + {y}", "b", "(a + b) · b"),
        ("{x} · {y}", "{x} · {y}", "b", "a · b · b"),
        ("{x} + {y}", "{x} {y}", "b", "a b + b"),
        ("{x} {y}", "{x} ⊗ {y}", "b", "(a ⊗ b) b"),
        ("{x}²", "{x} {y}", "", "(a b)²"),
        ("{x}²", "σ({x})", "", "σ(a)²"),
        ("σ({x})", "{x} − {y}", "", "σ(a − b)"),
        ("{x} − {y}", "x", "−{x}", "x − (−a)"),
        ("{y} − {x}", "{x} + {y}", "b", "b − (a + b)"),
        ("1/{x}", "{x} · {y}", "", "1/(a · b)"),
        ("√{x}", "{x} + {y}", "", "√(a + b)"),
        ("∑ {x}", "{x} ⊗ {y}", "", "∑ (a ⊗ b)"),
        ("{x}ᵀ {y}", "A⁽²⁾", "g", "A⁽²⁾ᵀ g"),
        ("1 − {x}²", "A⁽²⁾", "", "1 − (A⁽²⁾)²"),
        ("{x} · {y}", "(−3)", "(−2)", "(−3) · (−2)"),
        ("{x} + {y}", "(−3)", "(−2)", "−3 + (−2)"),
        ("max({x}, {y})", "(−3)", "(−1.0×10⁻⁷)", "max(−3, −1.0×10⁻⁷)"),
        ("reshape({x}, {y})", "a", "", "reshape(a)"),
        ("{x}ᵀ", "{x}ᵀ {y}", "", "bᵀ a"),
        ("{x}ᵀ", "{x} {y}ᵀ", "", "b aᵀ"),
        ("{x}ᵀ", "{x}ᵀ ({y} ⊗ {y})", "", "(b ⊗ b)ᵀ a"),
        ("{x}ᵀ", "{x} {y}", "", "(a b)ᵀ"),
        ("{x}ᵀ", "σ({x}ᵀ {y})", "", "σ(aᵀ b)ᵀ"),
        ("{x}ᵀ", "−{x}ᵀ {y}", "", "(−aᵀ b)ᵀ"),
        ("{x}ᵀ", "{x}ᵀ ⊗ {y}", "", "(aᵀ ⊗ b)ᵀ"),
        ("{x} {y}", "{x}ᵀ", "∂L/∂z", "aᵀ ∂L/∂z"),
        ("({x}ᵀ {y})ᵀ", "a", "∂L/∂z", "(∂L/∂z)ᵀ a"),
        ("({x} ({y})ᵀ)ᵀ", "a", "∂L/∂z", "∂L/∂z aᵀ"),
    ],
)
def test_brackets_stand_where_they_are_needed(template, x, y, wanted):
    inner = {"x": "a", "y": "b"}
    texts = {key: filled(part, inner) if "{" in part else part for key, part in (("x", x), ("y", y))}
    assert plain(filled(template, texts)) == wanted


def test_a_transpose_that_was_multiplied_out_needs_brackets_of_its_own():
    turned = filled("{x}ᵀ", {"x": filled("{x}ᵀ {y}", {"x": "a", "y": "b"})})
    assert filled("{x}²", {"x": turned}) == "(bᵀ a)²"
