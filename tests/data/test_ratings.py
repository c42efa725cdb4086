"""Ratings: the bundled table, the real files, and every way in which a file can be wrong."""

import copy
import csv
import dataclasses
import math
import time
from importlib.resources import files

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn.data import RatingsDataset, lecture_table
from tinygrad_vn.errors import DataError
from tinygrad_vn.language import set_language

HEADER = "userId,movieId,rating,timestamp\n"
TABLE = 'movieId,110,1\nuserId,Braveheart (1995),"Shawshank Redemption, The (1994)"\n'


@pytest.fixture
def write(tmp_path):
    """Write a file into a folder whose name has accents and a space, as people's folders have."""
    folder = tmp_path / "Dữ liệu phim"
    folder.mkdir()

    def write_file(content, name="ratings.csv"):
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def complaint(read, path):
    """The text of the DataError: one line that names the file first."""
    with pytest.raises(DataError) as caught:
        read(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    return text.removeprefix(str(path))


# The bundled table


def test_the_data_set_is_found_where_it_is_looked_for():
    assert tg.data.ratings.RatingsDataset is tg.data.RatingsDataset is RatingsDataset


def test_the_lecture_table_is_the_one_in_the_lecture():
    table = lecture_table()
    assert (len(table), table.n_users, table.n_items) == (206, 15, 15)
    matrix = table.matrix()
    user = dict(zip(table.user_ids.tolist(), matrix, strict=True))
    item = table.item_ids.tolist().index
    assert user[15][item(2571)] == 5.0
    assert user[213][item(110)] == 2.5
    assert user[468][item(480)] == 2.5
    assert user[624][item(2571)] == 2.0
    assert np.isnan(user[547][[item(110), item(260), item(589)]]).all()
    assert np.isnan(matrix).sum() == 19
    assert table.title_of(1) == "Toy Story (1995)"
    assert table.title_of(1198).startswith("Raiders of the Lost Ark")
    assert 2858 not in table.item_ids  # American Beauty, as often rated as 1198


def test_the_lecture_table_agrees_with_the_real_ratings(movielens):
    table = lecture_table()
    real = RatingsDataset.from_csv(movielens / "ratings.csv", movielens / "movies.csv")
    users, items = (
        np.searchsorted(real.user_ids, table.user_ids),
        np.searchsorted(real.item_ids, table.item_ids),
    )
    np.testing.assert_array_equal(real.matrix()[np.ix_(users, items)], table.matrix())
    assert {item: real.titles[item] for item in table.titles} == table.titles


def test_the_bundled_folder_opens_in_excel_and_carries_its_own_terms():
    folder = files("tinygrad_vn.data") / "movielens_15x15"
    assert (folder / "ratings.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    terms = (folder / "LICENSE.txt").read_text(encoding="utf-8")
    assert "under these same license conditions" in terms
    assert "10.1145/2827872" in terms
    assert "not under the MIT licence" in (folder / "README.md").read_text(encoding="utf-8")


# The real ratings


def test_the_real_ratings_are_all_there(movielens):
    data = RatingsDataset.from_csv(movielens / "ratings.csv", movies=movielens / "movies.csv")
    assert (len(data), data.n_users, data.n_items, len(data.titles)) == (100_004, 671, 9_066, 9_125)
    assert len(data.titles.keys() - set(data.item_ids.tolist())) == 59
    assert data.ratings.mean() == pytest.approx(3.544, abs=5e-4)
    assert data.ratings.std() == pytest.approx(1.058, abs=5e-4)
    assert (data.ratings.min(), data.ratings.max()) == (0.5, 5.0)
    assert np.mean((data.ratings == 0.5) | (data.ratings == 5.0)) == pytest.approx(0.162, abs=5e-4)
    per_user = np.bincount(data.users)
    assert (per_user.min(), per_user.max()) == (20, 2391)
    assert np.sum(np.bincount(data.items) == 1) == 3_063
    assert repr(data) == (
        "RatingsDataset(100,004 ratings of 9,066 films by 671 users; "
        "ratings.csv: list, separated by commas, header 'userId,movieId,rating,timestamp')"
    )


def test_real_titles_keep_commas_accents_and_namesakes(movielens):
    titles = RatingsDataset.from_csv(movielens / "ratings.csv", movies=movielens / "movies.csv").titles
    assert titles[11] == "American President, The (1995)"
    assert titles[73] == "Misérables, Les (1995)"
    assert titles[34048] == titles[64997] == "War of the Worlds (2005)"
    assert titles[3598] == titles[65665] == "Hamlet (2000)"
    assert sum("," in title for title in titles.values()) == 2_125
    assert sum(not title.isascii() for title in titles.values()) == 272


def test_real_ratings_agree_with_the_file_line_by_line(movielens):
    data = RatingsDataset.from_csv(movielens / "ratings.csv")
    with open(movielens / "ratings.csv", newline="", encoding="utf-8") as file:
        expected = [(int(r["userId"]), int(r["movieId"]), float(r["rating"])) for r in csv.DictReader(file)]
    users, items = data.user_ids[data.users].tolist(), data.item_ids[data.items].tolist()
    assert list(zip(users, items, data.ratings.tolist(), strict=True)) == expected


def test_the_real_ratings_load_in_well_under_a_second(movielens):
    def seconds():
        start = time.process_time()
        RatingsDataset.from_csv(movielens / "ratings.csv", movies=movielens / "movies.csv")
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 1


def test_splits_of_the_real_ratings_give_the_published_baseline(movielens):
    data = RatingsDataset.from_csv(movielens / "ratings.csv")
    errors = []
    for seed in (0, 1, 2):
        train, test = data.split(test=0.2, seed=seed)
        errors.append(math.sqrt(np.mean((test.ratings - train.ratings.mean()) ** 2)))
    assert np.mean(errors) == pytest.approx(1.0557, abs=5e-5)


# Splitting


def test_split_is_the_head_of_a_seeded_permutation():
    data = lecture_table()
    train, test = data.split(test=0.2, seed=7)
    order = np.random.RandomState(7).permutation(206)
    np.testing.assert_array_equal(test.ratings, data.ratings[order[:41]])
    np.testing.assert_array_equal(test.users, data.users[order[:41]])
    np.testing.assert_array_equal(test.items, data.items[order[:41]])
    np.testing.assert_array_equal(train.ratings, data.ratings[order[41:]])


def test_split_parts_share_users_films_and_titles_and_no_rating():
    data = lecture_table()
    train, test = data.split(test=0.5, seed=0)
    assert len(train) + len(test) == len(data)
    assert (train.n_users, train.n_items, train.titles) == (test.n_users, test.n_items, test.titles)
    both = np.stack([train.matrix(), test.matrix()])
    np.testing.assert_array_equal(np.isnan(both).all(axis=0), np.isnan(data.matrix()))
    assert not np.isfinite(both).all(axis=0).any()
    assert not np.array_equal(test.ratings, data.split(test=0.5, seed=1)[1].ratings)


@pytest.mark.parametrize("test", [0, 1, 20, -0.2, math.nan])
def test_split_refuses_what_is_no_share(test):
    with pytest.raises(DataError, match=r"is not a share of the ratings. Give a number between 0 and 1"):
        lecture_table().split(test=test)


def test_split_refuses_to_leave_a_part_empty():
    with pytest.raises(DataError, match=r"test=0.001 of 206 ratings holds out 0"):
        lecture_table().split(test=0.001)


# The dataset itself


def test_a_dataset_made_by_hand_is_checked():
    ids = np.array([10, 20])
    with pytest.raises(DataError, match=r"shapes \(2,\), \(2,\) and \(1,\)"):
        RatingsDataset(np.array([0, 1]), np.array([0, 1]), np.array([3.0]), ids, ids)
    with pytest.raises(DataError, match=r"items holds the numbers 0 to 2, but there are 2 ids. Count from 0"):
        RatingsDataset(np.array([0, 1]), np.array([0, 2]), np.array([3.0, 4.0]), ids, ids)


def test_a_dataset_cannot_be_changed_by_assignment():
    with pytest.raises(dataclasses.FrozenInstanceError):
        lecture_table().ratings = np.zeros(206)


# Lists of ratings, as people have them


@pytest.mark.parametrize(
    "content",
    [
        "userId,movieId,rating,timestamp\n7,31,2.5,1260759144\n3,1029,4,1260759179\n",
        "\ufeffuserId,movieId,rating,timestamp\r\n7,31,2.5,1260759144\r\n3,1029,4,1260759179\r\n",
        "userId,movieId,rating\n7,31,2.5\n3,1029,4.0",
        '"rating","movieId","userId"\n"2.5","31","7"\n"4","1029","3"\n',
        "userId, movieId, rating\n7, 31, 2.5\n\n3, 1029, 4\n\n\n",
        'userId,movieId,rating,note\n7,31,2.5,"two lines\nof text, and a ""comma"""\n3,1029,4,\n',
    ],
    ids=[
        "plain",
        "windows",
        "no timestamp",
        "quoted, other order",
        "spaces and blank lines",
        "a column more",
    ],
)
def test_a_list_of_ratings_may_look_different(write, content):
    data = RatingsDataset.from_csv(write(content))
    assert data.user_ids.tolist() == [3, 7]
    assert data.item_ids.tolist() == [31, 1029]
    assert data.users.tolist() == [1, 0]
    assert data.items.tolist() == [0, 1]
    assert data.ratings.tolist() == [2.5, 4.0]
    assert data.ratings.dtype == np.float64
    assert data.title_of(31) == "#31"


@pytest.mark.parametrize(
    "content",
    ["movieId,title,genres\n31,Ngày ấy (1995),Drama\n", "\ufefftitle,movieId\r\nNgày ấy (1995),31\r\n"],
)
def test_titles_come_from_the_file_of_films(write, content):
    movies = write(content, "movies.csv")
    data = RatingsDataset.from_csv(write(HEADER + "7,31,2.5,0\n7,32,3,0\n"), movies=movies)
    assert data.title_of(31) == "Ngày ấy (1995)"
    assert data.title_of(32) == "#32"


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("", ["the file is empty", "begin with a header"]),
        ("\r\n \n", ["the file is empty"]),
        (HEADER, ["no rating below", "Add lines such as 1,31,2.5"]),
        (
            "1,31,2.5,1260759144\n",
            [
                "line 1",
                "'1,31,2.5,1260759144' is data, not a header",
                "Put the line userId,movieId,rating,timestamp above",
            ],
        ),
        ("196\t242\t3\t881250949\n", ["line 1", "separated by tabs", "Put commas instead", HEADER[:-1]]),
        ("1::1193::5::978300760\n", ["line 1", "separated by '::'"]),
        ("userId;movieId;rating\n1;31;2,5\n", ["line 1", "separated by semicolons", "a point in numbers"]),
        (
            "user,movieId,stars\n1,31,2.5\n",
            ["line 1", "'user,movieId,stars' has no column userId and no rating", f"should be {HEADER[:-1]}"],
        ),
        ("userId,movieId,rating,rating\n", ["line 1", "names a column twice"]),
        (HEADER + "1,31,2.5,0\n1,,3.0,0\n", ["line 3", "the movieId is blank", "Fill it in, or delete"]),
        (HEADER + " ,31,3.0,0\n", ["line 2", "the userId is blank"]),
        (HEADER + "1,31,,0\n", ["line 2", "the rating is blank"]),
        (HEADER + ",,,\n", ["line 2", "blank"]),
        (HEADER + "1,31,good,0\n", ["line 2", "the rating 'good' is not a number", "from 0.5 to 5.0"]),
        (HEADER + "1,31,nan,0\n", ["line 2", "the rating 'nan' is not a number"]),
        (HEADER + "1,31,inf,0\n", ["line 2", "the rating 'inf' is not a number"]),
        (HEADER + '1,31,"3,5",0\n', ["line 2", "the rating '3,5' is not a number", "with a point"]),
        (
            HEADER + "1,31,3,5,0\n",
            ["line 2", "'1,31,3,5,0' has 5 fields, but the header has 4", "3.5 with a point"],
        ),
        (HEADER + "1,31,3.5\n", ["line 2", "has 3 fields, but the header has 4"]),
        (HEADER + "1,31,0,0\n", ["line 2", "'0' is outside the scale from 0.5 to 5.0", "have none, not 0"]),
        (HEADER + "1,31,5.5,0\n", ["line 2", "'5.5' is outside the scale"]),
        (HEADER + "1,31,-3,0\n", ["line 2", "'-3' is outside the scale"]),
        (HEADER + "1,31,1e999,0\n", ["line 2", "'1e999' is outside the scale"]),
        (HEADER + "1.5,31,3,0\n", ["line 2", "the userId '1.5' is not a whole number such as 31, nor a name"]),
        (HEADER + f"{'9' * 80}.5,31,3,0\n", ["line 2", "9…' is not a whole number"]),
        (HEADER + "1,31,3,0\n1,NaN,3,0\n", ["line 3", "the movieId is blank"]),
        (HEADER + "1,31,3,0\n1\t32\t3\t0\n", ["line 3", "separated by tabs, the lines above by commas"]),
        (HEADER + "1,31,3,0\n1::32::3::0\n", ["line 3", "separated by '::', the lines above by commas"]),
        (
            HEADER + "1,31,3,0\n2,31,3,0\n\n01,31,4,0\n",
            ["line 5", "user 1 rates film 31 a second time", "line 2", "Keep one"],
        ),
        (HEADER + '1,31,3,0\n1,"32,3,0\n1,33,3,0\n', ["line 3", "a quotation mark is not closed"]),
        (HEADER + '1,"3"1,3,0\n', ["line 2", "a quotation mark is not closed, or stands inside a field"]),
        (
            HEADER.encode() + b"1,31,3,0\n1,32,Mis\xe9rables,0\n",
            ["line 3", "byte 0xE9 after '1,32,Mis' is not UTF-8", "Save the file as UTF-8"],
        ),
        (HEADER.encode("utf-16"), ["saved as UTF-16. Save it as UTF-8"]),
        (b"\xfe\xff" + HEADER.encode("utf-16-be"), ["saved as UTF-16. Save it as UTF-8"]),
        (TABLE + "15,2,3\n", ["line 1", "this is the table layout", "one rating per line", HEADER[:-1]]),
        ("movieId,1,110,\nuserId,a,b,predicted\n", ["line 1", "this is the table layout"]),
        (b"PK\x03\x04\x14\x00", ["this is a zip archive. Unpack it"]),
    ],
)
def test_a_wrong_list_of_ratings_is_refused_with_its_place_and_remedy(write, content, texts):
    text = complaint(RatingsDataset.from_csv, write(content))
    for part in texts:
        assert part in text


