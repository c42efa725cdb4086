"""Functions in the user's own files: `lesson.py:loss`.

The file is imported as `import lesson` would do it in its own folder. What goes wrong inside it is shown as its own
traceback, without the frames of this program, and what it prints goes to the error channel, so that a report on the
output stays a report.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib.util
import inspect
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from tinygrad_vn.cli.arguments import CommandError
from tinygrad_vn.cli.words import say
from tinygrad_vn.data.words import reason_of
from tinygrad_vn.language import Language

OURS: Final = str(Path(__file__).parents[1])
SHOWN: Final = 3  # calls in a traceback: the last ones


def function_in(what: str, lang: Language) -> Callable[..., Any]:
    """The function of `folder/module.py:function`.

    Raises:
        CommandError: there is no such file or function, or the file cannot be imported.
    """
    file, _, name = what.rpartition(".py:")
    path = Path(f"{file}.py")
    if not path.is_file():
        raise CommandError(say("no such module", lang, path=path))
    module = _imported(path, lang)
    function = vars(module).get(name)
    if callable(function):
        return function
    names = [key for key, value in vars(module).items() if _is_own_function(value, module)]
    if function is not None:
        raise CommandError(say("not callable", lang, path=path, name=name, kind=type(function).__name__))
    if not names:
        raise CommandError(say("no functions", lang, path=path, name=name))
    close = difflib.get_close_matches(name, names, n=1)
    known = ", ".join(close or names[:10])
    raise CommandError(say("no such function", lang, path=path, name=name or "''", known=known))


@contextlib.contextmanager
def user_code(path: str, lang: Language) -> Iterator[None]:
    """While it runs, what the user's code prints goes to the error channel, and its errors become ours.

    Raises:
        CommandError: with the end of the user's traceback.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except (KeyboardInterrupt, CommandError, BrokenPipeError):
        raise
    except BaseException as error:
        raise _as_ours(error, path, lang) from None


def _imported(path: Path, lang: Language) -> types.ModuleType:
    name = path.stem
    try:
        path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {reason_of(error)[lang]}.") from None
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    assert spec is not None  # there is one for every .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.resolve().parent))
    sys.modules.setdefault(name, module)  # for dataclasses, which look their module up; never over another module
    with user_code(str(path), lang):
        spec.loader.exec_module(module)
    return module


def _is_own_function(value: Any, module: types.ModuleType) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__


def _as_ours(error: BaseException, path: str, lang: Language) -> CommandError:
    """The user's last lines, then one line of ours that names the last place in their code."""
    told = traceback.TracebackException.from_exception(error)
    folder, text = Path(path).resolve().parent, str(error)
    own = [frame for frame in told.stack if Path(frame.filename).is_relative_to(folder) and _is_theirs(frame.filename)]
    file, line, details = path, None, ""
    if isinstance(error, SyntaxError):  # its own text has the line and the column
        file, line, text = error.filename or path, error.lineno, error.msg
        details = "".join(told.format_exception_only())
    elif own:
        file, line = own[-1].filename, own[-1].lineno
        details = "".join([*traceback.StackSummary.from_list(own[-SHOWN:]).format(), *told.format_exception_only()])
    if Path(file).resolve() == Path(path).resolve():
        file = path  # as the user calls it
    place = file if line is None else say("place in file", lang, path=file, line=line)
    return CommandError(say("user error", lang, place=place, kind=type(error).__name__, text=text), details)


def _is_theirs(filename: str) -> bool:
    return not filename.startswith(OURS) and "site-packages" not in filename
