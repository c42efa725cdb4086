"""What many tests share: the real ratings, and one language whatever the machine speaks."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tinygrad_vn.language import set_language

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def movielens() -> Path:
    """The folder of MovieLens ml-latest-small (October 2016), which is not part of this repository."""
    folder = Path(os.environ.get("TINYGRAD_VN_MOVIELENS") or ROOT.parent / "shared/data/ml-latest-small-2016")
    if not (folder / "ratings.csv").is_file():
        pytest.skip(f"no MovieLens ratings in {folder}; set TINYGRAD_VN_MOVIELENS to the folder of ratings.csv")
    return folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test starts in English, on a Vietnamese machine too, and leaves no setting behind."""
    monkeypatch.setenv("TINYGRAD_VN_LANG", "en")
    yield
    set_language(None)
