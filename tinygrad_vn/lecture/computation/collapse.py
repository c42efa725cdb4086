"""Folding a large computation: at most so many boxes and circles, so that a picture can be looked at.

What is folded is always a stretch of the computation: operations carried out one directly after the other. Everything
that goes into such a stretch is older and everything that comes out of it is younger, so no arrow can lead in a circle.
Layers are folded first: equal ones that follow each other become one box "×12", then all below some depth become one
box each. Where that is not enough, or where there are no layers, the middle of the computation is cut into stretches,
and both ends, which is where one looks, stay as they are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from tinygrad_vn.lecture.computation.graph import Graph, Group, Operation, Scope, Variable

LEAST: Final = 10  # boxes and circles: fewer than that tell nothing
REPEATED: Final = 3  # equal layers that follow each other are folded
PERIODS: Final = 8  # layers that may be repeated together
LOOP: Final = 60  # operations of a loop's body that is recognized
END: Final = 10  # each end keeps a tenth of what may be drawn
STRETCHES: Final = 15  # the middle becomes a fifteenth as many stretches


class Block(NamedTuple):
    """A stretch of the operations, from `start` to before `stop`, that is to become one box."""

    start: int
    stop: int
    label: str = ""
    times: int = 1


def collapsed(
    graph: Graph, max_nodes: int, depth: int | None = None, fold: str | bool = "auto", with_equal: bool = True
) -> Graph:
    """The same graph with parts of it folded.

    Args:
        graph: what there is.
        max_nodes: how many boxes and circles there may be.
        depth: layers within so many others are one box each; None for no such limit.
        fold: "auto": where there is more than that, or layers are repeated; True: always; False: only by `depth`.
        with_equal: fold equal layers that follow each other even where all would have room.
    """
    blocks = _layers(graph, depth)
    if fold is False:
        return _folded(graph, blocks, None)
    if fold == "auto" and not with_equal and len(small := _folded(graph, blocks, None)) <= max_nodes:
        return small
    blocks = _outermost([*_repeated(graph), *blocks])
    if fold == "auto" and len(small := _folded(graph, blocks, None)) <= max_nodes:
        return small
    depths = range(max(_levels(graph).values(), default=0), 0, -1)  # the deeper, the more there is to draw
    for depth in _first_that_fits(graph, blocks, depths, max_nodes) if fold == "auto" else depths[-1:]:
        folded = _folded(graph, _outermost([*blocks, *_layers(graph, depth)]), None)
        if len(folded) <= max_nodes:
            return folded
    return _folded(graph, _stretches(graph, _outermost([*blocks, *_layers(graph, 1)]), max_nodes), max_nodes)


def _first_that_fits(graph: Graph, blocks: Sequence[Block], depths: range, max_nodes: int) -> range:
    """The depths from the first one on in which all has room, found by halving; they may be a thousand."""

    def fits(depth: int) -> bool:
        return len(_folded(graph, _outermost([*blocks, *_layers(graph, depth)]), None)) <= max_nodes

    return depths[bisect_left(depths, True, key=fits) :]


# --- layers -----------------------------------------------------------------------------------------------------


def _levels(graph: Graph) -> dict[str, int]:
    """In how many layers each one stands, itself counted."""
    levels: dict[str, int] = {}
    for scope in graph.scopes:
        levels[scope.id] = levels.get(scope.parent or "", 0) + 1
    return levels


def _layers(graph: Graph, depth: int | None) -> list[Block]:
    """The layers that become one box each: the outermost ones are 1 deep; 0 deep is everything."""
    if depth is None:
        return []
    if depth == 0:
        return [Block(0, len(graph.operations))] if graph.scopes else []
    levels = _levels(graph)
    return [Block(s.start, s.stop, s.label) for s in graph.scopes if levels[s.id] == depth]


def _repeated(graph: Graph) -> list[Block]:
    """Equal layers, or equal sequences of layers, that follow each other at least three times."""
    blocks: list[Block] = []
    for _, group in groupby(sorted(graph.scopes, key=lambda s: s.parent or ""), key=lambda s: s.parent or ""):
        siblings = sorted(group, key=lambda scope: scope.start)
        kinds = [(s.kind, tuple(op.sign for op in graph.operations[s.start : s.stop])) for s in siblings]
        at = 0
        while at < len(siblings):
            runs = ((period, _run(kinds, at, period)) for period in range(1, PERIODS + 1))
            period, times = max(
                runs, key=lambda run: (run[1] >= REPEATED, run[0] * run[1] * (run[1] >= REPEATED), -run[0])
            )
            if times < REPEATED:
                at += 1
                continue
            last = siblings[at + period * times - 1]
            blocks.append(Block(siblings[at].start, last.stop, _together(siblings[at : at + period], last), times))
            at += period * times
    return blocks


def _run(kinds: Sequence[object], start: int, period: int) -> int:
    """How often the sequence of this length that begins here follows itself, the first time counted."""
    stop = start + period
    while stop < len(kinds) and kinds[stop] == kinds[stop - period]:
        stop += 1
    return (stop - start) // period if start + period <= len(kinds) else 0


def _together(first: Sequence[Scope], last: Scope) -> str:
    """What equal layers are called: 0 … 23 · Linear(4, 4), Tanh()."""
    return f"{first[0].path} … {last.path} · {', '.join(scope.kind for scope in first)}"


def _outermost(blocks: Sequence[Block]) -> list[Block]:
    """Those that are in no other one, in the order of the computation."""
    found: list[Block] = []
    for block in sorted(blocks, key=lambda block: (block.start, -block.stop)):
        if block.start < block.stop and (not found or block.start >= found[-1].stop):
            found.append(block)
    return found


# --- stretches --------------------------------------------------------------------------------------------------


def _stretches(graph: Graph, blocks: Sequence[Block], max_nodes: int) -> list[Block]:
    """Both ends as they are, and the middle in stretches of equal length."""
    units = list(_units(len(graph.operations), blocks))
    first = _end(graph, units, max_nodes // END)
    last = len(units) - _end(graph, units[first:][::-1], max_nodes // END)
    first, last, period = _whole_repeats(graph, units, first, last)
    repeats = (last - first) // period
    count = min(max(max_nodes // STRETCHES, 1), repeats)
    cuts = [first + i * repeats // count * period for i in range(count + 1)] if repeats else []
    known = set(blocks)
    joined = []
    for start, stop in pairwise(cuts):
        times = (stop - start) // period if period > 1 else 1
        one = Block(units[start].start, units[stop - 1].stop, "", times)
        joined.append(units[start] if stop - start == 1 else one)
    alone = {unit for unit in units if unit not in known}
    return [unit for unit in (*units[:first], *joined, *units[last:]) if unit not in alone]


def _whole_repeats(graph: Graph, units: Sequence[Block], first: int, last: int) -> tuple[int, int, int]:
    """The middle, stretched so that no repeat of a loop is cut in two, and the length of such a repeat, else 1."""
    kinds = [graph.operations[u.start].sign if u.stop - u.start == 1 else u.label for u in units]
    for period in range(2, min(LOOP, (last - first) // REPEATED) + 1):
        if any(kinds[i] != kinds[i - period] for i in range(first + period, last)):
            continue
        if len(set(kinds[first : first + period])) == 1:
            break  # one and the same operation all the time
        start, stop = first, last
        while start > 0 and kinds[start - 1] == kinds[start - 1 + period]:
            start -= 1
        while stop < len(kinds) and kinds[stop] == kinds[stop - period]:
            stop += 1
        start += (first - start) // period * period
        whole = start - (start - last) // period * period  # what is shown at the ends becomes less, never more
        if whole <= stop:
            return start, whole, period
    return first, last, 1


def _units(count: int, blocks: Sequence[Block]) -> Iterator[Block]:
    """All operations, one by one, and instead of those in a block the block."""
    at = 0
    for block in blocks:
        yield from (Block(i, i + 1) for i in range(at, block.start))
        yield block
        at = block.stop
    yield from (Block(i, i + 1) for i in range(at, count))


def _end(graph: Graph, units: Sequence[Block], room: int) -> int:
    """How many units, from the first one on, have room: each takes a circle, a box, and its arguments' boxes."""
    count = 0
    for unit in units:
        is_operation = unit.stop - unit.start == 1
        room -= 1 + sum(1 for _ in graph.operations[unit.start].sources) if is_operation else 1
        if room < 0:
            break
        count += 1
    return count


