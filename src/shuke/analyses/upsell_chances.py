"""Upsell chances: of those who stand on a rung, how many move up, to what, and what does that bring?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.analyses.first_purchase_chances import METHODS
from shuke.analyses.product_ladders import LADDERS, placed, sold, standing
from shuke.analyses.shrinkage import log_score, pooled, shrunk, spread
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("ladder", "family", "rung", "idle"),
    learns_for="upsell",
    theme="offering",
    title=Text("Chances of moving up", "升级概率"),
    about=Text(
        "Of those who stand on a rung, how many move up, to what, and what does that bring?",
        "处于某一档位的客户有多少会升级，升至哪一款，多带来多少？"),
    limits=Text(
        "Who moved up did so without being asked to, or by offers that were made already.",
        "升级未必出于推荐，也可能已受过推荐。"),
    subject=None,
    columns=[
        Column("ladder", Type.TEXT, Text("Kind of ladder", "升级方式"), codes=LADDERS),
        Column("family", Type.TEXT, Text("Thing or category", "商品系列或类别")),
        Column("rung", Type.INTEGER, Text("Rung", "档位")),
        Column("idle", Type.INTEGER, Text("Pause", "间隔档"), note=Text(
            "0 to 4: up to 30, 90, 180, 365 days since the last purchase of it, or more.",
            "0–4：距上次购买 30、90、180、365 天内及以上。")),
        Column("to_rung", Type.INTEGER, Text("Rung to offer", "推荐档位")),
        Column("product_id", Type.TEXT, Text("Product to offer", "推荐商品")),
        Column("product_name", Type.TEXT, Text("Its name", "推荐商品名称")),
        Column("price", Type.NUMBER, Text("Price now", "现价位"), unit="currency"),
        Column("to_price", Type.NUMBER, Text("Its price", "推荐商品价格"), unit="currency"),
        Column("more", Type.NUMBER, Text("A piece leaves more", "单件多得金额"), unit="currency"),
        Column("chance", Type.NUMBER, Text("Chance of moving up", "升级概率"), unit="share"),
        Column("chance_low", Type.NUMBER, Text("Chance, at least", "概率下限"), unit="share"),
        Column("chance_high", Type.NUMBER, Text("Chance, at most", "概率上限"), unit="share"),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
    ],
)  # fmt: skip
def upsell_chances(
    purchases: ir.Table,
    product_rungs: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    horizon_days: int = 90,
) -> ir.Table:
    """The chance of buying a higher rung within `horizon_days`, and what to offer, as `upsell` says.

    One row per ladder, rung and pause in which anybody stands or stood a horizon or two ago.
    """
    rungs = product_rungs.to_pandas()
    days = checkpoint(placed(sold(purchases).filter(lambda t: t.day <= as_of), product_rungs))
    cuts = [as_of - timedelta(days=n * horizon_days) for n in (0, 1, 2)]
    moves = _moves(checkpoint(standing(days, cuts)), days, horizon_days)
    if moves.empty:
        return _written(pd.DataFrame(columns=list(upsell_chances.schema)))
    return _offers(moves, rungs, cuts)


def _moves(states: ir.Table, days: ir.Table, horizon: int) -> pd.DataFrame:
    """By cut, ladder, rung and pause: how many stood there, and how many of them next stood on which."""
    later = days.select("customer_id", "ladder", "family", "day", next="rung")
    joined = states.inner_join(later, ["customer_id", "ladder", "family"])
    after = joined.day.delta(joined["at"], unit="day")
    reached = ibis.ifelse((after > 0) & (after <= horizon), joined.next, 0)
    marked = joined.mutate(reached=reached)
    keys = ["at", "ladder", "family", "rung", "idle"]
    each = marked.group_by([*keys, "customer_id"]).agg(to_rung=marked.reached.max())
    moved = each.mutate(to_rung=ibis.ifelse(each.to_rung > each.rung, each.to_rung, 0))
    return moved.group_by([*keys, "to_rung"]).agg(people=moved.count()).to_pandas()


def _offers(moves: pd.DataFrame, rungs: pd.DataFrame, cuts: list[date]) -> ir.Table:
    """For each rung and pause that somebody stands on: the chance, what to offer, and what it brings more."""
    places = ["ladder", "family", "rung", "idle"]
    dated = moves.assign(at=pd.to_datetime(moves["at"]).dt.date).merge(
        rungs.groupby(["ladder", "family"], as_index=False).top.max(), on=["ladder", "family"]
    )
    lower = dated[dated.rung < dated.top]
    if len(lower) and not (lower["at"] < cuts[0]).any():
        raise NotEnoughData(
            N_("Purchases more than {days} days old are needed to see who moves up."),
            days=(cuts[0] - cuts[1]).days,
        )
    past = lower["at"] < cuts[0]
    counted = lower.assign(
        trials=lower.people.where(past, 0), hits=lower.people.where(past & (lower.to_rung > 0), 0)
    )
    cells = counted.groupby(["at", *places], as_index=False)[["hits", "trials"]].sum()
    chances = _chances(cells, places, cuts)
    went = (
        counted[counted.hits > 0].groupby(["ladder", "family", "rung", "to_rung"], as_index=False).hits.sum()
    )
    usual = went.sort_values(["hits", "to_rung"], ascending=[False, True]).drop_duplicates(
        ["ladder", "family", "rung"]
    )
    aimed = chances.merge(usual[["ladder", "family", "rung", "to_rung"]], how="left")
    aimed["to_rung"] = aimed.to_rung.fillna(aimed.rung + 1).astype("int64")
    return _written(_priced(aimed, rungs))


def _chances(cells: pd.DataFrame, places: list[str], cuts: list[date]) -> pd.DataFrame:
    """By likeness where what the earlier cut taught held at the later one, else everybody's."""
    early = cells.assign(**{n: cells[n].where(cells["at"] == cuts[2], 0) for n in ("hits", "trials")})
    learnt = early.groupby(places, as_index=False)[["hits", "trials"]].sum()
    learnt = learnt.assign(alike=_alike(learnt), everybody=pooled(learnt, ["ladder"]))
    later = cells[cells["at"] == cuts[1]].merge(learnt[[*places, "alike", "everybody"]], on=places)
    better = log_score(later, later.alike) > log_score(later, later.everybody) and learnt.trials.sum() > 0
    whole = cells.groupby(places, as_index=False)[["hits", "trials"]].sum()
    chance = _alike(whole) if better else pooled(whole, ["ladder"])
    low, high = spread(chance, whole.trials if better else whole.groupby("ladder").trials.transform("sum"))
    method = "alike" if better else "popularity"
    return whole[places].assign(chance=chance, chance_low=low, chance_high=high, method=method)


