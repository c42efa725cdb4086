"""How numbers are written: what a lecturer would put on the blackboard."""

import numpy as np
import pytest

from tinygrad_vn.lecture.numbers import elements, in_words, number, summary


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (22.0, "22"),
        (-3.0, "−3"),
        (0.5, "0.5"),
        (0.1 + 0.2, "0.3"),
        (np.float32(0.1), "0.1"),
        (np.pi, "3.142"),
        (-np.pi * 100, "−314.2"),
        (0.50003, "0.5000"),
        (0.99996, "1.000"),
        (12345.678, "12346"),
        (123456.0, "123456"),
        (1e6, "1.0×10⁶"),
        (999999.7, "1.000×10⁶"),
        (1.0000001, "1.000"),
        (np.float32(1.0000001), "1"),
        (1.5 - 2j, "1.5 − 2i"),
        (np.complex64(3j), "0 + 3i"),
        (1e-7, "1.0×10⁻⁷"),
        (-1.23456e-12, "−1.235×10⁻¹²"),
        (1e-4, "0.0001"),
        (0.00012345678, "0.0001235"),
        (9.99e-5, "9.99×10⁻⁵"),
        (1e300, "1.0×10³⁰⁰"),
        (np.nan, "NaN"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (-7, "−7"),
        (np.int64(12345678), "12345678"),
        (True, "True"),
        (np.bool_(False), "False"),
    ],
)
def test_a_number(x, text):
    assert number(x) == text


@pytest.mark.parametrize(("precision", "text"), [(1, "3"), (2, "3.1"), (6, "3.14159")])
def test_precision_counts_significant_digits(precision, text):
    assert number(np.pi, precision) == text


def test_a_number_reads_back_within_its_precision():
    rng = np.random.default_rng(0)
    signs = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    for x in rng.normal(size=500) * 10.0 ** rng.integers(-12, 12, size=500):
        text = number(x).replace("×10", "e").translate(signs)
        assert float(text) == pytest.approx(x, rel=5.1e-4)


def test_up_to_nine_elements_are_written_out():
    assert elements(np.array([1.0, -2.0])) == [["1"], ["−2"]]
    assert elements(np.arange(6.0).reshape(2, 3)) == [["0", "1", "2"], ["3", "4", "5"]]
    assert elements(np.float64(3.0).reshape(())) == [["3"]]
    assert elements(np.zeros((0, 3))) == [["[ ]"]]


def test_a_larger_array_is_summed_up():
    assert summary(np.arange(10)) == [("min", "0"), ("mean", "4.5"), ("max", "9"), ("norm", "16.88")]
    assert dict(summary(np.array([np.nan] * 10)))["max"] == "NaN"


def test_an_array_in_words():
    assert in_words(None) == "—"
    assert in_words(np.array(2.5)) == "2.5"
    assert in_words(np.array([[1.0, -2.0]])) == "[[1, −2]]"
    assert in_words(np.zeros((2, 8), np.float32)) == "2×8 float32: min 0, mean 0, max 0, norm 0"
