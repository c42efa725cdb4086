"""The derivation: the lecture's formulas as the lecture writes them, and every number right."""

import itertools
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.blackboard_math import Evaluator
from tinygrad_vn.lecture.numbers import in_words, number

LAYERS = [(2, 3), (3, 3), (3, 1)]
RAISED = "⁰¹²³"

# What lecture 001_138430595a83a231 writes for its net 2-3-3-1. For W⁽²⁾ and W⁽¹⁾ it prints ∂A/∂Z ⊗ ∂A/∂Z, where ∂J/∂A
# belongs in the first place, as it has it for W⁽³⁾.
LECTURE = [
    "∂J/∂W⁽³⁾ = A⁽²⁾ᵀ (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾)",
    "∂J/∂b⁽³⁾ = ∑ (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾)",
    "∂J/∂A⁽²⁾ = (∂J/∂Ŷ ⊗ ∂A⁽³⁾/∂Z⁽³⁾) W⁽³⁾ᵀ",
    "∂J/∂W⁽²⁾ = A⁽¹⁾ᵀ (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾)",
    "∂J/∂b⁽²⁾ = ∑ (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾)",
    "∂J/∂A⁽¹⁾ = (∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾) W⁽²⁾ᵀ",
    "∂J/∂W⁽¹⁾ = A⁽⁰⁾ᵀ (∂J/∂A⁽¹⁾ ⊗ ∂A⁽¹⁾/∂Z⁽¹⁾)",
    "∂J/∂b⁽¹⁾ = ∑ (∂J/∂A⁽¹⁾ ⊗ ∂A⁽¹⁾/∂Z⁽¹⁾)",
]


class Net:
    """The lecture's net, by its own matrices, and all its numbers by NumPy alone."""

    def __init__(self):
        rng = np.random.default_rng(7)
        X, Y = rng.normal(size=(3, 2)).round(1), rng.uniform(size=(3, 1)).round(1)
        self.W = [rng.normal(size=shape).round(1) for shape in LAYERS]
        self.b = [rng.normal(size=shape[1]).round(1) for shape in LAYERS]
        tensors = [
            (tg.tensor(w, requires_grad=True), tg.tensor(b, requires_grad=True))
            for w, b in zip(self.W, self.b, strict=True)
        ]
        A = tg.tensor(X)
        target = tg.tensor(Y)
        self.names = [("A⁽⁰⁾", A), ("Y", target)]
        for k, (W, b) in enumerate(tensors, 1):
            Z = A @ W + b
            A = tg.nn.functional.sigmoid(Z)
            self.names += [(f"{letter}⁽{RAISED[k]}⁾", t) for letter, t in zip("WbZA", (W, b, Z, A), strict=True)]
        self.J = ((A - target) ** 2).mean()
        self.names += [("Ŷ", A), ("J", self.J)]
        self.numbers = self.by_hand(X, Y)

    def by_hand(self, X, Y):
        A, found = [X], {}
        for k in range(3):
            Z = A[k] @ self.W[k] + self.b[k]
            A.append(1 / (1 + np.exp(-Z)))
            found[f"Z⁽{RAISED[k + 1]}⁾"], found[f"A⁽{RAISED[k + 1]}⁾"] = Z, A[k + 1]
        found["J"] = np.mean((A[3] - Y) ** 2)
        of_A = 2 * (A[3] - Y) / 3
        found["∂J/∂Ŷ"] = of_A
        for k in (3, 2, 1):
            slope = A[k] * (1 - A[k])
            of_Z = of_A * slope
            found[f"∂A⁽{RAISED[k]}⁾/∂Z⁽{RAISED[k]}⁾"], found[f"∂J/∂Z⁽{RAISED[k]}⁾"] = slope, of_Z
            found[f"∂J/∂W⁽{RAISED[k]}⁾"], found[f"∂J/∂b⁽{RAISED[k]}⁾"] = A[k - 1].T @ of_Z, of_Z.sum(0)
            of_A = of_Z @ self.W[k - 1].T
            if k > 1:
                found[f"∂J/∂A⁽{RAISED[k - 1]}⁾"] = of_A
        return found


