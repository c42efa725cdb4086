"""What all our web pages share: one file that needs nothing but a browser, no network either.

The page's content-security policy allows its own script and style, by their hashes, and nothing else; data reach the
script as JSON, so nothing that stands in a name is ever executed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import fields
from importlib.resources import files
from typing import Any, Final

from tinygrad_vn.lecture.picture.labels import clean
from tinygrad_vn.lecture.theme import DARK, LIGHT, Theme

_IN_JSON: Final = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def resource(package: str, name: str) -> str:
    """A script or style sheet that is installed with us."""
    return (files(package) / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def policy_of(style_sheet: str, script: str = "") -> str:
    """The content-security policy of a page with this style sheet and this script."""
    allowed = f"; script-src '{_hash(script)}'" if script else ""
    return f"default-src 'none'{allowed}; style-src '{_hash(style_sheet)}'; base-uri 'none'; form-action 'none'"


def json_of(data: Any) -> str:
    """Data as JSON that can stand inside a page."""
    return clean(json.dumps(data, ensure_ascii=False, separators=(",", ":"))).translate(_IN_JSON)


def variables_of(theme: Theme) -> dict[str, str]:
    """All colours of a theme, by the names of their CSS variables."""
    colors: dict[str, str] = {}
    for one in fields(theme):
        value = getattr(theme, one.name)
        for name, look in {one.name: value}.items() if not isinstance(value, dict) else value.items():
            colors |= {name: look} if isinstance(look, str) else {f"{name}-fill": look.fill, f"{name}-line": look.line}
    return colors


def style_sheet_of(package: str, name: str) -> str:
    """The style sheet of a page: the colours, what all pages share, and its own."""
    return _colors() + resource("tinygrad_vn.lecture", "offline.css") + resource(package, name)


def _colors() -> str:
    """The colours of both themes as CSS variables: the reader's system decides, `data-theme` overrules it."""
    light, dark = (
        "".join(f"--{name}:{color};" for name, color in variables_of(theme).items()) for theme in (LIGHT, DARK)
    )
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        f"@media print{{:root:root:root{{color-scheme:light;{light}}}}}\n"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
