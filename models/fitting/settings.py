"""Settings in scikit-learn's manner: what the constructor is given is remembered as it is, and can be read and changed.

So scikit-learn's `clone`, pipelines and searches, which make many estimators of one, work on ours.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from tinygrad_vn.phrases import said


class Settings:
    """Whatever has settings: the arguments of its constructor, each kept in the attribute of its name."""

    _estimator_type: ClassVar[str]

    @classmethod
    def _settings(cls) -> dict[str, Any]:
        """Every setting with its default."""
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        return {parameter.name: parameter.default for parameter in parameters}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings, by name; `deep` is scikit-learn's and changes nothing, as no setting is an estimator."""
        return {name: getattr(self, name) for name in self._settings()}

    def set_params(self, **params: Any) -> Self:
        """Change settings; they count from the next `fit` on.

        Raises:
            ValueError: there is no such setting.
        """
        for name in params:
            if name not in self._settings():
                known = ", ".join(self._settings())
                text = "{estimator} has no setting {name!r}; there are {known}"
                raise ValueError(said(text, estimator=type(self).__name__, name=name, known=known))
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        """The settings that are not left at their defaults."""
        changed = [
            (name, getattr(self, name))
            for name, default in self._settings().items()
            if repr(getattr(self, name)) != repr(default)
        ]
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in changed)})"

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn, which alone calls this, has to know of an estimator."""
        from sklearn.utils import ClassifierTags, InputTags, RegressorTags, Tags, TargetTags

        kinds = {"classifier": ClassifierTags(), "regressor": RegressorTags()}
        own = {f"{kind}_tags": tags if kind == self._estimator_type else None for kind, tags in kinds.items()}
        return Tags(
            estimator_type=self._estimator_type,
            target_tags=TargetTags(required=True),
            transformer_tags=None,
            input_tags=InputTags(),
            **own,
        )


def check_choice(name: str, value: Any, choices: Sequence[Any]) -> None:
    """ValueError where a setting is none of what it can be."""
    if not any(value is choice or (type(value) is type(choice) and value == choice) for choice in choices):
        known = ", ".join(map(repr, choices))
        raise ValueError(said("{name}={value!r} is none of {known}", name=name, value=value, known=known))


def check_number(name: str, value: Any, low: float, *, above: bool = False, whole: bool = False) -> None:
    """ValueError where a setting is no number, below `low`, or with `above` not more than it.

    Raises:
        ValueError: that.
    """
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    if is_number and (value > low if above else value >= low):
        return
    bound = f"> {low:g}" if above else f"≥ {low:g}"
    text = "{name}={value!r} makes no sense; it must be a number {bound}"
    if whole:
        text = "{name}={value!r} makes no sense; it must be a whole number {bound}"
    raise ValueError(said(text, name=name, value=value, bound=bound))


def check_seed(value: Any) -> None:
    """ValueError where a seed is neither None nor a whole number from 0."""
    if value is None or (isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 0):
        return
    raise ValueError(said("seed={value!r} makes no sense; write a whole number ≥ 0, or None for chance", value=value))
