"""docs/checkpoints.md and docs/checkpoints.vi.md do what they say: their programs run and print what stands below."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.checkpoint.tree import packed

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("checkpoints.md", "checkpoints.vi.md")}
EVERYTHING = [{}, (), np.ones(1), tg.ones(1), np.float32(1), 2**60, float("inf"), float("nan"), 1j, b""]


@pytest.mark.parametrize("page", PAGES)
def test_the_programs_print_what_the_page_says(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed, names = io.StringIO(), dict[str, Any]()
    for kind, content in re.findall(r"```(\w+)\n(.*?)```", PAGES[page], re.DOTALL):
        if kind == "python":
            with contextlib.redirect_stdout(printed):
                exec(content, names)
        else:
            assert printed.getvalue() == content
            printed = io.StringIO()
    assert "weight" in names
    assert printed.getvalue() == ""


@pytest.mark.parametrize("page", PAGES)
def test_every_tag_is_in_the_table(page: str) -> None:
    tree, _ = packed(EVERYTHING)
    tags = {tag for node in tree for tag in node}
    assert len(tags) == len(EVERYTHING)
    assert set(re.findall(r'`\{"(\w+)": ', PAGES[page])) == tags
