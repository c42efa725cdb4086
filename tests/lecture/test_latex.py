"""Formulas in LaTeX: read right, and no name can be a command."""

import re

import numpy as np
import pytest

from tinygrad_vn.lecture.notation import latex
from tinygrad_vn.lecture.notation.formula import marked


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("x² + 3·x⁻¹", r"x^{2} + 3\cdot x^{-1}"),
        ("A⁽²⁾ᵀ ∂J/∂Ŷ", r"(A^{(2)})^{\top} \frac{\partial J}{\partial \hat{Y}}"),
        ("−1.0×10⁻⁷", r"-1.0\times 10^{-7}"),
        ("∇W = Xᵀ ∇Y", r"\nabla W = X^{\top} \nabla Y"),
        ("√(1 − x²)", r"\sqrt{1 - x^{2}}"),
        ("∛x", r"\sqrt[3]{x}"),
        ("∑₀ σ(z) ⊗ g", r"\sum _{0} \sigma(z) \otimes  g"),
        ("x^(y − 1)", r"x^{y - 1}"),
        ("[x > 0] + ½·[x = y]", r"[x > 0] + \tfrac{1}{2}\cdot [x = y]"),
        ("exp(x) + ReLU(y)", r"\exp (x) + \operatorname{ReLU}(y)"),
        ("‖W‖", r"\|W\|"),
        ("(∂L/∂a · w)", r"\left(\frac{\partial L}{\partial a} \cdot  w\right)"),
        ("mul_3 · w1", r"\mathrm{mul}_{3} \cdot  w_{1}"),
        ("a⁻ᵀ", r"a^{-\top}"),
    ],
)
def test_formulas(formula, wanted):
    assert latex.formula(formula) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("x", "x"),
        ("W3", "W_{3}"),
        ("W_3", "W_{3}"),
        ("w_ij", "w_{ij}"),
        ("x₁", "x_{1}"),
        ("W⁽³⁾", "W^{(3)}"),
        ("W1⁽³⁾", "W_{1}^{(3)}"),
        ("Ŷ", r"\hat{Y}"),
        ("Y\u0302", r"\hat{Y}"),
        ("y_hat", r"\hat{y}"),
        ("x̄", r"\bar{x}"),
        ("L′", "L'"),
        ("λ", r"\lambda"),
        ("θ_hat", r"\hat{\theta}"),
        ("loss", r"\mathrm{loss}"),
        ("trọng số", r"\text{trọng số}"),
        ("tô\u0309ng", r"\text{tổng}"),
        ("layer.weight", r"\text{layer.weight}"),
        ("a\\b", r"\text{a\textbackslash{}b}"),
        ("$x$", r"\text{\$x\$}"),
        ("50%", r"\text{50\%}"),
        ("{}&#_^~", r"\text{\{\}\&\#\_\textasciicircum{}\textasciitilde{}}"),
    ],
)
def test_names(name, wanted):
    assert latex.name(name) == wanted
    assert latex.formula(marked(name)) == wanted


def test_a_name_is_never_read_as_signs():
    assert latex.formula(f"{marked('a·b')}² + {marked('∂J/∂x')}") == (
        r"{\text{a}\cdot \text{b}}^{2} + {\partial \text{J/}\partial \text{x}}"
    )


ALLOWED = re.compile(
    r"\\(?:[{}$&#_%]|(?:text(?:backslash|ascii(?:circum|tilde|grave)|less|greater|bar|quotedbl|quotesingle)\{\}))"
)


@pytest.mark.parametrize("seed", range(300))
def test_no_name_of_any_signs_can_be_a_command_or_leave_its_group(seed):
    rng = np.random.default_rng(seed)
    signs = "\\{}$&#_^~%<>|\"'` ab1ạ\n\t\x00😀⁽²⁾₁ᵀ∂√·"
    name = "".join(signs[int(i)] for i in rng.integers(len(signs), size=int(rng.integers(1, 12))))
    for made in (latex.formula(marked(name)), latex.words(name), latex.text(name)):
        bare = ALLOWED.sub("", made)
        commands = set(re.findall(r"\\([A-Za-z]+|.)", bare, re.DOTALL))
        assert commands <= {"text", "mathrm", "hat", "cdot", "partial", "surd", "top", "lambda"}, (name, made)
        depth = 0
        for sign in bare:
            depth += (sign == "{") - (sign == "}")
            assert depth >= 0
        assert depth == 0
        assert not set("&#%~\n\x00") & set(bare)
        assert "$" not in bare if made != latex.text(name) else bare.count("$") % 2 == 0


def test_words_with_signs():
    assert latex.words("chuẩn ‖·‖ −1.2×10⁻¹⁴") == r"\text{chuẩn }\|\cdot \|\text{ }-\text{1.2}\times \text{10}^{-14}"
    assert latex.text("từ W⁽³⁾ về λ") == r"từ W$^{(3)}$ về $\lambda $"


def test_arrays():
    assert latex.array(np.array(2.5)) == "2.5"
    assert latex.array(np.array([1.0, -2.0])) == r"\begin{bmatrix} 1 & -2 \end{bmatrix}"
    assert latex.array(np.array([[1.0], [1e-7]])) == r"\begin{bmatrix} 1 \\ 1.0\times 10^{-7} \end{bmatrix}"
    assert latex.array(np.array([np.nan, np.inf])) == r"\begin{bmatrix} \mathrm{NaN} & \infty \end{bmatrix}"


def test_deep_nesting_is_no_recursion():
    assert latex.formula("√(" * 5000 + "x" + ")" * 5000)
    assert latex.formula("√" * 5000)
    assert latex.formula("(" * 5000)
