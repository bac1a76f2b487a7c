"""Inactivity: how likely is a customer who has been inactive this long to stay away?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models import bg_nbd, pareto_nbd, recency
from shuke.models.churn_classifier import FEWEST, Check, Floats
from shuke.models.coefficients import Coefficients
from shuke.models.forecasts import FittedForecast
from shuke.models.histories import PurchaseHistories
from shuke.models.recency import SURE
from shuke.models.threads import one_thread

#: What is looked at, in the order of the coefficients.
FEATURES = ("silence", "rhythm", "overdue", "seldom", "complained")
#: With the log odds of being gone by the model of lifetime value.
SECONDED = (*FEATURES, "second")
_METHODS = {SECONDED: "model_and_rhythm", FEATURES: "rhythm"}

METHODS: dict[str, Text] = {
    "model_and_rhythm": Text("model and rhythm", "模型与节奏"),
    "rhythm": Text("own rhythm", "自身节奏"),
    "recency": Text("silence", "沉默时长"),
    "rate": Text("the rate of all", "总体比例"),
    "prior": Text("silence beside the usual gap", "沉默时长对比通常间隔"),
}
PARTS: dict[str, Text] = {
    "slope": Text("weight", "系数"),
    "average": Text("average", "均值"),
    "shift": Text("shift", "截距"),
    "knot": Text("silence from which it bends", "转折处的沉默"),
    "bend": Text("by how much it bends", "转折幅度"),
    "pace": Text("rise with silence", "随沉默的增幅"),
    "span": Text("days looked ahead", "预测天数"),
}

#: Complaints count for so many days.
MEMORY = 180
#: Neither shorter nor from fewer customers can a past be learnt from.
SHORTEST_DAYS, FEWEST_CUSTOMERS = 28, 100


@dataclass(frozen=True)
class InactivityModel:
    """Log odds of staying away: `shift` and one coefficient a feature, which has this `average`.

    `method` is `model_and_rhythm` or `rhythm` where all features are used, with and without that of the
    model of lifetime value; `recency` where the length of silence alone foretold the company's own past as
    well, by a line that `bends`; `rate` where not even that told more than how many stay away; `prior` where
    there was no past to learn from.
    """

    method: str
    shift: float
    slopes: dict[str, float]
    average: dict[str, float]
    bends: tuple[tuple[float, float], ...] = ()
    #: How the log odds rise as silence goes on: by `silence`, and by `overdue` beyond the usual gap.
    pace: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of_parts(cls, method: str, parts: Coefficients) -> InactivityModel:
        slopes, bends, pace = (parts.get(name, {}) for name in ("slope", "bend", "pace"))
        return cls(
            method, parts["shift"]["all"], {name: slopes[name] for name in SECONDED if name in slopes},
            dict(parts.get("average", {})), tuple((parts["knot"][nth], bend) for nth, bend in bends.items()),
            (pace["silence"], pace["overdue"]),
        )  # fmt: skip

    def to_parts(self) -> dict[str, Mapping[str, float]]:
        named = {f"{nth:02}": both for nth, both in enumerate(self.bends, 1)}
        return {
            "slope": self.slopes, "average": self.average, "shift": {"all": self.shift},
            "knot": {nth: knot for nth, (knot, _) in named.items()},
            "bend": {nth: bend for nth, (_, bend) in named.items()},
            "pace": dict(zip(("silence", "overdue"), self.pace, strict=True)),
        }  # fmt: skip

    def log_odds(self, rows: ir.Table) -> ir.FloatingValue:
        total: ir.FloatingValue = ibis.literal(self.shift)
        for name, slope in self.slopes.items():
            total += rows[name] * slope
        for knot, bend in self.bends:
            total += ibis.greatest(rows.silence - knot, 0.0) * bend
        return total

    def weight(self, rows: ir.Table, *names: str) -> ir.FloatingValue:
        """By how much the named features raise the log odds above those of an average customer."""
        total: ir.FloatingValue = ibis.literal(0.0)
        for name in names:
            if name in self.average:
                total += (rows[name] - self.average[name]) * self.slopes[name]
        for knot, bend in self.bends if "silence" in names else ():
            usual = max(self.average["silence"] - knot, 0.0)
            total += (ibis.greatest(rows.silence - knot, 0.0) - usual) * bend
        return total

    def tipping(self, rows: ir.Table, odds: ir.FloatingValue) -> ir.IntegerValue:
        """The days of silence, up to ten years, at which who has these log odds is gone as likely as not."""
        if self.bends or self.method == "recency":
            at = recency.RecencyCurve(self.shift, self.slopes["silence"], self.bends).crossing()
            logarithm = ibis.null("float64") if at is None else ibis.literal(at)
        elif sum(self.pace) <= 0:
            logarithm = ibis.null("float64")
        else:
            early, late = self.pace
            still = odds - early * rows.silence - late * rows.overdue
            beyond = (late * rows.rhythm - still) / (early + late)
            logarithm = ibis.greatest(beyond, rows.rhythm) if late else beyond
        days = (ibis.greatest(ibis.least(logarithm, _LONGEST), 0.0).exp() - 1).floor().cast("int64")
        return ibis.ifelse(logarithm < _LONGEST, days, None)


#: Ten years, as silence is measured: what is decided later than that, silence does not decide.
_LONGEST = float(np.log(3_650))

#: Odds of one where the silence is twice the usual gap: for want of a past.
PRIOR = InactivityModel("prior", -float(np.log(2)), {"silence": 1.0, "rhythm": -1.0}, {}, pace=(1.0, 0.0))


def buying_days(purchases: ir.Table, *, as_of: date) -> ir.Table:
    """The days on which goods were sold to each known customer."""
    sold = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )
    return sold.filter(sold.day <= as_of).select("customer_id", "day").distinct()


def states(days: ir.Table, complaints: ir.Table, moments: dict[date, date]) -> ir.Table:
    """What was known of each customer on some days `at`, in features, and whether they came `back` later.

    `moments` says by when. One row per day and customer who had bought by then. `silence`, `rhythm` (the
    usual gap, shrunk to that of all by one gap) and `seldom` are logarithms, `overdue` is by how much silence
    is the larger of the first two; `complained` is 1 for a complaint in the last 180 days.
    """
    asked = ibis.memtable(
        pd.DataFrame({"at": list(moments), "until": list(moments.values())}),
        schema={"at": "date", "until": "date"},
    )
    dated = days.cross_join(asked).filter(lambda t: t.day <= t.until)
    then = dated.day <= dated["at"]
    seen = dated.group_by("customer_id", "at").agg(
        first_day=dated.day.min(where=then), last_day=dated.day.max(where=then),
        bought=then.sum().cast("int64"), back=(~then).any(),
    )  # fmt: skip
    there = seen.filter(seen.bought > 0)
    near = complaints.select("customer_id", "day", "waiting").cross_join(asked)
    lately = near.filter((near.day <= near["at"]) & (near.day > near["at"] - ibis.interval(days=MEMORY)))
    told = lately.group_by("customer_id", "at").agg(
        complaints=lately.day.count(), waiting=lately.waiting.sum().cast("int64")
    )
    known = there.left_join(told, ["customer_id", "at"]).drop("customer_id_right", "at_right")
    full = known.mutate(
        complaints=known.complaints.fill_null(0),
        waiting=known.waiting.fill_null(0),
        span=known.last_day.delta(known.first_day, unit="day").cast("int64"),
        silent_days=known["at"].delta(known.last_day, unit="day").cast("int64"),
    )
    everybody = ibis.window(group_by="at")
    typical = full.span.sum().over(everybody).cast("float64") / ibis.greatest(
        (full.bought - 1).sum().over(everybody), 1
    )
    # Where nobody has come back the mean gap is unknown: a quarter of a year.
    usual = full.mutate(usual=(full.span + ibis.ifelse(typical > 0, typical, 91.0)) / full.bought)
    logs = usual.mutate(
        silence=(usual.silent_days + 1.0).ln(), rhythm=(usual.usual + 1.0).ln(),
        seldom=-usual.bought.cast("float64").ln(),
        complained=(usual.complaints > 0).cast("float64"),
    )  # fmt: skip
    return logs.mutate(overdue=ibis.greatest(logs.silence - logs.rhythm, 0.0))


def pasts(days: ir.Table, *, as_of: date, horizon: int) -> tuple[list[date], int]:
    """The two earlier days that are learnt from, and how many days lie between; none of too short a past."""
    start = days.aggregate(day=days.day.min()).to_pyarrow()["day"][0].as_py()
    span = min(horizon, (as_of - start).days // 3) if start else 0
    if span < SHORTEST_DAYS:
        return [], horizon
    return [as_of - timedelta(days=span * n) for n in (2, 1)], span


def learn(known: ir.Table, earlier: list[date]) -> InactivityModel:
    """The rhythm learnt from who came back since the last of the `earlier` days, whose states are `known`.

    It is tried before: learnt on who came back in the stretch before that, told on this. What is nearest
    (Brier score) is taken if it is nearer than the length of silence alone, and ranks them better too; else
    silence, if that is nearer than the rate of all; else that rate.
    """
    if not earlier:
        return PRIOR
    cells = _cells(known.filter(known["at"].isin(earlier)))
    days = pd.to_datetime(cells["at"])
    older, newer = (cells[days == pd.Timestamp(day)].reset_index(drop=True) for day in earlier)
    if _few(older) or _few(newer):
        return PRIOR
    return _chosen(_seconded(older), _seconded(newer))


def _chosen(older: pd.DataFrame, newer: pd.DataFrame) -> InactivityModel:
    """What foretold the newer stretch best when learnt on the older one, learnt on the newer one."""
    gone, customers = newer.gone.to_numpy(float), newer.customers.to_numpy(float)
    naive = checked(chances(_recency(older).log_odds(newer.silence.to_numpy(float))), gone, customers)
    names = _better(older, newer, naive)
    if names:
        shift, slopes = _fit(newer, names)
        told = dict(zip(names, slopes, strict=True))
        # What a second opinion will be when silence goes on is not known: it is left to the other features.
        alone = told if names == FEATURES else dict(zip(FEATURES, _fit(newer, FEATURES)[1], strict=True))
        pace = (float(alone["silence"]), float(alone["overdue"]))
        return InactivityModel(_METHODS[names], shift, told, _average(newer, names), pace=pace)
    known = np.full(len(newer), older.gone.sum() / older.customers.sum())
    if naive.brier < checked(known, gone, customers).brier:
        curve = _recency(newer)
        average = _average(newer, ("silence",))
        return InactivityModel("recency", curve.shift, {"silence": curve.slope}, average, curve.bends)
    return InactivityModel("rate", float(np.log(gone.sum() / (customers - gone).sum())), {}, {})


def _better(older: pd.DataFrame, newer: pd.DataFrame, naive: Check) -> tuple[str, ...] | None:
    """The features that foretold the newer stretch best, and better than silence alone; none if none did."""
    possible = [names for names in _METHODS if {*names} <= {*older} & {*newer}]
    fits = {names: _fit(older, names) for names in possible}
    # A model that speaks against itself has found chance.
    agreed = [names for names in possible if names != SECONDED or fits[names][1][-1] > 0]
    tried = {names: _check(fits[names], newer, names) for names in agreed}
    best = min(tried, key=lambda names: tried[names].brier)
    return best if tried[best].auc > naive.auc and tried[best].brier < naive.brier else None


def _recency(cells: pd.DataFrame) -> recency.RecencyCurve:
    return recency.fit(*(cells[name].to_numpy(float) for name in ("silence", "gone", "customers")))


def _average(cells: pd.DataFrame, names: tuple[str, ...]) -> dict[str, float]:
    return {name: float(np.average(cells[name], weights=cells.customers)) for name in names}


def _seconded(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with what the models of lifetime value say of them, where these can be fitted."""
    frequency, recency, silent, customers = (
        cells[name].to_numpy(float) for name in ("n", "mean_span", "mean_silent", "customers")
    )
    groups = PurchaseHistories(frequency - 1, recency, recency + silent, customers)
    model = bg_nbd.fit(groups)
    if model is None:
        return cells
    alive = FittedForecast("bg_nbd", model, pareto_nbd.fit(groups)).alive(groups)
    gone = np.clip(1 - alive, 1 - SURE, SURE)
    return cells.assign(second=np.log(gone / (1 - gone)))


