"""Every error of the engine: its code, its class, and a text that names what happened and what to write instead."""

import re
import string
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.errors import CATALOGUE


def tracked(*shape: int, name: str | None = None) -> tg.Tensor:
    return tg.tensor(np.ones(shape), requires_grad=True, name=name)


def spent() -> tg.Tensor:
    y = tracked(2).exp().sum()
    y.backward()
    return y


CASES: list[tuple[str, type[Exception], type[Exception], str, Callable[[], Any]]] = [
    (
        "E02",
        tg.GradientError,
        RuntimeError,
        r"shape \(2, 3\).*\.sum\(\).*\.mean\(\).*gradient=",
        lambda: (tracked(2, 3) * 2).backward(),
    ),
    (
        "E02",
        tg.GradientError,
        RuntimeError,
        r"shape \(3,\) \(not \(2,\)\)",
        lambda: (tracked(3) * 2).backward(np.ones(2)),
    ),
    ("E02", tg.GradientError, RuntimeError, r"shape \(3,\)", lambda: tg.grad(tracked(3) * 2, tracked(3))),
    ("E02", tg.GradientError, RuntimeError, r"shape \(\) \(not \(1,\)\)", lambda: tracked(3).sum().backward([1.0])),
    (
        "E03",
        tg.DtypeError,
        TypeError,
        r"int64.*slope.*1\.0 instead of 1",
        lambda: tg.tensor([1, 2], requires_grad=True),
    ),
    ("E03", tg.DtypeError, TypeError, r"int64.*dtype=float", lambda: tg.tensor([1, 2]).requires_grad_()),
    ("E03", tg.DtypeError, TypeError, r"bool", lambda: tg.tensor([True], requires_grad=True)),
    ("E03", tg.DtypeError, TypeError, r"complex128.*not supported", lambda: tg.tensor([1j], requires_grad=True)),
    ("E03", tg.DtypeError, TypeError, r"int64", lambda: tg.zeros(2, dtype=int, requires_grad=True)),
    ("E03", tg.DtypeError, TypeError, r"int32.*tg\.float32 or tg\.float64", lambda: tg.set_default_dtype(np.int32)),
    (
        "E04",
        tg.GradientError,
        RuntimeError,
        r"`\+=` on Tensor 'w'.*tg\.no_grad\(\)",
        lambda: tracked(2, name="w").__iadd__(1),
    ),
    (
        "E04",
        tg.GradientError,
        RuntimeError,
        r"elements on Tensor 'w'.*np\.where",
        lambda: tracked(2, name="w").__setitem__(0, 1),
    ),
    ("E04", tg.GradientError, RuntimeError, r"zero_\(\) on the result of 'exp'", lambda: tracked(2).exp().zero_()),
    ("E04", tg.GradientError, RuntimeError, r"np\.copyto on a Tensor.*\.data", lambda: np.copyto(tg.zeros(2), 1.0)),
    ("E04", tg.GradientError, RuntimeError, r"np\.add\.at\(\) on a Tensor", lambda: np.add.at(tg.zeros(2), 0, 1.0)),
    ("E05", tg.GradientError, RuntimeError, r"bare array.*\.detach\(\)\.numpy\(\)", lambda: tracked(2).numpy()),
    ("E05", tg.GradientError, RuntimeError, r"bare array", lambda: np.asarray(tracked(2) * 2)),
    ("E05", tg.GradientError, RuntimeError, r"np\.median has no gradient rule.*detach", lambda: np.median(tracked(2))),
    (
        "E05",
        tg.GradientError,
        RuntimeError,
        r"np\.exp\(out=…\).*without out=",
        lambda: np.exp(tracked(2), out=np.ones(2)),
    ),
    (
        "E05",
        tg.GradientError,
        RuntimeError,
        r"np\.sum\(…, where=.*`where`",
        lambda: np.sum(tracked(2), where=np.ones(2, bool)),
    ),
    (
        "E06",
        tg.ShapeError,
        ValueError,
        r"\(2, 3\) and \(4, 5\).*inner sizes 3 and 4 differ",
        lambda: tracked(2, 3) @ tracked(4, 5),
    ),
    ("E06", tg.ShapeError, ValueError, r"3 and 4 differ.*x @ y\.T", lambda: tracked(2, 3) @ np.ones((4, 3))),
    ("E06", tg.ShapeError, ValueError, r"2 and 3 differ.*x\.T @ y", lambda: np.ones((3, 2)) @ tracked(3, 4)),
    ("E06", tg.ShapeError, ValueError, r"single number.*\*", lambda: tracked(2, 3) @ 2.0),
    ("E06", tg.ShapeError, ValueError, r"add \(\+\).*\(2, 3\) and \(2,\)", lambda: tracked(2, 3) + tracked(2)),
    ("E06", tg.ShapeError, ValueError, r"multiply \(×\).*\(3,\) and \(2,\)", lambda: np.ones(3) * tracked(2)),
    ("E06", tg.ShapeError, ValueError, r"stacks \(2,\) and \(3,\)", lambda: tracked(2, 4, 4) @ tracked(3, 4, 4)),
    (
        "E09",
        tg.GradientError,
        RuntimeError,
        r"already used by backward\(\).*inside the loop.*retain_graph=True",
        lambda: spent().backward(),
    ),
    ("E09", tg.GradientError, RuntimeError, r"already used", lambda: (spent() * 2).backward()),
    ("E10", tg.GradientError, RuntimeError, r"not connected.*requires_grad=True", lambda: tg.tensor(1.0).backward()),
    ("E10", tg.GradientError, RuntimeError, r"detach\(\)", lambda: (tracked(2).detach() * 2).sum().backward()),
    ("E10", tg.GradientError, RuntimeError, r"np\.argmax", lambda: tracked(2).argmax().backward()),
    ("E10", tg.GradientError, RuntimeError, r"np\.floor has no slope", lambda: np.floor(tracked(2)).sum().backward()),
    ("E10", tg.GradientError, RuntimeError, r"astype\(int64\)", lambda: tracked(2).astype(int).sum().backward()),
    (
        "E10",
        tg.GradientError,
        RuntimeError,
        r"Input 1 of grad\(\) \('b'\).*do not depend.*allow_unused=True",
        lambda: tg.grad(tracked_pair[0].sum(), [tracked_pair[0], tracked(2, name="b")]),
    ),
    (
        "E10",
        tg.GradientError,
        RuntimeError,
        r"Input 0 of grad\(\).*requires_grad=False",
        lambda: tg.grad(tracked(2).sum(), tg.ones(2)),
    ),
    ("E10", tg.GradientError, RuntimeError, r"An output of grad\(\)", lambda: tg.grad(tg.ones(2).sum(), tracked(2))),
    ("E10", tg.GradientError, RuntimeError, r"This Tensor", lambda: tg.ones(2).retain_grad()),
    (
        "E15",
        tg.ShapeError,
        ValueError,
        r"shape \(2, 1\).*\.any\(\).*\.all\(\).*\.item\(\)",
        lambda: bool(tracked(2, 1)),
    ),
    ("E15", tg.ShapeError, ValueError, r"shape \(0,\)", lambda: not tg.zeros(0)),
]
tracked_pair = (tracked(2), tracked(2))


