"""Churn grading: of the customers predicted to churn, who did?"""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import pd
from shuke.models import under_contract
from shuke.models.churn_classifier import Floats
from shuke.models.inactivity import checked, reservation
from shuke.tables import Grade, Measure

#: Who is followed for a tenth less than was told of counts as followed for all of it.
NEARLY = 0.9

_RANKED = {
    "purchases": Text("AUC of buyers, beside recency", "购买客户 AUC（对比沉默时长排序）"),
    "contract": Text("AUC of those under contract, beside chance", "合同客户 AUC（对比随机）"),
}


def departure_rates(days: ir.Table, contracts: ir.Table, *, at: date, until: date) -> dict[str, float]:
    """By kind, the share gone by `at` of those known as long before it as `until` is after it."""
    start = at - (until - at)
    seen = days.filter(days.day <= at).group_by("customer_id").agg(
        first=lambda t: t.day.min(), last=lambda t: t.day.max()
    )  # fmt: skip
    then = under_contract.staying(contracts, start)
    left = then.anti_join(under_contract.staying(contracts, at), "customer_id")
    old = seen["first"] <= start
    told = seen.aggregate(all=old.sum(), gone=(old & (seen["last"] <= start)).sum())
    bound = then.aggregate(all_bound=then.count()).cross_join(left.aggregate(gone_bound=left.count()))
    found = told.cross_join(bound).to_pandas().fillna(0).iloc[0]
    counts = {"purchases": (found["all"], found.gone), "contract": (found.all_bound, found.gone_bound)}
    return {kind: float(gone / every) for kind, (every, gone) in counts.items() if every}


def graded(cells: pd.DataFrame, rates: dict[str, float], *, days: int) -> Grade:
    """The grade of customers alike in `chance`, whether `called` lost, `silent_days`, `kind`, `method` and
    `horizon_days`, counted.

    `rates` are the naive chances; where there is none, the rate that came. They were followed for `days`.
    """
    if cells.empty or not 0 < cells.gone.sum() < cells.customers.sum():
        raise NotEnoughData(N_("There is nobody who left, or nobody who stayed, to grade it by."))
    chance, gone, customers = (cells[name].to_numpy(float) for name in ("chance", "gone", "customers"))
    called, rate = cells.called.to_numpy(bool), gone.sum() / customers.sum()
    away = gone[called].sum() / customers[called].sum() if called.any() else rate
    naive = cells.kind.map(rates).astype(float).fillna(rate).to_numpy(float)
    measures = [
        *_rankings(cells),
        Measure(name="brier", better="lower",
                title=Text("Brier score, beside the rate before", "Brier 分（对比此前的流失率）"),
                value=_brier(chance, gone, customers), naive=_brier(naive, gone, customers)),
        Measure(name="stayed_away", title=Text("Called lost, stayed away", "判为流失者中未回来的比例"),
                value=float(away), naive=float(rate), unit="share"),
    ]  # fmt: skip
    promised = int(cells.horizon_days.max())
    if days >= NEARLY * promised:
        ratio = float((chance * customers).sum() / gone.sum())
        title = Text("Foretold as gone, for each who was", "预测流失与实际流失之比")
        measures.append(Measure(name="calibration", title=title, value=ratio, naive=1.0, better="near"))
        late = Text("", "")
    else:
        late = Text(f"; followed for {days} of {promised} days", f"；仅追踪 {promised} 天中的 {days} 天")
    return Grade(
        subjects=int(customers.sum()),
        measures=tuple(measures),
        sentence=_verdict(
            int(customers[called].sum()), float(away), cells[cells.kind == "purchases"].method, late
        ),
    )


def _brier(chance: Floats, gone: Floats, customers: Floats) -> float:
    return float((gone * (1 - chance) ** 2 + (customers - gone) * chance**2).sum() / customers.sum())


def _rankings(cells: pd.DataFrame) -> list[Measure]:
    """How well each kind is ranked: buyers beside the length of silence, who has a contract beside chance."""
    found = []
    for kind, title in _RANKED.items():
        some = cells[cells.kind == kind]
        gone, customers = some.gone.to_numpy(float), some.customers.to_numpy(float)
        if not 0 < gone.sum() < customers.sum():
            continue
        auc, naive = checked(some.chance.to_numpy(float), gone, customers).auc, 0.5
        if kind == "purchases":
            naive = checked(some.silent_days.to_numpy(float), gone, customers).auc
        name = "auc" if kind == "purchases" else "auc_contracts"
        found.append(Measure(name=name, title=title, value=auc, naive=naive))
    return found


def _verdict(called: int, away: float, methods: pd.Series, late: Text) -> Text:
    but = reservation(str(methods.max()))
    if not called:
        return Text(f"Nobody was called lost{late.en}.{but.en}", f"没有客户被判为流失{late.zh}。{but.zh}")
    return Text(
        f"Of 100 customers called lost, {away * 100:.0f} stayed away ({called:,} were called lost{late.en})."
        f"{but.en}",
        f"每 100 位判为流失的客户中，{away * 100:.0f} 位未再回来（共判 {called:,} 位{late.zh}）。{but.zh}",
    )
