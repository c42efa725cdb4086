"""The options of the random graphs, and the report on them at the end of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest


class Tally:
    """How much was compared with PyTorch, and how well it agreed."""

    def __init__(self) -> None:
        self.graphs = 0
        self.operations: Counter[str] = Counter()
        self.worst: dict[str, float] = {}

    def count(self, operations: Iterable[str]) -> None:
        """One more graph, of these operations."""
        self.graphs += 1
        self.operations.update(operations)

    def error(self, what: str, error: float) -> None:
        """Remember the worst."""
        self.worst[what] = max(error, self.worst.get(what, 0.0))

    def report(self) -> str:
        """Two lines for the end of the run."""
        return (
            f"{self.graphs:,} graphs of {self.operations.total():,} operations, {len(self.operations)} kinds of them\n"
            f"worst error: {', '.join(f'{what} {error:.1e}' for what, error in self.worst.items())}"
        )


TALLY = pytest.StashKey[Tally]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--graphs", type=int, default=500, help="how many random graphs to compare with PyTorch")
    parser.addoption("--graphs-seed", type=int, default=0, help="other random graphs for every number")


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """What the end of the run reports on."""
    return request.config.stash.setdefault(TALLY, Tally())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if TALLY in config.stash:
        terminalreporter.section("random graphs compared with PyTorch, float64")
        terminalreporter.line(config.stash[TALLY].report())