@pytest.mark.parametrize(("code", "kind", "builtin", "text", "mistake"), CASES)
def test_mistake(code: str, kind: type, builtin: type, text: str, mistake: Callable[[], Any]) -> None:
    with pytest.raises(tg.TinygradError) as caught:
        mistake()
    error = caught.value
    assert type(error) is kind
    assert isinstance(error, builtin)
    assert error.code == code
    assert str(error).startswith(f"[{code}] ")
    assert re.search(text, str(error)), str(error)
    assert "{" not in str(error)
    assert str(error).endswith((".", "?"))


def test_every_code_is_raised_here_or_below() -> None:
    assert {case[0] for case in CASES} | {"E11", "E12"} == set(CATALOGUE)


def test_result_computed_under_no_grad_is_named() -> None:
    w = tracked(2)
    with tg.no_grad():
        y = (w * w).sum()
    with pytest.raises(tg.GradientError, match=r"\[E10\].*computed under no_grad\(\)"):
        y.backward()


def test_warning_about_grad_of_a_result() -> None:
    w = tracked(2, name="w")
    y = w * w
    y.name = "y"
    y.sum().backward()
    with pytest.warns(tg.GradientWarning, match=r"\[E11\] `\.grad` of Tensor 'y'.*\.retain_grad\(\)") as caught:
        assert y.grad is None
    assert caught[0].filename == __file__
    assert caught[0].message.code == "E11"
    with pytest.warns(tg.GradientWarning, match=r"the result of 'exp'"):
        assert w.exp().grad is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert w.grad is not None
        assert tg.ones(2).grad is None
        z = w * w
        z.retain_grad()
        assert z.grad is None


def test_errors_are_caught_by_ordinary_except_clauses() -> None:
    with pytest.raises(ValueError, match="E06"):
        tracked(2, 3) @ tracked(2, 3)
    with pytest.raises(TypeError, match="E03"):
        tg.tensor([1], requires_grad=True)
    with pytest.raises(RuntimeError, match="E10"):
        tg.ones(()).backward()


def test_catalogue_is_complete_and_readable() -> None:
    for code, text in CATALOGUE.items():
        fields = {field: "…" for _, field, _, _ in string.Formatter().parse(text) if field}
        for kind in (tg.GradientError, tg.ShapeError, tg.DtypeError, tg.GradientWarning):
            assert str(kind(code, **fields)).startswith(f"[{code}] ")


def test_shape_mistake_does_not_drag_numpys_message_along() -> None:
    for mistake in (lambda: tracked(2) + tracked(3), lambda: tracked(2, 3) @ tracked(2, 3)):
        with pytest.raises(tg.ShapeError) as caught:
            mistake()
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


def test_other_value_errors_stay_numpys() -> None:
    with pytest.raises(ValueError, match="reshape"):
        tracked(2, 3).reshape(7)
    with pytest.raises(np.exceptions.AxisError):
        tracked(2, 3).sum(axis=5)
