"""Preview: the first rows are shown as they will land, and nothing is kept of them."""

from shuke.collect.preview import preview

COLUMNS = ["order_id", "email", "date", "items", "total"]
ROWS = [
    [1, "ann@example.com", "2026-01-05", "Tea x 2, Cup", "20.00"],
    [2, "bob@example.com", "2026-01-06", "Pot", "9.00"],
]


def test_what_is_shown_is_what_lands(desk):
    path = desk.write("shop.csv", COLUMNS, *ROWS)
    [seen] = preview(desk.project, "shop", [path], landing=True)
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
