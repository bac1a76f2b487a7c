import json

import ibis

from shuke.alerts.findings import evidence

FIGURES = ibis.schema({"text": "string", "whole": "int64", "money": "decimal(18, 4)"})


def test_evidence_is_json_whatever_stands_in_the_texts(engine):
    rows = engine.of(
        FIGURES,
        [
            {"text": 'A "quoted" \\ line\n', "whole": 3, "money": "1.5"},
            {"text": None, "whole": None, "money": None},
        ],
    )
    told = evidence(text=rows.text, whole=rows.whole, money=rows.money)
    found = [json.loads(row["told"]) for row in engine.rows(rows.select(told=told))]
    assert sorted(found, key=str) == [
        {"text": "A quoted  line", "whole": 3, "money": 1.5}, {"text": None, "whole": None, "money": None}
    ]  # fmt: skip
