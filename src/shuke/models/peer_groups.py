"""Peer groups: what is popular among similar customers, more than among all?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models.ease import Floats
from shuke.models.purchased_products import SEASON
from shuke.models.ranked_lists import Whole
from shuke.models.signals import EVERYBODY

#: What people may be told apart by, one after the other.
LIKE, PLACE = ("kind", "gender", "decade"), "place"

#: A crowd that bought fewer favourites in the season has none of its own.
ENOUGH = 30


@dataclass(frozen=True)
class PeerGroups:
    """Crowds by number, of which everybody is 0, and how much each product speaks for itself in each."""

    products: pd.Index
    weights: Floats  # a row per crowd and a column per product
    members: list[pd.MultiIndex]  # of each level, whom its crowds are of
    reasons: list[Text]

    def numbers(self, people: pd.DataFrame) -> Whole:
        """The finest crowd of each of these people, as they are `described`."""
        return _finest(self.members, people)


def described(customers: ir.Table, *, as_of: date) -> ir.Table:
    """What is known of each customer that a crowd may be told by; what is not known is empty."""
    age = as_of.year - customers.birth_from.year()
    return customers.select(
        "customer_id",
        kind=customers.kind.fill_null(""), gender=customers.gender.fill_null(""),
        decade=(age // 10).cast("int64").fill_null(-1),
        place=ibis.coalesce(customers.region, customers.city, ""),
    )  # fmt: skip


def crowds(pairs: ir.Table, people: ir.Table, everybody: pd.DataFrame, *, as_of: date) -> PeerGroups:
    """Everybody's favourites (product_id, weight), and how popular these are in each crowd.

    Crowds are told apart by kind, then by gender, decade of age and place, where that parts them more than
    chance would. The shares of the favourites bought in the season are shrunk to those of the crowd that it
    is a part of, the more so the less the crowds of its level differ: (bought + K x share there) / (all
    bought + K). The first favourite weighs as much in each.
    """
    favourites, weight = pd.Index(everybody.product_id), everybody.weight.to_numpy(float)
    if everybody.empty:
        return PeerGroups(favourites, np.zeros((1, 0)), [], [EVERYBODY])
    lately = pairs.filter(pairs.last > as_of - timedelta(days=SEASON)).semi_join(
        ibis.memtable(everybody[["product_id"]]), "product_id"
    )
    theirs = lately.inner_join(people, "customer_id")
    counts = theirs.group_by(*LIKE, PLACE, "product_id").agg(bought=theirs.count()).to_pandas()
    shares, members, reasons = (weight / weight.sum())[None], list[pd.MultiIndex](), [EVERYBODY]
    by: list[str] = []
    for name in (*LIKE, PLACE):
        bought = counts.pivot_table("bought", [*by, name], "product_id", "sum", fill_value=0)
        often = bought[bought.sum(axis=1) >= ENOUGH].reindex(columns=favourites, fill_value=0)
        members_ = pd.MultiIndex.from_frame(often.index.to_frame())
        within = shares[_finest(members, members_.to_frame())]
        apart = _concentration(often.to_numpy(float), within)
        if apart < np.inf:
            by = [*by, name]
            size = often.sum(axis=1).to_numpy(float)[:, None]
            shares = np.vstack([shares, (often.to_numpy(float) + apart * within) / (size + apart)])
            reasons += [_reason(dict(zip(by, one, strict=True))) for one in members_]
            members.append(members_)
    return PeerGroups(favourites, weight.max() * shares / shares.max(axis=1)[:, None], members, reasons)


def _finest(members: list[pd.MultiIndex], people: pd.DataFrame) -> Whole:
    numbers, first = np.zeros(len(people), np.int64), 1
    for those in members:
        own = those.get_indexer(pd.MultiIndex.from_frame(people[list(those.names)]))
        numbers = np.where(own >= 0, own + first, numbers)
        first += len(those)
    return numbers


def _concentration(bought: Floats, within: Floats) -> float:
    """How much alike crowds are beside those that they are parts of: infinite where only chance parts them.

    Were the shares of each crowd drawn by Dirichlet around `within` with concentration K, then
    X² / (products - 1) would be (N + mK) / (1 + K) of m crowds with N bought in all.
    """
    size = bought.sum(axis=1)
    expected = size[:, None] * within
    parts = np.divide((bought - expected) ** 2, expected, out=np.zeros_like(bought), where=expected > 0)
    spread = float(parts.sum()) / max(bought.shape[1] - 1, 1)
    return max(float(size.sum()) - spread, 1.0) / (spread - len(size)) if spread > len(size) else np.inf


def _reason(crowd: dict[str, Any]) -> Text:
    place, alike = crowd.get(PLACE), any(crowd.get(name, "") not in ("", -1) for name in LIKE)
    if alike:
        like = Text("Popular with people like you", "与您相似的客户都在买")
        return Text(f"{like.en} in {place}", f"{place}{like.zh}") if place else like
    return Text(f"Popular in {place}", f"在{place}热销") if place else EVERYBODY
