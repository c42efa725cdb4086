"""What is said about overfitting, in both languages, whichever is in force."""

import pytest

from tinygrad_vn.language import set_language
from tinygrad_vn.models.overfitting import HiddenCells

FOUND = HiddenCells(41, (1.05, 1.1), (0.8, 0.95), {(5, 0.0): (0.3, 1.9), (5, 3.0): (0.6, 0.9)})
VIETNAMESE = """\
RMSE (sao) khi che 41 ô của bảng: càng nhiều factor, sai số trên các ô đã biết càng nhỏ, nhưng trên các ô bị che thì \
không (overfitting)
                                   đã biết    bị che
chỉ trung bình chung                 1.050     1.100
trung bình và các bias               0.800     0.950
5 factor, penalty 0                  0.300     1.900
5 factor, penalty 3                  0.600     0.900"""
ENGLISH = """\
RMSE (stars) with 41 cells of the table hidden: more factors always fit the known cells better, but not the hidden \
ones (overfitting)
                                     known    hidden
the mean alone                       1.050     1.100
mean and biases                      0.800     0.950
5 factors, penalty 0                 0.300     1.900
5 factors, penalty 3                 0.600     0.900"""


@pytest.mark.parametrize("in_force", ["en", "vi"])
def test_the_table_is_in_the_language_that_is_asked_for(in_force: str) -> None:
    set_language(in_force)
    assert FOUND.text("en") == ENGLISH
    assert FOUND.text("vi") == VIETNAMESE
    assert str(FOUND) == {"en": ENGLISH, "vi": VIETNAMESE}[in_force]
    with pytest.raises(ValueError, match="fr"):
        FOUND.text("fr")
