"""How lectures write an operation, its local derivatives and its gradients: one line per operation.

An entry has three parts. `forward` is the formula of the result; `local` gives, for operations that work element by
element, ∂out/∂argument; `gradient` gives, for all others, ∂L/∂argument out of the gradient {g} of the result, and
never a Jacobian. {out} is the result, the other names in braces are the arguments, as the rules in `rules/` call them
(an argument that is itself called g is {a} here).

⊗ multiplies element by element; between numbers it becomes ·. Matrices are multiplied without a sign. [x > 0] is 1
where the statement holds and 0 elsewhere (Iverson's bracket). ∑ and max take an axis as an index, ∑₀; broadcast(g)
repeats g until it has the shape of the argument, and scatter(g, [i]) puts g at the places i among zeros. The text is
Unicode; `latex.py` turns it into LaTeX. An operation without an entry is written as a function of its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from tinygrad_vn.lecture.computation.graph import Argument, Operation
from tinygrad_vn.lecture.notation.formula import SUBSCRIPTS, SUPERSCRIPTS, Formula, filled, is_number

_FACTOR: Final = re.compile(r"\{g\} [⊗·] |\{g\} (?=\{)|(?<=[ᵀ}]) \{g\}$")  # the gradient as a factor of a product


class Notation(NamedTuple):
    """How one operation is written."""

    forward: str
    local: Mapping[str, str] = {}
    gradient: Mapping[str, str] = {}


def _unary(forward: str, local: str) -> Notation:
    return Notation(forward, {"x": local})


_SHARED: Final = {  # who is larger; at a tie both get half
    "larger": {"x": "[{x} > {y}] + ½·[{x} = {y}]", "y": "[{y} > {x}] + ½·[{x} = {y}]"},
    "smaller": {"x": "[{x} < {y}] + ½·[{x} = {y}]", "y": "[{y} < {x}] + ½·[{x} = {y}]"},
}
_EXTREME: Final = {"a": "{g} ⊗ [{a} = {out}]/(∑{axis} [{a} = {out}])"}

_ARITHMETIC: Final = {
    "add": Notation("{x} + {y}", {"x": "1", "y": "1"}),
    "subtract": Notation("{x} − {y}", {"x": "1", "y": "−1"}),
    "multiply": Notation("{x} ⊗ {y}", {"x": "{y}", "y": "{x}"}),
    "divide": Notation("{x} / {y}", {"x": "1/{y}", "y": "−{x}/{y}²"}),
    "negative": _unary("−{x}", "−1"),
    "positive": _unary("{x}", "1"),
    "copy": Notation("{a}", {"a": "1"}),
    "conjugate": _unary("conj({x})", "1"),
    "astype": _unary("{x}", "1"),
    "reciprocal": _unary("1/{x}", "−1/{x}²"),
    "reciprocal_or_zero": _unary("1/{x}", "−1/{x}²"),
    "square": _unary("{x}²", "2·{x}"),
    "remainder": Notation("{x} mod {y}", {"x": "1", "y": "−⌊{x}/{y}⌋"}),
    "fmod": Notation("fmod({x}, {y})", {"x": "1", "y": "−trunc({x}/{y})"}),
    "power": Notation("{x}^{y}", {"x": "{y} ⊗ {x}^({y} − 1)", "y": "{out} ⊗ log({x})"}),
    "sqrt": _unary("√{x}", "1/(2·{out})"),
    "cbrt": _unary("∛{x}", "1/(3·{out}²)"),
    "absolute": _unary("|{x}|", "sign({x})"),
    "sign": _unary("sign({x})", "0"),
    "hypot": Notation("√({x}² + {y}²)", {"x": "{x}/{out}", "y": "{y}/{out}"}),
    "maximum": Notation("max({x}, {y})", _SHARED["larger"]),
    "minimum": Notation("min({x}, {y})", _SHARED["smaller"]),
    "fmax": Notation("max({x}, {y})", _SHARED["larger"]),
    "fmin": Notation("min({x}, {y})", _SHARED["smaller"]),
    "where": Notation("where({condition}, {x}, {y})", {"x": "[{condition}]", "y": "1 − [{condition}]"}),
}

_FUNCTIONS: Final = {
    "exp": _unary("exp({x})", "exp({x})"),
    "exp2": _unary("2^{x}", "log(2)·{out}"),
    "expm1": _unary("exp({x}) − 1", "exp({x})"),
    "log": _unary("log({x})", "1/{x}"),
    "log2": _unary("log₂({x})", "1/(log(2)·{x})"),
    "log10": _unary("log₁₀({x})", "1/(log(10)·{x})"),
    "log1p": _unary("log(1 + {x})", "1/(1 + {x})"),
    "logaddexp": Notation("log(exp({x}) + exp({y}))", {"x": "exp({x} − {out})", "y": "exp({y} − {out})"}),
    "logaddexp2": Notation("log₂(2^{x} + 2^{y})", {"x": "2^({x} − {out})", "y": "2^({y} − {out})"}),
    "sin": _unary("sin({x})", "cos({x})"),
    "cos": _unary("cos({x})", "−sin({x})"),
    "tan": _unary("tan({x})", "1 + {out}²"),
    "arcsin": _unary("arcsin({x})", "1/√(1 − {x}²)"),
    "arccos": _unary("arccos({x})", "−1/√(1 − {x}²)"),
    "arctan": _unary("arctan({x})", "1/(1 + {x}²)"),
    "arctan2": Notation("arctan2({y}, {x})", {"y": "{x}/({x}² + {y}²)", "x": "−{y}/({x}² + {y}²)"}),
    "sinh": _unary("sinh({x})", "cosh({x})"),
    "cosh": _unary("cosh({x})", "sinh({x})"),
    "tanh": _unary("tanh({x})", "1 − {out}²"),
    "arcsinh": _unary("arsinh({x})", "1/√({x}² + 1)"),
    "arccosh": _unary("arcosh({x})", "1/√({x}² − 1)"),
    "arctanh": _unary("artanh({x})", "1/(1 − {x}²)"),
    "deg2rad": _unary("{x}·π/180", "π/180"),
    "rad2deg": _unary("{x}·180/π", "180/π"),
    "sigmoid": _unary("σ({x})", "{out} ⊗ (1 − {out})"),
    "relu": _unary("ReLU({x})", "[{x} > 0]"),
    "leaky_relu": _unary("leaky_relu({x}, {negative_slope})", "[{x} > 0] + {negative_slope}·[{x} ≤ 0]"),
    "elu": _unary("elu({x}, {alpha})", "[{x} > 0] + {alpha}·exp({x}) ⊗ [{x} ≤ 0]"),
    "softplus": _unary("log(1 + exp({x}))", "σ({x})"),
    "silu": _unary("{x} ⊗ σ({x})", "σ({x}) ⊗ (1 + {x} ⊗ (1 − σ({x})))"),
    "gaussian_cdf": _unary("Φ({x})", "exp(−{x}²/2)/√(2·π)"),
}

_LOSSES: Final = {
    "squared_error": Notation(
        "1/{divisor} · ∑ ({x} − {target})²",
        {},
        {"x": "{g} · 2·({x} − {target})/{divisor}", "target": "{g} · 2·({target} − {x})/{divisor}"},
    ),
    "absolute_error": Notation(
        "1/{divisor} · ∑ |{x} − {target}|",
        {},
        {"x": "{g} · sign({x} − {target})/{divisor}", "target": "{g} · sign({target} − {x})/{divisor}"},
    ),
    "huber": _unary("huber({x}, {delta})", "max(−{delta}, min({x}, {delta}))"),
    "log_odds": Notation("log({p}/(1 − {p}))", {"p": "1/({p} ⊗ (1 − {p}))"}),
    "binary_cross_entropy": Notation(
        "−{target} ⊗ log({p}) − (1 − {target}) ⊗ log(1 − {p})",
        {"p": "({p} − {target})/({p} ⊗ (1 − {p}))", "target": "−log({p}/(1 − {p}))"},
    ),
    "logistic_loss": Notation(
        "(1 − {target}) ⊗ log(1 + exp({x})) + {pos_weight} ⊗ {target} ⊗ log(1 + exp(−{x}))",
        {
            "x": "(1 − {target}) ⊗ σ({x}) − {pos_weight} ⊗ {target} ⊗ σ(−{x})",
            "target": "{pos_weight} ⊗ log(1 + exp(−{x})) − log(1 + exp({x}))",
            "pos_weight": "{target} ⊗ log(1 + exp(−{x}))",
        },
    ),
    "negative_sum": Notation(
        "−∑ ({factors} ⊗ {a}[{positions}])",
        {},
        {"a": "scatter(−{g} · {factors}, [{positions}])", "factors": "−{g} · {a}[{positions}]"},
    ),
}

_ARRAYS: Final = {
    "sum": Notation("∑{axis} {a}", {}, {"a": "broadcast({g})"}),
    "mean": Notation("mean{axis}({a})", {}, {"a": "broadcast({g})/{n}"}),
    "max": Notation("max{axis}({a})", {}, _EXTREME),
    "min": Notation("min{axis}({a})", {}, _EXTREME),
    "cumsum": Notation("cumsum{axis}({a})", {}, {"a": "flip(cumsum{axis}(flip({g})))"}),
    "root_sum_of_squares": Notation("√(∑{axis} {a}²)", {}, {"a": "{g} ⊗ {a}/{out}"}),
    "logsumexp": Notation("log(∑{axis} exp({a}))", {}, {"a": "{g} ⊗ exp({a} − {out})"}),
    "softmax": Notation("softmax{axis}({x})", {}, {"x": "{out} ⊗ ({g} − ∑{axis} ({g} ⊗ {out}))"}),
    "log_softmax": Notation("log(softmax{axis}({x}))", {}, {"x": "{g} − softmax{axis}({x}) ⊗ ∑{axis} {g}"}),
    "reshape": Notation("reshape({a}, {shape})", {}, {"a": "reshape({g}, shape({a}))"}),
    "transpose": Notation("transpose({a}, {axes})", {}, {"a": "transpose⁻¹({g}, {axes})"}),
    "broadcast_to": Notation("broadcast({array}, {shape})", {"array": "1"}),
    "concatenate": Notation("{array0}", {}, {"array0": "{g}"}),  # of one; `_of_several` writes the others
    "einsum": Notation("einsum({setting}, {array0})"),
    "getitem": Notation("{a}[{index}]", {}, {"a": "scatter({g}, [{index}])"}),
    "scatter_add": Notation("scatter({a}, [{index}])", {}, {"g": "{g}[{index}]"}),
    "embedding": Notation("{weight}[{indices}]", {}, {"weight": "scatter({g}, [{indices}])"}),
    "pick": Notation("{a}[{positions}]", {}, {"a": "scatter({g}, [{positions}])"}),
    "place": Notation("scatter({a}, [{positions}])", {}, {"g": "{g}[{positions}]"}),
    "output": Notation("{results}[{i}]"),
}

_MATRICES: Final = {
    "matmul": Notation("{x} {y}", {}, {"x": "{g} {y}ᵀ", "y": "{x}ᵀ {g}"}),
    "inv": Notation("{a}⁻¹", {}, {"a": "−{out}ᵀ {g} {out}ᵀ"}),
    "pinv": Notation(
        "{a}⁺",
        {},
        {
            "a": "(I − {a} {out}) {g}ᵀ {out} {out}ᵀ + {out}ᵀ {out} {g}ᵀ (I − {out} {a}) − {out}ᵀ {g} {out}ᵀ",
        },
    ),
    "solve": Notation("{a}⁻¹ {b}", {}, {"a": "−{a}⁻ᵀ {g} {out}ᵀ", "b": "{a}⁻ᵀ {g}"}),
    "det": Notation("det({a})", {}, {"a": "{g} · adj({a})ᵀ"}),
    # those with several results: the gradients of the results go by the results' usual names
    "slogdet": Notation("slogdet({a})", {}, {"a": "∇log|det| · {a}⁻ᵀ"}),
    "eigh": Notation("eigh({a})", {}, {"a": "sym(V (diag(∇λ) + F ⊗ (Vᵀ ∇V)) Vᵀ), F[i, j] = 1/(λ[j] − λ[i])"}),
    "cholesky": Notation("chol({a})", {}, {"a": "sym({out}⁻ᵀ Φ({out}ᵀ {g}) {out}⁻¹), Φ = tril, ½·diag"}),
    "svd": Notation("svd({a})", {}, {"a": "U diag(∇s) Vᵀ + …"}),
}

# ∇X of Xᵀ Y: the transposes of the rules of matmul; and those of a product that is one number, xᵀ y
_TURNED: Final = {"x": "{y} {g}ᵀ", "y": "{g}ᵀ {x}"}
_ONE_NUMBER: Final = {
    ("x", True): "{g} · {y}",
    ("x", False): "{g} · {y}ᵀ",
    ("y", True): "{g} · {x}",
    ("y", False): "{g} · {x}ᵀ",
}

OF_MATRICES: Final = frozenset(_MATRICES)  # whose formulas hold for 1×1 matrices as they do for larger ones
NOTATION: Final[dict[str, Notation]] = _ARITHMETIC | _FUNCTIONS | _LOSSES | _ARRAYS | _MATRICES


def has_local(kind: str, parameter: str) -> bool:
    """Whether every element of the result comes from one element of this argument."""
    return kind in NOTATION and parameter in NOTATION[kind].local


def forward_text(operation: Operation, texts: Mapping[str, str], arrays: bool | None = None) -> Formula:
    """The formula of an operation's result, with these texts for its arguments.

    Args:
        operation: which.
        texts: what stands for its arguments, as `texts_of` gives it.
        arrays: whether arrays are multiplied, rather than numbers; by default as the local derivatives say.
    """
    known = _notation(operation, texts)
    if arrays is None:
        arrays = any(argument.local is not None and argument.local.ndim for argument in operation.arguments)
    if known is None:
        arguments = ", ".join(text for key, text in texts.items() if text and key not in ("out", "g"))
        return Formula(f"{operation.kind}({arguments})")
    return _written(known.forward, texts, arrays)


def local_text(operation: Operation, argument: Argument, texts: Mapping[str, str]) -> Formula:
    """The formula of ∂out/∂argument; empty where there is none."""
    known = _notation(operation, texts)
    template = known.local.get(argument.parameter) if known else ""
    if template is None and known is not None:  # of one number out of another, by an operation on whole arrays
        gradient = known.gradient.get(argument.parameter, "")
        template = gradient[len("{g} · ") :] if gradient.startswith(("{g} · ", "{g} ⊗ ")) else ""
    return _written(template or "", texts, argument.local is not None and argument.local.ndim > 0)


def gradient_text(
    operation: Operation, argument: Argument, texts: Mapping[str, str], is_single: bool = False, is_seed: bool = False
) -> Formula:
    """The formula of ∂L/∂argument, with `texts["g"]` for the gradient of the result; empty where there is none.

    Args:
        operation: which.
        argument: of the operation.
        texts: what stands for its arguments, its result and the gradient g.
        is_single: whether g is a single number.
        is_seed: whether g is the 1 that everything starts with, which nobody writes as a factor.
    """
    known = _notation(operation, texts)
    template = known.gradient.get(argument.parameter, "") if known else ""
    if operation.form == "number":
        template = _ONE_NUMBER[argument.parameter, argument.turned]
    elif argument.turned:
        template = _TURNED[argument.parameter]
    if operation.form == "row":
        texts = {**texts, "g": filled("{g}ᵀ", texts)}
    if is_seed:
        template = _FACTOR.sub("", template).replace("({out})", "{out}")
    if is_single:
        template = template.replace("{g} ⊗", "{g} ·")
    part = argument.contribution
    if "{n}" in template:
        texts = {**texts, "n": "n" if part is None else str(_count(part.shape, texts.get("axis", "")))}
    return _written(template, texts, part is None or part.ndim > 0)


def place_text(operation: Operation, argument: Argument) -> str:
    """What an argument is called where a derivative is taken with respect to it.

    In v · v there are two such derivatives, with respect to v₍₁₎ and to v₍₂₎, each of them v.
    """
    same = [other for other in operation.sources if other.source == argument.source]
    if len(same) < 2:
        return argument.text
    place = next(i for i, other in enumerate(same, 1) if other.parameter == argument.parameter)
    return f"{argument.text}₍{str(place).translate(SUBSCRIPTS)}₎"


def texts_of(operation: Operation, out: str, g: str = "") -> dict[str, str]:
    """What stands for an operation's arguments in its formulas: the names of their boxes, or numbers."""
    texts: dict[str, str] = {
        "a" if a.parameter == "g" else a.parameter: filled("{a}ᵀ", {"a": a.text}) if a.turned else a.text
        for a in operation.arguments
    }
    return texts | {"out": out, "g": g}