def _cells(known: ir.Table) -> pd.DataFrame:
    """Customers alike to the week, counted, with their mean features."""
    near = known.mutate(n=ibis.least(known.bought, 60), weeks=known.silent_days // 7, lasting=known.span // 7)
    counted = near.group_by("at", "n", "weeks", "lasting", "complained").agg(
        customers=near.count(), gone=(~near.back).sum(),
        mean_span=near.span.mean(), mean_silent=near.silent_days.mean(),
        **{name: near[name].mean() for name in FEATURES if name != "complained"},
    )  # fmt: skip
    # In one order, for a fit must not depend on that in which an engine hands rows over.
    frame = counted.to_pandas().sort_values(["at", "n", "weeks", "lasting", "complained"], ignore_index=True)
    return frame.astype({"customers": float, "gone": float})


def _few(cells: pd.DataFrame) -> bool:
    everybody, gone = cells.customers.sum(), cells.gone.sum()
    return bool(everybody < FEWEST_CUSTOMERS or min(gone, everybody - gone) < FEWEST)


def _fit(cells: pd.DataFrame, names: tuple[str, ...]) -> tuple[float, Floats]:
    from sklearn.linear_model import LogisticRegression  # heavy: only where a model is fitted

    features = np.vstack([cells[list(names)].to_numpy(float)] * 2)
    gone = np.repeat([1, 0], len(cells))
    weights = np.concatenate([cells.gone, cells.customers - cells.gone])
    with one_thread():
        line = LogisticRegression(C=100, solver="newton-cholesky").fit(features, gone, sample_weight=weights)
    return float(line.intercept_[0]), line.coef_[0]


def _check(fit: tuple[float, Floats], cells: pd.DataFrame, names: tuple[str, ...]) -> Check:
    shift, slopes = fit
    told = chances(cells[list(names)].to_numpy(float) @ slopes + shift)
    return checked(told, cells.gone.to_numpy(float), cells.customers.to_numpy(float))


def chances(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), dtype=np.float64)


