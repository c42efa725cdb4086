"""The page as one file, with its style, its scripts and its words in both languages inside."""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import Final

from tinygrad_vn.language import LANGUAGES, Language
from tinygrad_vn.lecture.offline import json_of, policy_of, resource, style_sheet_of
from tinygrad_vn.lecture.play.functions import CHOICES
from tinygrad_vn.lecture.play.words import WORDS

ROOM: Final = "tinygrad_vn.lecture.play"
SCRIPTS: Final = ("expression.js", "descent.js", "picture.js", "play.js")  # in this order one script


def play_page(lang: Language) -> str:
    """The page's text.

    Args:
        lang: the language that it opens with; its reader can change it.
    """
    script = "\n".join(resource(ROOM, name) for name in SCRIPTS)
    style_sheet = style_sheet_of(ROOM, "play.css")
    data = {
        "lang": lang,
        "words": {one: {key: texts[one] for key, texts in WORDS.items()} for one in LANGUAGES},
        "choices": [asdict(choice) for choice in CHOICES],
    }
    return Template(resource(ROOM, "page.html")).substitute(
        lang=lang,
        policy=policy_of(style_sheet, script),
        title=WORDS["title"][lang],
        style_sheet=style_sheet,
        scriptless=WORDS["scriptless"][lang],
        data=json_of(data),
        script=script,
    )
