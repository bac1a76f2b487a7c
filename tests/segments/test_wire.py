import json

import pytest
from hypothesis import given

from shuke.errors import WrongCall
from shuke.segments.reading import expression
from shuke.segments.wire import from_wire, to_wire
from tests.segments.conditions import VOCABULARY, nested, simple


@given(nested(simple()))
def test_a_condition_survives_text_and_builder_and_text(condition):
    text = str(condition)
    read = expression(text, VOCABULARY)
    assert read == condition
    handed_over = json.loads(json.dumps(to_wire(read)))
    assert from_wire(handed_over, VOCABULARY) == condition
    assert str(from_wire(handed_over, VOCABULARY)) == text


def test_a_nested_condition_with_behaviour_has_the_shape_of_react_querybuilder():
    text = "city = 'Leeds' and not (bought(category => 'Tea', within => '1y') or records not in (1, 2))"
    wire = to_wire(expression(text, VOCABULARY))
    assert wire == {
        "combinator": "and",
        "not": False,
        "rules": [
            {"field": "city", "operator": "=", "value": "Leeds"},
            {
                "combinator": "or",
                "not": True,
                "rules": [
                    {
                        "field": "bought",
                        "arguments": {"category": "Tea", "within": "1y"},
                        "operator": "=",
                        "value": True,
                    },
                    {"field": "records", "operator": "notIn", "value": [1, 2]},
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"field": "city", "operator": "doesNotBeginWith", "value": "L"}, "not starts_with(city, 'L')"),
        ({"field": "records", "operator": "between", "value": "1,3"}, "records between 1 and 3"),
        ({"field": "records", "operator": "in", "value": "1, 3"}, "records in (1, 3)"),
        ({"field": "records", "operator": ">=", "value": "2"}, "records >= 2"),
        ({"field": "city", "operator": "notNull", "value": None}, "city is not null"),
        ({"field": "due_this_week", "operator": "=", "value": "false"}, "not due_this_week"),
        ({"field": "last_order", "operator": ">", "valueSource": "field", "value": "first_order"},
         "last_order > first_order"),
        ({"field": "in_segment", "operator": "!=", "value": "vip"}, "not in_segment('vip')"),
        ({"field": "bought", "operator": "=", "value": True, "arguments": {"category": "", "product": None}},
         "bought()"),
        ({"id": "r-1", "path": [0], "field": "city", "operator": "=", "value": "a", "disabled": False},
         "city = 'a'"),
    ],
)  # fmt: skip
def test_rules_of_other_builders_fit(rule, text):
    assert str(from_wire({"combinator": "and", "rules": [rule]}, VOCABULARY)) == text


@pytest.mark.parametrize(
    "wire",
    [
        None,
        [],
        "city = 'a'",
        {"combinator": "and", "rules": []},
        {"combinator": "xor", "rules": [{"field": "city", "operator": "=", "value": "a"}]},
        {"rules": {"field": "city"}},
        {"rules": [{"field": "city"}]},
        {"rules": [{"field": "city", "operator": "=", "value": {"a": 1}}]},
        {"rules": [{"field": "city", "operator": "=; drop", "value": "a"}]},
        {"rules": [{"field": "bought", "operator": "=", "value": True, "arguments": ["x"]}]},
        {"rules": [{"field": "in_segment", "operator": "<", "value": "a"}]},
        {"rules": [{"field": "city", "operator": "=", "value": "a"}] * 301},
    ],
)
def test_what_is_no_condition_is_refused(wire):
    with pytest.raises(WrongCall):
        from_wire(wire, VOCABULARY)


def test_rules_without_end_are_refused():
    wire: dict = {"field": "city", "operator": "=", "value": "a"}
    for _ in range(5_000):
        wire = {"combinator": "and", "rules": [wire]}
    with pytest.raises(WrongCall):
        from_wire(wire, VOCABULARY)
