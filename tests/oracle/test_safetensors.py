"""Weights move to PyTorch and back through a safetensors file, and the nets then predict the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn

torch = pytest.importorskip("torch")
files = pytest.importorskip("safetensors.torch")


def ours() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))


def theirs() -> Any:
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)).double()


def assert_same_net(our_net: nn.Sequential, their_net: Any) -> None:
    state = their_net.state_dict()
    assert list(our_net.state_dict()) == list(state)
    for key, value in our_net.state_dict().items():
        assert np.array_equal(value.numpy(), state[key].numpy())
    x = np.random.default_rng(0).normal(size=(5, 4))
    with torch.no_grad():
        predictions = their_net(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(our_net(tg.tensor(x)).detach().numpy(), predictions, rtol=1e-12, atol=1e-14)


def test_our_weights_go_to_pytorch(tmp_path: Path) -> None:
    net, other = ours(), theirs()
    tg.save(tmp_path / "net.safetensors", net.state_dict())
    other.load_state_dict(files.load_file(tmp_path / "net.safetensors"))
    assert_same_net(net, other)


def test_pytorch_s_weights_come_here(tmp_path: Path) -> None:
    net, other = ours(), theirs()
    files.save_file(other.state_dict(), tmp_path / "net.safetensors", metadata={"format": "pt"})
    net.load_state_dict(tg.load(tmp_path / "net.safetensors"))
    assert_same_net(net, other)


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64"]
)
def test_every_dtype_that_both_have_goes_there_and_back(dtype: str, tmp_path: Path) -> None:
    there, back = tmp_path / "there.safetensors", tmp_path / "back.safetensors"
    values = np.array([[0, 1, 2], [3, 100, 5]]).astype(dtype)
    tg.save(there, {"values": values, "one": values[:1, :1].reshape(()), "none": values[:0]})
    tensors = files.load_file(there)
    assert tensors["values"].dtype == getattr(torch, dtype)
    files.save_file(tensors, back)
    for key, tensor in tg.load(back).items():
        assert tensor.dtype == values.dtype
        assert np.array_equal(tensor.numpy(), tensors[key].numpy())
        assert tensor.shape == tuple(tensors[key].shape)


def test_bfloat16_and_torch_save_are_refused_with_the_way_out(tmp_path: Path) -> None:
    files.save_file({"w": torch.ones(2, dtype=torch.bfloat16)}, tmp_path / "half.safetensors")
    with pytest.raises(tg.CheckpointError, match=r"BF16.*\.float\(\)"):
        tg.load(tmp_path / "half.safetensors")
    for new_format in (True, False):
        torch.save({"w": torch.ones(2)}, tmp_path / "model.pt", _use_new_zipfile_serialization=new_format)
        with pytest.raises(tg.CheckpointError, match=r"pickle.*safetensors\.torch\.save_file"):
            tg.load(tmp_path / "model.pt")
