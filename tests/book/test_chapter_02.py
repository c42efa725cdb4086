"""Chapter 2: what its exercises have to do."""

import pytest

import tinygrad_vn as tg

pytestmark = pytest.mark.chapter_2


@pytest.mark.parametrize("point", [(1.0, 2.0), (-0.5, 3.0), (0.0, 0.0)])
def test_gradients(answers, point):
    x, y = (tg.tensor(number, requires_grad=True) for number in point)
    expected = tg.grad((x + y) ** 2 - x * y, [x, y])
    assert answers.gradients(*point) == pytest.approx(tuple(g.item() for g in expected))


def test_along_paths(answers):
    arrows = {("x", "u"): 4.0, ("y", "u"): 3.0, ("x", "v"): 1.0, ("y", "v"): 1.0, ("u", "z"): 7.0, ("v", "z"): 12.0}
    assert answers.along_paths(arrows, "x", "z") == pytest.approx(40.0)
    assert answers.along_paths(arrows, "y", "z") == pytest.approx(33.0)
    assert answers.along_paths(arrows, "u", "v") == 0
    assert answers.along_paths(arrows, "z", "z") == 1


def test_along_longer_paths(answers):
    arrows = {("a", "b"): 2.0, ("b", "c"): 3.0, ("c", "d"): 5.0, ("a", "c"): 7.0, ("b", "d"): -1.0, ("a", "d"): 0.5}
    assert answers.along_paths(arrows, "a", "d") == pytest.approx(2 * 3 * 5 + 7 * 5 - 2 + 0.5)
