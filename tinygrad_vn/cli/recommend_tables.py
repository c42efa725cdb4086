"""The tables of `tinygrad-vn recommend`, each as a text of at most about 100 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from tinygrad_vn.cli.report import WIDTH, shortened, title_of
from tinygrad_vn.cli.words import count, say, several
from tinygrad_vn.data import RatingsDataset
from tinygrad_vn.data.ratings.layouts import SEPARATORS
from tinygrad_vn.data.words import TEXTS
from tinygrad_vn.language import Language
from tinygrad_vn.lecture.words import word
from tinygrad_vn.models.collab.answers import Suggestion

BAR: Final = 40  # columns of the longest bar
CELL: Final = 5
TOP: Final = 15  # users and films, as in the lecture


KINDS = {"list": "kind list", "table": "kind table", "matrix": "kind matrix"}  # of files


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Names to the left, numbers to the right, under their heads."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def decimal(value: float, places: int = 4) -> str:
    """A number, or a dash where there is none."""
    return "–" if np.isnan(value) else f"{value:.{places}f}"


def facts(data: RatingsDataset) -> dict[str, Any]:
    """What `inspect` finds out, for JSON."""
    stars, counts = np.unique(data.ratings, return_counts=True)
    per = {
        name: {"fewest": int(n.min()), "median": float(np.median(n)), "most": int(n.max())}
        for name, n in (
            ("user", np.bincount(data.users, minlength=data.n_users)),
            ("film", np.bincount(data.items, minlength=data.n_items)),
        )
    }
    found: dict[str, Any] = {
        "ratings": len(data),
        "users": data.n_users,
        "films": data.n_items,
        "filled": len(data) / (data.n_users * data.n_items),
        "mean": float(data.ratings.mean()),
        "deviation": float(data.ratings.std()),
        "stars": {f"{star:g}": int(n) for star, n in zip(stars, counts, strict=True)},
        "ratings_per_user": per["user"],
        "ratings_per_film": per["film"],
    }
    if data.layout is not None:
        layout = data.layout
        found["layout"] = {"kind": layout.kind, "separator": layout.separator, "header": layout.header}
    return found


def inspected(data: RatingsDataset, source: str, lang: Language) -> str:
    """The same for people, and the lecture's table of the busiest users and most-rated films."""
    found = facts(data)
    numbers = (
        several(len(data), "rating", lang),
        several(data.n_users, "user", lang),
        several(data.n_items, "film", lang),
    )
    lines = [source, say("inspected", lang, **dict(zip(("ratings", "users", "films"), numbers, strict=True)))]
    if data.layout is not None:
        header = data.layout.header
        names = shortened((data.layout.separator if header else "").join(header or ()), WIDTH - 50)
        head = say("with header", lang, header=names) if header else say("without header", lang)
        mark = TEXTS[SEPARATORS[data.layout.separator]][lang]
        lines.append(say("laid out", lang, kind=say(KINDS[data.layout.kind], lang), mark=mark, header=head))
    lines.append(f"{say('filled', lang)}: {found['filled']:.2%}")
    moments = {"mean": f"{found['mean']:.3f}", "deviation": f"{found['deviation']:.3f}"}
    lines += [say("mean and deviation", lang, **moments), "", bars(found["stars"], lang), ""]
    keys = ("fewest", "median", "most")
    rows = [[say("ratings per", lang), *(say(key, lang) for key in keys)]]
    for name in ("user", "film"):
        rows.append([word(name, lang), *(f"{found[f'ratings_per_{name}'][key]:g}" for key in keys)])
    return "\n".join([*lines, aligned(rows), "", crosstab(data, lang)])


def bars(stars: dict[str, int], lang: Language) -> str:
    """How often every rating was given."""
    most = max(stars.values())
    width = max(len(say("stars", lang)), *map(len, stars))
    number = max(len(count(n, lang)) for n in stars.values())
    lines = [say("stars", lang)]
    lines += [f"{s:>{width}}  {count(n, lang):>{number}}  {'█' * round(BAR * n / most)}" for s, n in stars.items()]
    return "\n".join(line.rstrip() for line in lines)


