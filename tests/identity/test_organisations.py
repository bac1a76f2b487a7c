"""Companies are the same with any legal form, and branches are not their company."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.identity.organisations import core, is_organisation
from shuke.text.characters import plain
from tests.engine_fixtures import Tables


def cores(desk: Tables, *said: str) -> list[str | None]:
    landed = desk.landed("people", [{"record_id": f"{n:03}", "name": name} for n, name in enumerate(said)])
    texts = plain(landed.select("record_id", "name"), ["name"], checkpoint=desk.checkpoint)
    rows = desk.rows(texts.select("record_id", core=core(texts.name), firm=is_organisation(texts.name)))
    return [row["core"] for row in rows]


SAME = {
    "华为技术": (
        "华为技术有限公司", "華為技術有限公司", "华为技术有限责任公司", "华为技术股份有限公司", "华为技术",
    ),
    "上海大众": ("上海大众集团", "上海大众（集团）有限公司", "上海大众集团有限公司", "上海大众公司"),
    "smith and sons": (
        "The Smith & Sons Co., Ltd.", "Smith and Sons Limited", "SMITH & SONS LLC", "Smith&Sons Inc.",
    ),
    "muller": ("Müller GmbH", "Muller GmbH & Co. KG", "MÜLLER AG"),
    "ferrari": ("Ferrari S.p.A.", "Ferrari SpA", "Ferrari"),
    "acme": ("Acme Pty Ltd", "Acme B.V.", "ACME Oy", "Acme Corporation", "Ａｃｍｅ Inc"),
}  # fmt: skip


def test_a_legal_form_is_not_part_of_the_name(engine):
    said = [(name, core_name) for core_name, names in SAME.items() for name in names]
    assert cores(engine, *(name for name, _ in said)) == [core_name for _, core_name in said]


def test_a_branch_is_not_its_company(duckdb):
    company, branch, other = cores(
        duckdb, "平安保险有限公司", "平安保险有限公司北京分公司", "平安保险有限公司上海分公司"
    )
    assert len({company, branch, other}) == 3


def test_what_is_only_a_form_keeps_its_name(duckdb):
    assert cores(duckdb, "Co Ltd", "公司") == ["co", None]


@settings(max_examples=3, deadline=None)
@given(st.lists(st.text(max_size=15), min_size=20, max_size=40))
def test_the_core_of_a_core_is_itself(duckdb_engine, tmp_path_factory, said):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("organisations"))
    once = cores(desk, *(name.replace("\x00", "") for name in said))
    assert cores(desk, *(name or "" for name in once)) == once
