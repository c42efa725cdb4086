"""Who notices a wrong gradient: our checker, PyTorch's and HIPS autograd's, on the same broken rules.

Every rule of the table is broken in seven ways, see `tests/checking/mutants.py`. The peers judge exactly the same
numbers: our forward pass and our broken backward pass are wrapped as a function of theirs. A judge who
rejects the unbroken function gives a false alarm; that is counted too. Each peer has its defaults; HIPS autograd's
`check_grads` is asked for reverse mode and first order, which is what there is to judge. (PyTorch's default rtol is
1e-3, so it lets a factor of 1.001 pass by design.) A peer that is not installed is shown as missing.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_vn as tg
from benchmarks.timing import in_turns, table
from tests.checking.large import BIAS, LARGE, LARGE_RULES, live_places
from tests.checking.mutants import (
    MUTATIONS,
    RULES,
    BrokenPart,
    broken,
    differs,
    one_element,
    pull_back,
    suitable,
    unsummed,
    writes,
)
from tests.samples import Sample
from tinygrad_vn.checking import GradcheckError, GradcheckWarning, gradcheck
from tinygrad_vn.errors import TinygradError

Judge = Callable[[Sample, int], bool]
"""Takes a function with its inputs, and a seed; whether it accepts the gradients."""


def peer(name: str) -> Any:
    """A library, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


# --- the judges -----------------------------------------------------------------------------------------------------


def ours(fast_mode: bool) -> Judge:
    """`tg.gradcheck`."""

    def accepts(case: Sample, seed: int) -> bool:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", GradcheckWarning)
            try:
                return gradcheck(case.f, case.inputs, fast_mode=fast_mode, seed=seed)
            except (GradcheckError, TinygradError):
                return False

    return accepts


def of_torch(fast_mode: bool) -> Judge | None:
    """`torch.autograd.gradcheck`."""
    torch = peer("torch")
    if torch is None:
        return None

    def accepts(case: Sample, seed: int) -> bool:
        class Judged(torch.autograd.Function):  # type: ignore[misc, name-defined]
            @staticmethod
            def forward(ctx: Any, *inputs: Any) -> Any:
                ctx.arrays = [x.numpy().copy() for x in inputs]
                values = pull_back(case, None, ctx.arrays)[0]
                return tuple(torch.from_numpy(np.array(v)) for v in values)

            @staticmethod
            def backward(ctx: Any, *gradients: Any) -> Any:
                found = pull_back(case, [g.numpy() for g in gradients], ctx.arrays)[1]
                return tuple(torch.from_numpy(np.array(g)) for g in found)

        torch.manual_seed(seed)
        inputs = [torch.tensor(x, requires_grad=True) for x in case.inputs]
        try:
            return bool(torch.autograd.gradcheck(Judged.apply, inputs, fast_mode=fast_mode))
        except (RuntimeError, ValueError):
            return False

    return accepts


def of_hips() -> Judge | None:
    """HIPS autograd's `check_grads`, which looks along one random direction."""
    extend, test_util = peer("autograd.extend"), peer("autograd.test_util")
    if extend is None or test_util is None:
        return None

    def accepts(case: Sample, seed: int) -> bool:
        def flat(*arrays: Any) -> np.ndarray:
            return np.concatenate([v.ravel() for v in pull_back(case, None, arrays)[0]])

        def pulled(i: int) -> Callable[..., Any]:
            def rule(out: Any, *arrays: Any) -> Callable[[Any], Any]:
                shapes = [v.shape for v in pull_back(case, None, arrays)[0]]
                ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
                return lambda g: pull_back(case, [p.reshape(s) for p, s in zip(np.split(g, ends), shapes, strict=True)],
                                           arrays)[1][i]  # fmt: skip

            return rule

        judged = extend.primitive(flat)
        extend.defvjp(judged, *(pulled(i) for i in range(len(case.inputs))))
        np.random.seed(seed)  # noqa: NPY002 - that is where the peer takes its random numbers from
        try:
            test_util.check_grads(judged, tuple(range(len(case.inputs))), modes=["rev"], order=1)(*case.inputs)
        except (AssertionError, ValueError, TypeError):
            return False
        return True

    return accepts


def judges(slow: bool = True) -> dict[str, Judge | None]:
    """All who are asked, by the heads of their columns."""
    every = {
        "ours, slow": ours(False),
        "ours, fast": ours(True),
        "PyTorch, slow": of_torch(False),
        "PyTorch, fast": of_torch(True),
        "autograd": of_hips(),
    }
    return {name: judge for name, judge in every.items() if slow or "slow" not in name}