def busiest(data: RatingsDataset) -> RatingsDataset:
    """The lecture's table of any ratings: the busiest users and the most-rated films."""
    return data.top(min(TOP, data.n_users), min(TOP, data.n_items))


def together(train: RatingsDataset, test: RatingsDataset) -> RatingsDataset:
    """The ratings of both; if they are the two parts of a split, in the order that they had before it."""
    users, items = (
        [name for part in (train, test) for name in getattr(part, ids)[getattr(part, numbers)].tolist()]
        for ids, numbers in (("user_ids", "users"), ("item_ids", "items"))
    )
    ratings, split = np.concatenate([train.ratings, test.ratings]), train.parted
    user_at, item_at = ({name: k for k, name in enumerate(ids.tolist())} for ids in (train.user_ids, train.item_ids))
    are_known = user_at.keys() >= set(users) and item_at.keys() >= set(items)
    if split is None or len(split.test) != len(test) or not are_known:
        return RatingsDataset.from_arrays(users, items, ratings, titles=train.titles, scale=train.scale)
    order = np.argsort(np.concatenate([split.train, split.test]))
    places = np.array([user_at[name] for name in users])[order], np.array([item_at[name] for name in items])[order]
    return RatingsDataset(*places, ratings[order], train.user_ids, train.item_ids, train.titles, scale=train.scale)


def rated(data: RatingsDataset, ratings: Mapping[Any, float]) -> str:
    """What a person thinks of films."""
    lines = []
    for film, value in ratings.items():
        title = shortened(title_of(data, data.item_ids.tolist().index(film)), WIDTH - 30)
        lines.append(f"{'':4}  {value:5.2f}  {title}  [{film}]")
    return "\n".join(lines)


def crosstab(data: RatingsDataset, lang: Language) -> str:
    """The busiest users down, the most-rated films across, and the films' titles."""
    top = busiest(data)
    lines = [say("busiest", lang, users=top.n_users, films=top.n_items), ""]
    head = word("user", lang)
    width = max(len(head), *(len(str(user)) for user in top.user_ids))
    lines.append(f"{head:{width}}" + "".join(f"{film:{CELL}}" for film in range(1, top.n_items + 1)))
    for user, row in zip(top.user_ids, top.matrix(), strict=True):
        cells = "".join(f"{'·' if np.isnan(rating) else f'{rating:g}':>{CELL}}" for rating in row)
        lines.append(f"{user!s:{width}}{cells}")
    titles = [f"{film + 1:3}  {shortened(title_of(top, film), WIDTH - 20)}" for film in range(top.n_items)]
    ids = [f"{top.item_ids[film]!s}" for film in range(top.n_items)]
    return "\n".join([*lines, "", *(f"{title}  [{name}]" for title, name in zip(titles, ids, strict=True))])


def natural(data: RatingsDataset, suggestion: Suggestion) -> str:
    """A film's title as people say it."""
    if suggestion.item not in data.titles:
        return suggestion.title
    return title_of(data, data.item_ids.tolist().index(suggestion.item))


def suggested(data: RatingsDataset, films: Sequence[Suggestion], lang: Language) -> str:
    """Films in their order, each with its score and its id."""
    lines = []
    for rank, film in enumerate(films, start=1):
        cold = say("cold mark", lang) if film.cold else ""
        title = shortened(natural(data, film), WIDTH - 30)
        lines.append(f"{rank:4}.  {film.score:5.2f}  {title}  [{film.item}]{cold}")
    return "\n".join(lines)


def as_json(films: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """Suggestions for JSON."""
    return [{"film": f.item, "title": f.title, "score": f.score, "cold": f.cold} for f in films]