def test_a_rating_far_down_in_a_long_file_is_found(write, movielens):
    lines = (movielens / "ratings.csv").read_bytes().splitlines(keepends=True)
    lines[90_000] = b"1,31,6,0\r\n"
    assert complaint(RatingsDataset.from_csv, write(b"".join(lines))).startswith(", line 90001: the rating '6'")


def test_a_missing_file_is_named_with_the_folder_that_was_searched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = complaint(RatingsDataset.from_csv, "nowhere.csv")
    assert f"there is no such file in {tmp_path}. Check the path" in text
    assert "there is no such file. Check" in complaint(RatingsDataset.from_csv, tmp_path / "nowhere.csv")


def test_a_folder_is_not_a_file(tmp_path):
    text = complaint(RatingsDataset.from_csv, tmp_path)
    assert f"this is a folder. Give the file in it, such as {tmp_path / 'ratings.csv'}" in text


def test_a_file_that_cannot_be_read_says_why(write, monkeypatch):
    path = write(HEADER)

    def forbidden(self, *mode, **how):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", forbidden)
    assert "cannot be read: permission denied. Check its permissions" in complaint(RatingsDataset.from_csv, path)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (HEADER + "1,31,7,0\n", ", dòng 2: điểm '7' nằm ngoài thang từ 0.5 đến 5.0. Hãy quy đổi về thang đó, "),
        ("", ": tệp trống. Dòng đầu tiên phải là dòng tiêu đề."),
        ("userId;movieId;rating\n", ", dòng 1: 'userId;movieId;rating' được ngăn cách bằng dấu chấm phẩy, "),
        ("userId\n", ", dòng 1: dòng tiêu đề 'userId' thiếu cột movieId và rating. Hãy viết: userId,movieId,"),
    ],
)
def test_complaints_speak_vietnamese(write, content, text):
    set_language("vi")
    assert complaint(RatingsDataset.from_csv, write(content)).startswith(text)


