"""Catalogue: is everything that a person reads also said in Chinese?"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from scripts import catalogue
from shuke.languages import wordings
from tests.house.sources import MODULES, name, parsed

CHINESE = re.compile(r"[㐀-鿿]")
PERCENT = re.compile(r"%[-+#0]*\d*(?:\.\d+)?[sdifr]|%\(\w+\)[sdifr]")
COMMAND = re.compile(r"\bshuke [a-z]+|--[a-z]+|`[^`]+`")

#: What is called the same in every language.
SAME_IN_BOTH = re.compile(r"[\W\d_]*(?:(?:ID|IP|SKU|URL|App|OpenID|UnionID|WeChat|API|CSV|Excel)[\W\d_]*)*")


def test_every_message_has_a_chinese_wording():
    assert catalogue.missing() == []


def test_the_catalogue_holds_no_message_that_nothing_says_any_more():
    """`make messages` drops them."""
    assert {message for message, _wording in _pairs()} - set(catalogue.said()) == set()


def test_bringing_it_up_to_date_keeps_wordings_and_drops_what_is_not_said():
    written = catalogue.catalogue()
    written.add("Nothing in the sources says this.", "没有人这样说。")
    said, text = set(catalogue.said()), catalogue.updated(written)
    assert wordings(text) == {m: w for m, w in _pairs() if m in said}
    assert "没有人这样说" not in text
    assert text.startswith("# 熟客")


def test_no_wording_is_fuzzy_or_obsolete():
    written = catalogue.catalogue()
    assert [m.id for m in written if m.id and m.fuzzy] == []
    assert list(written.obsolete) == []


def test_both_wordings_are_filled_with_the_same_values():
    wrong = {message: wording for message, wording in _pairs() if _holes(message) != _holes(wording)}
    assert wrong == {}


def test_both_wordings_name_the_same_commands():
    wrong = {
        message: wording
        for message, wording in _pairs()
        if Counter(COMMAND.findall(message)) != Counter(COMMAND.findall(wording))
    }
    assert wrong == {}


def test_no_wording_is_left_in_english():
    left = {message: wording for message, wording in _pairs() if not _is_chinese(wording)}
    assert left == {}


def test_what_is_read_at_run_time_is_what_is_written():
    assert wordings(catalogue.CATALOGUE.read_text("utf-8")) == dict(_pairs())


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_declaration_says_it_in_both_languages(path: Path):
    wrong = {en: zh for en, zh in _texts(path) if bool(en) != bool(zh) or not _is_chinese(zh)}
    assert wrong == {}


def test_what_is_asked_of_a_wording_can_fail():
    assert _holes("{a} of {b}") != _holes("{a}")
    assert _holes("%d of %s") != _holes("%s")
    assert _is_chinese("客户") and _is_chinese("/") and not _is_chinese("Customers")


def _pairs() -> Iterator[tuple[str, str]]:
    return ((str(m.id), str(m.string)) for m in catalogue.catalogue() if m.id)


def _holes(text: str) -> Counter[str]:
    """The names in braces and the % formats."""
    names = [field for _literal, field, _spec, _conversion in Formatter().parse(text) if field is not None]
    return Counter([*names, *PERCENT.findall(text)])


def _is_chinese(wording: str) -> bool:
    """Whether a Chinese reader finds it in Chinese; marks, numbers and proper names are in any language."""
    return bool(CHINESE.search(wording) or SAME_IN_BOTH.fullmatch(wording))


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """The English and Chinese of every `Text(...)` of a module, values left out."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            if len(arguments) == 2 and all(isinstance(a, ast.Constant | ast.JoinedStr) for a in arguments):
                en, zh = map(_literal, arguments)
                yield en, zh


def _literal(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(p.value) if isinstance(p, ast.Constant) else "0" for p in parts)