def _alike(cells: pd.DataFrame) -> pd.Series:
    pauses = cells.groupby(["ladder", "idle"], as_index=False)[["hits", "trials"]].sum()
    usual = pauses.assign(prior=shrunk(pauses, pooled(pauses, ["ladder"])))[["ladder", "idle", "prior"]]
    return shrunk(cells, cells.merge(usual, how="left", on=["ladder", "idle"]).prior)


def _priced(aimed: pd.DataFrame, rungs: pd.DataFrame) -> pd.DataFrame:
    place = ["ladder", "family", "rung"]
    here = rungs.groupby(place, as_index=False).agg(price=("price", "mean"), gain=("gain", "mean"))
    most = rungs.sort_values(["buyers", "product_id"], ascending=[False, True]).drop_duplicates(place)
    there = most[[*place, "product_id", "name", "price", "gain"]].rename(
        columns={"rung": "to_rung", "name": "product_name", "price": "to_price", "gain": "to_gain"}
    )
    both = aimed.merge(here, on=place).merge(there, on=["ladder", "family", "to_rung"])
    return both.assign(more=both.to_gain - both.gain)


def _written(offers: pd.DataFrame) -> ir.Table:
    schema = upsell_chances.schema
    return ibis.memtable(offers[list(schema)].reset_index(drop=True), schema=schema)