def _written(template: str, texts: Mapping[str, str], arrays: bool) -> Formula:
    """A template filled; where it multiplies numbers, or by a number, with a point."""
    if not arrays:
        return filled(template.replace("⊗", "·"), texts)
    for name, text in texts.items():
        if is_number(text):
            gap = re.escape(f"{{{name}}}")
            template = re.sub(f"({gap}) ⊗ ", r"\1 · ", re.sub(f" ⊗ ({gap})", r" · \1", template))
    return filled(template, texts)


def _notation(operation: Operation, texts: Mapping[str, str]) -> Notation | None:
    """The entry of an operation, or the shorter one that its numbers and settings allow."""
    kind, known = operation.kind, NOTATION.get(operation.kind)
    if kind in ("concatenate", "einsum"):
        return _of_several(operation, texts)
    if known is None:
        return None
    if kind == "matmul" and is_number(texts.get("x", "")) and is_number(texts.get("y", "")):
        return Notation("{x} · {y}")
    if kind == "power" and texts.get("y", "").isdecimal() and texts["y"].isascii():
        return _whole_power(int(texts["y"]))
    if kind == "transpose" and texts.get("axes", "") in ("", "(1, 0)"):
        return Notation("{a}ᵀ", {}, {"a": "{g}ᵀ"})
    if kind in ("softmax", "log_softmax") and texts.get("axis") == "−1":
        return _without(known, "{axis}")
    if texts.get("last"):  # along the last of several axes, as nearly always
        return _without(known, "{axis}(", "(")
    if kind == "logistic_loss" and texts.get("pos_weight") in ("", "1"):
        local = {"x": "σ({x}) − {target}", "target": "−{x}", "pos_weight": known.local["pos_weight"]}
        return Notation("log(1 + exp({x})) − {target} ⊗ {x}", local)
    if texts.get("divisor") in ("", "1"):
        return _without(_without(known, "1/{divisor} · "), "/{divisor}")
    if kind == "negative_sum" and "labels" in texts:
        return _of_classes(texts)
    if kind == "negative_sum" and texts.get("factors") in ("", "1") and texts.get("positions", "").isdecimal():
        return Notation("−{a}[{positions}]", {}, {"a": "−{g} · onehot({positions})"})  # of one case
    if kind == "negative_sum" and texts.get("factors") in ("", "1"):
        return Notation("−∑ {a}[{positions}]", {}, {"a": "scatter(−{g}, [{positions}])"})
    return known


