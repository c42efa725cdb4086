"""The API reference: a page for every room of the package, written from the docstrings of its public names."""

from __future__ import annotations

import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import tinygrad_vn as tg

ROOMS = {
    "tensor": "tinygrad_vn",
    "nn": "tinygrad_vn.nn",
    "optim": "tinygrad_vn.optim",
    "data": "tinygrad_vn.data",
    "training": "tinygrad_vn.training",
    "models": "tinygrad_vn.models",
    "lecture": "tinygrad_vn.lecture",
    "plot": "tinygrad_vn.plot",
    "checking": "tinygrad_vn.checking",
}
FURTHER = {
    "nn": ("tinygrad_vn.nn.functional", "tinygrad_vn.nn.init", "tinygrad_vn.nn.utils"),
    "optim": ("tinygrad_vn.optim.lr_scheduler", "tinygrad_vn.optim.stopping"),
}
INTRODUCTION = {
    "en": "Written from the docstrings.",
    "vi": "Trang này được tạo từ docstring (bằng tiếng Anh).",
}
# Lines that are indented, aligned in columns, or a program.
BLOCK = re.compile(r"^\s{2,}|\S {2,}\S|^import \w|^\w+ = [\w.]+\(", re.MULTILINE)
PARTS = ("Args", "Returns", "Raises", "Attributes", "Yields", "Source", "Note", "Warns")


def page(room: str, lang: str) -> str:
    """The Markdown of one page.

    Args:
        room: a key of ROOMS.
        lang: "vi" or "en", for the few words around the docstrings.
    """
    name = ROOMS[room]
    lines = [f"# {name}", INTRODUCTION[lang]]
    for module_name in (name, *FURTHER.get(room, ())):
        module = importlib.import_module(module_name)
        if module_name != name:
            lines.append(f"## {module_name}")
        lines += [as_text(inspect.getdoc(module) or "")]
        for public in sorted(getattr(module, "__all__", ()), key=str.lower):
            thing = getattr(module, public)
            if not inspect.ismodule(thing) and (room == "tensor" or belongs(thing)):
                lines += entry(public, thing)
    return "\n\n".join(lines) + "\n"


def belongs(thing: Any) -> bool:
    """Whether it was defined in this package, and is not a number or a name for something of NumPy's."""
    return str(getattr(thing, "__module__", "")).startswith("tinygrad_vn")


def entry(name: str, thing: Any) -> Iterator[str]:
    """One public name: how it is called, and what its docstring says; a class with its methods."""
    yield f"### {name}"
    if not callable(thing):
        yield f"`{thing!r}`"
        return
    yield signature(name, thing)
    yield sections(inspect.getdoc(thing) or "")
    if not inspect.isclass(thing):
        return
    for method_name, method in sorted(methods(thing).items()):
        yield f"**`{name}.{method_name}`** {first_line(method)}"


def methods(kind: type[Any]) -> dict[str, Any]:
    """What a class itself, or a class of ours above it, adds."""
    named: dict[str, Any] = {}
    for above in reversed(kind.__mro__):
        if above.__module__.startswith("tinygrad_vn") and (above is kind or kind is tg.Tensor):
            named |= {key: value for key, value in vars(above).items() if not key.startswith("_")}
    return {key: value for key, value in named.items() if callable(value) or isinstance(value, property)}


def first_line(thing: Any) -> str:
    """The first sentence of a docstring, with its characters taken as they are."""
    return as_text((inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " "))


def signature(name: str, thing: Any) -> str:
    """How it is called, without the annotations' long names."""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return f"```text\n{name}\n```"
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in parameters if p.name != "self"]
    written = re.sub(r"<(\w+) [^<>]*>", r"<\1>", str(inspect.Signature(plain)))
    return f"```text\n{name}{written}\n```"


def sections(docstring: str) -> str:
    """A docstring in Google's style as Markdown: arguments become a list."""
    written = []
    for block in docstring.split("\n\n"):
        head, _, rest = block.partition("\n")
        if head == "Example:":
            written.append(f"**{head}**\n\n```text\n{textwrap.dedent(rest)}\n```")
        elif head.rstrip(":") in PARTS and head.endswith(":"):
            items = re.split(r"\n(?=    \S)", "\n" + rest)[1:]
            listed = [item_of(" ".join(item.split())) for item in items]
            written.append(f"**{head}**\n\n" + "\n".join(f"- {item}" for item in listed))
        else:
            written.append(as_text(block))
    return "\n\n".join(written)


def item_of(text: str) -> str:
    """`name`: what it is."""
    named = re.match(r"(\*{0,2}[\w, .*()]+): (.*)", text)
    return f"`{named.group(1)}`: {as_text(named.group(2))}" if named else as_text(text)


def as_text(text: str) -> str:
    """A docstring as Markdown that shows its characters as they are; indented and aligned lines become a block."""
    blocks = []
    for block in text.split("\n\n"):
        if BLOCK.search(block):
            blocks.append(f"```text\n{textwrap.dedent(block)}\n```")
        else:
            parts = re.split(r"(`[^`]*`)", block)
            blocks.append("".join(p if p.startswith("`") else re.sub(r"([\\*_<>$\[\]#|])", r"\\\1", p) for p in parts))
    return "\n\n".join(blocks).replace("\n```\n\n```text\n", "\n\n")  # an empty line in a program does not end it
