"""From ids to rows: files call a user 15 or "Lan", a model's tables have one row after the other.

Every id of the data has its row, and the row after the last is for everybody whom the data do not know. An id of
another type than the data's, "15" where users are numbers, is no stranger but a mistake, and is refused.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_vn.models.collab.words import say
from tinygrad_vn.models.recommender import Indices


class Names:
    """The ids of the users, or of the films.

    Args:
        what: which of both, for what is said of a mistake.
        ids: in the order of their rows.
    """

    def __init__(self, what: Literal["users", "films"], ids: NDArray[Any]) -> None:
        self.what = what
        self.ids: list[Any] = ids.tolist()
        self.unknown = len(self.ids)
        self._rows: dict[Any, int] = {name: row for row, name in enumerate(self.ids)}
        self._types = {type(name) for name in self.ids}

    def __contains__(self, name: Any) -> bool:
        return isinstance(name, Hashable) and self.plain(name) in self._rows

    def add(self, name: Hashable, row: int) -> None:
        """One more, who has a row beyond that of the unknown."""
        self._rows[self.plain(name)] = row

    def plain(self, name: Any) -> Any:
        """An id as the data write it: NumPy's 3, and 3.0 where ids are whole numbers, are Python's 3."""
        name = name.item() if isinstance(name, np.generic) else name
        return int(name) if type(name) is float and self._types == {int} and name.is_integer() else name

    def row(self, name: Any) -> int:
        """The row of an id, `unknown` for one that the data do not have.

        Raises:
            TypeError: it is of another type than the ids of the data.
        """
        plain = self.plain(name)
        if type(plain) in self._types or name in self:
            return self._rows.get(plain, self.unknown)
        types = ", ".join(sorted(kind.__name__ for kind in self._types))
        given = {"name": plain, "given": type(plain).__name__, "types": types, "example": self.ids[0]}
        raise TypeError(say(f"wrong type of {self.what}", **given))

    def rows(self, names: ArrayLike | Hashable) -> Indices:
        """The rows of ids, or of a single one, shape (n,)."""
        alone = isinstance(names, str) or type(names) in self._types or not hasattr(names, "__iter__")
        listed: Any = [names] if alone else names
        return np.array([self.row(name) for name in listed], np.intp)