def _of_classes(texts: Mapping[str, str]) -> Notation:
    """The cross entropy of class numbers: −1/N · ∑ log(softmax(z))[i, yᵢ]."""
    factor = share(texts.get("factors", ""))
    if not factor:  # a weight for every row
        gradient = {"a": "scatter(−{g} · {factors}, [i, {labels}ᵢ])", "factors": "−{g} · {a}[i, {labels}ᵢ]"}
        return Notation("−∑ ({factors} ⊗ {a}[i, {labels}ᵢ])", {}, gradient)
    times = "" if factor == "1" else f"{factor} · "
    over = "" if factor == "1" else factor.removeprefix("1") if factor.startswith("1/") else f" · {factor}"
    gradient = {"a": f"−{{g}} · onehot({{labels}}){over}"}
    return Notation(f"−{times}∑ {{a}}[i, {{labels}}ᵢ]", {}, gradient)


def share(factor: str) -> str:
    """1/3 for 0.3333, as the factor of a mean; the number itself where it is none, and nothing for an array's name."""
    if not factor:
        return "1"
    if not is_number(factor):
        return ""
    value = float(factor) if re.fullmatch(r"[\d.]+", factor) else 0.0
    count = round(1 / value) if value else 0
    is_share = 1 < count < 10**4 and abs(value * count - 1) < 5e-4
    return f"1/{count}" if is_share else factor


