"""The tables of words: complete, in both languages, and followed by whatever speaks."""

import re
import unicodedata
from pathlib import Path

import pytest

import tinygrad_vn as tg
from tinygrad_vn.cli import words as cli_words
from tinygrad_vn.data import words as data_words
from tinygrad_vn.language import LANGUAGES
from tinygrad_vn.lecture.theme import ROLES
from tinygrad_vn.lecture.words import WORDS, word

TABLES = {"terms": WORDS, "cli": cli_words.WORDS, "data": data_words.TEXTS, "reasons": data_words.REASONS}
SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("tinygrad_vn", "models")
    for path in (Path(__file__).parents[2] / folder).rglob("*.py")
)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_word_stands_in_both_languages_in_composed_letters(table):
    for key, row in table.items():
        assert set(row) == set(LANGUAGES), key
        details = [set(re.findall(r"\{\w+\}", text)) for text in row.values()]
        assert details[0] == details[1], key
        for text in row.values():
            assert text == unicodedata.normalize("NFC", text)


def test_no_term_is_written_twice():
    """A term with its English in brackets stands in the table of terms, and nowhere else."""
    terms = [row["vi"] for row in WORDS.values() if "(" in row["vi"] and "[" not in row["vi"]]
    assert "đường cong hàm mất mát (loss curve)" in terms
    for table in TABLES.values():
        for row in table.values():
            for term in terms:
                assert term not in row["vi"].lower() or row["vi"] == term
            assert "đường cong học" not in row["vi"].lower()  # that is a learning curve


@pytest.mark.parametrize("table", list(TABLES)[:3])
def test_no_row_is_left_unused(table):
    for key in TABLES[table]:
        name = re.escape(key)
        used = re.search(rf"[\"']{name}[\"'](?!: ?\{{\s*\"vi\")|\[(?i:{name})\]", SOURCE)
        assert used or key.startswith("help "), key  # one for each option


def test_every_role_has_a_word():
    assert set(ROLES) <= set(WORDS)


def test_the_setting_decides_and_lang_overrides_it():
    assert word("value") == "value"
    tg.set_language("vi")
    assert word("value") == "giá trị"
    assert word("value", "en") == "value"
    assert word("graph of", name="L [loss] {x}") == "Đồ thị tính toán (computation graph) của L [loss] {x}"


def test_a_word_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        word("no such word")
