"""The page as one file, with its style, its scripts and its words in both languages inside."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from tinygrad_vn.language import LANGUAGES, Language
from tinygrad_vn.lecture.offline import colors, json_of, policy_of, resource
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
    style_sheet = colors() + resource(ROOM, "play.css")
    data = {
        "lang": lang,
        "words": {one: {key: texts[one] for key, texts in WORDS.items()} for one in LANGUAGES},
        "choices": [asdict(choice) for choice in CHOICES],
    }
    return f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy_of(style_sheet, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{WORDS["title"][lang]}</title>
<style>{style_sheet}</style>
</head>
<body>
<header>
<h1 data-word="title"></h1>
<button type="button" id="theme" data-title="theme">◐</button>
<button type="button" id="language" data-word="language"></button>
</header>
<main>
<form id="settings" autocomplete="off" novalidate>
<label class="wide"><span data-word="function"></span><select id="function"></select></label>
<label class="wide"><span data-word="formula"></span>
<input id="formula" type="text" spellcheck="false" autocapitalize="off" aria-describedby="hint complaint"></label>
<p id="hint" data-word="hint"></p>
{_number("rate", '<input id="rate-slider" type="range" min="-4" max="1" step="0.02" data-label="rate">')}
{_number("momentum", '<input id="momentum-slider" type="range" min="0" max="0.99" step="0.01" data-label="momentum">')}
{_number("start-x", "", "start x")}
{_number("start-y", "", "start y")}
<p id="complaint" role="alert"></p>
</form>
<section id="stage">
<div id="picture" role="img"></div>
<p id="status" aria-live="polite"></p>
<div id="buttons">
<button type="button" id="back">◀ <span data-word="back"></span></button>
<button type="button" id="step">▶ <span data-word="step"></span></button>
<button type="button" id="run" aria-pressed="false"><span data-word="run"></span></button>
<button type="button" id="reset">⏮ <span data-word="reset"></span></button>
</div>
</section>
<section id="list">
<h2 data-word="steps"></h2>
<p id="update" data-word="update"></p>
<div id="rows" tabindex="0" role="group" data-label="steps"><table><thead></thead><tbody></tbody></table></div>
</section>
</main>
<footer data-word="keys"></footer>
<noscript>{WORDS["scriptless"][lang]}</noscript>
<script type="application/json" id="data">{json_of(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _number(name: str, slider: str, word: str | None = None) -> str:
    """A field for a number, with a slider below it where one is wanted."""
    field = f'<input id="{name}" type="text" inputmode="decimal" aria-describedby="complaint">'
    label = f'<label><span data-word="{word or name}"></span>{field}</label>'
    return f'<div class="field" id="{name}-field">{label}{slider}</div>'
