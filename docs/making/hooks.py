"""What MkDocs asks while it builds the book.

Pages are Markdown with a few macros, each on a line of its own:

    {{ source tinygrad_vn/backprop.py backpropagate "for node in order" "continue" }}   lines of our own code
    {{ drawing used_twice }}      a drawing, with its page to click through
    {{ examples 7 }}              the programs of a chapter, what they print and draw
    {{ exercises 7 }}             the exercises of a chapter
    {{ solutions 7 }}             where their solutions are
    {{ slides 7 }}                its slides
    {{ section README.md "## Figures" }}    a section of another document
    {{ measured }}                the table of `make bench`, where there is one

A macro that finds nothing stops the build. Formulas between dollars become MathML, which browsers set without any
script.
"""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.making import MADE, ROOT, lessons, reference
from docs.making.drawings import CHAPTERS
from docs.making.source import piece

WORDS = {
    "en": {
        "open": "Open step by step (arrow keys; L changes the language)",
        "run": "Run it",
        "prints": "What it prints",
        "program": "Program",
        "file": "File",
        "check": "check with",
        "solved": "Code: `{path}` in the checkout; neither the book nor the bundle has it, so students do not.",
        "pages": "pages, one for every step",
        "beamer": "for beamer and XeLaTeX, with overlays",
        "page": "to click through in the browser",
        "none": "The programs of this chapter are its code blocks.",
        "measured": "No measurement is kept in this checkout; `make bench` makes one.",
    },
    "vi": {
        "open": "Mở trang xem từng bước (phím mũi tên; phím L đổi ngôn ngữ)",
        "run": "Chạy",
        "prints": "Kết quả in ra",
        "program": "Chương trình",
        "file": "Tệp",
        "check": "kiểm tra bằng",
        "solved": "Code: `{path}` trong mã nguồn. Sách và gói zip không chứa tệp này, nên sinh viên không có.",
        "pages": "mỗi bước một trang",
        "beamer": "cho beamer và XeLaTeX, có overlay",
        "page": "bấm xem từng bước trong trình duyệt",
        "none": "Chương trình của chương này chính là các đoạn code trong bài.",
        "measured": "Trong thư mục này chưa có kết quả đo; `make bench` sẽ đo.",
    },
}
KEPT = ("errors", "checkpoints")  # documents that stand beside the book, in both languages