def test_an_error_knows_both_languages_and_can_be_copied(tmp_path):
    with pytest.raises(DataError) as caught:
        RatingsDataset.from_csv(tmp_path / "x.csv")
    copied = copy.copy(caught.value)
    assert copied.texts["vi"].startswith(f"{tmp_path / 'x.csv'}: không có tệp này. Hãy kiểm tra lại đường dẫn; ")
    assert str(copied) == copied.texts["en"]
    set_language("vi")
    assert str(copied) == copied.texts["vi"]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (
            "movieId,genres\n1,Comedy\n",
            ["line 1", "'movieId,genres' has no column title", "should be movieId,title,genres"],
        ),
        ("1::Toy Story (1995)::Comedy\n", ["line 1", "separated by '::'"]),
        (
            "movieId,title\n1,Toy Story (1995)\n1,Jumanji (1995)\n",
            ["line 3", "film 1 already has line 2", "Keep one"],
        ),
        ("movieId,title\n11,American President, The (1995)\n", ["line 2", "has 3 fields", "quotation marks"]),
        ("movieId,title\n1,\n", ["line 2", "the title of film 1 is blank"]),
        ("movieId,title\nToy Story,1\n", ["line 2", "the movieId 'Toy Story' is not a whole number"]),
    ],
)
def test_a_wrong_file_of_films_is_refused_with_its_place_and_remedy(write, content, texts):
    ratings = write(HEADER + "1,1,3,0\n")
    text = complaint(lambda path: RatingsDataset.from_csv(ratings, movies=path), write(content, "movies.csv"))
    for part in texts:
        assert part in text


