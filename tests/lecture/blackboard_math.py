"""An evaluator of formulas in Unicode, such as `∑ (A ⊗ B)ᵀ`: it knows the blackboard's signs, and not the package."""

import math
import re

import numpy as np

TOKEN = re.compile(
    r"1[₀-₉ₓ]+|[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ₀₁₂]\w*?(?=[₀₁₂⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ]|\b)[₀₁₂]*|\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|\S"
)
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
LOWERED = str.maketrans("₀₁₂", "012")
ALL_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def tril_half(x):
    half = np.tril(x)
    return half - 0.5 * np.diag(np.diag(half))


def scatter_into(shape):
    def scatter(g, index):
        out = np.zeros(shape)
        np.add.at(out if isinstance(index, tuple) or out.ndim == 1 else out.reshape(-1), index, g)
        return out

    return scatter


FUNCTIONS = {
    **{
        name: getattr(np, name) for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign", "trunc")
    },
    **{name: getattr(np, name) for name in ("arcsin", "arccos", "arctan", "arctan2", "fmod", "conj", "flip", "cumsum")},
    "arsinh": np.arcsinh,
    "arcosh": np.arccosh,
    "artanh": np.arctanh,
    "log₂": np.log2,
    "log₁₀": np.log10,
    "σ": lambda x: 1 / (1 + np.exp(-x)),
    "ReLU": lambda x: x * (x > 0),
    "leaky_relu": lambda x, slope: np.where(x > 0, x, slope * x),
    "elu": lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x) - 1)),
    "huber": lambda x, d: np.where(abs(x) <= d, x * x / 2, d * (abs(x) - d / 2)),
    "cumsum₀": np.cumsum,
    "Φ": np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2),
    "max": lambda *xs: np.maximum(*xs) if len(xs) > 1 else xs[0].max(),
    "min": lambda *xs: np.minimum(*xs) if len(xs) > 1 else xs[0].min(),
    "mean": np.mean,
    "softmax": softmax,
    "where": np.where,
    "det": np.linalg.det,
    "adj": lambda a: np.linalg.det(a) * np.linalg.inv(a),
    "sym": lambda a: (a + a.T) / 2,
    "chol": np.linalg.cholesky,
    "broadcast": lambda g, *shape: g,
    "reshape": np.reshape,
    "shape": np.shape,
    "transpose": np.transpose,
    "transpose⁻": lambda g, axes: g.transpose(np.argsort(axes)),
}


