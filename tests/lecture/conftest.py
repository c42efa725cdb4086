"""Whether pictures can be laid out here at all."""

import importlib.util
import shutil

import pytest

from tinygrad_vn.lecture.picture.layout import pip_install


@pytest.fixture(scope="session")
def graphviz() -> None:
    """Ask for this where a test needs Graphviz' layout."""
    if not shutil.which("dot") and not importlib.util.find_spec("pygraphviz"):
        pytest.skip(f"neither `dot` nor pygraphviz is installed: {pip_install('pygraphviz')}")
