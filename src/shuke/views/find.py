"""Find: whom does somebody mean by a number, a telephone, an address or a name?"""

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.access.audit import Deed
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.identity.identifiers import normalised
from shuke.tables import IDENTIFIERS
from shuke.views import tables
from shuke.views.query import Query
from shuke.views.tables import Page, Selection
from shuke.views.viewer import Viewer


def find(project: Project, text: str, *, viewer: Viewer, limit: int = 50, offset: int = 0) -> Page:
    """The customers whom `text` may mean, as rows of `customers`; the search is written down.

    Exactly: any customer id that was ever issued, a number that a source gives them, a phone, an e-mail
    or another identifier in any way of writing. Only where nothing agrees exactly: names that contain
    the text. A viewer who must not see personal values finds by customer id and organisation alone.
    """
    viewer.require(Capability.SEE)
    query = Query(search=text, limit=limit, offset=offset)
    everybody = tables.select(project, "customers", replace(query, search=None), viewer=viewer)
    found = (
        _matching(everybody, text.strip(), project.settings.country, viewer) if text.strip() else everybody
    )
    page = tables.page_of(found, query)
    viewer.did(project.operations, Deed(verb="searched_customers", subject_kind="customer", count=page.total))
    return page


def _matching(everybody: Selection, text: str, country: str, viewer: Viewer) -> Selection:
    """Those who agree exactly or, where there are none, those whose name contains the text."""
    exact = _exact(everybody.opened, text, country, viewer)
    found = replace(everybody, table=everybody.table.semi_join(exact, "customer_id").order_by("customer_id"))
    return found if found.count() else replace(everybody, table=_named(everybody.table, text, viewer))


def _exact(opened: Opened, text: str, country: str, viewer: Viewer) -> ir.Table:
    ids = opened.table("customer_ids")
    meant = ids.filter(ids.issued_id == text.upper()).select("customer_id")
    if not viewer.sees_personal:
        return meant
    records = opened.table("identities")
    numbered = records.filter((records.record_id == text) | (records.record == text)).select("customer_id")
    known = opened.table("identifiers")
    forms = _forms(opened, text, country)
    agreeing = known.filter(ibis.or_(*((known.kind == kind) & (known.value == form) for kind, form in forms)))
    identified = records.semi_join(agreeing, "record").select("customer_id")
    return ibis.union(meant, numbered, identified, distinct=True)


def _forms(opened: Opened, text: str, country: str) -> list[tuple[str, str]]:
    """(kind, value): what the text would be as each kind of identifier, in its comparable form."""
    kinds = ibis.memtable(pa.table({"kind": list(IDENTIFIERS), "written": [text] * len(IDENTIFIERS)}))
    forms = kinds.select("kind", form=normalised(kinds.kind, kinds.written, country=country))
    found = opened.reader.backend.to_pyarrow(forms).to_pylist()
    return [(row["kind"], row["form"]) for row in found if row["form"]] or [("", "")]


def _named(customers: ir.Table, text: str, viewer: Viewer) -> ir.Table:
    """Names that begin with the text first."""
    wanted = text.lower()
    names = [customers.organisation, *([customers.name] if viewer.sees_personal else [])]
    found = customers.filter(ibis.or_(*(name.lower().contains(wanted) for name in names)))
    begins = ibis.or_(*(found[name.get_name()].lower().startswith(wanted).fill_null(False) for name in names))
    return found.order_by([ibis.desc(begins), "customer_id"])