class Evaluator:
    """Recursive descent: sums, products with a sign, products of matrices, powers, atoms."""

    def __init__(self, text, shape=(), **known):
        self.tokens, self.known, self.shape = TOKEN.findall(text), known, shape
        self.known.setdefault("scatter", None)

    def value(self):
        result = self.sum()
        assert not self.tokens, self.tokens
        return result

    def peek(self):
        return self.tokens[0] if self.tokens else ""

    def take(self, wanted=None):
        token = self.tokens.pop(0)
        assert wanted in (None, token), (wanted, token, self.tokens)
        return token

    def sum(self):
        total = self.signed()
        while self.peek() in ("+", "−"):
            sign = self.take()
            total = total + self.product() if sign == "+" else total - self.product()
        return total

    def signed(self):
        if self.peek() == "−":
            self.take()
            return -self.product()
        return self.product()

    def product(self):
        total = self.matrices()
        while self.peek() in ("·", "⊗", "/", "mod"):
            sign, factor = self.take(), self.matrices()
            is_of_rows = np.ndim(total) == 2 and np.shape(total) != np.shape(factor) == np.shape(total)[:1]
            factor = factor[:, None] if is_of_rows and len(factor) != total.shape[1] else factor  # one for each row
            total = total / factor if sign == "/" else np.mod(total, factor) if sign == "mod" else total * factor
        return total

    def matrices(self):
        total = self.power()
        while self.peek() and (self.peek()[0].isalpha() or self.peek() == "(") and self.peek() != "mod":
            factor = self.power()
            is_outer = total.ndim == 1 and factor.ndim == 2 and len(factor) == 1  # a column times a row
            total = np.outer(total, factor) if is_outer else total @ factor
        return total

    def power(self):
        base = self.atom()
        while self.peek() and (self.peek()[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ^" or (self.peek() == "[" and np.ndim(base))):
            sign = self.take()
            if sign == "[":
                base = base[self.index()]
            elif sign == "^":
                base = base ** self.power()
            elif sign == "ᵀ":
                base = base.reshape(1, -1) if base.ndim == 1 else np.transpose(base)
            elif sign == "⁻":
                self.take("ᵀ")
                base = np.linalg.inv(base).T
            else:
                exponent = int(sign.translate(RAISED))
                base = np.linalg.inv(base) if exponent == -1 and np.ndim(base) == 2 else base**exponent
        return base

    def index(self):
        parts = [self.sum()]
        while self.peek() == ",":
            self.take()
            parts.append(self.sum())
        self.take("]")
        return parts[0] if len(parts) == 1 else tuple(int(part) if np.ndim(part) == 0 else part for part in parts)

    def enclosed(self, end):
        inner = self.sum()
        self.take(end)
        return inner

    def atom(self):
        token = self.take()
        if token[0] == "1" and token[1:2] in [*"₀₁₂₃₄₅₆₇₈₉"]:
            return np.ones([int(n) for n in token[1:].translate(ALL_LOWERED).split("ₓ")])
        if token[0].isdigit():
            number, _, power = token.partition("×10")
            return float(number) * 10.0 ** int(power.translate(RAISED) or 0)
        if token in ("½", "π"):
            return {"½": 0.5, "π": np.pi}[token]
        if token == "(":
            first = self.sum()
            if self.peek() == ",":
                self.take()
                first = (int(first), int(self.sum()))
            self.take(")")
            return first
        if token == "|":
            return abs(self.enclosed("|"))
        if token == "⌊":
            return np.floor(self.enclosed("⌋"))
        if token in "√∛":
            return np.sqrt(self.power()) if token == "√" else np.cbrt(self.power())
        if token == "∑" and self.peek() in (*"₀₁",):
            axes = [int(self.take().translate(LOWERED))]
            while self.peek() in (*"₀₁",):
                axes.append(int(self.take().translate(LOWERED)))
            array = self.product()
            return np.sum(array, tuple(axes)) if np.ndim(array) else array  # a number that stands for one row
        if token == "∑":
            return self.added(self.product())
        if token == "[":
            return self.statement()
        return self.name(token)

    def added(self, array):
        """The sum of all elements, or over the axes that are missing in the shape of what the formula is to give."""
        if not self.shape or np.size(array) == 1:
            return np.sum(array)
        array = np.sum(array, tuple(range(np.ndim(array) - len(self.shape))))
        return np.sum(array, tuple(i for i, n in enumerate(self.shape) if n == 1), keepdims=True)

    def statement(self):
        """Iverson's bracket, or the index of a scatter."""
        left = self.sum()
        if self.peek() in "><=≤":
            sign, right = self.take(), self.sum()
            left = {">": left > right, "<": left < right, "=": left == right, "≤": left <= right}[sign]
        if self.peek() == ",":
            self.take()
            right = self.sum()
            left = (left, right) if np.ndim(left) else (int(left), int(right))
        self.take("]")
        return left * 1.0 if not isinstance(left, tuple) and np.asarray(left).dtype == bool else left

    def name(self, token):
        if token in self.known and self.known[token] is not None and not callable(self.known[token]):
            return self.known[token]
        if token == "I":
            return np.eye(3)
        if self.peek() == "⁻¹":  # transpose⁻¹
            self.take()
            token += "⁻"
        function = (
            self.known.get(token) or (tril_half if token == "Φ" and "G" in self.known else None) or FUNCTIONS[token]
        )
        self.take("(")
        arguments = [self.sum()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        self.take(")")
        return function(*arguments)