# --- counting -------------------------------------------------------------------------------------------------------


class Count:
    """How many mutants each judge has caught, a line for each mutation, and one for false alarms."""

    def __init__(self, asked: dict[str, Judge | None]) -> None:
        self.asked = asked
        self.caught: dict[str, dict[str, int]] = {}
        self.total: dict[str, int] = {}

    def ask(self, line: str, case: Sample, seed: int) -> None:
        """One more function for every judge; a rejection counts."""
        self.total[line] = self.total.get(line, 0) + 1
        counts = self.caught.setdefault(line, dict.fromkeys(self.asked, 0))
        for name, judge in self.asked.items():
            if judge is not None:
                counts[name] += not judge(case, seed)

    def rows(self) -> list[tuple[object, ...]]:
        """Lines for the table, "caught / of them" and the share."""
        lines: list[tuple[object, ...]] = []
        for line, counts in self.caught.items():
            of = self.total[line]
            cells = [f"{n:,} ({100 * n / of:.4g} %)" if self.asked[name] else "missing" for name, n in counts.items()]
            lines.append((line, f"{of:,}", *cells))
        return lines


def on_samples() -> tuple[str, int, int]:
    """Every rule, every mutation, every sample in which it makes a difference."""
    count, cases, left_out = Count(judges()), {}, 0
    for rule in RULES:
        for name, mutation in MUTATIONS.items():
            found = list(suitable(rule, name))
            left_out += not found
            for case, place in found:
                cases[id(case)] = case
                with broken(rule, case, mutation, place):
                    count.ask(name, case, 0)
    for case in cases.values():
        count.ask("false alarms", case, 0)
    return table(("mutation", "functions", *count.asked), count.rows()), len(RULES) * len(MUTATIONS), left_out


def on_large(seeds: int, few: int) -> str:
    """Functions of 1,024 elements in fast mode: one wrong element at a place that differs from seed to seed."""
    count = Count(judges(slow=False))
    for rule in LARGE_RULES:
        case, live = LARGE[rule.operation], live_places(rule)
        for seed in range(seeds):
            with broken(rule, case, one_element, int(np.random.default_rng(seed).choice(live))):
                count.ask("one wrong element", case, seed)
        for name, mutation in MUTATIONS.items():
            if mutation in (one_element, unsummed) or not matters(rule, name):
                continue
            for seed in range(few):
                with broken(rule, case, mutation):
                    count.ask(name, case, seed)
    for seed in range(few):
        with broken(BrokenPart("multiply", "y"), BIAS, unsummed):
            count.ask("no sum over a broadcast axis", BIAS, seed)
        for case in LARGE.values():
            count.ask("false alarms", case, seed)
    return table(("mutation", "functions", *count.asked), count.rows())


def matters(rule: BrokenPart, name: str) -> bool:
    """Whether a mutation changes the gradient of a large function at all."""
    case = LARGE[rule.operation]
    if MUTATIONS[name] is writes:
        return True
    starts = [np.random.default_rng(5).uniform(0.5, 1.5, v.shape) for v in pull_back(case)[0]]
    true = pull_back(case, starts)[1]
    with broken(rule, case, MUTATIONS[name]):
        found = pull_back(case, starts)[1]
    return any(differs(a, b) for a, b in zip(found, true, strict=True))


# --- single cases ---------------------------------------------------------------------------------------------------

X = np.random.default_rng(0).normal(size=1024)


def flipped(seeds: int) -> tuple[object, ...]:
    """x² of 1,024 normal numbers with the sign of one element of the gradient flipped: how often that passes."""
    rule, case = BrokenPart("square", "x"), Sample(np.square, (X,))
    row: list[object] = []
    for judge in judges().values():
        missed = 0
        for seed in range(seeds if judge else 0):
            with broken(rule, case, one_element, int(np.random.default_rng(seed).integers(1024))):
                missed += judge(case, seed)  # type: ignore[misc]
        row.append(f"missed {missed} of {seeds}" if judge else "missing")
    return ("one of 1,024 signs flipped", *row)


def dropped(x: Any, torch: Any = None) -> Any:
    """Half of the numbers, others at every call."""
    keep = np.random.default_rng().random(x.shape) < 0.5
    return x * (torch.from_numpy(keep * 2.0) if torch else keep * 2.0)


