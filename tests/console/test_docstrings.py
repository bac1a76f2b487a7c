"""Docstrings as people read them."""

from hypothesis import given
from hypothesis import strategies as st

from shuke.analyses.survival import survival
from shuke.console.docstrings import messages, prose, translated
from shuke.languages import speaking


def test_blank_lines_part_paragraphs_and_accents_mark_code():
    assert prose("One `name`\nand more.\n\nTwo.") == "<p>One <code>name</code> and more.</p>\n<p>Two.</p>"


def test_asterisks_make_words_strong_but_not_in_code_nor_where_they_multiply():
    assert prose("**Where** a.") == "<p><strong>Where</strong> a.</p>"
    assert prose("`2**3` and 2 ** 3 ** 4") == "<p><code>2**3</code> and 2 ** 3 ** 4</p>"


def test_a_list_keeps_its_points_and_the_lines_that_continue_them():
    assert prose("- one\n  and on\n- two") == "<ul><li>one and on</li><li>two</li></ul>"


def test_indented_lines_stay_as_they_are_typed():
    assert prose("    a  b\n    c") == '<pre tabindex="0"><code>    a  b\n    c</code></pre>'


def test_a_paragraph_a_point_and_typed_words_are_translated_each_as_a_whole_and_formulas_are_not():
    text = (
        "One\nline.\n\n- a point\n  of two lines\n- another\n\n    x = y / z\n\n    x   what all of it means"
    )
    assert list(messages(text)) == [
        "One line.",
        "a point of two lines",
        "another",
        "    x   what all of it means",
    ]
    with speaking("zh"):
        assert prose(translated(text)) == prose(text)  # nobody has written these in Chinese


def test_how_a_table_is_made_is_said_in_chinese():
    with speaking("zh"):
        told = translated(survival.doc)
    assert "客户比例" in told.split("\n")[0] and "`at_risk`" in told
    formulas = "\n\n    share = product of (1 − d / n) "
    assert formulas in told and formulas in survival.doc
    assert prose(translated(survival.doc)) == prose(survival.doc)  # to a reader of English


@given(st.text())
def test_nothing_in_a_docstring_becomes_markup(text: str):
    left = prose(text)
    for tag in ("p", "ul", "li", "code", "pre", "strong"):
        left = left.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in left and ">" not in left
