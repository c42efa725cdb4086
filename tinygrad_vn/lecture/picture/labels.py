"""Labels in the language of Graphviz: texts and small tables, written like HTML.

Whatever comes from outside, such as a name, goes through `escaped` or `labelled` and is then nothing but letters.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence

SUPERSCRIPTS = "²³ᵀ⁺⁻"  # signs that need something to stand on

LONGEST = 40  # letters of a name that are drawn; the picture's tooltip has all of it
BOLD = 8  # points that a bold letter may take: who looks at an SVG may have a wider font than Graphviz had

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # XML allows none of these
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def clean(text: str) -> str:
    """Text that any XML file can hold: composed letters (NFC), one kind of line end, no control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _NO_TEXT.sub("\ufffd", lines))


def escaped(text: str) -> str:
    """Text as part of an XML file."""
    return re.sub('[&<>"]', lambda sign: _ENTITIES[sign[0]], clean(text))


def labelled(text: str) -> str:
    """Text as part of an HTML-like label, where a backslash stands apart: Graphviz would take \\N for the node's id."""
    return escaped(text).replace("\\", "<FONT>\\</FONT>")


def drawn(name: str) -> str:
    """A name as it stands in a box: on one line, and not too long."""
    name = " ".join(clean(name).split()) or "␣"
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def font(text: str, color: str, size: int) -> str:
    """Text in a colour and a size in points; a line break in it is one in the drawing, with the lines flush left."""
    if not text:
        return ""
    lines = [labelled(line) for line in text.split("\n")]
    broken = lines[0] if len(lines) == 1 else "".join(f'{line}<BR ALIGN="LEFT"/>' for line in lines)
    return f'<FONT COLOR="{color}" POINT-SIZE="{size}">{broken}</FONT>'


def signed(sign: str) -> str:
    """An operation's sign; what is written above the line gets something to stand on: ( )²."""
    return f"( ){sign}" if sign[0] in SUPERSCRIPTS else sign


def at_least(width: int, label: str) -> str:
    """A label in a cell that is never narrower."""
    return table([[label]], widths=[width])


def table(lines: Sequence[Sequence[str]], align: str = "CENTER", widths: Sequence[int] = ()) -> str:
    """An HTML-like table, with a gap between its columns, which are never narrower than these widths."""
    rows = ""
    for line in lines:
        cells = []
        for cell, width in itertools.zip_longest(line, widths, fillvalue=0):
            least = f' WIDTH="{width}"' if width else ""
            cells.append(f'<TD ALIGN="{align}"{least}>{cell}</TD>')
        rows += "<TR>" + '<TD WIDTH="7"></TD>'.join(cells) + "</TR>"
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>'


def spaced(label: str) -> str:
    """A label that keeps off the arrow that it belongs to."""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"><TR><TD>{label}</TD></TR></TABLE>'
