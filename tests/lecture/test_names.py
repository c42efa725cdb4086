"""What boxes are called: by whom somebody says, else as the caller's variables are, where that is certain."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn
from tinygrad_vn.lecture import draw

module_level = tg.tensor(1.0, requires_grad=True)


def names(drawing):
    return [variable.name for variable in drawing.graph.variables if variable.name is not None]


def leaf(value=1.0, name=None):
    return tg.tensor(value, requires_grad=True, name=name)


def test_a_variable_of_the_caller_gives_its_name():
    w, x = leaf(), tg.tensor(2.0)
    z = w * x
    assert names(draw(z + 1.0)) == ["w", "x", "z", "L"]
    assert all(variable.given for variable in draw(z).graph.variables)


def test_what_is_not_certain_has_no_name():
    a = b = leaf()
    _hidden, _12 = leaf(), leaf()
    listed = [leaf()]
    assert names(draw(a * _hidden + _12 * listed[0]))[:2] == ["w1", "w2"]
    assert b is a
    assert names(draw(module_level * 2.0))[0] == "w1"  # another namespace than this function's


def test_at_module_level_variables_are_the_globals():
    space = {"__name__": "a_lecture", "tg": tg, "names": names}
    exec("w = tg.tensor(2.0, requires_grad=True)\nfound = names(tg.draw(w * 3.0))", space)
    assert space["found"] == ["w", "L"]


def test_a_name_of_its_own_comes_before_the_variable_and_keeps_others_from_it():
    w, x = leaf(name="weight"), leaf(name="y")
    y = leaf()
    assert names(draw(w * x + y))[:3] == ["weight", "y", "mul_1"]
    assert "w1" in names(draw(w * x + y))  # y is taken


def test_parameters_of_the_only_model():
    model, x = nn.Linear(2, 1), tg.tensor([[1.0, 2.0]])
    assert {"weight", "bias", "x"} <= set(names(draw(model(x).sum())))
    other = nn.Linear(2, 1)
    assert not {"weight", "bias"} & set(names(draw((model(x) + other(x)).sum())))


def test_a_model_that_is_half_made_gives_no_names():
    class Broken(nn.Module):
        def __init__(self):
            self.layers = [nn.Linear(1, 1)]

    broken, w = Broken(), leaf()
    assert names(draw(w * 2.0))[0] == "w"
    with pytest.raises(TypeError):
        list(broken.named_parameters())


def test_params_in_every_form():
    model = nn.Linear(2, 1)
    loss = model(np.ones((1, 2))).sum()
    forms = [model, model.named_parameters("net"), dict(model.named_parameters()), list(model.named_parameters())]
    found = [names(draw(loss, params=form)) for form in forms]
    assert found[0] == found[2] == found[3]
    assert "net.weight" in found[1]
    assert "W" in names(draw(loss, params=model, names={"W": model.weight}))
    assert "weight" not in names(draw(loss, params=model, names={"W": model.weight}))


@pytest.mark.parametrize("nonsense", [3, "w", [1, 2], {"w": 1.0}, [("w",)]])
def test_names_in_another_form_are_refused(nonsense):
    w = leaf()
    with pytest.raises(TypeError, match="dictionary or pairs"):
        draw(w * 2.0, names=nonsense)


def test_two_names_are_where_it_is_made_and_where_it_is_used():
    w = leaf(2.0)
    h = w * 3.0
    drawing = draw(np.tanh(h), names=[("A⁽³⁾", h), ("Ŷ", h)])
    assert "<B>A⁽³⁾ = Ŷ</B>" in drawing.source
    assert ">∂A⁽³⁾/∂w" in drawing.source or ">∂Ŷ/∂w" in drawing.source


def test_no_frame_is_kept_alive():
    class Something:
        pass

    def lecture():
        held, w = Something(), leaf()
        return weakref.ref(held), draw(w * 2.0)

    gone, drawing = lecture()
    gc.collect()
    assert gone() is None
    assert names(drawing) == ["w", "L"]


def test_strange_variables_do_no_harm():
    class Strange:
        def __getattribute__(self, name):
            raise RuntimeError(name)

        def __eq__(self, other):
            raise RuntimeError

    strange, array, w = Strange(), np.ones(3), leaf()
    assert names(draw(w * 2.0))[0] == "w"
    assert array.sum() == 3
    del strange


def test_what_a_loop_has_left_behind_is_no_name():
    xs, w, b = [leaf(1.0), leaf(2.0)], leaf(3.0), leaf(4.0)
    params = [w, b]
    total = w * b
    for q in xs:
        total = total + q * q
    assert names(draw(total)) == ["w", "b", "mul_1", "w1", "mul_2", "add_3", "w2", "mul_4", "total"]
    assert len(params) == 2


def test_two_tensors_of_one_name_are_told_apart():
    graph = draw(leaf(1.0, "x") * leaf(2.0, "x") * leaf(3.0, "x′")).graph
    assert [v.name for v in graph.variables if v.role == "parameter"] == ["x", "x′′", "x′"]


def test_the_result_of_a_model_is_an_output():
    (result,) = draw(nn.Linear(2, 1), inputs=np.ones((1, 2))).graph.results
    assert (result.name, result.role) == ("ŷ", "output")
    (loss,) = draw(leaf() * 2.0).graph.results
    assert (loss.name, loss.role) == ("L", "loss")
