"""`tinygrad-vn check`: are the gradients of a formula, or of a function in a file, what they should be?

    tinygrad-vn check "tanh(w*x + b)" w=0.5 x=2 b=-1
    tinygrad-vn check lesson.py:loss w=0.5

Every variable's gradient by backpropagation stands beside the slope of the function itself, which is found by
evaluating it at neighbouring points. The exit status tells the verdict to scripts: 0 they agree, 1 they do not.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import numpy as np

from tinygrad_vn.checking import Report, reports
from tinygrad_vn.cli.arguments import CommandError, Parser, complain, whole_number
from tinygrad_vn.cli.check_tables import table
from tinygrad_vn.cli.expression import ALL, Expression
from tinygrad_vn.cli.notation import name_of
from tinygrad_vn.cli.user_file import function_in, user_code
from tinygrad_vn.cli.words import say
from tinygrad_vn.errors import TinygradError
from tinygrad_vn.language import Language
from tinygrad_vn.tensor import Tensor

FORMATS: Final = ("table", "markdown", "json")
HIGHEST_SEED: Final = 2**32 - 1

# What computing a formula may raise: shapes that do not fit, a matrix without inverse, a wrong argument.
FAILURES: Final = (
    TinygradError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    MemoryError,
    RecursionError,
)


@dataclass(frozen=True)
class Question:
    """A function and where its gradients are to be checked.

    Attributes:
        title: what the user calls it.
        func: takes the values as Tensors, in their order.
        values: by name, as floating arrays.
        fixed: other arguments, which keep their values and are not checked.
        in_file: the path of the user's file; None for a formula.
    """

    title: str
    func: Callable[..., Any]
    values: dict[str, Any]
    fixed: dict[str, Any]
    in_file: str | None = None

    def tensors(self) -> list[Tensor]:
        """The values as Tensors, with their names."""
        return [Tensor(value, requires_grad=True, name=name) for name, value in self.values.items()]


def describe(parser: Parser, lang: Language) -> None:
    """Enter the arguments of `check`."""
    parser.description = say("about check", lang)
    what = parser.add_argument_group(say("what", lang))
    what.add_argument("formula", nargs="?", metavar=say("formula or function", lang), help=say("help formula", lang))
    what.add_argument("words", nargs="*", metavar=say("name and value", lang), help=say("help words", lang))
    parser.option("order", "1|2")
    for flag in ("fast", "strict"):
        parser.options.add_argument(f"--{flag}", action="store_true", help=say(f"help {flag}", lang))
    parser.option("seed", "N")
    parser.option("atol", "X")
    parser.option("rtol", "X")
    parser.option("format", "|".join(FORMATS))
    parser.examples = say("check examples", lang, array="[[1,2],[3,4]]", vector="[1,0.5]")


def run(options: argparse.Namespace, lang: Language) -> int:
    """Carry out the command.

    Returns:
        The exit status: 0 where all gradients are right, 1 where one is not.

    Raises:
        CommandError: an option makes no sense, or the function cannot be read or computed.
    """
    settings, order, form = settings_of(options, lang)
    words = [*([] if options.formula is None else [options.formula]), *options.words]
    if not words:
        raise CommandError(say("nothing to check", lang))
    what, texts = " ".join(words[0].split()), values_of(words[1:], lang)
    question = question_of_file(what, texts, lang) if ".py:" in what else question_of_formula(what, texts, lang)
    with computing(question, lang), np.errstate(all="ignore"):
        result = question.func(*question.tensors())
        remark(question)
        made = reports(question.func, question.tensors(), order, **settings)
    print(answer(question, result, made, form, lang))
    return 0 if all(report.passed for report in made) else 1


def settings_of(options: argparse.Namespace, lang: Language) -> tuple[dict[str, Any], int, str]:
    """The options of the checker, the order, and the format of the output."""
    settings: dict[str, Any] = {"fast_mode": options.fast, "strict": options.strict}
    if options.seed is not None:
        settings["seed"] = whole_number("--seed", options.seed, 0, HIGHEST_SEED, lang)
    for name in ("atol", "rtol"):
        if (text := getattr(options, name)) is not None:
            settings[name] = tolerance(f"--{name}", text, lang)
    order = 1 if options.order is None else whole_number("--order", options.order, 1, 2, lang)
    form = "table" if options.format is None else options.format
    if form not in FORMATS:
        raise CommandError(say("bad format", lang, text=form or "''", known=", ".join(FORMATS)))
    return settings, order, form


def tolerance(option: str, text: str, lang: Language) -> float:
    """The value of an option that must be a number, 0 or more."""
    with contextlib.suppress(ValueError):
        if 0 <= float(text) < math.inf:
            return float(text)
    raise CommandError(say("bad tolerance", lang, option=option, text=text or "''"))


def values_of(words: Sequence[str], lang: Language) -> dict[str, str]:
    """The words behind the formula, `w=0.5`: each name with its value, still a text."""
    texts: dict[str, str] = {}
    for word in words:
        found = re.fullmatch(r"\s*([^\W\d]\w*)\s*=(?!=)(.*)", word, re.DOTALL)
        if found is None:
            raise CommandError(say("not a value", lang, word=word.strip() or "''"))
        name = name_of(found[1])
        if name in texts:
            raise CommandError(say("value twice", lang, name=name))
        texts[name] = found[2].strip()
    return texts


def array_of(name: str, text: str, lang: Language) -> Any:
    """A value, `0.5`, `pi/4` or `[[1, 2], [3, 4]]`, as a floating array."""
    examples = {"number": f"{name}=0.5", "array": f"{name}=[1,2,3]"}
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        raise CommandError(
            say("decimal comma", lang, word=f"{name}={text}", right=text.replace(",", "."), array=f"[{text}]")
        )
    if not text:
        raise CommandError(say("bad value", lang, word=f"{name}=", **examples))
    value = Expression(text, lang)
    if not value.variables:
        with contextlib.suppress(*FAILURES), np.errstate(all="ignore"):
            given = value()
            refuse_uneven(f"{name}={text}", given, lang)
            array = np.asarray(given, np.float64)
            if array.size and np.isfinite(array).all():
                return array
    raise CommandError(say("bad value", lang, word=f"{name}={text}", **examples))


def refuse_uneven(word: str, given: Any, lang: Language) -> None:
    """An error for a list whose rows have different lengths, at any depth."""
    if not isinstance(given, list | tuple) or not all(isinstance(row, list | tuple) for row in given):
        return
    for row, elements in enumerate(given, 1):
        if len(elements) != len(given[0]):
            raise CommandError(say("uneven rows", lang, word=word, row=row, count=len(elements), first=len(given[0])))
        refuse_uneven(word, elements, lang)


def question_of_formula(text: str, texts: Mapping[str, str], lang: Language) -> Question:
    """A formula with a value for each of its variables."""
    if text.endswith(".py"):
        raise CommandError(say("which function", lang, path=text))
    formula = Expression(text, lang, given=list(texts))
    if not formula.variables:
        raise CommandError(say("no variables", lang, formula=text))
    refuse_unknown(texts, formula.variables, lang)
    missing = [name for name in formula.variables if name not in texts]
    for name in missing:
        if name in ALL:
            raise CommandError(say("function without argument", lang, name=name))
    refuse_missing(missing, lang)
    return Question(text, formula, {name: array_of(name, texts[name], lang) for name in formula.variables}, {})


def question_of_file(what: str, texts: Mapping[str, str], lang: Language) -> Question:
    """A function in a file, with values from the command line, else from its parameters' defaults."""
    path = f"{what.rpartition('.py:')[0]}.py"
    function = function_in(what, lang)
    try:
        parameters = dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a function in C, such as NumPy's
        parameters = {name: inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in texts}
    values, given, fixed, missing = {}, {}, {}, []
    for name, p in parameters.items():
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        text = texts.get(name)
        if text is not None and type(p.default) is int and re.fullmatch(r"[-+]?\d+", text):
            fixed[name] = given[name] = int(text)  # an axis, a number of steps
        elif text is not None:
            values[name] = array_of(name, text, lang)
        elif p.default is p.empty:
            missing.append(name)
        elif (array := floating(p.default)) is not None:
            values[name] = array
        else:
            fixed[name] = p.default
    refuse_missing(missing, lang)
    others = {name: array_of(name, text, lang) for name, text in texts.items() if name not in parameters}
    if not any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters.values()):
        refuse_unknown(others, [*values, *fixed], lang)
    values |= others
    if not values:
        raise CommandError(say("no values", lang, name=what.rpartition(":")[2]))
    return Question(what, by_name(function, parameters, given, list(values)), values, fixed, in_file=path)


