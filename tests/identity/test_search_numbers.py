"""By which numbers can a customer be looked for?"""

from shuke.identity.search_numbers import search_numbers
from tests.engine_fixtures import Tables
from tests.identity.evidence import IDENTIFIERS, held


def test_a_customer_is_found_by_what_a_source_calls_them_and_by_each_of_their_numbers(engine: Tables):
    contacts = [held("till:A1", "email", "ann@x.org"), held("web:W2", "member_no", "M-7K")]
    known = engine.identities(ann="A1 web:W2", bo="B1")
    made = engine.made(search_numbers, known, engine.of(IDENTIFIERS, contacts))
    assert sorted((row["form"], row["kind"], row["customer_id"]) for row in engine.rows(made)) == [
        ("a1", "record", "ann"), ("ann@x.org", "email", "ann"), ("b1", "record", "bo"),
        ("m-7k", "member_no", "ann"), ("w2", "record", "ann"),
    ]  # fmt: skip


def test_a_number_that_differs_in_capitals_or_scope_alone_is_told_once(engine: Tables):
    contacts = [
        held("till:A1", "user_id", "Kim", scope="shop"), held("till:A1", "user_id", "KIM", scope="app"),
    ]  # fmt: skip
    made = engine.made(search_numbers, engine.identities(ann="A1"), engine.of(IDENTIFIERS, contacts))
    assert [row["form"] for row in engine.rows(made) if row["kind"] == "user_id"] == ["kim"]
