"""Scoring: how do two records compare, and how much weight has each agreement?

The comparing is done by Splink on the engine that computes the build. Which level each comparison of two
records comes to depends on these two alone, and is kept from build to build; what a level weighs is
measured among all records, in every build anew (see `match_weights`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir

from shuke.identity.comparisons import Comparison, Level
from shuke.identity.contradictions import COLUMNS, contradictory, digits
from shuke.identity.models import Model
from shuke.languages import Text

#: Whether two records contradict each other, as the last of their comparisons; what it is asked of; and what
#: no comparison has as many levels as this is a power of two.
_APART = "apart"
_PAIRS = ibis.table(
    {
        f"{name}_{side}": "boolean" if name == "familiar" else "string"
        for name in (*COLUMNS, "birth")
        for side in "lr"
    },
    name="pairs",
)
_MOST = 2.0**32

#: How the levels of a pair are written: a letter for each comparison, `a` for its first level, and a last one
#: for whether the two contradict each other.
SILENT, FIRST, CONTRADICTORY = "-", "a", "x"


class SplinkBackend(Protocol):
    """What an engine brings for Splink; see `engine.Linkage`."""

    @property
    def similarity(self) -> str: ...
    def open(self) -> Any: ...
    def name(self, table: ir.Table) -> str: ...
    def table(self, name: str) -> ir.Table: ...
    def clause(self, condition: ir.BooleanValue) -> str: ...


class Unscored:
    """Stands in for a scorer where only the shape of a table is asked for, and what it is made from."""

    model = Model()

    def compare(self, records: ir.Table, pairs: ir.Table, *, kind: str) -> ir.Table:  # noqa: ARG002
        anything = ibis.coalesce(*(records[name].cast("string") for name in records.columns))
        told = pairs.view().left_join(records.select(record_l="record", levels=anything), "record_l")
        return told.select("record_l", "record_r", "match_key", "levels")


@dataclass(frozen=True)
class Scorer:
    """Compares records by the comparisons of a model."""

    model: Model
    linkage: SplinkBackend

    def compare(self, records: ir.Table, pairs: ir.Table, *, kind: str) -> ir.Table:
        """All the pairs with what came of each comparison: `record_l`, `record_r`, `match_key`, `levels`.

        `records` are rows of `normalised_records`; `match_key` says why the two are compared. `levels` has a
        letter for each comparison of the kind, `a` for its first level, `-` where a record is silent; and at
        the end an `x` where the two contradict each other.
        """
        from splink import Linker  # heavy, and only builds need it

        api = self.linkage.open()
        comparisons = self._asked(kind)
        derived = _derived(records)
        needed = sorted({"record", *(n for c in comparisons for n in c.columns)} - set(derived))
        told = records.select(*needed, **derived)
        how = settings(_told_by_weight(comparisons), similarity=self.linkage.similarity)
        # Nobody but this module writes these settings: there is no need to look them through.
        linker = Linker(api.register(self.linkage.name(told)), how, log_level=None, validate_settings=False)
        met = pairs.select("match_key", join_key_l="record_l", join_key_r="record_r")
        linker.table_management.register_blocked_pairs_for_predict(api.register(self.linkage.name(met)))
        found = linker.inference.predict(warning_mode="never")
        made = self.linkage.table(found.physical_name)
        letters = [_letter(made[f"mw_{c.name}"], c) for c in self.model.comparisons[kind]]
        letters.append((made[f"mw_{_APART}"] == 1).ifelse(CONTRADICTORY, SILENT))
        return made.select("record_l", "record_r", "match_key", levels=ibis.literal("").join(letters))

    def _asked(self, kind: str) -> tuple[Comparison, ...]:
        """The comparisons of the kind, and whether the two contradict each other."""
        # What one organisation cannot say of itself is nothing that is known here.
        condition = self.linkage.clause(contradictory(_PAIRS)) if kind == "person" else "1 = 0"
        levels = (Level("apart", Text("", ""), condition, 0, 0), Level("else", Text("", ""), "1 = 1", 0, 0))
        return (*self.model.comparisons[kind], Comparison(_APART, Text("", ""), COLUMNS, "1 = 0", levels))


def _told_by_weight(comparisons: Iterable[Comparison]) -> Iterator[Comparison]:
    """The comparisons, each level of which weighs its number, the first one 1.

    Splink tells the weight of each level that it comes to, but which level it is only together with all
    that was compared.
    """
    for comparison in comparisons:
        numbered = {one.name: (2.0**nth / _MOST, 1 / _MOST) for nth, one in enumerate(comparison.levels, 1)}
        yield comparison.learnt(numbered)


def _derived(records: ir.Table) -> dict[str, ir.Value]:
    """What is worked out once for each record, and not for each pair.

    `birth`: the birth date as digits; of the e-mail, `letters`: without digits and signs, `mailbox`: what
    stands before the @, `host`: what after it, `of_a_name`: whether it holds the family name.
    """
    signs = "0123456789._-"
    letters, mailbox = records.email.translate(signs, ""), records.email.split("@")[0]
    return {
        "birth": digits(records.birth_date),
        "letters": letters,
        "mailbox": mailbox,
        "host": records.email.substr(mailbox.length()),
        "of_a_name": letters.contains(records.family).fill_null(False),
    }


def _letter(weight: ir.FloatingValue, comparison: Comparison) -> ir.StringValue:
    """How the level is written that weighs so much (see `_told_by_weight`); silence weighs nothing."""
    named = [(weight == nth, letter(nth - 1)) for nth, _ in enumerate(comparison.levels, 1)]
    return ibis.cases(*named, else_=SILENT)


def letter(nth: int) -> str:
    """How the nth level of a comparison is written."""
    return chr(ord(FIRST) + nth)


def settings(comparisons: Iterable[Comparison], *, similarity: str) -> dict[str, Any]:
    """How Splink reads comparisons: at even prior odds the weight that comes out is the evidence alone."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "probability_two_random_records_match": 0.5,
        "blocking_rules_to_generate_predictions": ["1 = 1"],  # the pairs are brought along
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
        "comparisons": [
            {
                "output_column_name": comparison.name,
                "comparison_levels": list(_levels(comparison, similarity)),
            }
            for comparison in comparisons
        ],
    }


def _levels(comparison: Comparison, similarity: str) -> Iterator[dict[str, Any]]:
    yield {"sql_condition": comparison.silent, "label_for_charts": "silent", "is_null_level": True}
    for level in comparison.levels:
        last = level is comparison.levels[-1]
        yield {
            "sql_condition": "ELSE" if last else _in_latin(level.condition, similarity),
            "label_for_charts": level.name,
            "m_probability": level.m,
            "u_probability": level.u,
        }


def _in_latin(condition: str, similarity: str) -> str:
    """The condition in the engine's words, comparing letter by letter what is plain Latin on both sides."""

    def asked(found: re.Match[str]) -> str:
        measure, left, right = found.groups()
        plain = f"bit_length({left}) = 8 * length({left}) and bit_length({right}) = 8 * length({right})"
        name, otherwise = (similarity, "0.0") if measure == "similar" else (measure, "1000")
        silent = f"when {left} is null or {right} is null then null"
        return f"(case {silent} when {plain} then {name}({left}, {right}) else {otherwise} end)"

    return re.sub(r"(similar|levenshtein)\((\w+), (\w+)\)", asked, condition)
