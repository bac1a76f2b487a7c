"""Renamed: what is a table, a parameter or a prefix called now that somebody still calls by its old name?

Old names work until version 0.2, and each is logged once as a warning. This is the only place that knows them.
"""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from shuke.languages import N_, translate

log = logging.getLogger(__name__)

TABLES: Mapping[str, str] = {
    "bearers": "term_frequencies",
    "comparables": "normalised_records",
    "crowded_keys": "oversized_blocks",
    "links": "exact_matches",
    "pairs": "scored_pairs",
    "unsaid": "incomplete_lines",
}

#: What a parameter of an analysis may begin with; see `graph.names`.
PREFIXES: Mapping[str, str] = {
    "said_": "history_",
    "fresh_": "new_",
    "earlier_": "last_build_",
    "kept_": "previous_",
}

#: table -> old parameter -> new parameter
PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "adoption": {"most": "max_products"},
    "adoption_opinions": {"most": "max_products", "patience": "observation_days"},
    "baskets": {
        "least": "min_baskets",
        "each": "rules_per_antecedent",
        "false_share": "false_discovery_rate",
    },
    "cross_sell": {"most": "max_offers", "least": "min_probability"},
    "facts": {"lives": "ttl", "half_lives": "half_life"},
    "habits": {"least_orders": "min_orders"},
    "households": {"largest": "max_size"},
    "identifiers": {"never": "ignored_values", "limit": "max_records"},
    "identities": {"largest": "max_records"},
    "keep_list": {"at_most": "max_customers", "lately": "recent_days"},
    "lapsing": {"least_gaps": "min_gaps"},
    "motives": {"clear": "min_lead", "least": "min_signals"},
    "next_purchase": {"gone": "tail_probability"},
    "normalised_records": {"nobody": "placeholder_names"},
    "oversized_blocks": {"most": "max_records"},
    "price_response": {"least_weeks": "min_weeks", "least_levels": "min_price_levels"},
    "product_strength": {"least_expected": "min_expected", "false_discoveries": "false_discovery_rate"},
    "quality_drop": {"memory": "window_days"},
    "recommendations": {"many": "max_products"},
    "refresh_list": {"within": "within_days", "best": "max_customers"},
    "replacements": {"again": "min_purchase_days"},
    "retention_factors": {"least": "min_customers", "wrong": "false_discovery_rate"},
    "sequences": {
        "least": "min_customers",
        "most": "max_products",
        "within": "within_days",
        "false_share": "false_discovery_rate",
    },
    "source_accuracy": {"least": "min_customers"},
    "source_decay": {"least": "min_replacements"},
    "survival": {"least": "min_customers", "values": "max_values"},
    "upsell": {"most": "max_offers", "least": "min_probability"},
}


def table(name: str) -> str:
    """The table that is meant; any other name as it is."""
    return _current(name, TABLES.get(name, name))


def read(name: str) -> str:
    """The table that a parameter of an analysis means: earlier_links -> last_build_exact_matches."""
    for old, new in PREFIXES.items():
        if name.startswith(old):
            rest = name.removeprefix(old)
            return _current(name, new + TABLES.get(rest, rest))
    return table(name)


def parameters(of: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a table by their present names; `of` is the table."""
    renamed = PARAMETERS.get(of, {})
    return {_current(name, renamed.get(name, name)): value for name, value in given.items()}


def settings(given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The `[tables.…]` of a shuke.toml by their present names."""
    return {table(name): parameters(table(name), answers) for name, answers in given.items()}


def _current(old: str, new: str) -> str:
    if old != new:
        _warn(old, new)
    return new


@cache
def _warn(old: str, new: str) -> None:
    log.warning(
        translate(N_("{old} is now called {new}; the old name works until version 0.2.")).format(
            old=old, new=new
        )
    )
