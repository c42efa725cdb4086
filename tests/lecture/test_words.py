"""The table of words: complete, in both languages, and followed by whatever speaks."""

import unicodedata

import pytest

import tinygrad_vn as tg
from tinygrad_vn.language import LANGUAGES
from tinygrad_vn.lecture.theme import ROLES
from tinygrad_vn.lecture.words import WORDS, word


def test_every_word_stands_in_both_languages_in_composed_letters():
    for key, row in WORDS.items():
        assert set(row) == set(LANGUAGES), key
        for text in row.values():
            assert text == unicodedata.normalize("NFC", text)


def test_every_role_has_a_word():
    assert set(ROLES) <= set(WORDS)


def test_the_setting_decides_and_lang_overrides_it():
    assert word("value") == "value"
    tg.set_language("vi")
    assert word("value") == "giá trị"
    assert word("value", "en") == "value"
    assert word("graph of", name="L") == "Đồ thị tính toán (computation graph) của L"


def test_a_word_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        word("no such word")
