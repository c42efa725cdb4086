"""What optimizers, schedules and stopping rules say: in both languages, and docstrings whose examples run."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.optim.every import parameter
from tinygrad_vn import nn, optim
from tinygrad_vn.optim.lr_scheduler import LinearLR, LossThresholds, MultiStepLR, OneCycleLR, SequentialLR, StepLR
from tinygrad_vn.optim.stopping import EarlyStopping, GradientNorm, MaxIterations

OPTIMIZERS = [getattr(optim, name) for name in optim.__all__ if name[0].isupper() and name != "Optimizer"]
DIFFERENT = re.compile(r"\d+(?:\.\d+)?|'[^']*'")  # the numbers and names of one message
CODE = re.compile(r"`[^`]*`|'[^']*'|\w+\.\w+\(")
ENGLISH = re.compile(r"\b(the|of|is|was|write|make|or|and|which|not|it|that|for|from|must|no)\b")


def sgd() -> optim.SGD:
    return optim.SGD([parameter(1.0)], lr=0.1)


MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: optim.SGD([parameter(1.0)], lr=-0.5), "lr=-0.5 không hợp lệ; giá trị này phải từ 0 trở lên"),
    (lambda: optim.Adam([parameter(1.0)], lr="0.1"), "lr='0.1' không phải là số; hãy viết một số, chẳng hạn lr=0.1"),  # type: ignore[arg-type]
    (lambda: optim.Adam([parameter(1.0)], maximize="no"), "maximize='no' không phải True cũng không phải False"),  # type: ignore[arg-type]
    (lambda: optim.Adam([parameter(1.0)], learning_rate=1), "Adam không có đối số 'learning_rate'; nó có lr, "),
    (lambda: optim.Adam([parameter(1.0)], fused=True), "fused=True chỉ nói về cách PyTorch chạy"),
    (lambda: optim.Adam([parameter(1.0)], betas=(0.9, 1.0)), r"betas=\(0.9, 1.0\) không hợp lệ"),
    (lambda: optim.SGD([{"params": [parameter(1.0)], "rate": 1}]), "SGD không có thiết lập 'rate'"),
    (lambda: optim.SGD([parameter(1.0)], nesterov=True), "nesterov=True cần momentum"),
    (lambda: sgd().step(3.0), "step.. nhận một hàm tính loss, không phải float"),  # type: ignore[arg-type]
    (lambda: sgd().load_state_dict({}), "đây không phải là trạng thái .* 'state' và 'param_groups'"),
    (lambda: optim.LBFGS([parameter(1.0)]).step(), "LBFGS tính loss nhiều lần"),
    (lambda: optim.LBFGS([parameter(1.0)]).step(lambda: None), "closure trả về None; nó phải trả về loss"),
    (lambda: optim.LBFGS([parameter(1.0)], line_search_fn="x"), "không có line_search_fn='x'; chỉ có 'strong_wolfe'"),  # type: ignore[arg-type]
    (lambda: StepLR(sgd(), 0), "step_size=0 không hợp lệ; giá trị này phải là số nguyên từ 1 trở lên"),
    (lambda: StepLR(3, 1), "StepLR cần một optimizer, không phải int"),  # type: ignore[arg-type]
    (lambda: LinearLR(sgd(), 2.0), "start_factor=2.0 .* lớn hơn 0 và không lớn hơn 1"),
    (lambda: MultiStepLR(sgd(), [2.5]), r"milestones=\[2.5\] không hợp lệ"),
    (lambda: LossThresholds(sgd(), {1.5: [1.0, 2.0]}), "learning rate dưới ngưỡng 1.5 có 2 số"),
    (lambda: SequentialLR(sgd(), [StepLR(sgd(), 1)], []), r"schedulers\[0\] thuộc về một optimizer khác"),
    (lambda: OneCycleLR(sgd(), 0.1), "OneCycleLR phải biết độ dài"),
    (lambda: MaxIterations(1) or MaxIterations(2), r"bằng \| và &"),
    (lambda: EarlyStopping(3).met(0.5), "nhận một Progress, không phải float"),  # type: ignore[arg-type]
    (lambda: GradientNorm(-1), "tol=-1 không hợp lệ"),
    (lambda: EarlyStopping(1, mode="low"), "không có mode='low'; chỉ có 'min', 'max'"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("mistake", "says"), MISTAKES)
def test_mistakes_are_explained_in_both_languages(mistake: Callable[[], Any], says: str) -> None:
    texts = {}
    for language in ("en", "vi"):
        tg.set_language(language)
        with pytest.raises((TypeError, ValueError)) as caught:
            mistake()
        assert type(caught.value) in (TypeError, ValueError)
        texts[language] = str(caught.value)
    english, vietnamese = texts["en"], texts["vi"]
    assert re.search(says, vietnamese)
    assert sorted(DIFFERENT.findall(english)) == sorted(DIFFERENT.findall(vietnamese))
    assert not ENGLISH.search(CODE.sub("", vietnamese)), vietnamese


def test_no_error_is_in_english_only() -> None:
    """But what only authors of optimizers meet."""
    wrong = []
    for path in Path(optim.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                error, texts = ast.unparse(node.exc.func), [ast.unparse(text) for text in node.exc.args]
                if error in ("TypeError", "ValueError") and not texts[0].startswith("said("):
                    wrong.append(f"{path.name}, line {node.lineno}")
    assert wrong == []


# --- docstrings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_example_of_an_optimizer_runs(kind: type[optim.Optimizer]) -> None:
    text = inspect.getdoc(kind) or ""
    example = textwrap.dedent(re.split(r"\n\n(?=\S)", text.split("Example:\n")[1])[0])
    x, y = np.arange(8.0).reshape(4, 2) / 8, np.ones((4, 1))
    model = nn.Linear(2, 1)
    names = {"optim": optim, "nn": nn, "model": model, "loss_fn": nn.MSELoss(), "x": x, "y": y, "batches": [(x, y)]}
    before = model.weight.tolist()
    exec(example, names)
    assert type(names["optimizer"]) is kind
    assert "table" in names or model.weight.tolist() != before


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_docstrings_tell_the_defaults(kind: type[optim.Optimizer]) -> None:
    text = inspect.getdoc(kind) or ""
    for name, argument in inspect.signature(kind).parameters.items():
        entry = re.search(rf"^    {name}: (?:.|\n     )*", text, re.M)
        assert entry, name
        if argument.default not in (argument.empty, None):
            told = re.search(r"\(default: (.*)\)\.$", entry[0])
            assert told, name
            assert ast.literal_eval(told[1]) == argument.default, name
