"""What speaks for and against two records being one customer's, written down by hand."""

from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.identity import nicknames
from tests.engine_fixtures import Row, Tables

TEXT = dict.fromkeys
PAIRS = ibis.schema(
    TEXT(("record_l", "record_r", "kind"), "string")
    | {"version": "int64", "weight": "float64", "probability": "float64", "apart": "boolean", "said": "int64"}
)
ENDS = ibis.schema({"record_l": "string", "record_r": "string"})
THRESHOLDS = ibis.schema(
    {"kind": "string", "version": "int64"}
    | TEXT(("wanted_precision", "merge_at", "review_at", "precision", "recall"), "float64")
    | TEXT(("merged_pairs", "review_pairs"), "int64")
)
COMPARABLES = ibis.schema(
    TEXT(
        (
            "record", "source", "kind", "name", "hanzi", "given", "family", "sound", "generation", "gender",
            "phone", "email", "national_id", "organisation", "country", "region", "city", "district",
            "postcode", "street", "house",
        ),
        "string",
    )
    | {"familiar": "boolean", "birth_date": "date"}
)  # fmt: skip
IDENTIFIERS = ibis.schema(
    TEXT(("record", "kind", "scope", "value"), "string")
    | {"records": "int64", "identifies": "boolean", "valid_from": "date", "valid_until": "date"}
)
LINKS = ibis.schema(TEXT(("record_l", "record_r", "kind", "scope", "value"), "string") | {"records": "int64"})


def person(record: str, name: str = "", **further: Any) -> Row:
    """A row of `normalised_records`: person("a", "ann lee", birth_date="1985-03-02")."""
    given, _, family = name.rpartition(" ") if " " in name else (name, "", "")
    said = {
        "record": record, "source": record.partition(":")[0] if ":" in record else "till",
        "kind": "person" if name else None, "name": name or None, "given": given or None,
        "family": family or None, "sound": " ".join(sorted(name.split())) or None,
        "familiar": given in nicknames.western(),
    }  # fmt: skip
    return said | further


def held(record: str, kind: str, value: str, **further: Any) -> Row:
    """A row of `identifiers`."""
    told = {"record": record, "kind": kind, "scope": "", "value": value, "records": 2, "identifies": True}
    return told | further


def pair(one: str, other: str, probability: float = 0.999, **further: Any) -> Row:
    """A row of `pairs`."""
    left, right = sorted((one, other))
    told = {"record_l": left, "record_r": right, "kind": "person", "version": 1, "weight": probability * 20}
    told |= {"apart": False, "said": 3}
    return told | {"probability": probability} | further


def link(one: str, other: str, kind: str = "member_no", value: str = "7") -> Row:
    """A row of `links`."""
    left, right = sorted((one, other))
    return {"record_l": left, "record_r": right, "kind": kind, "scope": "", "value": value, "records": 2}


def thresholds(desk: Tables, merge_at: float = 0.95, review_at: float = 0.5) -> ir.Table:
    kinds = ("person", "organisation")
    return desk.of(THRESHOLDS, [{"kind": k, "merge_at": merge_at, "review_at": review_at} for k in kinds])


def decided(number: int, verb: str, left: str, right: str) -> list[Row]:
    """The rows of `landed_decisions` that one decision makes; a blank between two records."""
    return [
        {"decision": number, "verb": verb, "side": side, "record": record}
        for side, records in (("left", left), ("right", right))
        for record in records.split()
    ]
