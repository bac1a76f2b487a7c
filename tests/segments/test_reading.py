import time

import pytest

from shuke.errors import WrongCall
from shuke.segments.reading import expression
from tests.segments.conditions import VOCABULARY


def read(text: str) -> str:
    return str(expression(text, VOCABULARY))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("CITY = 'Leeds' AND (country='GB' OR customers.country = 'IE')",
         "city = 'Leeds' and (country = 'GB' or country = 'IE')"),
        ("status IN ('due', 'lost')", "status in ('due', 'lost')"),
        ("not (not (city = 'a'))", "city = 'a'"),
        ("((city = 'a')) and ((country = 'b') and tier = 'c')",
         "city = 'a' and country = 'b' and tier = 'c'"),
        ("100 < monetary", "monetary > 100"),
        ("monetary >= 10.50", "monetary >= 10.5"),
        ("since between date '2026-01-01' and current_date", "since between '2026-01-01' and '0d'"),
        ("last_order < today() - interval '30 days'", "last_order < '30d'"),
        ("last_order < current_date - interval 2 years", "last_order < '2y'"),
        ("city like '%ee%' and city like 'L%' and city ilike '%s' and city like 'York'",
         "contains(city, 'ee') and starts_with(city, 'L') and ends_with(city, 's') and city = 'York'"),
        ("due_this_week = true or due_this_week <> true", "due_this_week or not due_this_week"),
        ("plan is not null and not plan is null", "plan is not null and plan is not null"),
        ("city not in ('a', 'a') and records not between 1 and 2",
         "city not in ('a') and records not between 1 and 2"),
        ("bought(since => '5y', category => '婴儿用品', until => '3y', at_least => 2)",
         "bought(category => '婴儿用品', since => '5y', until => '3y', at_least => 2)"),
        ("count_of(event => 'search', within => '30d') >= 3 and not contacted(within => '14d')",
         "count_of(event => 'search', within => '30d') >= 3 and not contacted(within => '14d')"),
        ("not in_segment('vip') -- and so on", "not in_segment('vip')"),
        ("city = 'O''Hara; drop table customers'", "city = 'O''Hara; drop table customers'"),
        ("last_order > first_order", "last_order > first_order"),
    ],
)  # fmt: skip
def test_a_condition_is_read_and_written_in_one_way(text: str, canonical: str):
    assert read(text) == canonical
    assert read(canonical) == canonical


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cty = 'Leeds'", "Did you mean city"),
        ("tierr = 'x'", "tier"),
        ("method = 'x'", "Write one of: churn.method"),
        ("bough(category => 'Tea')", "Did you mean bought?"),
        ("bought(categry => 'Tea')", "It takes: category, product"),
        ("bought('Tea')", "Arguments are named: bought(category => …)"),
        ("city > 3", "3 cannot be compared with city, which holds: text"),
        ("monetary > 'much'", "'much' cannot be compared with monetary"),
        ("monetary", "monetary holds money"),
        ("city = monetary", "cannot be compared"),
        ("due_this_week > true", "neither more nor less"),
        ("since > '2026-02-30'", "'2026-02-30' is no day"),
        ("bought(within => 'soon')", "'soon' is no period"),
        ("contains(monetary, '1')", "looks for a text"),
        ("city like 'a_b'", "LIKE takes a text"),
        ("1 = 1", "names an attribute"),
        ("", "Write one condition"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str):
    with pytest.raises(WrongCall) as refused:
        read(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "city = 'a'; drop table customers",
        "city = (select max(city) from customers)",
        "city in (select city from customers)",
        "exists (select 1)",
        "read_csv('/etc/passwd') = 'x'",
        "city = getenv('HOME')",
        "regexp_matches(city, '(a+)+$')",
        "city similar to '(a|a)*b'",
        "city ~ '(a+)+'",
        "city glob '*a*'",
        "city::int = 1",
        "cast(city as int) = 1",
        "case when city = 'a' then true end",
        "city || 'x' = 'ax'",
        "monetary + 1 > 2",
        "city = $1",
        "city = any(['a'])",
        "customers.* = 1",
        "main.customers.city.x = 'a'",
        "landed_people.name = 'x'",
        "users.password_hash = 'x'",
        "x -> x + 1",
        "{'a': 1} = 1",
        "city collate nocase = 'a'",
        "count(*) > 1",
        "city = E'\\x41'",
        "union select 1",
        "true) or (true",
        "city = 'a' order by 1",
        "attach 'x'",
        "city = current_user",
        "city = 'a\0b'",
        "city = '\ud800'",
        "monetary > 1e400",
        "in_segment(city)",
    ],
)
def test_nothing_but_the_vocabulary_is_reached(text: str):
    with pytest.raises(WrongCall):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        "(" * 59 + "city = 'a'" + ")" * 59,
        "not " * 2_400 + "city = 'a'",
        "city = 'a' or " * 700 + "city = 'b'",
        "(city = 'a' or " * 600,
        "city in (" + ",".join(["'a'"] * 2_400) + ")",
        "case " * 1_900,
        "-" * 9_000 + "1 = monetary",
        "x[" * 3_000,
        "x->" * 3_000,
        "f(a => " * 1_400,
        "a is not " * 1_000,
        "'" * 9_999,
        "city = 'a' and (" * 21 + "city = 'b'" + ")" * 21,
        "a" * 10_001,
    ],
    ids=lambda text: text[:16],
)
def test_what_has_no_end_is_refused_at_once(text: str):
    started = time.process_time()
    with pytest.raises(WrongCall):
        read(text)
    assert time.process_time() - started < 2


def test_every_name_of_the_vocabulary_means_what_it_says():
    for one in VOCABULARY:
        assert VOCABULARY.attribute(one.name) is one
        assert VOCABULARY.attribute(f"{one.table}.{one.column.name}") is one


def test_a_status_is_the_one_that_all_others_are_made_from():
    assert VOCABULARY.attribute("status").table == "lifecycle"
    assert VOCABULARY.attribute("churn.status").table == "churn"
    assert VOCABULARY.attribute("city").table == "customers"
    assert VOCABULARY.attribute("income").table == "facts"