def checked(told: Floats, gone: Floats, customers: Floats) -> Check:
    """The check of the chances told of groups of so many `customers`, of whom so many are `gone`."""
    from sklearn.metrics import roc_auc_score  # heavy

    here = customers - gone
    rate = float(gone.sum() / customers.sum())
    both = np.repeat([1, 0], len(told))
    weights = np.concatenate([gone, here])
    auc = roc_auc_score(both, np.tile(told, 2), sample_weight=weights) if 0 < rate < 1 else 0.5
    brier = (gone * (1 - told) ** 2 + here * told**2).sum() / customers.sum()
    return Check(auc=float(auc), brier=float(brier), base_brier=rate * (1 - rate))


def reservation(method: str) -> Text:
    """What a reader should know of the way in which those without a contract are told."""
    return _RESERVATIONS.get(method, Text("", ""))


_RESERVATIONS = {
    "recency": Text(
        " Nothing foretold the company's own past better than the length of silence, so that is used.",
        "没有方法对本公司历史的预测优于沉默时长，故仅按沉默时长。",
    ),
    "rate": Text(
        " Nothing, not even the length of silence, foretold the company's own past better than the rate of "
        "all, so all have that.",
        "没有方法（包括沉默时长）对本公司历史的预测优于总体比例，故一律采用总体比例。",
    ),
    "prior": Text(
        " There is too little past to learn from: it goes by silence beside the usual gap.",
        "历史太短，无从学习，按沉默时长与通常间隔之比估计。",
    ),
}


def spell(days: ir.StringValue) -> ir.StringValue:
    """1 day, 12 days."""
    return days.concat(ibis.ifelse(days == "1", " day", " days"))
