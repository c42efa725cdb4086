"""Ctrl-C means what it usually means, also where the tests run in the background, which may ignore it (`nohup … &`)."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def ctrl_c_as_usual() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
