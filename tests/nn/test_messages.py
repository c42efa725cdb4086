"""What students do wrong with layers, losses and models, and what they are told: in English and in Vietnamese."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, training
from tinygrad_vn.nn import functional as F

X = np.ones((4, 3))
SCORES = tg.tensor(np.ones((4, 3)), requires_grad=True)


class Silent(nn.Module):
    """A net whose forward forgets to return."""

    def __init__(self) -> None:
        self.layer = nn.Linear(3, 1)

    def forward(self, x: Any) -> None:
        self.layer(x)


class Headless(nn.Module):
    pass


def net_with(name: str, value: Any) -> nn.Module:
    net = Headless()
    setattr(net, name, value)
    return net


def class_with_a_layer() -> None:
    type("Net", (nn.Module,), {"layer": nn.Linear(1, 1)})


def becomes(first: Any, second: Any) -> None:
    net = net_with("part", first)
    net.part = second


MISTAKES: list[tuple[type[Exception], str, str, Callable[[], Any]]] = [
    # layers
    (ValueError, "3 features where in_features=5", "có 3 đặc trưng", lambda: nn.Linear(5, 2)(X)),
    (ValueError, "write x.T", "hãy viết x.T", lambda: nn.Linear(4, 2)(X)),
    (ValueError, r"nn\.Flatten\(\)", "trước nó", lambda: nn.Linear(6, 2)(np.ones((4, 2, 3)))),
    (ValueError, r"x\.reshape\(-1, 1\)", "đặc trưng của 4 mẫu", lambda: nn.Linear(1, 2)(np.ones(4))),
    (ValueError, "a single number", "một số đơn lẻ", lambda: nn.Linear(3, 2)(1.0)),
    (TypeError, "must be a whole number, not 2.5", "phải là số nguyên", lambda: nn.Linear(2.5, 1)),
    (ValueError, "makes no sense", "không hợp lý", lambda: nn.Linear(-1, 1)),
    (IndexError, "index 9 is outside", "chỉ số 9 nằm ngoài", lambda: nn.Embedding(3, 2)([9])),
    (TypeError, r"indices\.astype\(int\)", "là số nguyên", lambda: nn.Embedding(3, 2)([0.5])),
    (ValueError, "none of the 3 rows", "không phải là hàng nào", lambda: nn.Embedding(3, 2, padding_idx=3)),
    (ValueError, "is no probability", "không phải là xác suất", lambda: nn.Dropout(20)),
    (ValueError, r"it takes \(N, 5\)", "nó cần", lambda: nn.BatchNorm1d(5)(X)),
    (ValueError, "more than one value per feature", "batch lớn hơn", lambda: nn.BatchNorm1d(3)(X[:1])),
    (ValueError, "it takes", "nó cần", lambda: nn.LayerNorm(5)(X)),
    (ValueError, "class 3 is not among", "lớp 3 không nằm", lambda: F.one_hot([0, 3], 3)),
    (TypeError, "the last one is -1", "trục cuối là -1", lambda: nn.Softmax(dim=None)),  # type: ignore[arg-type]
    (TypeError, "does the forward", "return kết quả chưa", lambda: nn.Sequential(Silent(), nn.ReLU())(X)),
    (TypeError, "does the forward", "return kết quả chưa", lambda: nn.Sequential(Silent(), nn.Linear(1, 1))(X)),
    # losses
    (TypeError, "mse_loss was given None as its input", "chưa", lambda: F.mse_loss(Silent()(X), np.ones((4, 1)))),
    (TypeError, "cross_entropy was given None as its input", "chưa", lambda: nn.CrossEntropyLoss()(Silent()(X), [0])),
    (TypeError, "None as its target", "giá trị đích", lambda: F.mse_loss(X, None)),
    (TypeError, r"MSELoss is a class.*nn\.MSELoss\(\)", "là một class", lambda: nn.MSELoss(SCORES, X)),  # type: ignore[arg-type, call-arg]
    (TypeError, "MSELoss is a class", "là một class", lambda: nn.MSELoss(SCORES)),  # type: ignore[arg-type]
    (TypeError, "CrossEntropyLoss is a class", "class", lambda: nn.CrossEntropyLoss(SCORES, np.ones(4))),  # type: ignore[arg-type]
    (ValueError, "has no reduction 'average'", "hãy viết 'mean'", lambda: nn.MSELoss("average")),
    (ValueError, "got the input 1.5 at index", "không nằm giữa 0 và 1", lambda: F.binary_cross_entropy([1.5], [1])),
    (ValueError, r"write \(target \+ 1\) / 2", "hai lớp là 0 và 1", lambda: nn.BCEWithLogitsLoss()([0.5], [-1])),
    (IndexError, "classes, 0 to 2; give", "từ 0 đến 2", lambda: F.cross_entropy(SCORES, [0, 1, 2, 5])),
    (IndexError, "write target - 1", "đánh số từ 0", lambda: F.cross_entropy(SCORES, [1, 2, 3, 3])),
    (IndexError, "ignore_index=-1", "để bỏ qua", lambda: F.cross_entropy(SCORES, [0, 1, 2, -1])),
    (IndexError, "one score for two classes", "một điểm số", lambda: F.cross_entropy(SCORES[:, :1], [0, 1, 0, 1])),
    (TypeError, r"target\.astype\(int\)", "số hiệu lớp", lambda: F.cross_entropy(SCORES, np.zeros(4))),
    (TypeError, r"target\.argmax\(1\)", "one-hot", lambda: F.cross_entropy(SCORES, np.eye(4, 3, dtype=int))),
    (
        TypeError,
        r"names, target = np\.unique\(target, return_inverse=True\)",
        "số hiệu lớp",
        lambda: nn.CrossEntropyLoss()(SCORES, ["cat", "dog", "cat", "cow"]),
    ),
    (tg.ShapeError, r"\[E08\].*exchanged.*cross_entropy\(", "đổi chỗ", lambda: F.cross_entropy([0, 1, 2, 0], SCORES)),
    (ValueError, "there is no loss in this batch", "batch rỗng", lambda: F.mse_loss([], [])),
    (
        ValueError,
        "label_smoothing from 0 to 1",
        "từ 0 đến 1",
        lambda: F.cross_entropy(SCORES, [0] * 4, None, 1, "mean", 2),
    ),
    (ValueError, "positive delta", "delta dương", lambda: F.huber_loss(X, X, delta=0)),
    # modules
    (NotImplementedError, "has no forward", "chưa có forward", lambda: Headless()(X)),
    (
        TypeError,
        r"write nn\.ModuleList",
        "sẽ không được huấn luyện",
        lambda: list(net_with("layers", [nn.Linear(1, 1)]).parameters()),
    ),
    (
        TypeError,
        r"write nn\.ModuleDict",
        "dict thông thường",
        lambda: list(net_with("layers", {"a": nn.Linear(1, 1)}).parameters()),
    ),
    (
        TypeError,
        "set each as an attribute",
        "thuộc tính riêng",
        lambda: list(net_with("ws", [nn.Parameter([1.0])]).parameters()),
    ),
    (
        TypeError,
        r"write nn\.Parameter",
        "không phải là tham số",
        lambda: list(net_with("w", tg.ones(2, requires_grad=True)).parameters()),
    ),
    (TypeError, r"nn\.Parameter around the whole", "cả biểu thức", lambda: net_with("w", 0.1 * nn.Parameter([1.0]))),
    (TypeError, "stands in the class", "thân class", class_with_a_layer),
    (TypeError, "is a parameter, it cannot become", "là tham số", lambda: becomes(nn.Parameter([1.0]), 3)),
    (TypeError, "is a module, it cannot become", "là một module", lambda: becomes(nn.Linear(1, 1), 3)),
    (AttributeError, "choose another name", "hãy chọn tên khác", lambda: net_with("forward", nn.Linear(1, 1))),
    (AttributeError, "has no module 'b'", "không có module 'b'", lambda: nn.Linear(1, 1).get_submodule("b")),
    (ValueError, "made of real numbers", "gồm các số thực", lambda: nn.Linear(1, 1).to(int)),
    # containers
    (TypeError, r"make an object of it: ReLU\(\)", "hãy tạo một đối tượng", lambda: nn.Sequential(nn.ReLU)),  # type: ignore[arg-type]
    (TypeError, r"was given the function tanh", "dưới dạng module", lambda: nn.Sequential(np.tanh)),  # type: ignore[arg-type]
    (TypeError, r"Sequential\(\*layers\)", "hãy viết", lambda: nn.Sequential([nn.ReLU()])),  # type: ignore[arg-type]
    (IndexError, "no number 5 among", "không có số 5", lambda: nn.Sequential(nn.ReLU())[5]),
    (NotImplementedError, r"take nn\.Sequential", "hãy lặp qua", lambda: nn.ModuleList([nn.ReLU()])(X)),
    (KeyError, "there is no module 'a'", "không có module 'a'", lambda: nn.ModuleDict()["a"]),
    # states
    (ValueError, "missing key 'weight'", "thiếu khóa 'weight'", lambda: nn.Linear(1, 1).load_state_dict({})),
    (
        ValueError,
        "this model needs",
        "mô hình này cần",
        lambda: nn.Linear(1, 1).load_state_dict(nn.Linear(2, 1).state_dict()),
    ),
    (
        TypeError,
        r"what state_dict\(\) returned",
        "kết quả của",
        lambda: nn.Linear(1, 1).load_state_dict(nn.Linear(1, 1)),
    ),  # type: ignore[arg-type]
    # init, utils, penalties, summary
    (ValueError, "it needs two axes", "cần hai trục", lambda: nn.init.xavier_uniform_(tg.zeros(3))),
    (TypeError, "changes a Tensor in place", "sửa một Tensor", lambda: nn.init.zeros_(np.zeros(3))),  # type: ignore[arg-type]
    (ValueError, "no gain is known", "không biết gain", lambda: nn.init.calculate_gain("softmax")),
    (TypeError, "not a whole Linear", "cả một Linear", lambda: nn.utils.clip_grad_norm_(nn.Linear(1, 1), 1.0)),  # type: ignore[arg-type]
    (ValueError, "max_norm=-1 makes no sense", "không hợp lý", lambda: nn.utils.clip_grad_norm_([], -1)),
    (ValueError, "found no parameters", "không thấy tham số nào", lambda: nn.l2_penalty([], 0.1)),
    (ValueError, "layer '0': Linear", "với đầu vào", lambda: nn.summary(nn.Sequential(nn.Linear(2, 1)), (4, 3))),
    # Tensors
    (TypeError, "a Tensor holds numbers", "Tensor chứa các số", lambda: tg.tensor("two")),
    (ValueError, r"leave \.cuda\(\) out", "hãy bỏ", lambda: nn.Linear(1, 1).cuda()),
    (TypeError, "means something else in PyTorch", "nghĩa khác nhau", lambda: SCORES.max(dim=1)),
    (TypeError, "means something else in PyTorch", "nghĩa khác nhau", lambda: tg.max(SCORES, 1)),
    (tg.GradientError, r"losses\.append\(loss\.item\(\)\).*tg\.stack", "gom các loss", lambda: np.mean([SCORES.sum()])),
]
VIETNAMESE_LETTER = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
ENGLISH = re.compile(r"\b(the|of|is|was|are|use|write|make|or|and|which|not|its|it|for|from|given|takes|got)\b")


@pytest.mark.parametrize(("kind", "in_english", "in_vietnamese", "mistake"), MISTAKES)
def test_a_mistake_is_told_in_the_language_of_the_setting(
    kind: type[Exception], in_english: str, in_vietnamese: str, mistake: Callable[[], Any]
) -> None:
    texts = {}
    for language in ("en", "vi"):
        tg.set_language(language)
        with pytest.raises(kind) as caught:
            mistake()
        assert type(caught.value) is kind
        texts[language] = str(caught.value)
    assert re.search(in_english, texts["en"]), texts["en"]
    assert not VIETNAMESE_LETTER.search(texts["en"])
    assert in_vietnamese in texts["vi"], texts["vi"]
    prose = re.sub(r"[\w.]+\(.*?\)|'[^']*'", "", texts["vi"])
    assert not ENGLISH.search(prose), prose


def test_the_layer_is_named_in_the_language_too() -> None:
    net = nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.Linear(5, 1)))
    for language, note in (("en", "in the layer '1.0': Linear("), ("vi", "ở layer '1.0': Linear(")):
        tg.set_language(language)
        with pytest.raises(ValueError, match="in_features=5") as caught:
            net(X)
        assert [text[: len(note)] for text in caught.value.__notes__] == [note]


def test_a_whole_training_checkpoint_is_no_state(tmp_path: Path) -> None:
    model, path = nn.Linear(3, 1), tmp_path / "run.npz"
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    training.fit(model, nn.MSELoss(), optimizer, (X, np.ones((4, 1))), epochs=1, checkpoint=path, progress=False)
    twin = nn.Linear(3, 1)
    with pytest.raises(ValueError, match=r"whole training checkpoint.*load_state_dict\(tg\.load\(path\)\['model'\]\)"):
        twin.load_state_dict(tg.load(path))
    twin.load_state_dict(tg.load(path)["model"])
    assert twin.weight.tolist() == model.weight.tolist()


def test_a_model_may_have_a_part_called_model() -> None:
    net = net_with("model", nn.Linear(1, 1))
    assert net.load_state_dict(net.state_dict()).missing_keys == []


def test_what_is_right_gives_no_warning() -> None:
    x = tg.tensor([[2.0, -1.0, 0.5]], requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        F.nll_loss(F.log_softmax(x), [0])
        F.nll_loss(F.softmax(x).log(), [0])
        F.cross_entropy(F.log_softmax(x), [0])
        F.cross_entropy(F.softmax(x) * 5, [0])
        F.cross_entropy(F.sigmoid(x), [0])
        F.binary_cross_entropy(F.sigmoid(x), [[1, 0, 1]])
        F.binary_cross_entropy_with_logits(F.softmax(x), [[1, 0, 1]])
        F.mse_loss(F.softmax(x), [[1, 0, 0]])
    net = nn.Sequential(nn.Linear(3, 3), nn.Softmax())
    with pytest.warns(tg.GradientWarning, match="E16"):
        nn.CrossEntropyLoss()(net(x), [0])


def test_losses_can_still_be_collected() -> None:
    losses = [(tg.tensor(2.0, requires_grad=True) ** 2) for _ in range(3)]
    assert tg.stack(losses).mean().item() == np.mean([loss.item() for loss in losses]) == 4.0
