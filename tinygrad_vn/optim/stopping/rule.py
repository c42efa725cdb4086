"""What all stopping rules share, and how they are combined."""

from __future__ import annotations

import copy
import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from tinygrad_vn.language import LANGUAGES, resolve
from tinygrad_vn.optim.stopping.progress import Progress
from tinygrad_vn.optim.stopping.words import TEXTS, in_both
from tinygrad_vn.phrases import Text, said
from tinygrad_vn.tensor import Tensor


class StoppingRule(ABC):
    """Base class of all rules: `a | b` stops where one of them says so, `a & b` where both do at the same update."""

    remembers: ClassVar[Mapping[str, Any]] = {}
    """What it remembers from update to update, with what that is at the beginning."""

    _reason: Text | None

    def __init__(self) -> None:
        self.reset()

    @abstractmethod
    def judge(self, progress: Progress) -> Text | None:
        """Why to stop now, in every language, or None."""

    def met(self, progress: Progress) -> bool:
        """Whether to stop; to be asked once after every update.

        Args:
            progress: where the run stands, `progress.update(loss)`, with `progress = Progress.of(optimizer)` made
                before the loop.

        Raises:
            TypeError: it is something else, a loss for example.
            ValueError: the rule looks at gradients, and no parameter has one.
        """
        if not isinstance(progress, Progress):
            raise TypeError(
                said(
                    "met() takes a Progress, not {kind}: write progress = Progress.of(optimizer) before the loop, and "
                    "met(progress.update(loss)) after every step()",
                    kind=type(progress).__name__,
                )
            )
        self._reason = self.judge(progress)
        return self._reason is not None

    def reason(self, lang: str | None = None) -> str:
        """Which rule was met at the last update, with its numbers; nothing where none was."""
        language = resolve(lang)
        return self._reason[language] if self._reason else ""

    def caution(self, lang: str | None = None) -> str:
        """Why it may mislead."""
        return self._caution()[resolve(lang)]

    def reset(self) -> None:
        """Forget what was seen, for another run."""
        self._reason = None
        for name, beginning in self.remembers.items():
            setattr(self, name, beginning)

    def restore(self, params: Iterable[Tensor], buffers: Iterable[Tensor] = ()) -> None:  # noqa: B027
        """Set a model back to its best parameters, after a run; rules that keep none leave it as it is."""

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, as copies."""
        return {name: copy.deepcopy(getattr(self, name)) for name in self.remembers}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where another rule of this kind had come to.

        Raises:
            ValueError: it is the state of something else; nothing is changed.
        """
        self._check_state(state_dict)
        for name, value in state_dict.items():
            setattr(self, name, copy.deepcopy(value))

    def __or__(self, other: object) -> StoppingRule:
        return AnyOf([self, other]) if isinstance(other, StoppingRule) else NotImplemented

    def __and__(self, other: object) -> StoppingRule:
        return AllOf([self, other]) if isinstance(other, StoppingRule) else NotImplemented

    def __bool__(self) -> bool:
        """`a or b` and `a and b` would silently be one of the two: TypeError."""
        raise TypeError(
            said(
                "a stopping rule is neither true nor false: combine rules with | and &, not with `or` and `and`, such "
                "as MaxIterations(1000) | GradientNorm(1e-6)"
            )
        )

    def __repr__(self) -> str:
        """As it was made: arguments that have a default by name, and only where they differ from it."""
        arguments = inspect.signature(type(self)).parameters.values()
        values = [(a, getattr(self, a.name)) for a in arguments if hasattr(self, a.name)]
        written = [repr(value) for a, value in values if a.default is a.empty]
        written += [f"{a.name}={value!r}" for a, value in values if a.default not in (a.empty, value)]
        return f"{type(self).__name__}({', '.join(written)})"

    def _caution(self) -> Text:
        return TEXTS.get(f"{type(self).__name__}.caution", dict.fromkeys(LANGUAGES, ""))

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        if state_dict.keys() != self.state_dict().keys():
            keys, name = ", ".join(state_dict), type(self).__name__
            raise ValueError(said("this is not the state of {kind}: it has {keys}", kind=name, keys=keys))


class _Combined(StoppingRule):
    """Several rules, all of which look at every update, whatever the others say."""

    _sign: ClassVar[str]

    def __init__(self, rules: Sequence[StoppingRule]) -> None:
        nested = [rule.rules if type(rule) is type(self) else [rule] for rule in rules]
        self.rules: list[StoppingRule] = [rule for several in nested for rule in several]
        self._stopped_by: list[StoppingRule] = []
        self._reason = None  # what the rules have seen so far, they may keep

    def judge(self, progress: Progress) -> Text | None:
        """The reasons of those that are met, if they are enough."""
        met = [rule for rule in self.rules if rule.met(progress)]
        if not self._suffices(len(met)):
            return None
        self._stopped_by = met
        reason = {lang: met[0].reason(lang) for lang in LANGUAGES}
        for rule in met[1:]:
            reason = in_both("both", first=reason, second={lang: rule.reason(lang) for lang in LANGUAGES})
        return reason

    @abstractmethod
    def _suffices(self, n_met: int) -> bool:
        """Whether so many rules that are met are enough."""

    def __repr__(self) -> str:
        return f" {self._sign} ".join(f"({r!r})" if isinstance(r, _Combined) else repr(r) for r in self.rules)

    def _caution(self) -> Text:
        rules = self._stopped_by or self.rules
        return {lang: " ".join(rule.caution(lang) for rule in rules).strip() for lang in LANGUAGES}

    def reset(self) -> None:
        """Let all rules forget what they saw."""
        super().reset()
        self._stopped_by = []
        for rule in self.rules:
            rule.reset()

    def restore(self, params: Iterable[Tensor], buffers: Iterable[Tensor] = ()) -> None:
        """Set a model back to the best parameters, where one of the rules kept them."""
        tensors, others = list(params), list(buffers)
        for rule in self.rules:
            rule.restore(tensors, others)

    def state_dict(self) -> dict[str, Any]:
        """The states of all rules, in order."""
        return {"rules": [rule.state_dict() for rule in self.rules]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where the same combination of rules had come to."""
        self._check_state(state_dict)
        for rule, state in zip(self.rules, state_dict["rules"], strict=True):
            rule.load_state_dict(state)

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        super()._check_state(state_dict)
        if len(state_dict["rules"]) != len(self.rules):
            raise ValueError(
                said(
                    "the saved state is of {theirs} rules, not of {ours}",
                    theirs=len(state_dict["rules"]),
                    ours=len(self.rules),
                )
            )
        for rule, state in zip(self.rules, state_dict["rules"], strict=True):
            rule._check_state(state)


class AnyOf(_Combined):
    """`a | b`: stop where one of the rules is met."""

    _sign = "|"

    def _suffices(self, n_met: int) -> bool:
        return n_met > 0


class AllOf(_Combined):
    """`a & b`: stop where all rules are met at the same update."""

    _sign = "&"

    def _suffices(self, n_met: int) -> bool:
        return n_met == len(self.rules)
