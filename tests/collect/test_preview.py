"""Preview: the first rows are shown as they will land, and nothing is kept of them."""

from dataclasses import replace
from datetime import date

from shuke.collect.mapping import Reading
from shuke.collect.preview import landing, preview, revised

COLUMNS = ["order_id", "email", "date", "items", "total"]
ROWS = [
    [1, "ann@example.com", "2026-01-05", "Tea x 2, Cup", "20.00"],
    [2, "bob@example.com", "2026-01-06", "Pot", "9.00"],
]


def test_what_is_shown_is_what_lands(desk):
    path = desk.write("shop.csv", COLUMNS, *ROWS)
    [seen] = landing(desk.project, "shop", preview(desk.project, "shop", [path]), today=date(2026, 2, 1))
    assert not (desk.project.mappings / "shop.toml").exists()
    desk.take("shop", path)
    for table in ("order_items", "orders", "people"):
        columns = seen.landing[table].column_names
        shown = [tuple(row.values()) for row in seen.landing[table].to_pylist()]
        assert sorted(map(str, shown)) == sorted(map(str, desk.now(table, *columns)))


def test_the_rows_are_those_of_the_file(desk):
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", COLUMNS, *ROWS)])
    assert seen.rows["__row__"].to_pylist() == [2, 2, 3]
    assert seen.landing == {}


def test_what_a_person_changes_is_seen_as_it_will_land(desk):
    [seen] = preview(desk.project, "shop", [desk.write("shop.csv", COLUMNS, *ROWS)])
    columns = {
        h: r if h != "total" else Reading(("orders.shipping",)) for h, r in seen.found.layout.columns.items()
    }
    wanted = revised(seen, replace(seen.found.layout, columns=columns))
    [shown] = landing(desk.project, "shop", [wanted], today=date(2026, 2, 1))
    assert shown.landing["orders"]["shipping"].to_pylist() == [20, 9]
    assert shown.landing["orders"]["total"].null_count == 2


def test_rows_that_were_written_down_as_something_else_are_read_anew(desk):
    """`--as` after an import that took the file for something else."""
    path = desk.write(
        "sold.csv", ["member no", "date", "sku", "qty", "price"], ["M1", "2026-01-05", "T1", 2, "9.50"]
    )
    desk.take("club", path, table="people")
    [seen] = preview(desk.project, "club", [path])
    assert seen.found.known and seen.tables == ("people",)
    [seen] = preview(desk.project, "club", [path], table="order_items")
    assert seen.tables[0] == "order_items" and seen.found.layout.columns["qty"].to == (
        "order_items.quantity",
    )
    desk.take("club", path, table="order_items")
    [seen] = preview(desk.project, "club", [path])
    assert seen.found.known and seen.tables[0] == "order_items"
