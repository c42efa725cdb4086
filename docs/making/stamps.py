"""What was made need not be made again while neither it nor the package has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from docs.making import ROOT

STAMP = ".made"


def fingerprint(*sources: Path) -> str:
    """Another one where one of these files, or any file of the package, is another."""
    package = [path for room in ("tinygrad_vn", "models") for path in (ROOT / room).rglob("*") if path.is_file()]
    code = sorted(path for path in package if path.suffix in (".py", ".js", ".css"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in [*sources, *code])).hexdigest()


def is_made_of(folder: Path, made_of: str) -> bool:
    """Whether a folder was made from files with this fingerprint."""
    return (folder / STAMP).is_file() and (folder / STAMP).read_text() == made_of
