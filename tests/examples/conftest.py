"""Whether pictures can be laid out here at all."""

from tests.lecture.conftest import graphviz

__all__ = ["graphviz"]
