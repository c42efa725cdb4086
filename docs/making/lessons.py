"""The pages of `examples/`, run in both languages: what they print and draw goes into the book.

A page is run again only when it, or the package, has changed since.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from docs.making import LANGUAGES, ROOT
from docs.making.stamps import STAMP, fingerprint, is_made_of

SECONDS = 120  # generous: the machine may be busy
PICTURES = (".svg", ".png")
PRINTED = "printed.txt"
SOURCE = {"en": "Source", "vi": "Nguồn"}


def pages(chapter: int | None = None) -> list[Path]:
    """The examples, of one chapter or of all."""
    number = "[0-9][0-9]" if chapter is None else f"{chapter:02}"
    return sorted((ROOT / "examples").glob(f"ch{number}_*.py"))


def opening(page: Path, lang: str) -> tuple[str, str]:
    """The heading and the first paragraph of an example in one language, as Markdown, and where it comes from.

    The first cell has both languages: a heading in two halves, a paragraph that begins with the language's name, and a
    line with the document and the place in it.
    """
    cell = re.search(r"^# %% \[markdown\]\n((?:#.*\n)+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    if cell is None:
        raise LookupError(f"{page.name} does not begin with a cell of Markdown")
    text = re.sub(r"^# ?", "", cell.group(1), flags=re.MULTILINE)
    heading = re.search(r"^#+ (.+)$", text, re.MULTILINE)
    halves = sorted((heading.group(1) if heading else page.stem).split(" · "), key=vietnamese_letters)
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    mark = {"en": "**English.** ", "vi": "**Tiếng Việt.** "}[lang]
    spoken = [part.removeprefix(mark) for part in paragraphs if part.startswith(mark)]
    if not spoken:
        raise LookupError(f"{page.name} has no paragraph that begins with {mark}")
    source = re.search(r'`\d{3}_\w+\.txt`(, (\d[\d.–]*\d|\d)?( ?"[^"]+")?)*', " ".join(text.split()))
    spoken += [f"{SOURCE[lang]}: {source.group(0).rstrip(', ')}."] if source else []
    return halves[-1 if lang == "vi" else 0], "\n\n".join(spoken)


def vietnamese_letters(text: str) -> int:
    """How many letters with Vietnamese marks a text has."""
    return len(re.findall(r"[à-ãè-ìò-õùúýăđĩũơưạ-ỹ]", text.lower()))


def run(page: Path, folder: Path, lang: str) -> None:
    """Run a page; its pictures and what it printed are then in folder/figures/<name of the page>.

    Raises:
        RuntimeError: it failed.
    """
    out = folder / "figures" / page.stem
    made_of = fingerprint(page, ROOT / "examples/lesson.py")
    if is_made_of(out, made_of):
        return
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    environment = os.environ | {"PYTHONUTF8": "1", "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, str(page), "--lang", lang, "--out", f"figures/{page.stem}"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        raise RuntimeError(f"{page.name} --lang {lang} failed:\n{done.stdout}{done.stderr}")
    (out / PRINTED).write_text(done.stdout, encoding="utf-8")
    (out / STAMP).write_text(made_of)


def run_all(made: Path) -> None:
    """Run all pages in both languages, as many at a time as there are processors.

    Args:
        made: the folder of what is made, with a folder for each language.
    """
    jobs = [(page, made / lang, lang) for page in pages() for lang in LANGUAGES]
    known = {page.stem for page in pages()}
    for lang in LANGUAGES:
        figures = made / lang / "figures"
        figures.mkdir(parents=True, exist_ok=True)
        for left in [folder for folder in figures.iterdir() if folder.name not in known]:
            shutil.rmtree(left)  # of an example that is gone
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for job in [workers.submit(run, *each) for each in jobs]:
            job.result()
