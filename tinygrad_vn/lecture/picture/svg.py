"""What an SVG file needs beyond what Graphviz writes.

It scales with the page, says what it shows (`<title>`, `<desc>`, and a title for every box, which browsers show under
the mouse and screen readers read aloud), and carries no ids, so that nothing clashes when two drawings stand on one
page; every group says in `class` what it is and in `data-part` which one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from tinygrad_vn.lecture.picture.labels import escaped

_PROLOGUE = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_SIZE = re.compile(r'<svg width="[\d.]+pt" height="[\d.]+pt"')
_GROUP = re.compile(
    r'<g id="([^"]*)" class="(graph|node|edge|cluster)([^"]*)"([^>]*)>\n<title>(.*?)</title>', re.DOTALL
)


def finished(drawn: str, title: str, description: str, titles: Mapping[str, str]) -> str:
    """Graphviz' SVG, made ready to be shown.

    Args:
        drawn: what Graphviz wrote.
        title: of the whole drawing.
        description: one or two sentences for those who cannot see it.
        titles: for every box and circle, by its id in the DOT text, what to say about it; for an arrow, by its id,
            what to say besides where it leads.
    """

    def group(found: re.Match[str]) -> str:
        given, kind, role, attributes, key = found[1], found[2], found[3], found[4], html.unescape(found[5])
        if kind == "graph":
            return f'<g class="graph"{attributes}>'
        if kind == "edge":
            ends = " → ".join(_first_line(titles[end]) for end in key.split("->"))
            text = "\n".join(filter(None, [ends, titles.get(given, "")]))
        else:
            text = titles[key]
        part = given if kind == "edge" else key
        return f'<g class="{kind}{role}" data-part="{part}"{attributes}>\n<title>{escaped(text)}</title>'

    text = _COMMENT.sub("", _PROLOGUE.sub("", drawn))
    text = _GROUP.sub(group, text)
    text = _SIZE.sub('<svg width="100%" role="graphics-document"', text, count=1)
    head, rest = text.split(">", 1)
    return f"{head}>\n<title>{escaped(title)}</title>\n<desc>{escaped(description)}</desc>{rest}"


def for_notebook(finished: str) -> str:
    """The same SVG, never wider than its text is meant to be read: a notebook's page may be wider than the drawing."""
    found = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+)', finished)
    limit = f' style="max-width: {float(found[1]):.0f}pt"' if found else ""
    return finished.replace('<svg width="100%"', f'<svg width="100%"{limit}', 1)


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0]
