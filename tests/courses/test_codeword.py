import pytest

from courses.codeword import plain


@pytest.mark.parametrize("word", ["Ёлка мост", " елка  МОСТ ", "ёЛкамост", "ЕЛКА\u00a0мост"])
def test_code_words_are_compared_without_case_and_blanks(word):
    assert plain(word) == "елкамост"
