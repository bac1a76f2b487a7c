"""Looking back: what does a build of the past know of today?"""

import pytest

from shuke.builds import pipeline
from tests.builds.test_pipeline import CUT, NOW, before_the_cut, empty, rows
from tests.engine_fixtures import at
from tests.landing import land

pytestmark = pytest.mark.usefixtures("few_tables")


def test_a_build_that_looks_back_knows_who_is_who_as_one_does_today(tmp_path):
    project = empty(tmp_path)
    land(project, "till", tables=before_the_cut())
    told = [
        {"record_id": r, "kind": "member_no", "value": "77", "collected_at": at("2026-05-01")} for r in "12"
    ]
    land(project, "till", identifiers=told)
    pipeline.build(project, now=NOW)
    today = {row["record"]: row["customer_id"] for row in rows(project, "identities")}
    pipeline.build(project, now=NOW, as_of=CUT)
    assert {row["record"]: row["customer_id"] for row in rows(project, "identities")} == today
    assert today["till:1"] == today["till:2"]
