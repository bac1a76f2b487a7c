"""Find: whom does somebody mean by a number, a telephone, an address or a name?"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.engine.prepared import given
from shuke.errors import UnknownCustomer
from shuke.identity import search_names
from shuke.identity.identifiers import normalised
from shuke.identity.search_names import BAR
from shuke.identity.search_numbers import RECORD, search_numbers
from shuke.tables import IDENTIFIERS
from shuke.views import tables
from shuke.views.customer import resolve
from shuke.views.query import Query
from shuke.views.tables import Page
from shuke.views.viewer import Viewer

#: Fewer digits are no part of a telephone number that anybody would remember.
FEWEST_DIGITS = 4

#: A customer, and how near they come to what was looked for.
Hit = tuple[str, int]

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
    if text.strip():
        page = _page(project, text, viewer, limit=limit, offset=offset)
    else:
        page = tables.peek(project, "customers", Query(limit=limit, offset=offset), viewer=viewer)
    viewer.did(
        project.operations, AuditEvent(verb="searched_customers", subject_kind="customer", count=page.total)
    )
    return page


def _page(project: Project, text: str, viewer: Viewer, *, limit: int, offset: int) -> Page:
    opened = project.open()
    declared = tables.declaration(project, opened, "customers")
    hidden = tables.unseen(declared, viewer)
    meant = _meant(opened, text.strip(), project.settings.country, viewer)
    shown = _in_order(opened, meant[offset : offset + limit])
    if hidden and shown.num_rows:
        shown = opened.reader.among(
            "found",
            lambda: tables.masked(opened.table("customers"), declared.written, hidden),
            {"customers": shown}.__getitem__,
        )
    return Page(
        name="customers", declared=declared, query=Query(search=text, limit=limit, offset=offset), rows=shown,
        total=len(meant), as_of=opened.build.manifest.as_of, build=opened.build.number, hidden=hidden,
    )  # fmt: skip


def _in_order(opened: Opened, ids: list[str]) -> pa.Table:
    """The rows of these customers, in this order."""
    rows = opened.reader.rows("customers", "customer_id", ids)
    known = rows["customer_id"].combine_chunks()
    return rows.take(pc.index_in(pa.array(ids, pa.string()), value_set=known))


def _meant(opened: Opened, text: str, country: str, viewer: Viewer) -> list[str]:
    """Those who agree exactly or by a part of their phone or, where there are none, by name; best first."""
    exact = [(one, 0) for one in _exact(opened, text, country, viewer)]
    if viewer.sees_personal:
        tries = [lambda: exact + _by_phone(opened, text), *_by_name(opened, text)]
    else:
        tries = [lambda: exact, lambda: _by_organisation(opened, text)]
    hits = next(filter(None, (search() for search in tries)), [])
    best: dict[str, int] = {}
    for customer, place in hits:
        best[customer] = min(place, best.get(customer, place))
    return sorted(best, key=lambda customer: (best[customer], customer))


def _hits(opened: Opened, key: Hashable, ask: Callable[[], ir.Table], **given: str) -> list[Hit]:
    """The customers of a question, each with a place."""
    found = opened.reader.answer(key, ask, **given)
    return list(zip(found["customer_id"].to_pylist(), found["place"].to_pylist(), strict=True))


def _exact(opened: Opened, text: str, country: str, viewer: Viewer) -> Iterator[str]:
    with suppress(UnknownCustomer):
        yield resolve(opened, text, viewer=viewer)
    if viewer.sees_personal:
        small = text.lower()
        # A record is called as its source calls it, with or without the source.
        called = {small, *(small[colon.end() :] for colon in re.finditer(":", small))}
        forms = {(RECORD, form) for form in called} | set(_forms(opened, text, country))
        for row in _of_forms(opened, sorted({form for _, form in forms})):
            whole = row["kind"] != RECORD or small in (row["form"], row["record"].lower())
            if (row["kind"], row["form"]) in forms and whole:
                yield row["customer_id"]


def _of_forms(opened: Opened, forms: list[str]) -> list[dict[str, Any]]:
    """The rows of `search_numbers` with these forms."""
    name = search_numbers.name
    if name in opened.reader.tables:
        found = opened.reader.rows(name, "form", forms)
    else:
        every = _numbers(opened)
        found = every.filter(every.form.isin(forms)).to_pyarrow()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def _numbers(opened: Opened) -> ir.Table:
    """`search_numbers`; of a build that has none yet, what it is made of."""
    if search_numbers.name in opened.reader.tables:
        return opened.table(search_numbers.name)
    return search_numbers(opened.table("identities"), opened.table("identifiers"))


def _forms(opened: Opened, text: str, country: str) -> Iterator[tuple[str, str]]:
    """(kind, form): what the text would be as each kind of identifier, in small letters."""

    def ask() -> ir.Table:
        kinds = ibis.array(list(IDENTIFIERS)).unnest().name("kind").as_table()
        form = normalised(kinds.kind, given("written"), country=country)
        return kinds.select("kind", form=form.lower())

    found = opened.reader.answer(("forms", country), ask, written=text)
    return ((row["kind"], row["form"]) for row in found.to_pylist() if row["form"])


def _by_phone(opened: Opened, text: str) -> list[Hit]:
    """Those with a phone in which these digits stand in a row."""
    digits = re.sub(r"\D", "", text) if _PHONE.fullmatch(text) else ""
    # Before an area code people write a 0, which a number with its country has not.
    parts = [part for part in dict.fromkeys((digits.lstrip("0"), digits)) if len(part) >= FEWEST_DIGITS]
    if not parts:
        return []

    def ask() -> ir.Table:
        known = _numbers(opened)
        meant = ibis.or_(*(known.form.contains(given(f"part{n}")) for n in range(len(parts))))
        return _ranked(known.filter((known.kind == "phone") & meant), 1)

    return _hits(opened, ("phone", len(parts)), ask, **_numbered("part", parts))


def _by_name(opened: Opened, text: str) -> list[Callable[[], list[Hit]]]:
    """Whose name has the text or all of its words in it, or begins so; then who is written as it sounds."""
    forms, sound = search_names.sought(text), search_names.sounded(text)
    # A single word that is looked for as a whole need not be looked for as a part.
    parts = tuple(word for word in search_names.words(text) if (word,) != forms)
    if not forms:
        return [lambda: _by_organisation(opened, text)]

    def ask() -> ir.Table:
        return _written(_names(opened), len(forms), len(parts))

    def alike() -> ir.Table:
        names = _names(opened)
        return _ranked(names.filter(names.forms.contains(BAR + given("sound") + BAR)), 0)

    key, told = ("name", len(forms), len(parts)), _numbered("form", forms) | _numbered("word", parts)
    return [
        lambda: _hits(opened, key, ask, **told) + _by_organisation(opened, text),
        lambda: _hits(opened, "sound", alike, sound=sound) if sound and sound not in forms else [],
    ]


def _written(names: ir.Table, forms: int, words: int) -> ir.Table:
    """Those in whose name one of so many forms stands, or all of so many words."""
    whole = names.forms
    sought = [given(f"form{n}") for n in range(forms)]
    parts = [given(f"word{n}") for n in range(words)]
    # Within what is written; of the forms that nobody wrote, as pinyin, only from the beginning.
    written = whole.split(BAR)[1]
    somewhere = [whole.contains(form) for form in sought]
    there = [whole.contains(BAR + form) | written.contains(form) for form in sought]
    if parts:
        somewhere.append(ibis.and_(*map(whole.contains, parts)))
        there.append(ibis.and_(*map(written.contains, parts)))
    # Whether a name has the text at all is soon told; where it stands takes three times as long.
    found = names.filter(ibis.or_(*somewhere)).filter(ibis.or_(*there))
    return found.select("customer_id", place=_place(found.forms, sought))


def _numbered(name: str, texts: Iterable[str]) -> dict[str, str]:
    return {f"{name}{number}": text for number, text in enumerate(texts)}


def _ranked(hits: ir.Table, place: int) -> ir.Table:
    return hits.select("customer_id", place=ibis.literal(place, "int64"))


def _names(opened: Opened) -> ir.Table:
    """The forms of each record's name; of a build that has none yet, the golden names."""
    if "search_names" in opened.reader.tables:
        return opened.table("search_names")
    golden = opened.table("customers")
    return golden.select("customer_id", forms=BAR + golden.name.lower() + BAR)


def _place(whole: ir.StringValue, forms: Sequence[ir.StringValue]) -> ir.IntegerValue:
    """Whose name it is, then whose begins with it, then the others."""
    is_it = ibis.or_(*(whole.contains(BAR + form + BAR) for form in forms))
    begins = ibis.or_(*(whole.contains(BAR + form) for form in forms))
    return ibis.cases((is_it, 0), (begins, 1), else_=2).cast("int64")


def _by_organisation(opened: Opened, text: str) -> list[Hit]:
    def ask() -> ir.Table:
        customers = opened.table("customers")
        name, wanted = customers.organisation.lower(), given("wanted")
        found = customers.filter(name.contains(wanted))
        place = ibis.ifelse(found.organisation.lower().startswith(wanted), 1, 2)
        return found.select("customer_id", place=place.cast("int64"))

    return _hits(opened, "organisation", ask, wanted=text.lower())