# --- folding ----------------------------------------------------------------------------------------------------


def _folded(graph: Graph, blocks: Sequence[Block], max_nodes: int | None) -> Graph:
    """The graph with these stretches folded, and with leaves folded too where there is room for so many nodes only."""
    if not blocks and (max_nodes is None or len(graph) <= max_nodes):
        return graph
    place: dict[str, str] = {}
    shown = {result.id for result in graph.results[: None if max_nodes is None else max(max_nodes // END, 1)]}
    for number, block in enumerate(blocks, 1):
        for operation in graph.operations[block.start : block.stop]:
            place[operation.id] = f"g{number}"
            if operation.result not in shown:
                place[operation.result] = f"g{number}"
    place |= _leaves(graph, place, blocks, has_room=max_nodes is None)
    extra = [] if max_nodes is None else _bundled(graph, place, max_nodes, len(blocks))
    return _assembled(graph, [*blocks, *(Block(0, 0) for _ in extra)], place)


def _leaves(graph: Graph, place: dict[str, str], blocks: Sequence[Block], has_room: bool) -> dict[str, str]:
    """The leaves that go into one group only, by the group they disappear in; what goes into a layer stays in sight."""
    targets: dict[str, set[str]] = {}
    made = {operation.result for operation in graph.operations} | {operation.id for operation in graph.operations}
    for operation in graph.operations:
        for argument in operation.sources:
            if argument.source not in made:
                targets.setdefault(str(argument.source), set()).add(place.get(operation.id, operation.id))
    layers = {f"g{number}" for number, block in enumerate(blocks, 1) if block.label or has_room}
    roles = {variable.id: variable.role for variable in graph.variables}
    results = {result.id for result in graph.results}
    found = {}
    for leaf, into in targets.items():
        (group, *others) = into
        stays = group in layers and roles[leaf] == "input"
        if not others and group.startswith("g") and not stays and leaf not in results:
            found[leaf] = group
    return found


def _bundled(graph: Graph, place: dict[str, str], max_nodes: int, groups: int) -> list[str]:
    """Put leaves for which there is no room into one more group for each role; changes `place`."""
    made = {operation.result for operation in graph.operations}
    leaves = [v for v in graph.variables if v.id not in made and v.id not in place]
    drawn = sum(part.id not in place for part in graph.parts) - len(leaves) + groups
    roles = sorted({leaf.role for leaf in leaves})
    if drawn + len(leaves) <= max_nodes:
        return []
    users = Counter(str(a.source) for operation in graph.operations for a in operation.sources)
    into_circles = {
        str(a.source) for operation in graph.operations if operation.id not in place for a in operation.sources
    }
    leaves.sort(
        key=lambda leaf: (leaf.id not in into_circles, -users[leaf.id])
    )  # the sort keeps what is equal in order
    for leaf in leaves[max(max_nodes - drawn - len(roles), 0) :]:
        place[leaf.id] = f"g{groups + 1 + roles.index(leaf.role)}"
    return list(roles)


def _assembled(graph: Graph, blocks: Sequence[Block], place: dict[str, str]) -> Graph:
    """The folded graph, from what is where."""
    members: dict[str, list[Variable | Operation]] = {}
    made = {operation.result for operation in graph.operations}
    for part in graph.parts:
        if part.id in place:
            members.setdefault(place[part.id], []).append(part)
    groups = []
    for number, block in enumerate(blocks, 1):
        inside = members.get(f"g{number}", [])
        if inside:
            signs = Counter(part.sign for part in inside if isinstance(part, Operation))
            roles = Counter(p.role for p in inside if isinstance(p, Variable) and p.id not in made)
            ids = tuple(part.id for part in inside)
            groups.append(Group(f"g{number}", block.label, block.times, signs, roles, ids))
    return replace(
        graph,
        variables=[variable for variable in graph.variables if variable.id not in place],
        operations=[operation for operation in graph.operations if operation.id not in place],
        scopes=_open(graph.scopes, [block for block in blocks if block.start < block.stop]),
        groups=groups,
        place=place,
        whole=graph,
    )


def _open(scopes: Sequence[Scope], blocks: Sequence[Block]) -> list[Scope]:
    """The layers that are still there: no stretch has swallowed them or cut them apart."""
    starts, stops = [block.start for block in blocks], [block.stop for block in blocks]
    found = []
    for scope in scopes:
        touching = blocks[bisect_right(stops, scope.start) : bisect_left(starts, scope.stop)]
        if all(_is_part(block, scope) for block in (*touching[:1], *touching[-1:])):
            found.append(scope)
    return _adopted(found, scopes)


def _is_part(block: Block, scope: Scope) -> bool:
    """Whether a stretch is a true part of a layer."""
    inside = scope.start <= block.start and block.stop <= scope.stop
    return inside and block.stop - block.start < scope.stop - scope.start


def _adopted(left: Sequence[Scope], scopes: Sequence[Scope]) -> list[Scope]:
    """Layers whose outer layer is gone belong to the next one further out."""
    there = {scope.id for scope in left}
    parents: dict[str, str | None] = {}
    for scope in scopes:  # outer ones come first
        parents[scope.id] = scope.parent if scope.parent in there else parents.get(scope.parent or "")
    return [replace(scope, parent=parents[scope.id]) for scope in left]
