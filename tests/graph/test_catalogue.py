from pathlib import Path

import pytest

from shuke.errors import BuildFailed, UnknownTable
from shuke.graph import catalogue, lineage
from shuke.graph.names import is_given

ONE = """
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(key="day", title=Text("{title}", "测"), columns=[Column("day", Type.DATE, Text("Day", "日"))])
def {name}({reads}):
    return {first}.select("day").distinct()
"""


def own(root: Path, name: str, *reads: str, file: str | None = None) -> None:
    folder = root / "analyses"
    folder.mkdir(exist_ok=True)
    text = ONE.format(name=name, title=name.title(), reads=", ".join(reads), first=reads[0])
    (folder / f"{file or name}.py").write_text(text, "utf-8")


def test_every_table_comes_after_those_that_it_is_made_from():
    tables = catalogue.derived()
    order = catalogue.order(tables)
    for name in tables:
        for read in tables[name].reads:
            if not is_given(read):
                assert order.index(read) < order.index(name)
    assert set(tables) <= set(order)


def test_every_key_is_a_column_and_every_area_a_shelf():
    for name, table in catalogue.derived().items():
        assert set(table.key) <= set(table.schema), name
        assert table.area in (
            "identity",
            "profiles",
            "dealings",
            "quality",
            "analyses",
            "alerts",
            "segments",
        ), name
        assert table.doc, name
        if table.first:  # the order of rows gives nobody's secret away
            assert table[table.first.removeprefix("-")].pii is None, name
        assert table.title.en and table.title.zh, name


def test_a_file_in_the_projects_own_folder_adds_a_table(tmp_path):
    own(tmp_path, "open_days", "purchases")
    own(tmp_path, "hidden", "purchases", file="_hidden")
    tables = catalogue.derived(tmp_path)
    assert set(tables) - set(catalogue.derived()) == {"open_days"}
    assert catalogue.order(tables).index("purchases") < catalogue.order(tables).index("open_days")
    assert list(catalogue.digests(tmp_path)) == ["open_days.py"]


def test_a_table_that_reads_what_does_not_exist_is_refused_by_name(tmp_path):
    own(tmp_path, "open_days", "purchase")
    with pytest.raises(BuildFailed, match="Table open_days reads purchase, which does not exist"):
        catalogue.order(catalogue.derived(tmp_path))


def test_tables_made_from_one_another_are_refused_by_name(tmp_path):
    own(tmp_path, "egg", "hen")
    own(tmp_path, "hen", "egg")
    with pytest.raises(BuildFailed, match=r"depend on one another in a cycle: .*egg"):
        catalogue.order(catalogue.derived(tmp_path))


def test_the_lineage_of_a_table_goes_down_to_what_was_collected():
    found = lineage.of(catalogue.derived(), "orders")
    assert found[:3] == [(0, "orders"), (1, "purchases"), (2, "landed_order_items")]
    assert (3, "landed_people") in found
    assert lineage.of(catalogue.derived(), "landed_people") == [(0, "landed_people")]


def test_the_lineage_of_a_column_names_the_columns_that_it_is_worked_out_from():
    tables = catalogue.derived()
    assert lineage.of(tables, "monthly_sales.customers") == [
        (0, "monthly_sales.customers"), (1, "purchases.customer_id"), (2, "identities.customer_id"),
        (3, "landed_issued_ids.customer_id"), (3, "landed_people.record_id"), (3, "landed_people.source"),
    ]  # fmt: skip
    assert lineage.of(tables, "retention.cohort_size") == [
        (0, "retention.cohort_size"),
        (1, "purchases.*"),
    ]
    amount = {name for depth, name in lineage.of(tables, "rfm.monetary") if depth == 2}
    assert {"landed_order_items.amount", "landed_order_items.price", "landed_exchange_rates.rate"} <= amount
    assert "landed_order_items.record_id" not in amount
    assert (1, "facts.value") in lineage.of(tables, "customers.birth_date")
    assert (2, "history_people.birth_date") in lineage.of(tables, "customers.birth_date")


def test_the_lineage_of_what_is_not_there_says_so():
    with pytest.raises(UnknownTable, match="No table is named rmf"):
        lineage.of(catalogue.derived(), "rmf")
    with pytest.raises(UnknownTable, match="Table rfm has no column monetry"):
        lineage.of(catalogue.derived(), "rfm.monetry")


def test_every_column_of_every_table_comes_from_somewhere():
    """But for what is the same in every row; an analysis may say by which method it was made."""
    tables = catalogue.derived()
    rules = {name for name, table in tables.items() if table.area == "alerts"}
    rules -= {"silent_source", "unusual_movement"}  # what Python has worked out comes from all that it read
    constant = {f"{rule}.rule" for rule in rules}
    constant |= {f"{rule}.subject_kind" for rule in rules - {"sales_progress", "expense"}}
    constant |= {"plan_progress.month", "spending.month"}
    constant |= {
        "credit_currency.severity",
        *(f"{rule}.at_stake" for rule in ("credit_currency", "quality_drop")),
        "daily_figures.figure",
        "daily_measures.measure",
        "planned_months.kind",
        "receivable_entries.entry",
    }
    constant |= {f"households.by_{what}" for what in ("address", "contact", "relation")}
    constant |= {
        f"compared_pairs.{why}" for why in ("kind", "near", "drawn")
    }  # the same in every row of a part
    constant |= {"thresholds.wanted_precision", "source_accuracy.method"}
    constant |= {f"{name}.table_name" for name in ("field_quality", "quality_exceptions")}
    constant |= {f"quality_exceptions.{what}" for what in ("dimension", "reason")}
    constant |= {"field_quality.dimension", "incomplete_lines.sense"}
    constant |= {"segment_changes.change", "segment_changes.day"}
    alone = {
        f"{name}.{column}"
        for name, table in tables.items()
        for column, sources in lineage.columns_read(table, tables).items()
        if not sources and table.area != "analyses"
    }
    assert alone == constant
