"""Everything for a computer room without network, in one zip: `make bundle`.

wheels/       the library and all that it needs, Jupyter and pytest too
book/         the book; open book/index.html
notebooks/    the examples
exercises/    what students fill in; tests/book checks it
README.md     what to do, for whoever unpacks it
install.py    `python install.py` makes an environment here and installs everything from wheels/

Wheels with compiled code are for one system and one version of Python, those of the machine that makes the bundle; for
others, name them as pip does: `make bundle ARGS="--platform win_amd64 --python-version 3.12"`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from docs.making import ROOT, SITE, notebooks

BUNDLE = ROOT / "dist/tinygrad_vn-bundle.zip"
WANTED = ("tinygrad-vn[lab,notebook]", "pytest")
HERE = Path(__file__).parent


def make(bundle: Path, wanted: Sequence[str] = WANTED, options: Sequence[str] = ()) -> Path:
    """Make the zip.

    Args:
        bundle: its path, which ends in .zip.
        wanted: what is to be installed from it.
        options: for `pip download`: a platform, a version of Python.

    Raises:
        CalledProcessError: a wheel could not be built or fetched; what pip says is printed.
        FileNotFoundError: the book has not been made.
    """
    if not (SITE / "index.html").is_file():
        raise FileNotFoundError(f"{SITE / 'index.html'}: make the book first, `make docs`")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / bundle.stem
        wheels = folder / "wheels"
        python = [sys.executable, "-m"]
        # By way of a source distribution: what an earlier build has left in build/ does not get in.
        subprocess.run([*python, "build", "--outdir", f"{work}/dist", str(ROOT)], check=True, stdout=subprocess.DEVNULL)
        wheels.mkdir(parents=True)
        for wheel in Path(work, "dist").glob("*.whl"):
            shutil.copy(wheel, wheels)
        fetch = [*python, "pip", "download", "-q", "--disable-pip-version-check", "--only-binary=:all:", *options]
        subprocess.run([*fetch, "-d", str(wheels), "--find-links", str(wheels), *wanted], check=True)
        fill(folder, wanted)
        bundle.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.make_archive(str(bundle.with_suffix("")), "zip", work, folder.name))


def fill(folder: Path, wanted: Sequence[str]) -> None:
    """Everything but the wheels.

    Args:
        folder: what will be the zip.
        wanted: what install.py is to install.
    """
    shutil.copytree(SITE, folder / "book")
    notebooks.write(folder / "notebooks")
    shutil.copytree(ROOT / "exercises", folder / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    checks = folder / "tests/book"
    checks.mkdir(parents=True)
    for path in [*(ROOT / "tests/book").glob("test_chapter_*.py"), ROOT / "tests/book/conftest.py"]:
        shutil.copy(path, checks)
    shutil.copy(ROOT / "LICENSE", folder)
    shutil.copy(HERE / "bundle.md", folder / "README.md")
    program = (HERE / "install.py").read_text(encoding="utf-8").replace('("tinygrad-vn",)', repr(tuple(wanted)))
    (folder / "install.py").write_text(program, encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> None:
    """Run as a program.

    Args:
        argv: the words on the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m docs.making.bundle")
    _, options = parser.parse_known_args(argv)
    bundle = make(BUNDLE, options=options)
    print(f"{bundle} ({bundle.stat().st_size / 1e6:.0f} MB): unpack it, then `python install.py`")


if __name__ == "__main__":
    main()
