"""The story of a computation: every number in it is right, and everything is told once."""

import re
import time

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.stories import STORIES, folded, net, neuron, square
from tinygrad_vn.lecture import draw
from tinygrad_vn.lecture.story.steps import steps_of

NUMBER = r"−?[\d.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def story(drawing, lang="en", **options):
    return steps_of(drawing.graph, lang=lang, **options)


def value(text):
    mantissa, _, power = text.strip("() ").translate(SUPERSCRIPTS).partition("×10")
    return float(mantissa) * 10.0 ** int(power or 0)


def formulas(steps, kind):
    return [formula for step in steps if step.kind == kind for formula in step.formulas]


def slope(f, at, h=1e-6):
    return (f(at + h) - f(at - h)) / (2 * h)


def test_forward_seed_backward_summary_in_this_order():
    steps = story(neuron())
    assert [step.kind for step in steps] == ["forward"] * 5 + ["seed"] + ["backward"] * 5 + ["summary"]
    assert formulas(steps, "forward")[:2] == ["mul_1 = w · x = 2 · 3 = 6", "z = mul_1 + b = 6 + (−5.5) = 0.5"]
    assert formulas(steps, "seed") == ["∂L/∂L = 1"]
    assert steps[8].heading == "Backward through tanh: the chain rule"
    assert steps[8].formulas == ("∂L/∂z = ∂L/∂a · ∂a/∂z = −0.6758 · 0.7864 = −0.5315",)
    assert steps[-1].caption.split("\n")[1:] == ["L = 0.1142", "∂L/∂w = −1.594", "∂L/∂b = −0.5315"]


def test_the_same_in_vietnamese():
    steps = story(neuron(), "vi")
    assert [steps[i].heading for i in (0, 5, 8, -1)] == [
        "Lan truyền xuôi (feedforward): ×",
        "Bắt đầu lan truyền ngược (backpropagation): đạo hàm của L theo chính nó",
        "Lan truyền ngược (backpropagation) qua tanh: quy tắc dây chuyền (chain rule)",
        "Kết quả: gradient của mọi tham số",
    ]
    assert formulas(steps, "backward") == formulas(story(neuron()), "backward")


def test_every_number_agrees_with_finite_differences():
    def loss(w=2.0, b=-5.5, z=None, a=None):
        z = w * 3.0 + b if z is None else z
        return ((np.tanh(z) if a is None else a) - 0.8) ** 2

    wanted = {
        "w": slope(lambda w: loss(w=w), 2.0),
        "b": slope(lambda b: loss(b=b), -5.5),
        "z": slope(lambda z: loss(z=z), 0.5),
        "a": slope(lambda a: loss(a=a), np.tanh(0.5)),
    }
    lines = formulas(story(neuron(), precision=9), "backward")
    for name, derivative in wanted.items():
        (line,) = (line for line in lines if line.startswith(f"∂L/∂{name} ="))
        found = re.search(rf" = ({NUMBER}) · (\({NUMBER}\)|{NUMBER}) = ({NUMBER})$", line)
        g, local, product = map(value, found.groups())
        assert product == pytest.approx(derivative, rel=1e-7)
        assert product == pytest.approx(g * local, rel=1e-7)


def test_a_value_used_several_times_lists_its_contributions():
    w = tg.tensor(2.0, requires_grad=True, name="w")
    loss = (w * 3.0 - 5.0) ** 2 + w * w + 7.0 * w
    loss.name = "L"
    steps = story(draw(loss))
    assert formulas(story(square()), "backward") == [
        *["∂L/∂x += ∂L/∂L · ∂L/∂x = 1 · 3 = 3"] * 2,
        "∂L/∂x = 6 = 3 + 3",
    ]
    (line,) = (line for line in formulas(steps, "backward") if line.startswith("∂L/∂w ="))
    total, summands = line.removeprefix("∂L/∂w = ").split(" = ")
    assert value(total) == pytest.approx(slope(lambda w: (w * 3 - 5) ** 2 + w * w + 7 * w, 2.0), rel=1e-6)
    assert sorted(map(value, summands.split(" + "))) == [2.0, 2.0, 6.0, 7.0]
    growing = [float(step.gradients["v1"]) for step in steps if "v1" in step.gradients]
    assert growing == sorted(growing)
    assert growing[-1] == 17
    assert len(set(growing)) == 3


