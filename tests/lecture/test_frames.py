"""Frames: nothing moves from one to the next, every one says what happens, and a file is whole or not there."""

import itertools
import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.lecture.stories import STORIES, layers, net, neuron, square, summed_up
from tinygrad_vn.lecture import DrawingError, draw
from tinygrad_vn.lecture.picture import layout
from tinygrad_vn.lecture.story import frames
from tinygrad_vn.lecture.story.steps import steps_of
from tinygrad_vn.lecture.theme import THEMES

SVG = "{http://www.w3.org/2000/svg}"


def parts(path):
    """Everything drawn in a frame, by its name."""
    root = ET.parse(path).getroot()
    groups = {group.get("data-part"): group for group in root.iter(f"{SVG}g") if group.get("data-part")}
    return {"page": root, **groups}


def outline(group):
    """Where a box, a circle or a frame is: its lines and the place of its first text, which is its name or sign."""
    lines = [
        tuple(shape.get(key) for key in ("d", "points", "cx", "cy", "rx", "ry"))
        for shape in group
        if shape.tag.removeprefix(SVG) in ("path", "polygon", "ellipse", "polyline")
    ]
    texts = [(text.get("x"), text.get("y"), text.text) for text in group.iter(f"{SVG}text")]
    return lines, texts[:1]


def where(caption):
    """The place of a caption's first letter."""
    text = caption.find(f".//{SVG}text")
    return text.get("x"), text.get("y")


def said(group):
    """The words of a caption, line by line."""
    lines = {}
    for text in group.iter(f"{SVG}text"):
        lines[text.get("y")] = lines.get(text.get("y"), "") + text.text.replace("\xa0", " ")
    return list(lines.values())


@pytest.mark.parametrize(("lang", "rankdir"), [("en", "LR"), ("vi", "LR"), ("en", "TB")])
@pytest.mark.parametrize("name", STORIES)
def test_nothing_moves(graphviz, tmp_path, name, lang, rankdir):
    drawing = STORIES[name](lang=lang, rankdir=rankdir)
    first, *others = map(parts, drawing.frames(tmp_path))
    boxes = [key for key in first if re.fullmatch(r"(v|op|g|cluster_s)\d+", key)]
    assert len(boxes) == len(drawing.graph) + len(drawing.graph.scopes)
    for frame in others:
        assert frame.keys() == first.keys()
        assert frame["page"].get("viewBox") == first["page"].get("viewBox")
        assert where(frame["caption"]) == where(first["caption"])
        for key in boxes:
            assert outline(frame[key]) == outline(first[key]), key
    for key in (key for key in first if re.fullmatch(r"e\d+", key)):
        ways = {tuple(shape.get("d") for shape in frame[key].iter(f"{SVG}path")) for frame in (first, *others)}
        assert len(ways) <= 3, key  # thin, thick, and turned around
        places = {
            tuple((text.get("x"), text.get("y"), text.text) for text in frame[key].iter(f"{SVG}text"))
            for frame in (first, *others)
        }
        assert len(places - {()}) <= 1, key


def test_every_frame_says_what_happens(graphviz, tmp_path):
    for drawing, lang in ((neuron(), "en"), (net(lang="vi", theme="dark"), "vi")):
        steps = steps_of(drawing.graph, lang=lang)
        paths = drawing.frames(tmp_path / lang)
        assert [path.name for path in paths] == [f"frame-{i:03d}.svg" for i in range(1, len(steps) + 1)]
        for number, (path, step) in enumerate(zip(paths, steps, strict=True), 1):
            frame = parts(path)
            words = " ".join(" ".join(said(frame["caption"])).split())
            assert words == " ".join(f"{number}/{len(steps)} {step.heading} {' '.join(step.formulas)}".split())
            assert frame["page"].findtext(f"{SVG}desc") == step.caption


