"""Make the book: `make docs`, which is `python -m docs.making`.

What the examples print and draw comes first, then the drawings of the chapters, then the pages in both languages. The
book is in `site/`; open `site/index.html`, no server and no network are needed.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor

from mkdocs.commands.build import build
from mkdocs.config import load_config

from docs.making import LANGUAGES, MADE, ROOT, SITE, drawings, lessons
from tinygrad_vn.language import Language

FRONT_DOOR = """<!DOCTYPE html>
<html lang="vi"><meta charset="utf-8"><title>tinygrad_vn</title>
<script>location.replace((navigator.language.startsWith("vi") ? "vi" : "en") + "/index.html");</script>
<p><a href="vi/index.html">Tiếng Việt</a> · <a href="en/index.html">English</a></p>
</html>
"""


def make() -> None:
    """Everything in order; the two languages side by side."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"  # what the theme says about its successor
    lessons.run_all(MADE)
    with ProcessPoolExecutor(len(LANGUAGES)) as workers:
        list(workers.map(in_language, LANGUAGES))
    (SITE / "index.html").write_text(FRONT_DOOR, encoding="utf-8")
    print(f"The book: {SITE / 'index.html'}")


def in_language(lang: Language) -> None:
    """The drawings and the pages of one language."""
    drawings.make(MADE / lang, lang)
    build(load_config(str(ROOT / f"docs/{lang}.yml")))


if __name__ == "__main__":
    make()
