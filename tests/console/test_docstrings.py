"""Docstrings as people read them."""

from hypothesis import given
from hypothesis import strategies as st

from shuke.console.docstrings import prose


def test_blank_lines_part_paragraphs_and_accents_mark_code():
    assert prose("One `name`\nand more.\n\nTwo.") == "<p>One <code>name</code> and more.</p>\n<p>Two.</p>"


def test_asterisks_make_words_strong_but_not_in_code_nor_where_they_multiply():
    assert prose("**Where** a.") == "<p><strong>Where</strong> a.</p>"
    assert prose("`2**3` and 2 ** 3 ** 4") == "<p><code>2**3</code> and 2 ** 3 ** 4</p>"


def test_a_list_keeps_its_points_and_the_lines_that_continue_them():
    assert prose("- one\n  and on\n- two") == "<ul><li>one and on</li><li>two</li></ul>"


def test_indented_lines_stay_as_they_are_typed():
    assert prose("    a  b\n    c") == '<pre tabindex="0"><code>    a  b\n    c</code></pre>'


@given(st.text())
def test_nothing_in_a_docstring_becomes_markup(text: str):
    left = prose(text)
    for tag in ("p", "ul", "li", "code", "pre", "strong"):
        left = left.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in left and ">" not in left
