"""How the book is made: `make docs`.

__main__     everything in order: what the examples draw and print, the drawings and slides, then both languages' pages
lessons      runs the pages of `examples/` in both languages
drawings     the drawings of the chapters, as pictures, as pages to click through, as slides
stamps       what need not be made again
hooks        what MkDocs asks while it builds: macros such as `{{ source … }}`, formulas, pages from elsewhere
source       pieces of our own source code, by name
reference    the API reference, from the docstrings
notebooks    the examples as Jupyter notebooks
bundle       everything in one zip, for a computer room without network
"""

from pathlib import Path

from tinygrad_vn.language import Language

ROOT = Path(__file__).parent.parent.parent
MADE = ROOT / "build" / "book"  # what is made before MkDocs runs, by language
SITE = ROOT / "site"
LANGUAGES: tuple[Language, ...] = ("vi", "en")
