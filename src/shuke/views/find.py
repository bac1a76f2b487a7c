"""Find: whom does somebody mean by a number, a telephone, an address or a name?"""

import re
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.identity import search_names
from shuke.identity.identifiers import normalised
from shuke.identity.identities import guessable
from shuke.identity.search_names import BAR
from shuke.tables import IDENTIFIERS
from shuke.views import tables
from shuke.views.query import Query
from shuke.views.tables import Page, Selection
from shuke.views.viewer import Viewer

#: Fewer digits are no part of a telephone number that anybody would remember.
FEWEST_DIGITS = 4

_PHONE = re.compile(r"[\d\s()+./-]+")


def find(project: Project, text: str, *, viewer: Viewer, limit: int = 50, offset: int = 0) -> Page:
    """The customers whom `text` may mean, as rows of `customers`; the search is written down.

    Exactly: any customer id that was ever issued, a number that a source gives them, a phone, an e-mail
    or another identifier in any way of writing. Beside these a part of a phone, of four digits or more. Only
    where neither finds anybody: names that contain the text, in either script or in pinyin, in any order,
    with or without accents, or whose initials it is. Capitals never matter. A viewer who must not see
    personal values finds by customer id and organisation alone.
    """
    viewer.require(Capability.SEE)
    query = Query(search=text, limit=limit, offset=offset)
    everybody = tables.select(project, "customers", replace(query, search=None), viewer=viewer)
    found = (
        _matching(everybody, text.strip(), project.settings.country, viewer) if text.strip() else everybody
    )
    page = tables.page_of(found, query)
    viewer.did(
        project.operations, AuditEvent(verb="searched_customers", subject_kind="customer", count=page.total)
    )
    return page


def _matching(everybody: Selection, text: str, country: str, viewer: Viewer) -> Selection:
    """Those who agree exactly or by a part of their phone or, where there are none, by name; best first."""
    opened = everybody.opened
    tries = [_exact(opened, text, country, viewer)]
    if viewer.sees_personal:
        tries = [_ranked(tries[0], 0).union(_ranked(_by_phone(opened, text), 1)), *_by_name(opened, text)]
        tries[1] = tries[1].union(_by_organisation(everybody.unordered, text))
    else:
        tries = [_ranked(tries[0], 0), _by_organisation(everybody.unordered, text)]
    found = everybody
    for hits in tries:
        found = _in_order(everybody, hits)
        if found.count():
            return found
    return found


def _in_order(everybody: Selection, hits: ir.Table) -> Selection:
    """Those of the hits, the best first."""
    best = hits.group_by("customer_id").agg(place=hits.place.min())
    table = everybody.unordered
    placed = table.inner_join(best, "customer_id").select(*table.columns, "place")
    ordered = placed.order_by(["place", "customer_id"]).drop("place")
    return replace(everybody, table=ordered, unordered=placed)


def _ranked(hits: ir.Table, place: int) -> ir.Table:
    return hits.select("customer_id", place=ibis.literal(place, "int64"))


def _exact(opened: Opened, text: str, country: str, viewer: Viewer) -> ir.Table:
    ids = opened.table("customer_ids")
    found = ids.filter((ids.issued_id == text.upper()) & ids.customer_id.notnull())
    if not viewer.sees_personal:
        return found.filter(~guessable(found.issued_id)).select("customer_id")
    meant = found.select("customer_id")
    records, small = opened.table("identities"), text.lower()
    numbered = records.filter((records.record_id.lower() == small) | (records.record.lower() == small))
    known = opened.table("identifiers")
    forms = _forms(opened, text, country)
    agreeing = known.filter(
        ibis.or_(*((known.kind == kind) & (known.value.lower() == form.lower()) for kind, form in forms))
    )
    identified = records.semi_join(agreeing, "record").select("customer_id")
    return ibis.union(meant, numbered.select("customer_id"), identified, distinct=True)


def _forms(opened: Opened, text: str, country: str) -> list[tuple[str, str]]:
    """(kind, value): what the text would be as each kind of identifier, in its comparable form."""
    kinds = ibis.memtable(pa.table({"kind": list(IDENTIFIERS), "written": [text] * len(IDENTIFIERS)}))
    forms = kinds.select("kind", form=normalised(kinds.kind, kinds.written, country=country))
    found = opened.reader.backend.to_pyarrow(forms).to_pylist()
    return [(row["kind"], row["form"]) for row in found if row["form"]] or [("", "")]


def _by_phone(opened: Opened, text: str) -> ir.Table:
    """Those with a phone in which these digits stand in a row."""
    records, known = opened.table("identities"), opened.table("identifiers")
    digits = re.sub(r"\D", "", text) if _PHONE.fullmatch(text) else ""
    # Before an area code people write a 0, which a number with its country has not.
    written = {digits, digits.lstrip("0")} if len(digits.lstrip("0")) >= FEWEST_DIGITS else {digits}
    meant = [known.value.contains(part) for part in sorted(written) if len(part) >= FEWEST_DIGITS]
    phones = known.filter((known.kind == "phone") & (ibis.or_(*meant) if meant else ibis.literal(False)))
    return records.semi_join(phones, "record").select("customer_id")


def _by_name(opened: Opened, text: str) -> list[ir.Table]:
    """Whose name has the text or all of its words in it, or begins so; then who is written as it sounds."""
    names, forms = _names(opened), search_names.sought(text)
    if not forms:
        return [_nobody(names)]
    whole, parts = names.forms, search_names.words(text)
    # Within what is written; of the forms that nobody wrote, as pinyin, only from the beginning.
    written = whole.split(BAR)[1]
    said = ibis.or_(*(whole.contains(BAR + form) | written.contains(form) for form in forms))
    apart = ibis.and_(*(written.contains(word) for word in parts))
    found = names.filter(said | apart)
    hits = [found.select("customer_id", place=_place(found.forms, forms))]
    sound = search_names.sounded(text)
    if sound and sound not in forms:
        alike = names.filter(names.forms.contains(BAR + sound + BAR))
        hits.append(_ranked(alike, 0))
    return hits


def _names(opened: Opened) -> ir.Table:
    """The forms of each record's name; of a build that has none yet, the golden names."""
    if "search_names" in opened.reader.tables:
        return opened.table("search_names")
    golden = opened.table("customers")
    return golden.select("customer_id", forms=BAR + golden.name.lower() + BAR)


def _place(whole: ir.StringValue, forms: tuple[str, ...]) -> ir.IntegerValue:
    """Whose name it is, then whose begins with it, then the others."""
    is_it = ibis.or_(*(whole.contains(BAR + form + BAR) for form in forms))
    begins = ibis.or_(*(whole.contains(BAR + form) for form in forms))
    return ibis.cases((is_it, 0), (begins, 1), else_=2).cast("int64")


def _nobody(names: ir.Table) -> ir.Table:
    return _ranked(names.filter(ibis.literal(False)), 0)


def _begins(name: ir.StringValue, wanted: str) -> ir.IntegerValue:
    return ibis.ifelse(name.lower().startswith(wanted), 1, 2).cast("int64")


def _by_organisation(customers: ir.Table, text: str) -> ir.Table:
    wanted, name = text.lower(), customers.organisation.lower()
    found = customers.filter(name.contains(wanted))
    return found.select("customer_id", place=_begins(found.organisation, wanted))
