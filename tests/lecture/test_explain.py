"""The derivation: the lecture's formulas as the lecture writes them, and every number right."""

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
    return re.sub(r"\n +(?== )", " ", text).splitlines()


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


def random_program(seed):
    """A few arrays, a few operations, one number."""
    rng = np.random.default_rng(seed)
    shapes = [(2, 2), (2, 2), (2,), ()]
    leaves = [
        tg.tensor(rng.uniform(0.2, 1.5, shape).round(2), requires_grad=True, name=f"P{i}")
        for i, shape in enumerate(shapes)
    ]
    values = list(leaves[:2])
    for _ in range(8):
        a, b = (values[int(i)] for i in rng.integers(len(values), size=2))
        v, s = leaves[2:]
        operations = [a + v, a * b, a @ b, np.tanh(a), a - s, a / (b * b + 1.0), np.exp(a * 0.1), a.T, np.maximum(a, v)]
        operations += [a * s, v - a, a @ v + b, np.sqrt(a * a + 1.0), -a, 2.0 / (a * a + s), a**2, a.reshape((2, 2))]
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


@pytest.mark.parametrize("seed", range(60))
def test_all_formulas_and_all_numbers_of_a_derivation_agree(seed):
    """Only the text is read: every formula in it is computed, from the numbers in the lines above it."""
    leaves, L = random_program(seed)
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
            found = Evaluator(identifiers(part), shape=value.shape, **known).value()
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
    with pytest.raises(TypeError, match="takes a Tensor, not float"):
        tg.explain(2.0)
    with pytest.raises(ValueError, match="'text', 'markdown', 'latex'"):
        tg.explain(w * 2.0, format="html")
    with pytest.raises(ValueError, match="at least one digit"):
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
    documents = {
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
