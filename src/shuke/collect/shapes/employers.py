"""Employers: which columns of a list of contacts are about the company that each of them works for?

Name | Company | Company phone        Name | Company | phone | customer type | other_record_id
Ann  | Acme    | 020 7946 0958        Ann  | Acme    |       |               | organisation:acme
                                           | Acme    | 020 … | organisation  |

A company with a number, a tax number, a phone, an address or a domain of its own is a record beside those who
work for it; one with nothing but a name is an attribute of theirs.
"""

import re
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from shuke.collect.infer.headers import compact, generics, meanings
from shuke.collect.mapping import targets
from shuke.collect.shapes.sample import SheetSample, is_of_a_line, is_order, meant
from shuke.collect.shapes.shape import Employer
from shuke.collect.sheets import ROW
from shuke.tables import Type

#: Whose attribute a heading names that has one of these words before or behind the attribute.
_COMPANY = re.compile(
    r"\b(?:company|companies|organi[sz]ation|employer|firm|société|societe|entreprise|employeur|empresa|compañía|"
    r"compania|companhia|unternehmen|arbeitgeber|firma)(?:'s|s)?\b|^(?:firmen|unternehmens|betriebs)[- ]?|"
    r"^(?:公司|单位|單位|企业|企業|机构|機構|会社|法人|勤務先)的?の?",
    re.IGNORECASE,
)
_SMALL = re.compile(r"\b(?:of|the|de|del|de la|da|do|du|der|des|l|main|hq)\b|[_/:'’]", re.IGNORECASE)
_DOMAIN = re.compile(
    r"domain|web ?site|website|url|homepage|web|sitio web|site|网站|网址|官网|域名|サイト|ドメイン",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"contact|kontakt|ansprech|interlocut|联系人|聯繫人|聯絡人|联络人|担当", re.IGNORECASE)

#: What of a company makes it a record of its own, and what its column is called then.
_OWN: Mapping[str, str] = {
    "identifiers.phone": "phone", "identifiers.email": "email", "identifiers.tax_id": "tax number",
    "identifiers.fax": "fax", "people.address": "address", "people.address_more": "address line 2",
    "people.city": "city", "people.region": "province", "people.country": "country",
    "people.postcode": "postcode",
}  # fmt: skip
_NUMBER = "people.record_id"
RECORD, KIND, RELATION, OTHER = "customer id", "customer type", "relation", "other_record_id"
_NAMES = {"people.name", "people.given_name", "people.family_name"}


def recognise(look: SheetSample) -> Employer | None:
    """The company of a list of contacts, and what it has of its own; None where it has nothing but a name."""
    names = [n for n in look.columns if meant(n) & _NAMES or "name" in generics(n)]
    companies = [n for n in look.columns if "people.organisation" in meant(n)]
    numbers = [n for n in look.columns if _NUMBER in meant(n) and not _rest(n) and n not in names]
    if len(companies) != 1 or not names or any(_is_of_a_sale(n) for n in look.columns if n not in names):
        return None
    own = {n: told for n in look.columns if n not in (*companies, *names) and (told := _own(n))}
    if not numbers or any(told == _NUMBER for told in own.values()):
        own |= {n: "identifiers.tax_id" for n in look.columns if "identifiers.tax_id" in meant(n)}
    said = {n: told for n, told in own.items() if any(look.filled[look.columns.index(n)])}
    of_the_company = numbers and any(_CONTACT.search(n) for n in names) and _NUMBER not in own.values()
    if not said or of_the_company:
        return None
    return Employer(companies[0], tuple((n, _called(look, told, own)) for n, told in own.items()))