def test_a_broadcast_argument_gets_the_sum_over_the_rows():
    lines = formulas(story(net()), "backward")
    (bias,) = (line for line in lines if line.startswith("∂J/∂b⁽²⁾"))
    assert bias.startswith("∂J/∂b⁽²⁾ = ∑ (∂J/∂Z⁽²⁾ ⊗ ∂Z⁽²⁾/∂b⁽²⁾) = ∑ ∂J/∂Z⁽²⁾ = [")
    assert bias.endswith("]   (sum over the rows)")
    (activation,) = (line for line in lines if line.startswith("∂J/∂Z⁽²⁾ ="))
    assert activation == "∂J/∂Z⁽²⁾ = ∂J/∂A⁽²⁾ ⊗ ∂A⁽²⁾/∂Z⁽²⁾ = ∂J/∂A⁽²⁾ ⊗ (1 − (A⁽²⁾)²) (4×3)"
    (weight,) = (line for line in lines if line.startswith("∇W⁽²⁾"))
    assert weight.startswith("∇W⁽²⁾ = A⁽¹⁾ᵀ ∇matmul_4 = [[")
    assert "(tổng theo các hàng)" in "".join(formulas(story(net(), "vi"), "backward"))


def test_a_number_that_is_broadcast_and_an_array_that_is_used_twice():
    k, x = tg.tensor(2.0, requires_grad=True, name="k"), tg.tensor([1.0, -2.0], requires_grad=True, name="x")
    loss = (k * x - x).sum()
    loss.name = "L"
    lines = formulas(story(draw(loss)), "backward")
    assert any(line.startswith("∂L/∂k = ∑ ") and line.endswith(" = −1   (sum of all elements)") for line in lines)
    assert any(line.endswith(" · k = [1, 1] · 2 = [2, 2]") for line in lines)
    assert "∂L/∂x = [1, 1] = [−1, −1] + [2, 2]" in lines


@pytest.mark.parametrize("detail", ["operation", "edge"])
@pytest.mark.parametrize("name", STORIES)
def test_contributions_sum_to_the_gradients_and_every_arrow_is_told(name, detail):
    graph = STORIES[name]().graph
    steps = steps_of(graph, lang="en", detail=detail)
    for box in graph.variables:
        assert box.id in steps[-1].values
        if box.gradient is not None:
            np.testing.assert_allclose(steps[-1].gradients[box.id], box.gradient, rtol=1e-9, atol=1e-15)
    forward = {position for step in steps if step.kind == "forward" for position in step.arrows}
    backward = [position for step in steps if step.kind == "backward" for position in step.arrows]
    assert forward >= {i for i, arrow in enumerate(graph.arrows) if arrow.argument is not None}
    for position, arrow in enumerate(graph.arrows):
        if arrow.argument is not None:
            assert backward.count(position) == (arrow.argument.contribution is not None)
    drawn = {part.id for part in (*graph.variables, *graph.operations, *graph.groups)} | set(graph.by_id)
    assert all(step.active <= drawn for step in steps)


def test_one_step_for_every_contribution():
    steps = story(neuron(), detail="edge")
    backward = [step for step in steps if step.kind == "backward"]
    assert [len(step.formulas) for step in backward] == [1] * 6
    assert [len(step.arrows) for step in backward] == [2] * 6  # from the result to the circle, and on
    with pytest.raises(ValueError, match="'node' is unknown; write one of 'operation', 'edge'"):
        story(neuron(), detail="node")


@pytest.mark.parametrize(
    ("lang", "several", "array", "none"),
    [
        ("en", "there are several results", "is not a single number (shape (2,))", "no Tensor requires one"),
        ("vi", "có nhiều kết quả", "không phải là một số duy nhất (kích thước (2,))", "không Tensor nào cần gradient"),
    ],
)
def test_without_gradients_the_story_ends_early_and_says_why(lang, several, array, none):
    x, c = tg.tensor([1.0, 2.0], requires_grad=True, name="x"), tg.tensor(3.0)
    for result, reason in (([x.sum(), x * 2.0], several), (x * 2.0, array), (c * 2.0, none), (c, none)):
        steps = story(draw(result), lang)
        assert {step.kind for step in steps} <= {"forward", "summary"}
        assert reason in steps[-1].formulas[-1]


def test_values_that_backward_has_released_are_not_made_up():
    big = tg.tensor(np.ones((400, 400)), requires_grad=True, name="W")
    loss = np.exp(big * 2.0).sum()
    loss.backward()
    steps = story(draw(loss))
    assert steps[-1].kind == "summary"
    assert steps[-1].formulas[-1] == "No gradients: backward() has released the values in between."


def test_operations_with_several_results():
    A = tg.tensor([[2.0, 1.0], [0.5, 3.0]], requires_grad=True, name="A")
    u, s, _ = np.linalg.svd(A)
    values, _ = np.linalg.eigh(A @ A.T)
    drawing = draw((u * 2.0).sum() + s.sum() + values.sum())
    steps = story(drawing)
    assert "svd_1 = svd(A) = svd([[2, 1], [0.5, 3]])" in formulas(steps, "forward")
    (box,) = (box for box in drawing.graph.variables if box.name == "A")
    np.testing.assert_allclose(steps[-1].gradients[box.id], box.gradient, rtol=1e-12)
    (svd,) = (step for step in steps if step.heading == "Backward through svd: the chain rule")
    assert len(svd.arrows) == 3  # two results, one argument