@pytest.fixture(scope="module")
def net():
    return Net()


def unwrapped(text):
    """Every line of the derivation on one line."""
    return re.sub(r"\n +(?=[=+−⊗] )", " ", text).splitlines()


def test_the_lectures_formulas_stand_there_as_the_lecture_writes_them(net):
    lines = [line.strip() for line in unwrapped(tg.explain(net.J, names=net.names, lang="vi"))]
    places = []
    for formula in LECTURE:
        (place,) = (i for i, line in enumerate(lines) if line.startswith(formula + " = "))
        places.append(place)
    assert places == sorted(places)  # and in the lecture's order
    assert "Ŷ = A⁽³⁾" in lines
    assert "J = mean((Ŷ − Y)²) = " + number(net.numbers["J"]) in lines


def test_every_number_of_the_net_is_that_of_a_calculation_by_hand(net):
    lines = [line.strip() for line in unwrapped(tg.explain(net.J, names=net.names, lang="en"))]
    for name, value in net.numbers.items():
        (line,) = (
            line
            for line in lines
            if line.startswith(f"{name} = ") and "   (" in f"{line}   (" and "Through" not in line
        )
        assert line.split("   (")[0].endswith(" = " + in_words(np.asarray(value))), name


def test_shapes_and_remarks(net):
    text = tg.explain(net.J, names=net.names, lang="en")
    assert "(3×3 · 3×1 → 3×1)" in text
    assert text.count("(sum over the rows)") == 3
    vietnamese = tg.explain(net.J, names=net.names, lang="vi")
    assert vietnamese.count("(tổng theo các hàng)") == 3
    for phrase in (
        "Cho trước",
        "Lan truyền xuôi (feedforward)",
        "Lan truyền ngược (backpropagation)",
        "quy tắc dây chuyền",
    ):
        assert phrase in vietnamese
    assert "⊗: nhân từng phần tử" in vietnamese
    assert "Forward pass" not in vietnamese


def test_wrt_limits_the_way_back(net):
    W3 = next(tensor for name, tensor in net.names if name == "W⁽³⁾")
    for wrt in (W3, "W⁽³⁾", [W3]):
        text = tg.explain(net.J, wrt, names=net.names)
        assert LECTURE[0] in text
        assert "∂J/∂b" not in text
        assert "∂J/∂A⁽²⁾" not in text
    assert all(
        formula in tg.explain(net.J, "W⁽¹⁾", names=net.names) for formula in (LECTURE[6], LECTURE[5], LECTURE[2])
    )
    with pytest.raises(ValueError, match="was not made from it"):
        tg.explain(net.J, "W⁽⁴⁾", names=net.names)
    with pytest.raises(ValueError, match="does not require a gradient"):
        tg.explain(net.J, "Y", names=net.names)


def test_a_number_by_the_chain_rule():
    w, b = tg.tensor(2.0, requires_grad=True), tg.tensor(-1.0, requires_grad=True)
    x, y = tg.tensor(3.0), tg.tensor(4.0)
    z = w * x + b
    L = (z - y) ** 2
    assert tg.explain(L, lang="en").splitlines() == [
        "Given",
        "  w = 2",
        "  x = 3",
        "  b = −1",
        "  y = 4",
        "",
        "Forward pass",
        "  z = w · x + b = 2 · 3 + (−1) = 5",
        "  L = (z − y)² = (5 − 4)² = 1",
        "",
        "Backward pass (backpropagation): from L to the inputs by the chain rule",
        "  ∂L/∂L = 1",
        "  Through L = (z − y)²:",
        "    ∂L/∂z = 2·(z − y) = 2·(5 − 4) = 2",
        "  Through z = w · x + b:",
        "    ∂L/∂w = ∂L/∂z · ∂z/∂w = ∂L/∂z · x = 2 · 3 = 6",
        "    ∂L/∂b = ∂L/∂z · ∂z/∂b = ∂L/∂z · 1 = 2 · 1 = 2",
    ]


