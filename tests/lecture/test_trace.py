"""The table: its numbers are those of the computation, and no name can be markup or a formula."""

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser

import numpy as np
import pytest

import tinygrad_vn as tg


def rating():
    w, x = tg.tensor(2.0, requires_grad=True, name="w"), tg.tensor(-3.0, name="x")
    z = w * x
    return (z - 1.0) ** 2


def test_a_table_of_text():
    assert tg.trace_table(rating(), lang="en").splitlines() == [
        "node   operation  value  local derivatives          gradient",
        "─────  ─────────  ─────  ─────────────────────────  ────────",
        "w      parameter  2                                 42",
        "x      input      −3                                —",
        "mul_1  w · x      −6     ∂mul_1/∂w = x = −3         −14",
        "sub_2  mul_1 − 1  −7     ∂sub_2/∂mul_1 = 1          −14",
        "L      sub_2²     49     ∂L/∂sub_2 = 2·sub_2 = −14  1",
    ]


def test_headings_in_vietnamese():
    first = tg.trace_table(rating(), lang="vi").splitlines()[0]
    assert first.split("  ")[0].strip() == "node"
    assert [part for part in ("phép toán", "giá trị", "đạo hàm riêng", "gradient") if part in first] != []
    assert "tham số (parameter)" in tg.trace_table(rating(), lang="vi")


def test_names_of_the_callers_variables_and_given_ones():
    x = tg.tensor(3.0, requires_grad=True)
    y = x * x
    assert re.search(
        r"^y +x · x +9 +∂y/∂x₍₁₎ = x = 3; ∂y/∂x₍₂₎ = x = 3 +1$", tg.trace_table(y, lang="en"), re.MULTILINE
    )
    assert "trọng số" in tg.trace_table(y, names={"trọng số": x})
    assert "Ŷ = A" not in tg.trace_table(y * 1.0)
    assert "A = Ŷ" in tg.trace_table(y * 1.0, names=[("A", y), ("Ŷ", y)])


def test_csv_has_all_digits_and_every_row():
    rng = np.random.default_rng(0)
    w = tg.tensor(rng.normal(), requires_grad=True, name="w")
    v = tg.tensor(rng.normal(size=3), requires_grad=True, name="v")
    h = np.tanh(w * v)
    L = (h * h).sum()
    rows = list(csv.reader(io.StringIO(tg.trace_table(L, format="csv", lang="en", names={"h": h, "L": L}))))
    assert rows[0] == ["node", "operation", "value", "local derivatives", "gradient"]
    table = {row[0]: row for row in rows[1:]}
    of_w, of_h = tg.grad(L, [w, h], retain_graph=True)
    assert float(table["w"][4]) == float(of_w.numpy())
    assert float(table["L"][2]) == L.item()
    np.testing.assert_array_equal(np.array(json.loads(table["h"][4])), of_h.numpy())
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(3000):
        y = y * 0.5
    assert len(tg.trace_table(y, format="csv").splitlines()) == 3002
    cut = tg.trace_table(y, lang="en").splitlines()
    assert len(cut) == 1003
    assert cut[-1] == "… 2001 lines left out …"


HOSTILE = [
    "=1+1",
    "+SUM(A1)",
    "-2",
    "@cmd",
    '=HYPERLINK("http://x")',
    "a|b",
    "<script>alert(1)</script>",
    "**bold**",
    "`code`",
    "[x](http://y)",
    "two\nlines",
    "tab\there",
    '"quote", comma',
    "\x00\x1b[31m",
    "tô\u0309ng",
    "$x$",
    "\\|",
]


class Cells(HTMLParser):
    """The tags and the texts of cells."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.texts.append("")

    def handle_data(self, data):
        if self.texts:
            self.texts[-1] += data if data.strip() else ""


def shown(name):
    return unicodedata.normalize("NFC", re.sub(r"[\x00-\x1f]", "␣", name))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_markup_or_a_formula(name):
    w = tg.tensor(2.0, requires_grad=True, name=name)
    L = w * 3.0
    reader = Cells()
    reader.feed(tg.trace_table(L, format="html", names={"L": L}))
    assert reader.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    assert shown(name) in reader.texts
    lines = tg.trace_table(L, format="markdown", names={"L": L}).splitlines()
    assert len(lines) == 4
    for line in lines:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 6  # five cells, whatever the name is
        assert "<" not in line
        assert not re.search(r"(?<!\\)[*`\[$]", line)
    for row in list(csv.reader(io.StringIO(tg.trace_table(L, format="csv", names={"L": L}))))[1:]:
        assert len(row) == 5
        for text in (row[0], row[1], row[3]):
            assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))
        float(row[2])
    assert len(tg.trace_table(L, names={"L": L}).splitlines()) == 4


def test_columns_stand_below_each_other_whatever_the_letters():
    names = ["w", "tô\u0309ng", "重み", "😀"]
    leaves = [tg.tensor(1.0, requires_grad=True, name=name) for name in names]
    table = tg.trace_table(leaves[0] + leaves[1] * leaves[2] - leaves[3], lang="en").splitlines()
    places = set()
    for line in (line for line in table if "parameter" in line):
        before = line[: line.index("parameter")]
        places.add(sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in before))
    assert len(places) == 1
    assert sum("parameter" in line for line in table) == 4


def test_several_results_and_mistakes():
    w = tg.tensor([1.0, 2.0], requires_grad=True, name="w")
    table = tg.trace_table([w * 2.0, w.sum()], lang="en")
    assert "[2, 4]" in table
    with pytest.raises(TypeError, match="takes a Tensor that was computed, or a list of them, not float"):
        tg.trace_table(2.0)
    with pytest.raises(ValueError, match="'text', 'markdown', 'html', 'csv'"):
        tg.trace_table(w, format="xml")
    with pytest.raises(ValueError, match="a whole number from 1"):
        tg.trace_table(w, precision=0)


def test_the_same_argument_twice_has_two_derivatives():
    v = tg.tensor(2.0, requires_grad=True, name="v")
    (line,) = (line for line in tg.trace_table(v / v, lang="en").splitlines() if line.startswith("L"))
    assert "∂L/∂v₍₁₎ = 1/v = 0.5; ∂L/∂v₍₂₎ = −v/v² = −0.5" in line


def test_a_repeated_argument_says_which_sum():
    b = tg.tensor([1.0, 1.0], requires_grad=True, name="b")
    Z = tg.tensor([[1.0, 2.0], [3.0, 4.0]], name="X") + b
    (line,) = (line for line in tg.trace_table(Z.sum(), names={"Z": Z}, lang="en").splitlines() if line.startswith("Z"))
    assert "∂Z/∂b = 1 = [[1, 1], [1, 1]] (sum over the rows)" in line
