"""Next steps: what should be done for this customer now, the most pressing first?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shuke import formats
from shuke.languages import _, language
from shuke.tables.statuses import LOST, OVERDUE
from shuke.views.dossier import Dossier

#: A contract that ends within so many days is talked about.
RENEW_WITHIN = timedelta(days=90)

#: So many products are suggested, and so many replacements.
MOST = 3


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """One thing to do, the reason for it, and the table whose rows about the customer say more."""

    what: str
    why: str | None
    table: str


def of(dossier: Dossier) -> tuple[NextStep, ...]:
    """What the tables of the build advise for a customer, of whom they were made for today."""
    return tuple(step for table, advise in _ADVICE.items() if dossier.has(table) for step in advise(dossier))


def _answer(dossier: Dossier) -> Iterator[NextStep]:
    waiting = [row["day"] for row in dossier.rows("complaints").to_pylist() if row["waiting"] and row["day"]]
    if waiting:
        since = formats.day(min(waiting))
        why = _("waiting since {day}").format(day=since)
        yield NextStep(what=_("Answer their complaint"), why=why, table="complaints")


def _stand(dossier: Dossier) -> Iterator[NextStep]:
    today = dossier.opened.build.manifest.as_of
    for row in dossier.rows("lifecycle").to_pylist():
        ends: date | None = row["contract_ends"]
        if ends and today <= ends <= today + RENEW_WITHIN:
            why = _("it ends on {day}").format(day=formats.day(ends))
            yield NextStep(what=_("Talk about renewing the contract"), why=why, table="lifecycle")
        if row["status"] == OVERDUE and not (dossier.has("keep_list") and dossier.rows("keep_list")):
            yield NextStep(what=_("Get in touch before they leave"), why=_reason(row), table="lifecycle")


def _win_back(dossier: Dossier) -> Iterator[NextStep]:
    currency = dossier.opened.build.manifest.currency
    for row in dossier.rows("keep_list").to_pylist():
        money = formats.money(row["value_at_risk"], currency)
        what = _("Win them back") if row["status"] == LOST else _("Get in touch before they leave")
        why = _("{money} at risk: {reason}").format(money=money, reason=_reason(row))
        yield NextStep(what=what, why=why, table="keep_list")


def _expect(dossier: Dossier) -> Iterator[NextStep]:
    for row in dossier.rows("next_purchase").to_pylist():
        if row["due_this_week"]:
            day = formats.day(row["expected_on"])
            why = _("expected on {day}").format(day=day) if row["expected_on"] else None
            yield NextStep(what=_("They are due to buy this week"), why=why, table="next_purchase")


def _replace(dossier: Dossier) -> Iterator[NextStep]:
    rows = dossier.sorted("replacements", "due_on", "level", "item").to_pylist()
    for row in [row for row in rows if row["overdue"]][:MOST]:
        item = row["product_name"] or row["item"]
        why = _("due since {day}, bought {times} times").format(
            day=formats.day(row["due_on"]), times=formats.number(row["times"])
        )
        yield NextStep(what=_("Remind them of {item}").format(item=item), why=why, table="replacements")


def _suggest(dossier: Dossier) -> Iterator[NextStep]:
    best = dossier.sorted("recommendations", "rank", "product_id").to_pylist()[:MOST]
    if best:
        names = [row["product_name"] or row["product_id"] for row in best]
        what = _("Suggest {products}").format(products=formats.listed(names))
        yield NextStep(what=what, why=None, table="recommendations")


def _reason(row: dict[str, Any]) -> str:
    said: str = row["reason_zh"] if language() == "zh" else row["reason"]
    return said


_ADVICE: dict[str, Callable[[Dossier], Iterator[NextStep]]] = {
    "complaints": _answer,
    "lifecycle": _stand,
    "keep_list": _win_back,
    "next_purchase": _expect,
    "replacements": _replace,
    "recommendations": _suggest,
}