def by_name(
    function: Callable[..., Any],
    parameters: Mapping[str, inspect.Parameter],
    fixed: Mapping[str, Any],
    names: Sequence[str],
) -> Callable[..., Any]:
    """A function of the values with these names; what has no parameter of its own goes to `*args` or `**kwargs`."""
    as_args = any(p.kind is p.VAR_POSITIONAL for p in parameters.values())
    more = [name for name in names if as_args and name not in parameters]
    kinds = [inspect.Parameter.POSITIONAL_ONLY, *([inspect.Parameter.POSITIONAL_OR_KEYWORD] if more else [])]
    places = [p for p in parameters.values() if p.kind in kinds]
    while places and not more and places[-1].name not in (*names, *fixed):
        places.pop()  # it keeps its default

    def call(*values: Any) -> Any:
        given = {**fixed, **dict(zip(names, values, strict=True))}
        args = [given.pop(p.name, p.default) for p in places] + [given.pop(name) for name in more]
        return function(*args, **given)

    return call


def floating(default: Any) -> Any:
    """A parameter's default as an array, if it is floating: whole numbers are counts and axes, and stay."""
    if not isinstance(default, float | list | np.ndarray | np.floating | Tensor):
        return None
    try:
        array = np.array(default.detach().numpy() if isinstance(default, Tensor) else default)
    except ValueError:  # a list of unequal rows
        return None
    return array if array.dtype.kind == "f" else None


