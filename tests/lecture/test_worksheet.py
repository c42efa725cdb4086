"""Worksheets: their answers against computations of our own, their numbers nice, their two pages complete."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from tinygrad_vn.lecture.numbers import number
from tinygrad_vn.lecture.worksheet import KINDS, Question, answer_key, exercises, worksheet
from tinygrad_vn.lecture.worksheet.words import WORDS

STEP = 1e-6


def given(exercise):
    return {
        name: np.asarray(value, float) for name, value in (one for one in exercise.given if not isinstance(one, str))
    }


def answers(exercise):
    return {question.symbol: question.answer for question in exercise.questions}


def slope(f, x):
    """The gradient of f at x by differences: it knows no rule of calculus."""
    x = np.asarray(x, float)
    found = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[place] += STEP
        behind[place] -= STEP
        found[place] = (f(ahead) - f(behind)) / (2 * STEP)
    return found


def neuron(numbers, formulas):
    shape = {"σ": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "ReLU": lambda z: max(z, 0)}
    function = shape[next(name for name in shape if f"a = {name}(z)" in formulas)]
    theta = np.array([numbers["w_1"], numbers["w_2"], numbers["b"]])
    x = np.array([numbers["x_1"], numbers["x_2"], 1])
    loss = lambda t: (function(t @ x) - numbers["y"]) ** 2
    return {"z": theta @ x, "L": loss(theta)}, dict(
        zip(("∂L/∂w_1", "∂L/∂w_2", "∂L/∂b"), slope(loss, theta), strict=True)
    )


def net(numbers, formulas):
    names = ["w_11", "w_21", "w_12", "w_22", "b_1", "b_2", "v_1", "v_2", "c"]

    def loss(t):
        w11, w21, w12, w22, b1, b2, v1, v2, c = t
        h1 = max(0, w11 * numbers["x_1"] + w21 * numbers["x_2"] + b1)
        h2 = max(0, w12 * numbers["x_1"] + w22 * numbers["x_2"] + b2)
        return (v1 * h1 + v2 * h2 + c - numbers["y"]) ** 2

    theta = np.array([numbers[name] for name in names])
    return {"L": loss(theta)}, {f"∂L/∂{name}": g for name, g in zip(names, slope(loss, theta), strict=True)}


def matrices(numbers, formulas):
    def loss(X, W, b):
        return ((np.maximum(X @ W + b, 0) - numbers["Y"]) ** 2).sum() / 2

    X, W, b = (numbers[name] for name in "XWb")
    return {"J": loss(X, W, b)}, {
        "∂J/∂X": slope(lambda v: loss(v, W, b), X),
        "∂J/∂W": slope(lambda v: loss(X, v, b), W),
        "∂J/∂b": slope(lambda v: loss(X, W, v), b),
    }


def descent(numbers, formulas):
    x, y = numbers["x; y"]
    loss = lambda t: ((t[0] * x + t[1] - y) ** 2).mean()
    theta = np.array([numbers["w"], numbers["b"]])
    after = theta - numbers["η"] * slope(loss, theta)
    return {"L": loss(theta)}, {
        **dict(zip(("∂L/∂w", "∂L/∂b"), slope(loss, theta), strict=True)),
        **dict(zip(("w_new", "b_new"), after, strict=True)),
        "L_new": loss(after),
    }


def factorization(numbers, formulas):
    R = numbers["R"]
    M, d = R[:2].T, R[3]
    known = ~np.isnan(d)
    u = np.linalg.lstsq(M[known], d[known], rcond=None)[0]
    np.testing.assert_allclose(M[known] @ u, d[known])
    loss = lambda t: ((M[known] @ t - d[known]) ** 2).mean()
    start = np.array([0.5, 0.5])
    missing = {f"r_D,M{k + 1}": M[k] @ u for k in np.flatnonzero(~known)}
    gradient = slope(loss, start)
    return {"u_D": u, "M^T": M.T, "L": loss(start), **missing}, {"∂L/∂u": gradient, "u_new": start - 0.1 * gradient}


BY_DIFFERENCES = {one.__name__: one for one in (neuron, net, matrices, descent, factorization)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_answers_of_fifty_seeds(kind):
    for seed in range(50):
        (exercise,) = exercises(kind, 1, seed)
        numbers, found = given(exercise), answers(exercise)
        exact, close = BY_DIFFERENCES[kind](numbers, " ".join(one for one in exercise.given if isinstance(one, str)))
        for symbol, value in exact.items():
            np.testing.assert_allclose(found[symbol], value, rtol=1e-9, atol=1e-9, err_msg=f"{seed} {symbol}")
        for symbol, value in close.items():
            np.testing.assert_allclose(found[symbol], value, rtol=1e-6, atol=1e-6, err_msg=f"{seed} {symbol}")


@pytest.mark.parametrize("kind", KINDS)
def test_given_numbers_are_nice_and_fresh(kind):
    seen = set()
    for seed in range(50):
        (exercise,) = exercises(kind, 1, seed)
        for name, array in given(exercise).items():
            assert np.all(np.isnan(array) | (np.abs(array * 100 - np.round(array * 100)) < 1e-9)), name
            assert np.nanmax(np.abs(array)) < 10
        seen.add(str(exercise.given))
        if kind in ("net", "matrices"):  # whole numbers stay whole, but for the half in front of a sum
            for question in exercise.questions:
                np.testing.assert_array_equal(question.answer * 2, np.round(question.answer * 2))
    assert len(seen) >= 49


def test_the_same_seed_gives_the_same_exercises_whatever_else_is_asked():
    everything = exercises("backprop", 2, 7)
    assert [one.kind for one in everything] == [kind for kind in KINDS for _ in range(2)]
    for kind in KINDS:
        alone = exercises(kind, 2, 7)
        assert [str(one.given) for one in alone] == [str(one.given) for one in everything if one.kind == kind]
    assert str(exercises("net", 1, 8)[0].given) != str(exercises("net", 1, 7)[0].given)


def test_an_answer_on_which_the_two_ways_disagree_cannot_be_made():
    with pytest.raises(AssertionError):
        Question("z", "w", 1.0, 1.001)


def test_the_film_to_recommend_is_the_better_one():
    for seed in range(50):
        (exercise,) = exercises("factorization", 1, seed)
        predicted = {symbol: value for symbol, value in answers(exercise).items() if symbol.startswith("r_D,")}
        assert len(predicted) == 2
        assert exercise.details["first"] == max(predicted, key=predicted.__getitem__).removeprefix("r_D,")


def test_no_exercise_is_over_before_it_begins():
    """A step has somewhere to go, and more than one element of a matrix sends a gradient back."""
    for seed in range(50):
        (table,), (layer,) = (exercises(kind, 1, seed) for kind in ("factorization", "matrices"))
        assert np.abs(answers(table)["∂L/∂u"]).max() > 0.05, seed
        assert np.count_nonzero(answers(layer)["∂J/∂Z"]) >= 2, seed


class Text(HTMLParser):
    """The text of a page, and whether its tags are closed in order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.text += data


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_two_pages(lang):
    made = exercises("backprop", 2, 3)
    sheet, key = (make(made, lang, kind="backprop", seed=3) for make in (worksheet, answer_key))
    asked, told = Text(sheet).text, Text(key).text
    for page in (sheet, key):
        assert f'<html lang="{lang}">' in page
        assert "@page { size: A4" in page
        assert "http" not in page.replace("http-equiv", "")
        assert page.count("<h2>") == 10
    assert ("Họ và tên" if lang == "vi" else "Name") in asked
    assert "seed 3" in asked
    assert "seed 3" in told
    assert 'class="answer"' not in sheet
    answered = re.findall(r'<b class="answer">(.*?)</b>', key)
    assert len(answered) == sum(len(one.questions) for one in made) == sheet.count("<li ")
    for shown, question in zip(answered, (q for one in made for q in one.questions), strict=True):
        cells = [number(value) for value in question.answer.ravel().tolist()]
        assert re.findall(r"[−\d.×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", re.sub(r"<[^>]*>", " ", shown)) == cells
    assert "_" not in asked + told
    assert "^" not in asked + told
    assert all(set(texts) == {"vi", "en"} for texts in WORDS.values())