def test_the_sum_over_paths_adds_up():
    x = tg.tensor(3.0, requires_grad=True)
    y = x * x
    z = y * 2.0 + x
    (line,) = (line for line in unwrapped(tg.explain(z, lang="en")) if line.strip().startswith("∂z/∂x"))
    assert line.strip() == "∂z/∂x = 1 + ∂z/∂y · x + ∂z/∂y · x = 1 + 2 · 3 + 2 · 3 = 1 + 6 + 6 = 13   (sum over 3 paths)"


def test_what_has_no_name_and_is_long_gets_a_line_under_its_automatic_name():
    w, x, b, y = (tg.tensor(v, requires_grad=True, name=n) for n, v in (("w", 2.0), ("x", 3.0), ("b", 1.0), ("y", 5.0)))
    text = tg.explain((w * x + b - y) ** 2, lang="en")
    assert "sub_3 = w · x + b − y = 2 · 3 + 1 − 5 = 2" in text
    assert "∂L/∂w = ∂L/∂sub_3 · ∂sub_3/∂w = ∂L/∂sub_3 · x = 4 · 3 = 12" in text


def random_program(seed, n=2):
    """A few arrays, a few operations, one number."""
    rng = np.random.default_rng(seed)
    shapes = [(n, n), (n, n), (n,), ()]
    leaves = [
        tg.tensor(rng.uniform(0.2, 1.5, shape).round(2), requires_grad=True, name=f"P{i}")
        for i, shape in enumerate(shapes)
    ]
    values = list(leaves[:2])
    for _ in range(8):
        a, b = (values[int(i)] for i in rng.integers(len(values), size=2))
        v, s = leaves[2:]
        operations = [a + v, a * b, a @ b, np.tanh(a), a - s, a / (b * b + 1.0), np.exp(a * 0.1), a.T, np.maximum(a, v)]
        operations += [a * s, v - a, a @ v + b, np.sqrt(a * a + 1.0), -a, 2.0 / (a * a + s), a**2, a.reshape((n, n))]
        operations += [a * v, v / (a * a + 1.0), a + v @ b, a * (v @ v), b + v @ a @ v, a * 1.0, a * v.reshape((n, 1))]
        operations += [a + (a * a + 1.0).sum(axis=0), a * np.exp(v).mean(), v.reshape((n, 1)) @ v.reshape((1, n)) + a]
        values.append(operations[int(rng.integers(len(operations)))])
        values[-1].name = f"Q{len(values)}" if rng.uniform() < 0.4 else None
    return leaves, sum((value.mean() * 2.0 + (value**2).sum() for value in values[4:]), leaves[3] * 3.0)


def number_of(text):
    """A number or an array, as `in_words` writes it."""
    ascii_text = text.replace("−", "-").replace("×10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return np.array(json.loads(ascii_text))


def identifiers(formula):
    """∂L/∂x as one name."""
    return re.sub(r"∂(\w+)/∂(\w+)", r"d\1_\2", formula)


@pytest.mark.parametrize(("n", "seed"), [*((2, seed) for seed in range(120)), *((1, seed) for seed in range(60))])
def test_all_formulas_and_all_numbers_of_a_derivation_agree(n, seed):
    """Only the text is read: every formula in it is computed, from the numbers in the lines above it."""
    leaves, L = random_program(seed, n)
    lines = [line.strip() for line in unwrapped(tg.explain(L, lang="en", names={"L": L}, precision=12))]
    known, formulas = {}, 0
    for line in lines:
        if " = " not in line or line.startswith("Through"):
            continue
        line = re.sub(r"   \([^)]*\)$", "", line)
        left, *parts = re.split(r" = (?![^\[]*\])", line)
        value = number_of(parts[-1])
        for part in parts[:-1]:
            if re.fullmatch(r"∂L/∂(\w+) · ∂\1/∂\w+", part) or "…" in part:  # in symbols only, or cut
                continue
            found = np.asarray(Evaluator(identifiers(part), shape=value.shape, **known).value())
            found = found.reshape(value.shape) if found.size == value.size else found
            np.testing.assert_allclose(np.broadcast_to(found, value.shape), value, rtol=1e-8, atol=1e-9, err_msg=line)
            formulas += 1
        known[identifiers(left)] = value
    assert formulas > 10
    for leaf, gradient in zip(leaves, tg.grad(L, leaves, allow_unused=True), strict=True):
        if gradient is not None:
            np.testing.assert_allclose(known[f"dL_{leaf.name}"], gradient.numpy(), rtol=1e-10, atol=1e-12)


def test_matrices_as_columns_softmax_and_broadcasting():
    W, x = tg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True), tg.tensor([1.0, -1.0], requires_grad=True)
    p = tg.nn.functional.softmax(W @ x)
    q = p * 2.0
    L = (q * q).sum()
    text = tg.explain(L, lang="en")
    assert "p = softmax(W x)" in text
    assert "p ⊗ (∂L/∂p − ∑ (∂L/∂p ⊗ p))" in text


