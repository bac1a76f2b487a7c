from datetime import timedelta

import ibis.expr.datatypes as dt
import pytest

from shuke.errors import UnknownTable
from shuke.tables import CANONICAL, IDENTIFIERS, PROVENANCE, Type

TABLES = list(CANONICAL.values())


def test_every_table_of_the_design_is_declared():
    design = """
        people identifiers relations organisation_parents memberships points possessions consents
        products stores staff market exchange_rates
        orders order_items order_parties opportunities contracts invoices payments credit_limits plans budgets
        expenses coupons events interactions responses campaigns touches
    """
    assert set(design.split()) <= set(CANONICAL)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_names_only_columns_that_it_has(table):
    names = [column.name for column in table.written]
    assert len(names) == len(set(names))
    told = [*table.key, *table.required, *(n for n in (table.subject, table.event_time) if n)]
    assert set(told) <= set(names)
    assert table.title.en and table.title.zh
    assert table.key


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_column_has_both_titles_and_refers_to_one_that_there_is(table):
    for column in table:
        assert column.title.en and column.title.zh, column.name
        if column.refers:
            other, _, name = column.refers.partition(".")
            kinds = set(IDENTIFIERS) if other == "identifiers" else {c.name for c in CANONICAL[other]}
            assert name in kinds, column.refers


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_when_a_thing_happened_is_a_day_or_a_moment(table):
    if table.event_time:
        assert table[table.event_time].type in (Type.DATE, Type.TIME)


def test_money_is_decimal_and_has_a_currency():
    for table in TABLES:
        for column in table:
            if column.type is Type.MONEY:
                assert column.unit == "currency", f"{table.name}.{column.name}"
                assert isinstance(column.type.ibis, dt.Decimal)


def test_whoever_can_be_known_by_a_column_is_not_given_away_by_it():
    telling = ("phone", "email", "address", "birth_date", "given_name", "family_name", "recipient_name")
    for table in TABLES:
        for column in table:
            if column.name in telling:
                assert column.pii, f"{table.name}.{column.name}"


def test_a_birth_date_never_expires_and_a_plan_does():
    people = CANONICAL["people"]
    assert people["birth_date"].ttl is None
    assert people["plan"].ttl == timedelta(days=120)


def test_every_landed_row_says_where_it_comes_from():
    assert {"source", "key", "collected_at", "received_at", "batch_id", "row"} <= {c.name for c in PROVENANCE}
    assert CANONICAL["people"]["source"] in PROVENANCE


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(UnknownTable, match="Table people has no column shoe_size"):
        CANONICAL["people"]["shoe_size"]
