"""The bundle for a computer room: made, unpacked and installed into an empty environment without network."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

pytest.importorskip("build", reason="build is not installed: pip install build")

from docs.making import bundle as bundles  # build may be missing


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The bundle with the core alone, lest the test fetch all of Jupyter, and a page in place of the book."""
    work = tmp_path_factory.mktemp("bundle")
    with pytest.MonkeyPatch.context() as patch:
        (work / "site").mkdir()
        (work / "site/index.html").write_text("<title>the book</title>")
        patch.setattr(bundles, "SITE", work / "site")
        try:
            made = bundles.make(work / "small.zip", wanted=("tinygrad-vn", "pytest"))
        except subprocess.CalledProcessError as error:
            pytest.skip(f"wheels cannot be built or fetched here, which needs a network: {error.cmd[2:4]}")
    with zipfile.ZipFile(made) as archive:
        archive.extractall(work)
    return work / "small"


def test_one_command_installs_it_without_network(bundle):
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "no_proxy": "", "PYTHONPATH": ""}
    environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}  # nobody answers there
    done = subprocess.run([sys.executable, "install.py"], cwd=bundle, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    python = bundle / ".venv/bin/python"
    if not python.exists():
        python = bundle / ".venv/Scripts/python.exe"
    program = "import tinygrad_vn, tinygrad_vn.models; print(tinygrad_vn.__file__)"
    where = subprocess.run(
        [python, "-c", program], cwd=bundle, env=environment, capture_output=True, text=True, check=True
    )
    assert str(bundle) in where.stdout
    shutil.copy(bundles.ROOT / "tests/book/solutions/chapter_03.py", bundle / "exercises")
    checked = subprocess.run(
        [python, "-m", "pytest", "-q", "tests/book", "-m", "chapter_3"],
        cwd=bundle,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert re.search(r"^\d+ passed", checked.stdout, re.MULTILINE), checked.stdout


def test_what_is_in_it(bundle):
    assert (bundle / "book/index.html").is_file()
    assert len(list((bundle / "notebooks").glob("*.ipynb"))) >= 12
    assert len(list((bundle / "exercises").glob("chapter_*.py"))) == 12
    assert not list(bundle.rglob("solutions"))


def test_its_readme_names_what_is_there(bundle):
    """In both languages the same commands, and folders that exist."""
    text = (bundle / "README.md").read_text(encoding="utf-8")
    vietnamese, english = text.split("**English.**")
    commands = [re.findall(r"^\| `(\w+)/`", part, re.MULTILINE) for part in (vietnamese, english)]
    assert commands[0] == commands[1]
    assert all((bundle / folder).is_dir() for folder in commands[0])
    assert vietnamese.count("python install.py") == english.count("python install.py") == 1
    assert "](" not in text  # nothing outside the bundle can be followed


def test_without_the_book_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(bundles, "SITE", tmp_path)
    with pytest.raises(FileNotFoundError, match="make docs"):
        bundles.make(tmp_path / "x.zip")