def test_the_summary_writes_small_matrices_in_full():
    drawing = net()
    boxes = {box.name: box for box in drawing.graph.variables}
    said = dict(formula.split(" = ") for formula in story(drawing)[-1].formulas)
    assert len(said) == 7
    for name in ("W⁽¹⁾", "W⁽²⁾", "W⁽³⁾", "b⁽¹⁾", "b⁽³⁾"):
        numbers = [value(text) for text in re.findall(NUMBER, said[f"∂J/∂{name}"])]
        np.testing.assert_allclose(numbers, boxes[name].gradient.ravel(), rtol=1e-3)
        assert ("[[" in said[f"∂J/∂{name}"]) == name.startswith("W")


def test_a_folded_part_says_what_goes_in_what_comes_out_and_the_derivative_from_end_to_end():
    x = tg.tensor(1.2, requires_grad=True, name="x")
    y = x
    for _ in range(60):
        y = np.sin(y)
    y.name = "y"
    steps = story(draw(y, max_nodes=30), precision=9)

    def times(start, stop):
        """How many sines lie between two numbers."""
        for count in range(61):
            if start == pytest.approx(stop, rel=1e-8):
                return count
            start = np.sin(start)
        raise AssertionError("nothing lies between them")

    def sines(start, count):
        for _ in range(count):
            start = np.sin(start)
        return start

    folded = [step for step in steps if "operations" in step.heading]
    lines = [step.formulas for step in folded if step.kind == "forward"]
    assert lines
    ways = {}
    for (line,) in lines:
        (name, start), (end, stop) = (part.split(" = ") for part in line.split(" → "))
        count = times(value(start), value(stop))
        assert count > 1
        ways[end, name] = (value(start), count)
    lines = [step.formulas for step in folded if step.kind == "backward"]
    assert len(lines) == len(ways)
    for (line,) in lines:
        left, symbols, numbers, product = line.split(" = ")
        g, slope_text = map(value, numbers.split(" · "))
        end, name = re.search(r"· ∂(\S+)/∂(\S+)$", symbols).groups()
        start, count = ways[end, name]
        assert slope_text == pytest.approx(slope(lambda x, n=count: sines(x, n), start), rel=1e-6)
        assert value(product) == pytest.approx(g * slope_text, rel=1e-7)
        assert left == f"∂y/∂{name}"
    assert value(lines[-1][0].rpartition(" = ")[2]) > 0


def test_a_recorded_backward_pass_is_told_as_what_it_is():
    x = tg.tensor(3.0, requires_grad=True, name="x")
    y = x * x * x
    y.name = "y"
    steps = story(draw(y, backward=True))
    kinds = [step.heading.partition(":")[0] for step in steps]
    assert kinds == ["Forward"] * 2 + ["Backward pass"] * (len(steps) - 3) + ["Result"]
    assert value(steps[-1].formulas[-1].rpartition(" = ")[2]) == 27
    assert len(steps[-1].formulas) == 2


def test_what_is_folded_is_one_step():
    drawing = folded()
    steps = story(drawing)
    headings = [step.heading for step in steps]
    assert len(steps) < 2 * len(drawing.graph)
    assert any(
        re.fullmatch(r"Backward through folded part (×\d+ )?\(operations( each time)?: \d+\): the chain rule", h)
        for h in headings
    )
    (line,) = (line for line in formulas(steps, "backward") if "contributions" in line)
    exact = sum(0.999**i for i in range(300)) + 0.999**300
    assert value(line.rpartition(" = ")[2]) == pytest.approx(exact, rel=1e-3)


def test_long_and_strange_names_stay_on_one_line():
    w = tg.tensor(2.0, requires_grad=True, name="two\nlines\t<b>\\N")
    for step in story(draw(w * 3.0)):
        assert all("\n" not in line and "\t" not in line for line in (step.heading, *step.formulas))


def test_a_step_never_has_more_lines_than_anybody_reads():
    parts = [tg.tensor(float(i), requires_grad=True) for i in range(30)]
    steps = story(draw(np.stack(parts).sum()))
    assert max(len(step.formulas) for step in steps) == 12
    assert steps[-1].formulas[-1] == "… 20 lines left out …"


def test_a_large_graph_is_told_quickly():
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(75):
        y = np.tanh(y)
    graph = draw(y, collapse=False).graph
    start = time.perf_counter()
    assert len(steps_of(graph, lang="en", detail="edge")) == 152
    assert time.perf_counter() - start < 1