def test_values_and_gradients_appear_when_they_are_known(graphviz, tmp_path):
    drawing = neuron()
    steps = steps_of(drawing.graph, lang="en")
    for path, step in zip(drawing.frames(tmp_path), steps, strict=True):
        frame = parts(path)
        for box in drawing.graph.variables:
            _, _, *columns = [text.text for text in frame[box.id].iter(f"{SVG}text")][-4:]
            assert ("—" in columns[:1]) == (box.id not in step.values and box.has_gradient)
            if box.has_gradient:
                assert (columns[-1] == "—") == (box.id not in step.gradients)
        text = "".join(frame["page"].itertext())
        assert ("0.7864" in text) == (steps.index(step) >= 2)  # ∂a/∂z is known with a, and nowhere said before


def test_the_step_is_marked_and_gradients_go_back_along_dashed_arrows(graphviz, tmp_path):
    for theme in THEMES:
        colors = THEMES[theme]
        drawing = neuron(theme=theme)
        steps = steps_of(drawing.graph, lang="en")
        for path, step in zip(drawing.frames(tmp_path / theme), steps, strict=True):
            frame = parts(path)
            circles = {
                operation.id: frame[operation.id].find(f"{SVG}ellipse") for operation in drawing.graph.operations
            }
            marked = {key for key, circle in circles.items() if circle.get("fill") == colors.active.fill.lower()}
            assert marked == step.active & circles.keys()
            for position, arrow in enumerate(drawing.graph.arrows):
                group = frame[f"e{position}"]
                line, tip = group.find(f"{SVG}path"), group.find(f"{SVG}polygon")
                is_dashed = bool(line.get("stroke-dasharray"))
                assert is_dashed == (step.kind == "backward" and position in step.arrows)
                assert (tip.get("fill") == colors.gradient.lower()) == is_dashed
                xs = [float(x) for x in re.findall(r"(-?[\d.]+),", line.get("d"))]
                points = [float(x) for x in re.findall(r"(-?[\d.]+),", tip.get("points"))]
                assert (min(points) < min(xs)) == is_dashed, arrow  # where the point is


def test_the_same_files_every_time(graphviz, tmp_path):
    for format, story in (("svg", net), ("png", square)):
        once, again = (story().frames(tmp_path / run / format, format) for run in "ab")
        assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_pictures_have_one_size_and_no_projector_needs_more(graphviz, tmp_path):
    for drawing, most in ((square(), 1200), (net(), 2600)):
        sizes = {path.read_bytes()[16:24] for path in drawing.frames(tmp_path, "png", detail="edge")}
        (size,) = sizes
        assert 500 < int.from_bytes(size[:4], "big") <= most


def test_what_an_earlier_series_left_is_deleted(graphviz, tmp_path):
    keep = ["frame-100.png", "frame-1.svg", "frames.svg", "frame-009b.svg"]
    for name in keep:
        (tmp_path / name).touch()
    assert len(neuron().frames(tmp_path)) == 12
    square().frames(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*keep, *(f"frame-00{i}.svg" for i in range(1, 5))]
    )


@pytest.mark.parametrize(
    ("path", "format", "detail"),
    [
        ("folder", "gif", "operation"),
        ("folder", "dot", "operation"),
        ("one.pdf", "svg", "operation"),
        ("folder", "svg", "x"),
    ],
)
def test_unknown_wishes_are_refused(tmp_path, path, format, detail):
    with pytest.raises(ValueError, match=re.escape(repr(detail if detail == "x" else format))):
        square().frames(tmp_path / path, format, detail)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_where_a_picture_fails(graphviz, monkeypatch, tmp_path):
    sources = frames.frame_sources

    def with_a_mistake(*arguments):
        made, width = sources(*arguments)
        return [*made[:-1], "digraph {{{"], width

    monkeypatch.setattr(frames, "frame_sources", with_a_mistake)
    for target, format in (("folder", "svg"), ("one.pdf", "pdf")):
        with pytest.raises(DrawingError, match="could not draw this graph"):
            square().frames(tmp_path / target, format)
    assert not list(tmp_path.iterdir())


def test_without_graphviz_or_pypdf_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(DrawingError, match="-m pip install pypdf"):
        square().frames(tmp_path / "one.pdf")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(DrawingError, match="-m pip install pygraphviz"):
        square().frames(tmp_path)
    assert not list(tmp_path.iterdir())


def test_too_many_frames_are_refused(tmp_path):
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(500):
        y = y * 0.5
    with pytest.raises(DrawingError, match="1002 frames are too many"):
        draw(y, collapse=False).frames(tmp_path)