def language(config: MkDocsConfig) -> str:
    """The language that is being built."""
    return Path(config.docs_dir).name


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what does not stand in the folder of the language: documents, the reference, pictures, scripts."""
    lang = language(config)
    for name in KEPT:
        text = (ROOT / "docs" / f"{name}{'.vi' if lang == 'vi' else ''}.md").read_text(encoding="utf-8")
        text = re.sub(r"^\[[^\]]+\]\((errors|checkpoints)(\.vi)?\.md\)\n", "", text, flags=re.MULTILINE)
        text = re.sub(r"\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", text)  # into the checkout
        files.append(File.generated(config, f"{name}.md", content=text))
    for room in reference.ROOMS:
        files.append(File.generated(config, f"api/{room}.md", content=reference.page(room, lang)))
    for name in ("book.css", "iframe-worker.js"):
        files.append(File.generated(config, f"assets/{name}", abs_src_path=str(ROOT / "docs/making" / name)))
    folder = MADE / lang
    for path in sorted(folder.rglob("*.*")):
        if not path.name.startswith(".") and path.suffix not in (".txt", ".md"):
            uri = path.relative_to(folder).as_posix()
            files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Carry out the macros."""
    lang = language(config)
    up = "../" * page.file.src_uri.count("/")

    def carried_out(call: re.Match[str]) -> str:
        name, *arguments = shlex.split(call.group(1))
        return MACROS[name](lang, up, *arguments)

    return re.sub(r"^\{\{ (.+?) \}\}$", carried_out, markdown, flags=re.MULTILINE)


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn formulas into MathML, and let wide tables scroll by themselves."""

    def formula(found: re.Match[str]) -> str:
        tag, text = found.group(1), html.unescape(found.group(2)).strip()
        kind = "block" if text.startswith(r"\[") else "inline"
        return f'<{tag} class="arithmatex">{in_mathml(text[2:-2].strip(), kind)}</{tag}>'

    return re.sub(r'<(span|div) class="arithmatex">(.*?)</\1>', formula, content, flags=re.DOTALL)


def in_mathml(formula: str, kind: str) -> str:
    """A formula of TeX in MathML, with the signs as close to what they belong to as they are in print.

    Args:
        formula: without its dollars.
        kind: "inline" or "block".
    """
    text = convert(formula, display=kind)
    text = re.sub(
        r"<msup>(<mi>[^<]*</mi>)<mi>(&#x0203[2-4];)</mi></msup>",
        r'\1<mo class="prime" lspace="0.1em" rspace="0.05em">\2</mo>',
        text,
    )
    text = text.replace("<mo>&#x022A4;</mo>", "<mi>&#x022A4;</mi>")  # a transpose is no operation between two things
    text = text.replace("<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">&#x0002F;</mo>')
    after = r"(<mo[^>]*>(?!&#x00029;|\]|&#x0203)[^<]*</mo>)"  # not after a closing bracket or a prime
    return re.sub(f"{after}<mo>&#x02212;</mo>", r'\1<mo form="prefix">&#x02212;</mo>', text)


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:
    """Let the language switch lead to the same page."""
    links = {lang: page.url if lang == language(config) else f"../{lang}/{page.url}" for lang in ("vi", "en")}
    names = {"vi": "Tiếng Việt", "en": "English"}
    config.extra["alternate"] = [{"lang": lang, "name": names[lang], "link": link} for lang, link in links.items()]
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Leave out what the theme's script would look up in a site map, which no browser reads from a disk."""
    return re.sub(r'\s*<link rel="alternate"[^>]*hreflang[^>]*>', "", output)


def on_post_build(config: MkDocsConfig) -> None:
    """Lets the search in Vietnamese begin whichever of its two scripts arrives first.

    From the disk a browser loads both at once, and the search stood still where the second one came before the first,
    which it needs: so it brings it along.
    """
    folder = Path(config.site_dir) / "assets/javascripts/lunr/min"
    support, vietnamese = (folder / f"lunr.{name}.min.js" for name in ("stemmer.support", "vi"))
    text = vietnamese.read_text(encoding="utf-8")
    vietnamese.write_text(f"{support.read_text(encoding='utf-8')}\n;{text}", encoding="utf-8")


def source(lang: str, up: str, path: str, name: str = "", start: str = "", end: str = "") -> str:
    """Lines of our own code."""
    return piece(path, name, start, end).as_markdown()


def drawing(lang: str, up: str, name: str) -> str:
    """A drawing above its page to click through."""
    if not any(name in drawings for drawings in CHAPTERS.values()):
        raise LookupError(f"there is no drawing {name!r}")
    words = WORDS[lang]
    steps = f"{up}steps/{name}.html"
    return (
        f"![{name}]({up}drawings/{name}.svg){{ .wide }}\n\n"
        f"[{words['open']}]({steps}){{ .md-button target=_blank }}\n\n"
        f'<iframe class="steps" src="{steps}" title="{name}" loading="lazy"></iframe>'
    )


def programs(lang: str, up: str, chapter: str) -> str:
    """The examples of a chapter: what each is about, what it prints and draws."""
    parts = [program(page, lang, up) for page in lessons.pages(int(chapter))]
    return "\n\n".join(parts) or WORDS[lang]["none"]