def refuse_unknown(given: Mapping[str, object], known: Sequence[str], lang: Language) -> None:
    """An error for a value whose name does not occur."""
    for name in given:
        if name not in known:
            close = get_close_matches(name, known, n=1, cutoff=0.5)
            names = ", ".join(close or known) or "–"
            raise CommandError(say("meant variable" if close else "unknown variable", lang, name=name, known=names))


def refuse_missing(missing: Sequence[str], lang: Language) -> None:
    """An error for names without a value."""
    if missing:
        words = " ".join(f"{name}=1" for name in missing)
        raise CommandError(say("missing values", lang, names=", ".join(missing), words=words))


@contextlib.contextmanager
def computing(question: Question, lang: Language) -> Iterator[None]:
    """While the function runs: what goes wrong in it becomes a CommandError."""
    if question.in_file is not None:
        with user_code(question.in_file, lang):
            yield
        return
    try:
        yield
    except FAILURES as error:
        text = " ".join(str(error).split())
        raise CommandError(say("cannot compute", lang, formula=question.title, text=text)) from None


def remark(question: Question) -> None:
    """One line on the error channel where the formula has no finite value."""
    if isinstance(question.func, Expression) and question.func.remark:
        complain(question.func.remark)


def answer(question: Question, result: Any, made: Sequence[Report], form: str, lang: Language) -> str:
    """What is printed."""
    if form == "json":
        orders = [json.loads(report.to_json(lang)) for report in made]
        whole = {"checked": question.title, "passed": all(r.passed for r in made), "orders": orders}
        return json.dumps(whole, ensure_ascii=False, indent=2)
    if form == "markdown":
        return "\n\n".join([f"## `{question.title}`", *(report.to_markdown(lang) for report in made)])
    parts = [heading(question, result, lang)]
    parts += [table(report, question.values, lang) for report in made]
    return "\n\n".join(parts)


def heading(question: Question, result: Any, lang: Language) -> str:
    """What is checked, and its value."""
    lines = [question.title]
    if isinstance(result, Tensor) and result.size == 1:
        lines = [f"{question.title} = {result.item():.6g}"]
    if question.fixed:
        fixed = ", ".join(f"{name}={value!r:.30}" for name, value in question.fixed.items())
        lines.append(say("kept fixed", lang, fixed=fixed))
    return "\n".join(lines)