# Tables


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_table_keeps_its_order_its_titles_and_whoever_rated_nothing(write, start):
    data = RatingsDataset.from_table(write(start + TABLE + "213,2.5,\n15,,4\n30,,\n"))
    assert data.user_ids.tolist() == [213, 15, 30]
    assert data.item_ids.tolist() == [110, 1]
    assert data.titles == {110: "Braveheart (1995)", 1: "Shawshank Redemption, The (1994)"}
    assert len(data) == 2
    np.testing.assert_array_equal(data.matrix(), [[2.5, np.nan], [np.nan, 4], [np.nan, np.nan]])


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (HEADER + "1,31,2.5,0\n", ["line 1", "does not list films", "is read by from_csv"]),
        ("movieId\n", ["line 1", "does not list films"]),
        ("movieId;1;110\n", ["line 1", "separated by semicolons"]),
        (
            "movieId,1,110\n15,2,3\n",
            ["line 2", "'15,2,3' does not list titles", "'userId' before the titles"],
        ),
        ("movieId,1,110\n", ["line 2", "does not list titles"]),
        ("movieId,1,Braveheart\n", ["line 1, column 3", "the movieId 'Braveheart' is not a whole number"]),
        ("movieId,1,110,1\n", ["line 1", "film 1 has the columns 2 and 4", "Keep one column per film"]),
        ("movieId,1,110\nuserId,Toy Story\n", ["line 2", "has 2 fields, but the header has 3"]),
        ("movieId,1,110\nuserId,Toy Story,\n", ["line 2", "the title of film 110 is blank"]),
        (TABLE, ["holds no rating"]),
        (TABLE + "15,,\n", ["holds no rating"]),
        (TABLE + "15,2,3\n30,2\n", ["line 4", "has 2 fields, but the header has 3"]),
        (
            TABLE + "15,2,3\n30,2,3\n15,4,4\n",
            ["line 5", "user 15 already has line 3", "Keep one line per user"],
        ),
        (TABLE + "15,2,3\n30,2,NaN\n", ["line 4, film 1", "'NaN' is not a number"]),
        (TABLE + "15,0,3\n", ["line 3, film 110", "'0' is outside the scale"]),
        (TABLE + ",2,3\n", ["line 3", "the userId is blank"]),
    ],
)
def test_a_wrong_table_is_refused_with_its_place_and_remedy(write, content, texts):
    text = complaint(RatingsDataset.from_table, write(content))
    for part in texts:
        assert part in text
