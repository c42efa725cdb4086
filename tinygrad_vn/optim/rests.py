"""Rows that rest: what momentum and weight decay do to the rows of a table that a batch has not looked up.

A batch of 64 ratings has gradients for 64 films. With momentum the other 9,000 films roll on, and with weight decay
they shrink: that would be a pass over the whole table at every step. Without a gradient, though, a step does the same
simple thing to every number p and its velocity v, namely

    p ← a·p + b·v        v ← c·p + d·v

with four factors that depend on the settings alone. Several such steps are again of this kind: their factors are the
product of 2×2 matrices. So a row is left alone while it rests, with a note of the step that moved it last; when its
next gradient comes, the steps that it has missed are made up for at once, however many they are.

The notes are a plain dictionary, so that they can be saved like everything else that an optimizer remembers:

    step      how many steps there were
    moved     for every row the step that moved it last, shape (n,)
    since     the step after which the settings were last changed; all rests begin at `since` or before it
    map       (a, b, c, d) of each step after `since`
    powers    the factors of 0, 1, 2, … such steps, shape (4, k)
    earlier   the factors from step `since` − k, …, `since` − 1 up to step `since`, shape (4, k)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.optim.state import State

RESTS = "rests"
"""Where the notes stand in the state of a parameter."""

Map = tuple[float, float, float, float]
"""What a step without a gradient does: (a, b, c, d) of the formulas above."""

_LONGEST = 8_192  # steps that a row may rest: then all are brought up to date, lest the factors fill the memory
_BLOCK = 1_024  # rows that are brought up to date at a time: all at once would need arrays as large as the table


def notes(rows: int) -> dict[str, Any]:
    """Those of a table of which every row is up to date."""
    stay = (1.0, 0.0, 0.0, 1.0)
    alone = np.array(stay)[:, None]
    moved = np.zeros(rows, np.int64)
    return {"step": 0, "moved": moved, "since": 0, "map": stay, "powers": alone, "earlier": alone[:, :0]}


def begin(rests: dict[str, Any], step: Map) -> None:
    """Count one more step, which does this to rows without a gradient; to the others it is up to the caller."""
    now, since, powers, earlier = rests["step"], rests["since"], rests["powers"], rests["earlier"]
    if step != rests["map"]:
        earlier = np.concatenate([product(powers[:, now - since], earlier), powers[:, now - since : 0 : -1]], axis=1)
        since, powers = now, np.array([(1.0, 0.0, 0.0, 1.0), step]).T
    if now - since + 2 > powers.shape[1]:
        powers = np.concatenate([powers, product(product(step, powers[:, -1:])[:, 0], powers)], axis=1)
    rests.update(step=now + 1, since=since, map=step, powers=powers, earlier=earlier)


def factors(rests: dict[str, Any], moved: Values) -> Values:
    """What the steps up to the present one did to rows that rested: a, b, c and d for each, shape (4, k).

    Args:
        rests: the notes.
        moved: the steps that moved the rows last, shape (k,).
    """
    since, powers, earlier = rests["since"], rests["powers"], rests["earlier"]
    if not earlier.shape[1]:
        return powers.take(rests["step"] - moved, axis=1)
    found = powers.take(rests["step"] - np.maximum(moved, since), axis=1)
    old = np.flatnonzero(moved < since)
    if len(old):
        places = moved.take(old) - (since - earlier.shape[1])
        found[:, old] = product(powers[:, rests["step"] - since], earlier.take(places, axis=1))
    return found


def product(step: Any, maps: Values) -> Values:
    """What follows from maps, shape (4, k), and a step after each of them, (a, b, c, d)."""
    return (np.reshape(step, (2, 2)) @ maps.reshape(2, -1)).reshape(4, -1)


def move_on(p: Values, v: Values | None, rests: dict[str, Any], moved: Values) -> None:
    """Take rows and their velocities through the steps up to the present one that they have missed, in place.

    Args:
        p: the rows, shape (k, …).
        v: their velocities; None where there are none.
        rests: the notes.
        moved: the steps that moved the rows last, shape (k,).
    """
    maps = factors(rests, moved).astype(p.dtype, copy=False)
    a, b, c, d = maps.reshape(4, -1, *(1,) * (p.ndim - 1))
    if v is None:
        p *= a
        return
    on = b * v
    v *= d
    if rests["map"][0] != 1 or rests["map"][2] != 0 or rests["earlier"].shape[1]:
        v += c * p
        p *= a
    p += on  # without weight decay this is all: a is 1 and c is 0


def settle(p: Values, state: State) -> None:
    """Bring every row of a table up to date, in place.

    Args:
        p: the table, shape (n, …).
        state: what is remembered of it, `rests` included.
    """
    rests = state[RESTS]
    now, moved, v = rests["step"], rests["moved"], state.get("momentum_buffer")
    if rests["since"] == now and not rests["earlier"].shape[1]:
        return  # it was done after the last step
    for first in range(0, len(p), _BLOCK):
        block = slice(first, first + _BLOCK)
        move_on(p[block], None if v is None else v[block], rests, moved[block])
        moved[block] = now
    rests.update(since=now, earlier=rests["earlier"][:, :0])


def is_long(rests: dict[str, Any]) -> bool:
    """Whether it is time to bring all rows up to date."""
    return rests["step"] - rests["since"] + rests["earlier"].shape[1] >= _LONGEST


def are_notes(saved: Any, rows: int) -> bool:
    """Whether these are notes of a table with so many rows."""
    fresh = notes(rows)
    if not isinstance(saved, dict) or saved.keys() != fresh.keys():
        return False
    if not all(isinstance(saved[key], type(value)) for key, value in fresh.items()):
        return False
    step, since, moved, powers, earlier = (saved[key] for key in ("step", "since", "moved", "powers", "earlier"))
    if moved.shape != (rows,) or powers.ndim != 2 or earlier.ndim != 2 or not len(powers) == len(earlier) == 4:
        return False
    begun = since - earlier.shape[1]
    return bool(begun >= 0 and since <= step < since + powers.shape[1] and ((begun <= moved) & (moved <= step)).all())