def test_names_are_drawn_as_they_are(graphviz, tmp_path):
    for i, name in enumerate(
        ['"w"', "back\\slash", "\\N", "<b>", "x->y", '[id="e0", ', "op1 [", "trọng so\u0302\u0301", "😀"]
    ):
        w = tg.tensor(2.0, requires_grad=True, name=name)
        paths = draw(w * 3.0).frames(tmp_path / str(i))
        line = said(parts(paths[-1])["caption"])[-1]
        assert unicodedata.normalize("NFC", name) in line


def test_long_formulas_are_broken_and_stay_on_the_page(graphviz, tmp_path):
    x = tg.tensor(np.array([1 / 3, -2e-7 / 3, 1e9 / 7, -1 / 7]), requires_grad=True, name="x")
    path = draw((np.tanh(x) * x).sum()).frames(tmp_path)[-2]
    frame = parts(path)
    left, _, width, _ = map(float, frame["page"].get("viewBox").split())
    lines = said(frame["caption"])
    assert any(line.startswith("      =") for line in lines)
    assert max(map(len, lines)) < frames.LETTERS
    size = float(frame["caption"].find(f"{SVG}text").get("font-size"))
    assert max(map(len, lines)) * 0.5 * size < width - left


# --- PDF ----------------------------------------------------------------------------------------------------------


def test_one_document_has_a_page_for_every_frame(graphviz, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    drawing = net(lang="vi")
    (path,) = drawing.frames(tmp_path / "bài giảng" / "lan truyền.PDF")
    (again,) = drawing.frames(tmp_path / "again.pdf")
    assert path.read_bytes() == again.read_bytes()
    singles = drawing.frames(tmp_path / "pages", "pdf")
    document = pypdf.PdfReader(path)
    steps = steps_of(drawing.graph, lang="vi")
    assert len(document.pages) == len(singles) == len(steps)
    assert len({tuple(page.mediabox) for page in document.pages}) == 1
    assert document.metadata.title == "Đồ thị tính toán (computation graph) của J"
    assert [entry.title for entry in document.outline] == [f"{i}. {step.heading}" for i, step in enumerate(steps, 1)]
    for page, step in zip(document.pages, steps, strict=True):
        text = unicodedata.normalize("NFC", page.extract_text())
        assert step.heading.split(":")[0] in " ".join(text.split())


def test_vietnamese_letters_keep_their_marks_in_a_pdf(graphviz, tmp_path):
    try:
        subprocess.run(["pdftotext", "-v"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    (path,) = neuron(lang="vi").frames(tmp_path / "one.pdf")
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    text = unicodedata.normalize("NFC", done.stdout.decode())
    assert text.count("Lan truyền xuôi (feedforward):") == 5
    assert text.count("quy tắc dây chuyền") == 5
    assert "giá trị" in text


# --- the engines --------------------------------------------------------------------------------------------------


def test_many_pictures_by_one_process(graphviz):
    sources = [f'digraph {{ a [label="{i}"] }}' for i in range(3)]
    pictures = layout.all_laid_out(sources, "svg")
    assert [re.search(rb">(\d)</text>", picture)[1] for picture in pictures] == [b"0", b"1", b"2"]


def test_pygraphviz_makes_frames_where_there_is_no_dot(monkeypatch, tmp_path):
    pytest.importorskip("pygraphviz", reason="pygraphviz is not installed")
    monkeypatch.setenv("PATH", "")
    assert len(square().frames(tmp_path)) == 4


def test_layers_and_summaries_keep_room_for_the_widest_numbers(graphviz, tmp_path):
    """No text of any box leaves it, in any frame."""
    for drawing in (layers(lang="vi"), summed_up(lang="vi"), net()):
        for path in itertools.islice(drawing.frames(tmp_path), 0, None, 3):
            for key, group in parts(path).items():
                if re.fullmatch(r"v\d+", key):
                    shape = group.find(f"{SVG}path")
                    xs = [float(x) for x in re.findall(r"(-?[\d.]+),", shape.get("d"))]
                    for text in group.iter(f"{SVG}text"):
                        assert min(xs) < float(text.get("x")) < max(xs)
