"""Files of ratings in every layout: what is found out about them, and what is said where they are wrong."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.data.number_columns import number_columns
from tinygrad_vn.errors import DataError
from tinygrad_vn.language import set_language


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="ratings.dat"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def triples(data):
    """Every rating with the ids of the file."""
    return list(zip(data.user_ids[data.users], data.item_ids[data.items], data.ratings.tolist(), strict=True))


def complaint(read, *arguments, **options):
    with pytest.raises(DataError) as caught:
        read(*arguments, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert "{" not in text
    assert set(caught.value.texts) == {"vi", "en"}
    return text


EXPECTED = [(196, 242, 3.0), (186, 302, 3.5), (196, 51, 1.0)]


@pytest.mark.parametrize(
    ("content", "separator", "header"),
    [
        ("196\t242\t3\t881250949\n186\t302\t3.5\t891717742\n196\t51\t1\t881250949\n", "tabs", None),
        ("196::242::3::881250949\n186::302::3.5::891717742\n196::51::1::881250949", "'::'", None),
        ("196 242  3\n186 302 3.5\n196 51 1\n", "spaces", None),
        ("196|242|3\r\n186|302|3.5\r\n196|51|1\r\n", "vertical bars", None),
        ("\ufeff196,242,3\n186,302,3.5\n\n196,51,1\n", "commas", None),
        (
            '"User-ID";"ISBN";"Book-Rating"\n"196";"242";"3"\n"186";"302";"3.5"\n"196";"51";"1"\n',
            "semicolons",
            "User-ID",
        ),
        ("rating\tts\tuser_id\titem\n3\t5\t196\t242\n3.5\t6\t186\t302\n1\t7\t196\t51\n", "tabs", "rating"),
        (",userId,movieId,rating\n0,196,242,3\n1,186,302,3.5\n2,196,51,1\n", "commas", ""),
        ("\ufeffuserId::movieId::rating\r\n196::242::3\r\n186::302::3.5\r\n196::51::1\r\n", "'::'", "userId"),
        ("Người dùng,Phim,Điểm\n196,242,3\n186,302,3.5\n196,51,1\n", "commas", "Người dùng"),
    ],
)
def test_the_layout_of_a_list_is_found_out_and_reported(write, content, separator, header):
    path = write(content)
    data = RatingsDataset.from_file(path)
    assert triples(data) == EXPECTED
    assert (data.user_ids.tolist(), data.item_ids.tolist()) == ([186, 196], [51, 242, 302])
    assert data.layout.header is None if header is None else data.layout.header[0] == header
    assert f"ratings.dat: list, separated by {separator}, {'no header' if header is None else 'header'}" in repr(data)


def test_movielens_in_its_four_layouts_is_one_data_set(movielens, write):
    real = RatingsDataset.from_csv(movielens / "ratings.csv", movielens / "movies.csv")
    lines = (movielens / "ratings.csv").read_text(encoding="utf-8").splitlines()[1:]
    with open(movielens / "movies.csv", newline="", encoding="utf-8") as file:
        films = [(row["movieId"], row["title"]) for row in csv.DictReader(file)]
    movies = write("".join(f"{film}::{title}::Drama\n" for film, title in films), "movies.dat")
    for mark in ("\t", "::", " "):
        path = write("\n".join(line.replace(",", mark) for line in lines))
        data = RatingsDataset.from_file(path, movies)
        assert data.titles == real.titles
        for name in ("users", "items", "ratings", "timestamps", "user_ids", "item_ids"):
            np.testing.assert_array_equal(getattr(data, name), getattr(real, name))
    assert real.timestamps[:2].tolist() == [1260759144, 1260759179]


def test_older_films_are_in_latin_1_and_keep_quotation_marks(write):
    ratings = write("1\t1\t3\t881250949\n")
    films = write('1|"Misérables", Les (1995)|01-Jan-1995||http://x|0|1\n'.encode("latin-1"), "u.item")
    data = RatingsDataset.from_file(ratings, films, encoding="latin-1")
    assert data.title_of(1) == '"Misérables", Les (1995)'
    text = complaint(RatingsDataset.from_file, ratings, films)
    assert "u.item, line 1: byte 0xE9 after '1|\"Mis' is not UTF-8" in text
    assert "encoding='latin-1'" in text


def test_utf_16_is_read_where_it_is_asked_for_and_named_where_not(write):
    text = "userId,movieId,rating\n1,31,2.5\n"
    assert triples(RatingsDataset.from_file(write(text.encode("utf-16")), encoding="utf-16")) == [(1, 31, 2.5)]
    for content in (text.encode("utf-16"), text.encode("utf-16-le")):
        assert "saved as UTF-16. Save it as UTF-8" in complaint(RatingsDataset.from_file, write(content))


def test_ids_may_be_names(write):
    data = RatingsDataset.from_file(write("user;isbn;stars\nnam;034545104X;5\nan;0155061224;4\n01;034545104X;3\n"))
    assert data.user_ids.tolist() == ["01", "an", "nam"]
    assert data.item_ids.tolist() == ["0155061224", "034545104X"]
    assert triples(data) == [("nam", "034545104X", 5.0), ("an", "0155061224", 4.0), ("01", "034545104X", 3.0)]
    films = write("movieId,title\n034545104X,Flesh Tones\n", "movies.csv")
    named = RatingsDataset.from_csv(write("userId,movieId,rating\nnam,034545104X,5\n"), films)
    assert named.title_of(named.item_ids[0]) == "Flesh Tones"


def test_another_scale_can_be_named(write):
    path = write("userId,movieId,rating\n1,31,10\n2,31,0\n")
    data = RatingsDataset.from_csv(path, scale=(0, 10))
    assert (data.ratings.tolist(), data.scale) == ([10.0, 0.0], (0, 10))
    assert "line 2: the rating '10' is outside the scale from 0.5 to 5.0" in complaint(RatingsDataset.from_csv, path)
    for scale in [(5, 1), (1, np.nan), 5, (1, 2, 3)]:
        assert "is no scale. Write the lowest and the highest" in complaint(RatingsDataset.from_csv, path, scale=scale)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("", ["the file is empty"]),
        ("\n \n\t\n", ["the file is empty"]),
        (
            "1::1193::5::978300760\n1::661::3::978302109\n1::1193::4::0\n",
            ["line 3", "a second time, the first is on line 1"],
        ),
        ("1::1193::5::978300760\n1::661::3\n", ["line 2", "'1::661::3' has 3 fields, but the first line has 4"]),
        (
            "1,131,3,0\n1,132,3\n5,133,3,3,0\n7,137,3,0\n",
            ["line 2", "has 3 fields"],
        ),  # eight fields, as two good lines have
        ("1::1193::5::978300760\n1,661,3,97\n", ["line 2", "is separated by commas, the lines above by '::'"]),
        ("1\t1193\t5\t9\n1::661::3::0\n", ["line 2", "is separated by '::', the lines above by tabs"]),
        ("1\t1193\t5\t9\n1\t\t3\t0\n", ["line 2", "the movieId is blank"]),
        ("1\t1193\t5\t9\n1\t1\tNaN\t0\n", ["line 2", "the rating 'NaN' is not a number"]),
        ("1\t1193\t5\t9\n1\t1\t-3\t0\n", ["line 2", "'-3' is outside the scale"]),
        ("1\t1193\t5\t9\n\n1\t1\t6\t0\n", ["line 3", "'6' is outside the scale"]),
        ("1;31;2,5\n", ["line 1", "'1;31;2,5' has no column userId"]),
        ("a;b;c\n1;31;2\n", ["line 1", "'a;b;c' has no column userId and no movieId and no rating"]),
        ("user,film\n1,31\n", ["line 1", "'user,film' has no column rating"]),
        ("user,film,item,rating\n1,31,1,3\n", ["line 1", "names a column twice"]),
        ("user,film,rating\n", ["no rating below"]),
        (b"PK\x03\x04", ["zip archive"]),
        (b"1\t1\t3\n2\t1\t\xff\n", ["line 2", "byte 0xFF after '2\\t1\\t' is not UTF-8"]),
    ],
)
def test_a_wrong_list_names_line_text_and_remedy(write, content, texts):
    text = complaint(RatingsDataset.from_file, write(content))
    for part in texts:
        assert part in text


# Large files: the fast reader and the careful one agree


fields = st.one_of(
    st.integers(0, 10**18 - 1).map(str),
    st.sampled_from(["", "-1", "+1", " 7", "1.5", "007", '"3"', "x", "é", "1e3", "9" * 19, "\x1f", "1\r2"]),
)
stars = st.one_of(
    st.decimals(0, 10**6, places=3).map(str), st.sampled_from(["5", "3.", ".5", ".", "1.2.3", "", "x", "-1"])
)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 10**18 - 1).map(str), stars, fields), min_size=1, max_size=6),
    mark=st.sampled_from([",", "\t", "::", ";"]),
    end=st.sampled_from(["\n", "\r\n"]),
    tail=st.sampled_from(["", "\n", "\n\n"]),
)
def test_the_fast_reader_reads_what_python_reads_or_gives_up(tmp_path_factory, rows, mark, end, tail):
    path = tmp_path_factory.getbasetemp() / "columns.txt"
    text = end.join(mark.join(row) for row in rows) + tail
    path.write_bytes(text.encode())
    found = number_columns(path, 0, mark, 3, [0, 2], 1)
    plain = all(a.isascii() and a.isdigit() and c.isascii() and c.isdigit() and len(c) <= 18 for a, _, c in rows)
    if found is None:
        decimals = all(b.replace(".", "", 1).isdigit() and len(b) <= 15 for _, b, _ in rows)
        assert not (plain and decimals)
    else:
        assert plain
        assert found[0].tolist() == [int(a) for a, _, _ in rows]
        assert found[1].tolist() == [int(c) for _, _, c in rows]
        assert found[2].tolist() == [float(b) for _, b, _ in rows]


def test_pieces_of_a_long_file_are_joined_at_line_ends(tmp_path, monkeypatch):
    monkeypatch.setattr("tinygrad_vn.data.number_columns.PIECE", 7)
    path = tmp_path / "ratings.csv"
    expected = [(k % 7, k, (k % 10 + 1) / 2, 10**k) for k in range(18)]
    path.write_text("userId,movieId,rating,timestamp\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in expected))
    data = RatingsDataset.from_csv(path)
    found = zip(data.user_ids[data.users], data.item_ids[data.items], data.ratings, data.timestamps, strict=True)
    assert list(found) == expected


def test_the_careful_reader_agrees_with_the_fast_one_on_the_real_ratings(movielens, write):
    real = RatingsDataset.from_csv(movielens / "ratings.csv")
    buffer = io.StringIO()
    with open(movielens / "ratings.csv", newline="", encoding="utf-8") as file:
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(csv.reader(file))
    careful = RatingsDataset.from_csv(write(buffer.getvalue()))
    for name in ("users", "items", "ratings", "timestamps", "user_ids", "item_ids"):
        np.testing.assert_array_equal(getattr(careful, name), getattr(real, name))
        assert getattr(careful, name).dtype == getattr(real, name).dtype


@pytest.mark.parametrize(
    ("wrong", "texts"),
    [
        ("7,31,9,0", ["line 200001", "'9' is outside the scale"]),
        ("1,1,3,0", ["line 200001", "user 1 rates film 1 a second time, the first is on line 2"]),
        ("7,31,3", ["line 200001", "has 3 fields, but the header has 4"]),
        ("7,,3,0", ["line 200001", "the movieId is blank"]),
        ("7,31,nan,0", ["line 200001", "'nan' is not a number"]),
    ],
)
def test_one_wrong_line_among_200_000_is_named(write, wrong, texts):
    lines = [f"{k // 500 + 1},{k % 500 + 1},{k % 10 / 2 + 0.5},{k}" for k in range(200_000)]
    lines[199_999] = wrong
    text = complaint(RatingsDataset.from_csv, write("userId,movieId,rating,timestamp\n" + "\n".join(lines) + "\n"))
    for part in texts:
        assert part in text


# Matrices


REPORT = "5 0 4 0 1\n0 3 0 0 2\n0 0 0 0 0\n"


@pytest.mark.parametrize("mark", [" ", ",", "\t", "; ", "  "])
def test_the_dense_matrix_of_the_report(write, mark):
    path = write("".join(mark.join(line.split()) + "\r\n" for line in REPORT.splitlines()), "ratings.txt")
    for read in (RatingsDataset.from_matrix, RatingsDataset.from_file):
        data = read(path)
        assert triples(data) == [(1, 1, 5.0), (1, 3, 4.0), (1, 5, 1.0), (2, 2, 3.0), (2, 5, 2.0)]
        assert (data.n_users, data.n_items, data.layout.kind) == (3, 5, "matrix")
    assert np.isnan(data.matrix()[2]).all()


def test_a_matrix_that_numpy_wrote_comes_back(tmp_path):
    rng = np.random.default_rng(0)
    ratings = rng.integers(0, 6, (501, 100))
    np.savetxt(tmp_path / "ratings.txt", ratings, fmt="%d")
    found = RatingsDataset.from_file(tmp_path / "ratings.txt")
    np.testing.assert_array_equal(np.nan_to_num(found.matrix()), ratings)
    np.savetxt(tmp_path / "ratings.txt", ratings)
    np.testing.assert_array_equal(np.nan_to_num(RatingsDataset.from_file(tmp_path / "ratings.txt").matrix()), ratings)


def test_with_a_mask_zero_is_a_rating():
    values = np.array([[0.0, 3.0], [4.0, np.nan]])
    mask = [[1, 1], [0, 0]]
    data = RatingsDataset.from_matrix(values, mask, scale=(0, 5), user_ids=["A", "B"], item_ids=["M2", "M1"])
    assert triples(data) == [("A", "M2", 0.0), ("A", "M1", 3.0)]
    table = lecture_table()
    again = RatingsDataset.from_matrix(table.matrix(), user_ids=table.user_ids, item_ids=table.item_ids)
    np.testing.assert_array_equal(again.matrix(), table.matrix())
    np.testing.assert_array_equal(again.user_ids, table.user_ids)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("1 2 3 4 5\n1 2 3 4\n", ["line 2", "has 4 fields, but the first line has 5"]),
        ("1 2 3 4 5\n\n1 2 x 4 5\n", ["line 3, column 3", "the cell 'x' is not a number", "or 0"]),
        ("1,2,3,4,5\n1,,3,4,5\n", ["line 2, column 2", "the cell '' is not a number"]),
        ("1 2 3 4 5\n1 2 nan 4 5\n", ["line 2, column 3", "the cell 'nan' is not a number"]),
        ("1 2 3 4 5\n1 2 1e999 4 5\n", ["line 2, column 3", "the cell '1e999'"]),
        ("1 2 3 4 5\n\n1 2 3 4 7\n", ["line 3, column 5", "the rating 7 is outside the scale from 0.5 to 5"]),
        ("1 2 3 4 5\n1 2 3 4 -1\n", ["line 2, column 5", "the rating -1 is outside"]),
        ("0 0 0 0 0\n", ["holds no rating"]),
        ("1,2,3,4,5\n1;2;3;4;5\n", ["line 2", "separated by semicolons, the lines above by commas"]),
    ],
)
def test_a_wrong_matrix_names_line_column_and_remedy(write, content, texts):
    path = write(content, "ratings.txt")
    for read in (RatingsDataset.from_matrix, RatingsDataset.from_file):
        text = complaint(read, path)
        assert text.startswith(str(path))
        for part in texts:
            assert part in text


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        (([1, 2, 3],), {}, r"two axes, a row per user and a column per film, not the shape (3,)"),
        (([["a", "b"]],), {}, "matrix is no table of numbers"),
        (([[1, 9]],), {}, "row 0, column 1: the rating 9 is outside the scale"),
        (([[1, np.inf]],), {}, "row 0, column 1: the rating inf is outside"),
        (([[1, np.nan]], [[1, 1]]), {}, "row 0, column 1: the rating nan is outside"),
        (([[0, 0]],), {}, "holds no rating"),
        (([[1, 2]], [1, 1]), {}, "the mask has shape (2,)"),
        (([[1, 2]], [[1, 2]]), {}, "Give truth values"),
        (([[1, 2]],), {"user_ids": [1, 2]}, "user_ids holds 2 ids, but the matrix needs 1"),
        (([[1, 2]],), {"item_ids": ["a", "a"]}, "item_ids holds the id 'a' twice"),
        (([[1, 2]],), {"item_ids": ["a", None]}, "item_ids[1]: the id is None"),
    ],
)
def test_a_wrong_array_names_its_cell_and_remedy(arguments, options, text):
    assert text in complaint(RatingsDataset.from_matrix, *arguments, **options)


def test_a_table_is_found_out_too(write):
    data = RatingsDataset.from_file(write("movieId,110,1\nuserId,Braveheart,Toy Story\n213,2.5,\n15,,4\n"))
    assert (data.user_ids.tolist(), data.title_of(110), data.layout.kind) == ([213, 15], "Braveheart", "table")


# Arrays


@pytest.mark.parametrize(
    ("users", "items"),
    [
        ([7, 3, 7], [31, 31, 1029]),
        (np.array([7.0, 3.0, 7.0]), np.array([31, 31, 1029], np.uint16)),
        (["nam", "an", "nam"], ["x", "x", "y"]),
        ([("a", 1), ("b", 2), ("a", 1)], [1, 1, "one"]),
        (np.array(["nam", "an", "nam"], object), np.array([b"x", b"x", b"y"])),
        ([10**30, 5, 10**30], [True, True, False]),
    ],
)
def test_ids_of_any_type_are_given_numbers(users, items):
    data = RatingsDataset.from_arrays(users, items, [2.5, 4, 5], [3, 2, 1])
    assert data.user_ids[data.users].tolist() == list(users)
    assert data.item_ids[data.items].tolist() == list(items)
    assert (data.n_users, data.n_items) == (2, 2)
    assert data.timestamps.tolist() == [3, 2, 1]


def test_dates_become_seconds():
    times = np.array(["2016-10-17", "1970-01-02"], "datetime64[D]")
    data = RatingsDataset.from_arrays([1, 2], [1, 1], [3, 4], times)
    assert data.timestamps.tolist() == [1476662400, 86400]


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (([1, 2], [1, 2], [3]), "users, items and ratings have the shapes (2,), (2,) and (1,)"),
        (([1, np.nan], [1, 2], [3, 3]), "users[1]: the id is nan"),
        ((["a", " "], [1, 2], [3, 3]), "users[1]: the id is ' '"),
        (([1, 2], [None, "b"], [3, 3]), "items[0]: the id is None"),
        (([[1], [2]], [1, 2], [3, 3]), "users holds one id per rating, shape (n,), not the shape (2, 1)"),
        (([1, 2], [1, 2], [3, np.nan]), "ratings[1]: nan is no rating"),
        (([1, 2], [1, 2], [3, 5.5]), "ratings[1]: the rating 5.5 is outside the scale from 0.5 to 5.0"),
        (([1, 2], [1, 2], [3, "good"]), "ratings is no table of numbers"),
        (([1, 2, 1], [1, 2, 1], [3, 3, 4]), "ratings[2]: user 1 rates film 1 a second time, the first is number 0"),
        (([], [], []), "there are no ratings"),
        (([1, 2], [1, 2], [3, 3], [1, 1.5]), "timestamps[1]: the timestamp 1.5 is not a whole number"),
        (([1, 2], [1, 2], [3, 3], [1, np.nan]), "timestamps[1]: the timestamp nan is not a whole number"),
        (([1, 2], [1, 2], [3, 3], [1]), "ratings has 2 rows but timestamps has 1"),
    ],
)
def test_wrong_arrays_name_the_row_and_the_remedy(columns, text):
    assert text in complaint(RatingsDataset.from_arrays, *columns)


def test_new_complaints_speak_vietnamese(write):
    set_language("vi")
    assert "hàng 0, cột 1: điểm 9 nằm ngoài thang" in complaint(RatingsDataset.from_matrix, [[1, 9]])
    text = complaint(RatingsDataset.from_file, write("1\t31\t3\n1,32,3\n"))
    assert ", dòng 2: '1,32,3' được ngăn cách bằng dấu phẩy, còn các dòng trên bằng dấu tab" in text


# Without a header: a list, or a matrix?

MARKS = [" ", ",", ";", "\t", "|", "::"]


def lines(table, mark):
    return "".join(mark.join(f"{cell:g}" for cell in row) + "\n" for row in table)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("films", range(2, 7))
@pytest.mark.parametrize("halves", [False, True])
def test_a_dense_matrix_is_no_list_however_narrow(write, films, mark, halves):
    rng = np.random.default_rng(films)
    table = rng.integers(0, 11, (30, films)) / 2 if halves else rng.integers(0, 6, (30, films))
    data = RatingsDataset.from_file(write(lines(table, mark), "ratings.txt"))
    assert (data.layout.kind, data.layout.separator) == ("matrix", mark)
    np.testing.assert_array_equal(np.nan_to_num(data.matrix()), table)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("times", [False, True])
@pytest.mark.parametrize("ids", [8, 1000])
def test_a_list_is_no_matrix_however_small_its_ids(write, mark, times, ids):
    rng = np.random.default_rng(ids)
    pairs = np.argwhere(rng.random((ids, 12)) < 0.5) + np.array([0, 5])
    columns = [pairs, rng.integers(1, 11, len(pairs))[:, None] / 2]
    table = np.hstack(columns + times * [rng.integers(8e8, 9e8, len(pairs))[:, None]])
    text = "".join(
        mark.join([*(f"{cell:.0f}" for cell in row[:2]), f"{row[2]:g}", *(f"{t:.0f}" for t in row[3:])]) + "\n"
        for row in table
    )
    data = RatingsDataset.from_file(write(text))
    assert (data.layout.kind, data.layout.separator) == ("list", mark)
    np.testing.assert_array_equal(np.column_stack([*np.array(triples(data)).T]), table[:, :3])
    assert (data.timestamps is not None) == times


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("table", [[[1, 2, 3], [2, 1, 5]], [[1, 2, 3, 4], [2, 1, 5, 0], [4, 4, 1, 0]]])
def test_what_could_be_both_is_refused_until_it_is_told(write, table, mark):
    path = write(lines(table, mark))
    text = complaint(RatingsDataset.from_file, path)
    assert ", line 1: " in text
    for remedy in (
        "layout='list'",
        "layout='matrix'",
        "RatingsDataset.from_matrix",
        repr(mark.join(["userId", "movieId", "rating"])),
    ):
        assert remedy in text
    matrix = RatingsDataset.from_file(path, layout="matrix").matrix()
    np.testing.assert_array_equal(np.nan_to_num(matrix), table)
    np.testing.assert_array_equal(RatingsDataset.from_matrix(path).matrix(), matrix)
    found = RatingsDataset.from_file(path, layout="list")
    assert triples(found) == [tuple(row[:3]) for row in table]
    head = mark.join(["userId", "movieId", "rating", "timestamp"][: len(table[0])])
    headed = write(f"{head}\n{lines(table, mark)}", "headed.txt")
    assert triples(RatingsDataset.from_file(headed)) == triples(found)
    set_language("vi")
    assert "cũng có thể là một hàng của ma trận" in complaint(RatingsDataset.from_file, path)


@pytest.mark.parametrize("layout", ["list", "table", "matrix"])
def test_a_layout_that_is_told_is_believed(write, layout):
    path = write({"list": "1 2 3\n", "matrix": "1 2 3\n", "table": "movieId,1\nuserId,A\n7,3\n"}[layout])
    assert RatingsDataset.from_file(path, layout=layout).layout.kind == layout
    table = write("movieId,1,2\nuserId,A,B\n7,3,4\n", "table.csv")
    assert RatingsDataset.from_file(table).layout.kind == "table"
    assert "line 1: this is the table layout" in complaint(RatingsDataset.from_file, table, layout="list")
    assert "write 'list', 'table' or 'matrix'" in complaint(RatingsDataset.from_file, path, layout="cube").lower()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("1,31,nan\n1,32,3\n", ", line 1: the rating 'nan' is not a number"),
        ("196\t242\tNaN\t881250949\n", ", line 1: the rating 'NaN' is not a number"),
        ("nan,31,3\n", ", line 1: the userId is blank"),
        ("1 2 nan 4 5\n0 1 2 3 4\n", ", line 1, column 3: the cell 'nan' is not a number"),
        ("nan 2.5\n0 1\n", ", line 1, column 1: the cell 'nan' is not a number"),
        ("1 2 nan\n", ", line 1, column 3: 'nan' is no number"),
        ("1 2 3 4\n2 2 3 inf\n", ", line 2, column 4: 'inf' is no number"),
        ("1,2,3,\n4,5,1,\n", ", line 1, column 4: '' is no number"),
        ("1 2 7 3 4\n", ", line 1, column 3: the rating 7 is outside the scale"),  # five films, and no times
        ("-1 2 3\n2 2 2\n", ", line 1, column 1: the rating -1 is outside the scale"),
        ("1 2 3 500 5\n", ", line 1, column 4: the rating 500 is outside the scale"),
        ("7 8 6\n2 9 4\n", ", line 1, column 1: the rating 7 is outside the scale"),  # stars from 1 to 10
        ("1 2 3\n0 0 0\n0 4 x\n", ", line 3, column 3: the cell 'x' is not a number"),
        ("1,31\n2,40\n", ", line 1: the header '1,31' has no column"),
    ],
)
def test_a_number_that_is_none_is_named_where_there_is_no_header(write, content, says):
    assert says in complaint(RatingsDataset.from_file, write(content))