def program(page: Path, lang: str, up: str) -> str:
    """One example."""
    words = WORDS[lang]
    title, text = lessons.opening(page, lang)
    out = MADE / lang / "figures" / page.stem
    parts = [f"### {title}", text, f"{words['run']}: `python examples/{page.name} --lang {lang} --out out/{page.stem}`"]
    pictures = [path for path in sorted(out.glob("*")) if path.suffix in lessons.PICTURES]
    if pictures:
        images = "\n".join(figure(path, f"{up}figures/{page.stem}/{path.name}") for path in pictures)
        parts.append(f'<div class="pictures">\n{images}\n</div>')
    if (out / lessons.PRINTED).is_file():
        printed = (out / lessons.PRINTED).read_text(encoding="utf-8").rstrip()
        parts.append(folded(words["prints"], f"```text\n{printed}\n```"))
    code = page.read_text(encoding="utf-8").rstrip()
    parts.append(folded(words["program"], f'```{{.python .source title="examples/{page.name}"}}\n{code}\n```'))
    return "\n\n".join(parts)


def figure(picture: Path, link: str) -> str:
    """A picture that opens on a click. Its size is given, so that its place is kept free and nothing jumps."""
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', picture.read_text("utf-8", errors="ignore")[:4000])
    width, height = (round(float(side)) for side in box.groups()) if box else (0, 0)
    size = f' width="{width}" height="{height}"' if box else ""
    row = ' class="row"' if width > 2.5 * height else ""  # a strip would be tiny beside another one
    image = f'<img src="{link}" alt="{picture.stem}" loading="lazy"{size}>'
    return f'<figure{row}><a href="{link}">{image}</a></figure>'


def folded(title: str, text: str) -> str:
    """Something that opens on a click."""
    return f'??? note "{title}"\n' + "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def exercises(lang: str, up: str, chapter: str) -> str:
    """The file of a chapter's exercises, to be filled in."""
    path = f"exercises/chapter_{int(chapter):02}.py"
    words = WORDS[lang]
    head = f"{words['file']} `{path}`; {words['check']} `pytest tests/book -m chapter_{int(chapter)}`."
    return f"{head}\n\n{piece(path).as_markdown()}"


def solutions(lang: str, up: str, chapter: str) -> str:
    """Where the solutions of a chapter's exercises are; the book does not show them."""
    path = f"tests/book/solutions/chapter_{int(chapter):02}.py"
    if not (ROOT / path).is_file():
        raise LookupError(f"there is no {path}")
    return WORDS[lang]["solved"].format(path=path)


def material(lang: str, up: str, chapter: str) -> str:
    """The slides of a chapter."""
    words = WORDS[lang]
    return "\n".join(
        f"- **{name}**: [PDF]({up}slides/{name}.pdf), {words['pages']} · [TikZ]({up}slides/{name}.tex), "
        f"{words['beamer']} · [HTML]({up}steps/{name}.html), {words['page']} · [SVG]({up}drawings/{name}.svg)"
        for name in CHAPTERS[int(chapter)]
    )


def section(lang: str, up: str, path: str, heading: str) -> str:
    """What stands under a heading of another document, without its links into the checkout."""
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^## |\Z)", (ROOT / path).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    if found is None:
        raise LookupError(f"{path} has no {heading!r}")
    return re.sub(r"\[([^\]]+)\]\((?!https?://)[^)]+\)", r"\1", found.group(1)).strip()


def measured(lang: str, up: str) -> str:
    """The table of the last `make bench`, where it is kept."""
    path = ROOT / "benchmarks/results.md"
    if not path.is_file():
        return WORDS[lang]["measured"]
    text = re.sub(r"^(#+) ", r"##\1 ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return re.sub(r"\[([^\]]+)\]\((?!https?://)[^)]+\)", r"\1", text)


MACROS: dict[str, Callable[..., str]] = {
    "source": source,
    "drawing": drawing,
    "examples": programs,
    "exercises": exercises,
    "solutions": solutions,
    "slides": material,
    "section": section,
    "measured": measured,
}