def apart(rows: ir.Table, employer: Employer, look: SheetSample) -> ir.Table:
    """A row for each contact and one for each company; the rows of the file are those of its contacts."""
    own = dict(employer.columns)
    record = _called(look, _NUMBER, own)
    beside = rows.mutate(__company__=_known_by(rows, employer, numbered=record in rows.columns))
    companies = _companies(beside, employer, record)
    people = [n for n in rows.columns if n not in own and n != ROW]
    named = [n for n in people if meant(n) & _NAMES or "name" in generics(n)]
    anybody = ibis.or_(*(_said(beside[n]).notnull() for n in named if n != employer.name))
    known = companies.select(__known__=companies[record])
    told = beside.left_join(known, beside["__company__"] == known["__known__"])
    number = told[record] if record in people else ibis.null(str)
    works = anybody & told["__known__"].notnull()
    contacts = told.select(
        **{ROW: told[ROW] * 2},
        **{n: told[n] for n in people if n != record},
        **{record: anybody.ifelse(number, ibis.coalesce(told["__known__"], number))},
        **{RELATION: works.ifelse(ibis.literal("employer"), ibis.null(str))},
        **{OTHER: works.ifelse(told["__known__"], ibis.null(str))},
    )
    columns = list(dict.fromkeys((*contacts.columns, *companies.columns)))
    return ibis.union(*(_filled(each, columns) for each in (contacts, companies)))


def _companies(beside: ir.Table, employer: Employer, record: str) -> ir.Table:
    """One row for each company with something of its own: what the first of its rows says of each thing."""
    own = {new: old for old, new in employer.columns if new != record}
    says = ibis.coalesce(*(_said(beside[old]) for old, _ in employer.columns))
    theirs = beside.filter(beside["__company__"].notnull() & says.notnull())
    cells = {employer.name: theirs[employer.name], **{new: theirs[old] for new, old in own.items()}}
    firsts = {n: _said(cell).argmin(theirs[ROW], where=_said(cell).notnull()) for n, cell in cells.items()}
    found = theirs.group_by(**{record: theirs["__company__"]}).agg(**firsts, **{ROW: theirs[ROW].min()})
    return found.mutate(**{ROW: found[ROW] * 2 + 1, KIND: ibis.literal("organisation")})


def _known_by(rows: ir.Table, employer: Employer, *, numbered: bool) -> ir.StringValue:
    """By what a company is known: its number, its tax number or its name. Where contacts have numbers, too,
    the number 7 of a contact and that of a company are two."""
    numbers = [old for old, new in employer.columns if _own(old) == _NUMBER]
    taxes = [old for old, _ in employer.columns if "identifiers.tax_id" in (_own(old), *meant(old))]
    mark = ibis.literal("organisation:")
    first = [(mark + _said(rows[n])) if numbered else _said(rows[n]) for n in numbers]
    then = [mark + _said(rows[n]).lower().re_replace(r"\s+", " ") for n in (*taxes, employer.name)]
    return ibis.coalesce(*first, *then)


def _is_of_a_sale(header: str) -> bool:
    """Whether a heading is that of an order, of a line or of a sum, which no list of contacts has."""
    sums = {target for target in meant(header) if targets()[target].type is Type.MONEY}
    return is_order(header) or (not _rest(header) and (is_of_a_line(header) or bool(sums)))


def _own(header: str) -> str | None:
    """Which attribute of a company a heading names; None where it names none, or somebody else's."""
    rest = _rest(header)
    if not rest:
        return None
    found = {meaning.target for meaning in meanings(rest)}
    if "key" in generics(rest) or _NUMBER in found:
        return _NUMBER
    known = next((target for target in _OWN if target in found), None)
    return known or ("domain" if _DOMAIN.fullmatch(rest) else None)


def _rest(header: str) -> str:
    """A heading without its word for a company; nothing where there is none, or nothing else."""
    spoken = _SMALL.sub(" ", header)
    bare = _COMPANY.sub(" ", spoken).strip(" .-")
    return bare if bare != spoken.strip(" .-") and compact(bare) else ""


def _called(look: SheetSample, target: str, own: Mapping[str, str]) -> str:
    """The column in which a company's attribute stands: that of the contacts, or a new one."""
    theirs = [n for n in look.columns if n not in own and target in meant(n) and not _rest(n)]
    usual = RECORD if target == _NUMBER else _OWN.get(target, target)
    return theirs[0] if theirs else usual


def _said(cell: ir.StringValue) -> ir.StringValue:
    return cell.strip().nullif("")


def _filled(table: ir.Table, columns: list[str]) -> ir.Table:
    there = {n: table[n] if n in table.columns else ibis.null(str) for n in columns}
    return table.select(**there)