SINGLE: dict[str, tuple[Callable[..., Any], Any]] = {
    "absolute value at 0": (lambda x, np: abs(x), 0.0),
    "x² at 1e9": (lambda x, np: x * x, 1e9),
    "sin(1e5·x) at 0.3": (lambda x, np: np.sin(1e5 * x), 0.3),
    "dropout, unseeded": (lambda x, np: dropped(x, None if hasattr(np, "ufunc") else np), [1.0, 2.0, 3.0]),
}


def said_by_us(f: Callable[..., Any], x: Any, fast_mode: bool) -> str:
    """What our checker says, in a word."""
    report = tg.gradcheck_report(lambda t: f(t, np), np.array(x), fast_mode=fast_mode)
    return f"{'passes' if report.passed else 'fails'}: {report.verdict}"


def said_by_torch(f: Callable[..., Any], x: Any, fast_mode: bool) -> str:
    """What PyTorch says, shortened."""
    torch = peer("torch")
    if torch is None:
        return "missing"
    torch.manual_seed(0)
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    try:
        torch.autograd.gradcheck(lambda t: f(t, torch), (x,), fast_mode=fast_mode)
    except RuntimeError as error:
        return "fails: " + " ".join(str(error).split())[:150].replace("|", "\\|")
    return "passes"


def said_by_hips(f: Callable[..., Any], x: Any) -> str:
    """What HIPS autograd says, shortened."""
    numpy, test_util = peer("autograd.numpy"), peer("autograd.test_util")
    if numpy is None:
        return "missing"
    np.random.seed(0)  # noqa: NPY002 - that is where the peer takes its random numbers from
    try:
        test_util.check_grads(lambda t: f(t, numpy), modes=["rev"], order=1)(np.array(x))
    except AssertionError as error:
        return "fails: " + " ".join(str(error).split())[:60].replace("|", "\\|")
    return "passes"


def single_cases() -> str:
    """What everybody says of four right gradients and a wrong one."""
    rows: list[tuple[object, ...]] = [flipped(60)]
    for name, (f, x) in SINGLE.items():
        by_us, by_torch = ([said(f, x, mode) for mode in (False, True)] for said in (said_by_us, said_by_torch))
        rows.append((name, *by_us, *by_torch, said_by_hips(f, x)))
    return table(("case", *judges()), rows)


# --- time -----------------------------------------------------------------------------------------------------------


def times(repeat: int = 3, rounds: int = 5) -> str:
    """Milliseconds for a check of the same function of 1,024 elements, written in each library's own operations."""
    torch, matrix = peer("torch"), X.reshape(32, 32)
    functions: dict[str, tuple[Callable[..., Any], Callable[..., Any], np.ndarray]] = {
        "x·sin x": (lambda x: x * np.sin(x), lambda x: x * torch.sin(x), X),
        "tanh(X @ X)": (lambda x: np.tanh(x @ x), lambda x: torch.tanh(x @ x), matrix / 8),
    }
    rows: list[tuple[object, ...]] = []
    for name, (f, theirs, x) in functions.items():
        work: dict[str, Callable[[], object]] = {}
        for mode in (False, True):
            work[f"ours {mode}"] = lambda f=f, x=x, mode=mode: gradcheck(f, x, fast_mode=mode)
        if torch is not None:
            t = torch.tensor(x, requires_grad=True)
            for mode in (False, True):
                work[f"torch {mode}"] = lambda f=theirs, t=t, mode=mode: torch.autograd.gradcheck(f, t, fast_mode=mode)
        taken = in_turns(work, repeat, rounds)
        cells = [f"{1e3 * taken[key]:.1f}" if key in taken else "missing" for key in
                 ("ours False", "ours True", "torch False", "torch True")]  # fmt: skip
        rows.append((name, *cells))
    return table(("ms", "ours, slow", "ours, fast", "PyTorch, slow", "PyTorch, fast"), rows)


def report(seeds: int = 200, few: int = 2) -> str:
    """All tables, with what was run."""
    on_all, pairs, left_out = on_samples()
    return "\n\n".join(
        (
            f"{len(RULES)} rules × {len(MUTATIONS)} mutations, {pairs} mutants, of which {left_out} never differ from "
            "the original (a gradient of 0, symmetric, of one axis; nothing broadcast). The others are tried on every "
            "sample of the test tables in which the Jacobian matrix differs. How many were caught:",
            on_all,
            f"{len(LARGE_RULES)} rules on functions of 1,024 elements, one element's sign flipped at a random place "
            f"where the gradient is not 0, {seeds} seeds each; the other mutations with {few} seeds each:",
            on_large(seeds, few),
            "Single cases; but for the first, the gradient is right:",
            single_cases(),
            "Milliseconds per check of 1,024 elements:",
            times(),
        )
    )