def test_no_single_number_no_way_back():
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    assert "Only a single number has gradients" in tg.explain(w * 2.0, lang="en")
    assert "∂" not in tg.explain(w * 2.0, lang="vi")
    assert "w = [1, 2]" in tg.explain(w * 2.0, lang="vi")


def test_nobodys_grad_is_touched_and_it_works_after_backward_too():
    w = tg.tensor(2.0, requires_grad=True)
    L = w * w
    before = tg.explain(L)
    assert w.grad is None
    L.backward()
    assert tg.explain(L) == before


def test_mistakes_are_named():
    w = tg.tensor(2.0, requires_grad=True)
    with pytest.raises(TypeError, match="takes a Tensor that was computed, such as a loss, not float"):
        tg.explain(2.0)
    with pytest.raises(ValueError, match="'text', 'markdown', 'latex'"):
        tg.explain(w * 2.0, format="html")
    with pytest.raises(ValueError, match="a whole number from 1"):
        tg.explain(w * 2.0, precision=0)
    with pytest.raises(ValueError, match="unknown language"):
        tg.explain(w * 2.0, lang="fr")


def test_a_long_computation_is_cut_and_says_so():
    y = tg.tensor(1.0, requires_grad=True, name="y")
    for _ in range(2000):
        y = np.sin(y) * 0.9
    lines = tg.explain(y, lang="en").splitlines()
    assert len(lines) < 3000
    assert any(re.search(r"\d+ lines left out", line) for line in lines)
    assert any("Choose what to see with wrt=" in line for line in lines)


