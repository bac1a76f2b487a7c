"""Call lists: whom is somebody to ring, by which number, why, and when did we last speak?

Nobody is on one who has not agreed to be telephoned, whose number is not to be used, or who has none; what
customers bought or asked for (`purpose` service) takes no consent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import ibis.expr.types as ir
import pyarrow as pa

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.engage import books
from shuke.engage.permission import MARKETING, is_permitted
from shuke.languages import Text
from shuke.segments.behaviours import BEHAVIOURS, WHEN, WHOSE
from shuke.tables import Column, Type
from shuke.views import audience, care, meant, occasions, tasks
from shuke.views.downloads import ExportContent, FileFormat, write
from shuke.views.recipients import Recipient, recipients
from shuke.views.tasks import TaskLine
from shuke.views.viewer import Viewer

TITLE = Text("Call list", "电话名单")

#: The channel to which somebody who may be rung has agreed.
_PHONE = "phone"

COLUMNS = (
    Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
    Column("name", Type.TEXT, Text("Name", "姓名"), pii="name"),
    Column("phone", Type.TEXT, Text("Phone", "电话"), pii="phone"),
    Column("why", Type.TEXT, Text("Why", "事由")),
    Column("due_on", Type.DATE, Text("By", "截止日期")),
    Column("value", Type.MONEY, Text("Spent so far", "累计消费"), unit="currency"),
    Column("last_contact", Type.DATE, Text("Last contact", "最近联系")),
    Column("contact", Type.TEXT, Text("Looked after by", "专属联系人")),
    Column("priority", Type.INTEGER, Text("Priority", "优先级"), unit="count"),
)


@dataclass(frozen=True, kw_only=True)
class CallList:
    """Whom to ring, the most important first, and how many were left out, by reason."""

    rows: pa.Table
    left_out: Mapping[str, int]


def of_segment(
    project: Project, condition: str, *, viewer: Viewer, purpose: str = MARKETING, why: str = ""
) -> CallList:
    """Those whom a condition of segments means."""
    _require(viewer)
    opened = project.open()
    ids = audience.customers(project, opened, condition, viewer=viewer)
    whom = {who: [(why or condition, None)] for who in ids.to_pyarrow()["customer_id"].to_pylist()}
    return _listed(project, opened, whom, purpose)


def of_tasks(
    project: Project, *, viewer: Viewer, assignee: str | None = None, purpose: str = MARKETING
) -> CallList:
    """Those for whom a task is open, of all or of one person; each once, with all that is to be done."""
    _require(viewer)
    found: Sequence[TaskLine] = tasks.listed(project, viewer=viewer, assignee=assignee)
    whom: dict[str, list[tuple[str, Any]]] = {}
    for line in found:
        whom.setdefault(line.customer_id, []).append((line.title, line.due_on))
    return _listed(project, project.open(), whom, purpose)


def download(
    project: Project, found: CallList, target: BinaryIO, *, file_format: FileFormat, viewer: Viewer,
    mark: bool = True,
) -> int:  # fmt: skip
    """Write a call list as a file; how many are on it. That it left the house is written down."""
    _require(viewer)
    event = AuditEvent(
        verb="exported", subject_kind="call_list", count=found.rows.num_rows,
        detail={"file_format": file_format},
    )  # fmt: skip
    viewer.did(project.operations, event)
    content = ExportContent(
        "call_list", TITLE, COLUMNS, found.rows.to_reader(), found.rows.num_rows, project.settings.zone
    )
    write(content, target, file_format=file_format, mark=mark)
    return cast(int, found.rows.num_rows)


def _require(viewer: Viewer) -> None:
    viewer.require(Capability.EXPORT)
    viewer.require(Capability.SEE_PERSONAL)


def _listed(
    project: Project, opened: Opened, whom: Mapping[str, list[tuple[str, Any]]], purpose: str
) -> CallList:
    known, looking = recipients(opened, whom), care.of(project, opened, whom)
    spent, spoken = _spent(opened, known), _last_contacts(opened, known)
    rows: list[dict[str, Any]] = []
    left_out: dict[str, int] = {}
    for who, recipient in known.items():
        phone = recipient.address(_PHONE, country=project.settings.country)
        if reason := _left_out(project, recipient, phone, purpose):
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        rule, reasons = looking.get(who), whom[who]
        days = [day for _, day in reasons if day]
        rows.append(
            {
                "customer_id": recipient.customer_id, "phone": phone,
                "name": recipient.golden.get("name") or recipient.golden.get("organisation"),
                "why": "; ".join(dict.fromkeys(title for title, _ in reasons)),
                "due_on": min(days, default=None), "value": spent.get(recipient.customer_id),
                "last_contact": spoken.get(recipient.customer_id), "contact": rule.contact if rule else None,
                "priority": rule.priority if rule else 0,
            }
        )  # fmt: skip
    schema = pa.schema([(column.name, column.type.ibis.to_pyarrow()) for column in COLUMNS])
    rows.sort(key=lambda row: (-row["priority"], -(row["value"] or 0), row["customer_id"]))
    return CallList(rows=pa.Table.from_pylist(rows, schema=schema), left_out=left_out)


def _left_out(project: Project, recipient: Recipient, phone: str | None, purpose: str) -> str | None:
    if phone is None:
        return books.WithholdingReason.NO_ADDRESS
    with project.operations.reading() as connection:
        said = books.statements(connection, recipient.issued)
        suppressed = books.is_suppressed(connection, books.digest(phone, key=project.key))
    if not is_permitted((*recipient.consents, *said), purpose=purpose, channel=_PHONE):
        return books.WithholdingReason.NO_CONSENT
    return books.WithholdingReason.SUPPRESSED if suppressed else None


def _spent(opened: Opened, known: Mapping[str, Recipient]) -> dict[str, Any]:
    rows = _of(opened, "rfm", known)
    return {} if rows is None else _by_customer(rows.select("customer_id", told="monetary"))


def _last_contacts(opened: Opened, known: Mapping[str, Recipient]) -> dict[str, Any]:
    rows = BEHAVIOURS["contacted"].rows(lambda name: meant.table_of(opened, name))
    last = rows.group_by(customer_id=rows[WHOSE]).agg(told=rows[WHEN].max().date())
    people = occasions.named({each.customer_id for each in known.values()})
    return _by_customer(last.semi_join(people, "customer_id"))


def _of(opened: Opened, name: str, known: Mapping[str, Recipient]) -> ir.Table | None:
    made = opened.build.manifest.tables.get(name)
    if made is None or made.failed:
        return None
    people = occasions.named({each.customer_id for each in known.values()})
    return opened.table(name).semi_join(people, "customer_id")


def _by_customer(rows: ir.Table) -> dict[str, Any]:
    return {row["customer_id"]: row["told"] for row in rows.to_pyarrow().to_pylist()}
