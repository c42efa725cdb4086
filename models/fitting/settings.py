"""Settings in scikit-learn's manner: what the constructor is given is remembered as it is, and can be read and changed.

So scikit-learn's `clone`, pipelines and searches, which make many estimators of one, work on ours.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Self

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