def test_the_same_text_in_every_process():
    program = (
        "import tinygrad_vn as tg, sys\n"
        "w = tg.tensor([[1.0, 2.0]], requires_grad=True); x = tg.tensor([[3.0], [4.0]])\n"
        "sys.stdout.buffer.write(tg.explain((w @ x + w.sum()).sum(), lang='vi').encode())"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


# --- LaTeX --------------------------------------------------------------------------------------------------------


def test_the_lectures_formulas_in_latex(net):
    body = tg.explain(net.J, names=net.names, format="latex", lang="vi")
    chain = r"\frac{\partial J}{\partial \hat{Y}} \otimes  \frac{\partial A^{(3)}}{\partial Z^{(3)}}"
    assert rf"\frac{{\partial J}}{{\partial W^{{(3)}}}} &= (A^{{(2)}})^{{\top}} \left({chain}\right)" in body
    assert rf"\frac{{\partial J}}{{\partial A^{{(2)}}}} &= \left({chain}\right) (W^{{(3)}})^{{\top}}" in body
    assert rf"\frac{{\partial J}}{{\partial b^{{(3)}}}} &= \sum  \left({chain}\right)" in body
    assert r"\text{tổng theo các hàng}" in body
    assert body.count(r"\begin{align*}") == body.count(r"\end{align*}") > 5


def test_markdown_has_formulas_between_dollars(net):
    text = tg.explain(net.J, names=net.names, format="markdown", lang="en")
    assert text.count("$$") % 2 == 0
    assert r"\begin{aligned}" in text
    assert "## Forward pass" in text
    inside = text.split("$$")[1::2]
    assert all("$" not in part.replace(r"\$", "") for part in inside)


HOSTILE = [
    r"\input{/etc/passwd}",
    "$x$",
    "a_b^c",
    "50% & more #1 ~ {x}",
    "<b>|*`",
    "</script>",
    "tốc độ học",
    "tô\u0309ng tro\u0323ng so\u0302\u0301",
    "trọng số ẩn",
    "two\nlines",
    "😀",
    "\x00",
    '"quoted"',
    "a ⊗ b/∂c",
    "",
]


@pytest.mark.skipif(not shutil.which("xelatex"), reason="xelatex is not installed: it comes with TeX Live")
def test_the_document_compiles_with_vietnamese_and_with_any_name(net, tmp_path):
    leaves = [tg.tensor(0.5, requires_grad=True, name=name or "␣") for name in HOSTILE]
    L = sum((leaf * leaf for leaf in leaves), tg.tensor(1.0))
    X = tg.tensor(np.arange(24.0).reshape(4, 6), requires_grad=True, name="X")
    M = np.maximum(np.sqrt(X + 1.0), 2.0) ** 1.5
    more = (
        (M / X.sum(axis=0)).mean()
        + np.linalg.norm(X[1:3])
        + np.concatenate([X, X]).max()
        + tg.nn.functional.softmax(X).sum()
    )
    Q = tg.tensor(np.eye(6), requires_grad=True)
    attention = tg.nn.functional.softmax(X @ Q @ X.T / 2.449) @ X
    u = tg.tensor(np.ones(6), requires_grad=True, name="u")
    vectors = tg.nn.functional.cross_entropy(X @ Q, np.array([0, 1, 2, 5])) + u @ Q @ u + (X * u).sum()
    documents = {
        "vectors": tg.explain(vectors, format="latex", lang="vi", document=True),
        "attention": tg.explain(((attention - X) ** 2).mean(), format="latex", lang="vi", document=True),
        "net": tg.explain(net.J, names=net.names, format="latex", lang="vi", document=True),
        "names": tg.explain(L, format="latex", lang="vi", document=True),
        "more": tg.explain(more, format="latex", lang="en", document=True),
    }
    for name, text in documents.items():
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
        command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"{name}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        log = (tmp_path / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        missing = set(re.findall(r"Missing character: There is no (\S+)", log))
        assert missing <= {"😀", "(U+1F600)", "␣"}, missing
    if shutil.which("pdftotext"):
        read = subprocess.run(
            ["pdftotext", "net.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
        ).stdout.decode()
        assert "Lan truyền ngược" in read
        assert "tổng theo các hàng" in read


# --- names --------------------------------------------------------------------------------------------------------


def test_wrt_takes_a_tensor_without_a_name_and_params_takes_a_model():
    weights = [tg.tensor(2.0, requires_grad=True), tg.tensor(3.0, requires_grad=True)]
    text = tg.explain(weights[0] * weights[1] * weights[1], weights[1], lang="en")
    assert "θ1 = 3" in text
    assert "∂L/∂θ1 = θ1 · w1 + w1 · θ1 = 3 · 2 + 2 · 3 = 6 + 6 = 12   (sum over 2 paths)" in " ".join(unwrapped(text))
    assert "∂L/∂w1" not in text
    model = tg.nn.Sequential(tg.nn.Linear(2, 1))
    out = model(tg.tensor([[1.0, 2.0]])).sum()
    assert "∂out/∂0.weight = " in tg.explain(out, params=model, lang="en")


def test_a_product_with_a_vector_is_written_without_the_column_in_between():
    W, x = tg.tensor(np.eye(2), requires_grad=True), tg.tensor([1.0, 2.0], requires_grad=True)
    y = W @ x
    L = (y * tg.tensor([3.0, 4.0], name="c")).sum()
    text = tg.explain(L, lang="en")
    assert "y = W x = [1, 2]   (2×2 · 2×1 → 2×1)" in text
    assert "∂L/∂W = ∂L/∂y xᵀ = [[3, 6], [4, 8]]   (2×1 · 1×2 → 2×2)" in text
    assert "∂L/∂x = Wᵀ ∂L/∂y = [3, 4]" in text


def lines_of(text):
    return [line.strip() for line in unwrapped(text)]


def test_two_minus_signs_make_a_plus():
    a, b = tg.tensor(2.0, requires_grad=True), tg.tensor(5.0, requires_grad=True)
    L = -(a - b * b)
    lines = lines_of(tg.explain(L, lang="en"))
    assert "L = −(a − b · b) = −(2 − 5 · 5) = 23" in lines
    assert "∂L/∂a = −1" in lines
    assert "∂L/∂b = b + b = 5 + 5 = 10   (sum over 2 paths)" in lines


def test_a_mean_of_means():
    X = tg.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    J = (X**2).mean(axis=1).mean()
    assert f"∂J/∂X = 2·X/6 = {in_words(X.detach().numpy() / 3)}   (2×3)" in lines_of(tg.explain(J))


def test_one_row_is_summed_over_the_rows_too():
    b, X = tg.tensor([1.0, 2.0], requires_grad=True), tg.tensor([[3.0, 4.0]])
    Z = X + b
    J = (Z * Z).sum()
    assert "∂J/∂b = ∑ ∂J/∂Z = [8, 12]   (sum over the rows)" in lines_of(tg.explain(J, lang="en"))


def test_a_column_that_becomes_a_row_is_told():
    c, X = tg.tensor([[1.0], [2.0]], requires_grad=True), tg.tensor(np.ones((2, 2)), requires_grad=True)
    Y = c.reshape((2,)) + X
    (line,) = (line for line in lines_of(tg.explain(Y.sum())) if line.startswith("Y = "))
    assert line.startswith("Y = reshape(c, ")


# --- what somebody reads who checks every line ------------------------------------------------------------------------


def leaf(values, name=None):
    return tg.tensor(values, requires_grad=True, name=name)


def test_many_paths_add_up_whatever_is_left_out():
    x = leaf(2.0)
    y = x * x * x * x * x
    (line,) = (line for line in lines_of(tg.explain(y, lang="en")) if line.startswith("∂y/∂x"))
    assert line == (
        "∂y/∂x = mul_3 + 4 · ∂y/∂mul_3 · x · x · x = 16 + 4 · 2 · 2 · 2 · 2 = 16 + 4 · 16 = 80   (sum over 5 paths)"
    )
    z = x * 0.5
    for k in range(14):
        z = z + x * float(k + 1)
    (line,) = (line for line in lines_of(tg.explain(z, lang="en")) if line.startswith("∂z/∂x"))
    assert line.endswith("= 105.5   (sum over 15 paths; the last number is the sum of the other paths)")
    numbers = line.split(" = ")[-2]
    assert Evaluator(numbers).value() == 105.5
    assert numbers.count("+") == 9
    vector = leaf([1.0, 2.0])
    total = (vector * vector * vector * vector * vector * vector).sum()
    assert "…" not in tg.explain(total)


def test_paths_from_several_lines_are_announced_as_such():
    a = leaf(2.0)
    b, c = a * 3.0, np.sin(a)
    y = b + c * a
    lines = lines_of(tg.explain(y, lang="en"))
    assert lines[lines.index("All paths y, c, b → a:") + 1].startswith("∂y/∂a = c + ∂y/∂c · cos(a) + ∂y/∂b · 3 = ")
    assert "Mọi đường đi y, c, b → a:" in lines_of(tg.explain(y, lang="vi"))
    assert r"y, c, b \to  a" in tg.explain(y, format="latex")


def test_broadcasting_multiplies_what_has_the_shape_of_the_result():
    x, y = leaf([[1.0], [2.0]]), leaf([3.0, 4.0, 5.0])
    r = (x * y).sum()
    lines = lines_of(tg.explain(r, lang="en"))
    assert "∂r/∂x = ∑ (1₂ₓ₃ ⊗ y) = [[12], [12]]   (2×1; sum over the columns)" in lines
    assert "∂r/∂y = ∑ (1₂ₓ₃ ⊗ x) = [3, 3, 3]   (sum over the rows)" in lines
    assert "1₂ₓ₃: every element is 1, shape 2×3" in lines
    assert r"1_{2\times 3}" in tg.explain(r, format="latex")


@pytest.mark.parametrize(
    ("program", "forward", "gradients"),
    [
        (lambda A, v: v @ A @ v, "q = vᵀ A v", ["∂q/∂v = A v + Aᵀ v", "∂q/∂A = v vᵀ"]),
        (lambda A, v: v @ (A @ v), "q = vᵀ A v", ["∂q/∂A = v vᵀ"]),
        (lambda A, v: (v @ A).sum(), "q = ∑ (Aᵀ v)", ["∂q/∂v = A 1₂", "∂q/∂A = v 1₂ᵀ"]),
        (lambda A, v: -(v @ v), "q = −vᵀ v", ["∂q/∂v = −v − v"]),
        (lambda A, v: (v.reshape((2, 1)) @ v.reshape((1, 2))).sum(), "q = ∑ (v vᵀ)", ["∂q/∂v = 1₂ₓ₂ v + 1₂ₓ₂ᵀ v"]),
    ],
)
def test_vectors_are_columns(program, forward, gradients):
    A, v = leaf([[1.0, 2.0], [3.0, 4.0]], "A"), leaf([1.0, -1.0], "v")
    q = program(A, v)
    lines = lines_of(tg.explain(q, names={"q": q}, lang="en"))
    assert sum(line.startswith(f"{forward} = ") for line in lines) == 1
    for gradient in gradients:
        (line,) = (line for line in lines if line.startswith(f"{gradient} = "))
        wanted = tg.grad(q, A if "∂A" in gradient else v, retain_graph=True)
        np.testing.assert_allclose(number_of(line.split("   (")[0].split(" = ")[-1]), wanted[0].numpy())
    for shapes in re.findall(r"\(([\d×· ]+) → ", "\n".join(lines)):
        factors = [tuple(map(int, shape.split("×"))) for shape in shapes.split(" · ")]
        assert all(one[1] == other[0] for one, other in itertools.pairwise(factors))


def test_a_product_that_becomes_a_number_says_so():
    W = leaf([[1.0, 2.0], [3.0, 4.0]], "W")
    assert "L = ∑ (W W) = 54   (2×2 · 2×2 → 2×2 → scalar)" in lines_of(tg.explain((W @ W).sum(), names={}))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_cross_entropy_of_classes(reduction):
    F = tg.nn.functional
    X, W, b = tg.tensor([[1.0, 2.0], [3.0, 4.0]]), leaf([[0.1, 0.2, 0.3], [0.4, 0.5, 0.7]]), leaf([0.1, 0.2, 0.3])
    z = X @ W + b
    labels = np.array([0, 2])
    L = F.cross_entropy(z, labels, reduction=reduction)
    lines = lines_of(tg.explain(L, lang="en", precision=12))
    front, over = ("1/2 · ", "/2") if reduction == "mean" else ("", "")
    assert "y = [0, 2]" in lines
    (forward,) = (line for line in lines if line.startswith("L = "))
    assert forward.startswith(f"L = −{front}∑ log(softmax(z))[i, yᵢ] = ")
    (backward,) = (line for line in lines if line.startswith("∂L/∂z"))
    formula = f"(softmax(z) − onehot(y)){over}" if over else "softmax(z) − onehot(y)"
    assert backward.startswith(f"∂L/∂z = {formula} = ")
    known = {"z": z.detach().numpy(), "y": labels, "onehot": lambda y: np.eye(3)[y]}
    np.testing.assert_allclose(Evaluator(formula, **known).value(), tg.grad(L, z)[0].numpy(), rtol=1e-12)


def test_other_cross_entropies_are_right_too():
    F = tg.nn.functional
    Z, labels = leaf([[1.0, 2.0, 0.5], [0.0, 1.0, 3.0]], "Z"), np.array([0, 2])
    rows = np.arange(2)
    known = {"Z": Z.detach().numpy(), "y": labels, "yᵢ": labels, "i": rows, "onehot": lambda y: np.eye(3)[y]}

    def scatter(g, index):
        out = np.zeros((2, 3))
        out[index] = g
        return out

    weights = np.array([1.0, 2.0, 3.0])
    for L, more in [
        (2.0 * F.cross_entropy(Z, labels), {}),
        (-F.cross_entropy(Z, labels, reduction="sum"), {}),
        (F.cross_entropy(Z, labels, weight=weights), {"x1": weights[labels] / 4}),
        (F.cross_entropy(Z * 2.0, labels), {}),
        (F.nll_loss(F.log_softmax(Z) * tg.tensor([[1.0, 2.0, 3.0]], name="k"), labels), {"k": np.array([[1.0, 2, 3]])}),
    ]:
        lines = lines_of(tg.explain(L, lang="en", precision=12, names={"L": L}))
        gradients = {}
        for line in lines:
            left, _, right = line.partition(" = ")
            if not left.startswith("∂L/∂") or left == "∂L/∂L" or not right:
                continue
            formula = identifiers(right.split(" = ")[0])
            gradients[identifiers(left)] = Evaluator(formula, **known, **more, **gradients, scatter=scatter).value()
        np.testing.assert_allclose(gradients["dL_Z"], tg.grad(L, Z)[0].numpy(), rtol=1e-9)


def test_the_cross_entropy_of_one_case():
    z = leaf([1.0, 2.0, 0.5])
    lines = lines_of(tg.explain(tg.nn.functional.cross_entropy(z, 1), lang="en", names={"z": z}))
    assert "L = −log(softmax(z))[1] = 0.4644" in lines
    assert "∂L/∂z = softmax(z) − onehot(1) = [0.2312, −0.3715, 0.1402]" in lines


def test_a_tensor_that_has_nothing_to_do_with_it():
    w = leaf(2.0)
    with pytest.raises(ValueError, match=r"wrt=tensor\(5.*was not made from it.*gradients of w"):
        tg.explain(w * 3.0, wrt=tg.tensor(5.0))


def test_a_factor_of_one_stays_among_the_numbers():
    w, x, y = leaf(2.0), tg.tensor(1.0), tg.tensor(5.0)
    L = (w * x - y) ** 2
    assert "∂L/∂w = 2·(w · x − y) · x = 2·(2 · 1 − 5) · 1 = −6" in lines_of(tg.explain(L))
    u, k = leaf(3.0), tg.tensor(-1.0)
    M = u * k
    assert "∂M/∂u = k = −1" in lines_of(tg.explain(M))


def test_a_gradient_that_was_recorded():
    x = leaf(3.0)
    y = x**3
    (g,) = tg.grad(y, [x], create_graph=True)
    lines = lines_of(tg.explain(g, lang="en"))
    assert "g = seed · 3 · x² = 1 · 3 · 3² = 27" in lines
    assert "∂g/∂x = seed · 3 · 2·x = 1 · 3 · 2·3 = 18" in lines
    assert not any(" = mul_" in line for line in lines)


def test_every_unusual_sign_is_explained():
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    L = np.concatenate([x, x]).mean(axis=-1).sum() + np.log10(x).sum() + x.reshape((4,))[0]
    text = tg.explain(L, lang="en")
    notation = text[text.index("Notation") :]
    for sign in ("mean₁: the index is the axis", "1₄ₓ₂:", "log₁₀:", "A ⧺ B:", "g[A]:", "scatter(g, i):", "shape(x):"):
        assert sign in notation
    assert "onehot" not in notation
    assert "mean₋₁" not in text


def test_rounding_is_admitted_and_only_then():
    a = leaf(1.0000001)
    text = tg.explain((a - 1.0) * 1e7, lang="en")
    assert "= (1.000 − 1) · 1.0×10⁷ = 1" in text
    assert "written with 4 significant digits" in text
    exact = leaf(1.5)
    assert "significant" not in tg.explain(exact * 2.0, lang="en")


def test_long_sums_go_on_in_the_next_line():
    a, x = leaf(0.5), leaf(2.0)
    L = sum((np.sin(a * float(k)) * x for k in range(2, 11)), a)
    assert max(map(len, tg.explain(L, lang="en").splitlines())) < 125


def test_of_two_tensors_with_one_name_the_one_that_is_asked_for_is_derived():
    first, second = tg.tensor(2.0, requires_grad=True, name="x"), tg.tensor(3.0, requires_grad=True, name="x")
    y = first * second**2
    assert "∂y/∂x′ = x² = 3² = 9" in tg.explain(y, wrt=first, lang="en")
    assert "∂y/∂x′" not in tg.explain(y, wrt=second, lang="en")