def _whole_power(n: int) -> Notation:
    """x², whose derivative is 2·x and not 2·x¹."""
    below = "" if n == 2 else str(n - 1).translate(SUPERSCRIPTS)
    local = {0: "0", 1: "1"}.get(n, f"{n}·{{x}}{below}")
    return Notation(f"{{x}}{str(n).translate(SUPERSCRIPTS)}", {"x": local, "y": "{out} ⊗ log({x})"})


def _without(known: Notation, piece: str, instead: str = "") -> Notation:
    """The same entry without a piece that says nothing."""
    cut = {key: template.replace(piece, instead) for key, template in known.gradient.items()}
    return Notation(known.forward.replace(piece, instead), known.local, cut)


def _of_several(operation: Operation, texts: Mapping[str, str]) -> Notation:
    """Arrays one after the other, and sums of products by their letters."""
    arrays = [argument.parameter for argument in operation.arguments if argument.parameter != "setting"]
    gaps = [f"{{{name}}}" for name in arrays]
    if operation.kind == "concatenate":
        whole = len(arrays) == 1
        return Notation(" ⧺ ".join(gaps), {}, {a: "{g}" if whole else f"{{g}}[{{{a}}}]" for a in arrays})
    spelling = texts.get("setting", "")
    letters, _, result = spelling.partition("->")
    terms = letters.split(",")
    gradient = {}
    if result.isalpha() or spelling.endswith("->"):
        for i, name in enumerate(arrays if len(terms) == len(arrays) else []):
            others = [k for k in range(len(arrays)) if k != i]
            spelled = ",".join([result, *(terms[k] for k in others)]) + f"->{terms[i]}"
            gradient[name] = f"einsum({spelled}, {', '.join(['{g}', *(gaps[k] for k in others)])})"
    return Notation(f"einsum({{setting}}, {', '.join(gaps)})", {}, gradient)


def _count(shape: tuple[int, ...], axis: str) -> int:
    """How many elements of an array of this shape go into one mean over an axis, written as text."""
    axes = [int(found.replace("−", "-")) for found in re.findall(r"[−-]?\d+", axis)] if axis else range(len(shape))
    total = 1
    for i in axes:
        total *= shape[i]
    return total
