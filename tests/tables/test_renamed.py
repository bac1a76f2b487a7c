"""Old names of tables, parameters and prefixes: they work for one version, and say so."""

import logging

import ibis
import ibis.expr.types as ir
import pytest

from shuke import settings
from shuke.graph import catalogue
from shuke.languages import Text
from shuke.tables import CANONICAL, Column, Type, renamed, table

DERIVED = catalogue.derived()


def test_every_new_name_is_that_of_a_table_and_no_old_one_is():
    assert set(renamed.TABLES.values()) <= set(DERIVED)
    assert not set(renamed.TABLES) & set(DERIVED)


def test_every_new_parameter_is_one_of_its_table_and_no_old_one_is():
    for name, parameters in renamed.PARAMETERS.items():
        assert set(parameters.values()) <= set(DERIVED[name].keywords), name
        assert not set(parameters) & set(DERIVED[name].keywords), name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("said_people", "history_people"),
        ("earlier_links", "last_build_exact_matches"),
        ("kept_pairs", "previous_scored_pairs"),
        ("comparables", "normalised_records"),
        ("landed_people", "landed_people"),
        ("rfm", "rfm"),
    ],
)
def test_what_an_analysis_reads_is_known_by_its_old_name(old: str, new: str):
    assert renamed.read(old) == new


def test_an_analysis_that_was_written_for_the_last_version_still_works():
    @table(
        key="source",
        title=Text("Sources", "来源"),
        columns=[Column("source", Type.TEXT, Text("Source", "来源"))],
    )
    def sources(said_people: ir.Table) -> ir.Table:
        return said_people.select("source").distinct()

    assert sources.reads == ("history_people",)
    people = ibis.memtable({"source": ["till", "till"]}, schema={"source": "string"})
    assert sources(people).to_pyarrow().to_pylist() == [{"source": "till"}]
    assert "people" in CANONICAL


def test_settings_are_read_by_their_old_names_and_the_new_one_is_told(tmp_path, caplog):
    renamed._warn.cache_clear()
    (tmp_path / settings.FILE).write_text(
        'name = "Tea"\n[tables.crowded_keys]\nmost = 20\n[tables.lapsing]\ngrace = 2.0\n', "utf-8"
    )
    with caplog.at_level(logging.WARNING):
        read = settings.load(tmp_path)
    assert set(read.tables) == {"oversized_blocks", "lapsing"}
    assert list(read.answers("oversized_blocks").values()) == [20]
    assert read.answers("lapsing") == {"grace": 2.0}
    assert "crowded_keys is now called oversized_blocks" in caplog.text
