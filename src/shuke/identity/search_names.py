"""Search names: as what may a record be looked for: in which script, order and spelling, or by initials?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.text.characters import HAN, initials, mapped, spelled, written_plainly

#: Stands before and after each form, so that its begin and end can be looked for too.
BAR = "|"

_NO_LETTER = r"[^\pL\pN]+"
#: Where a keyboard has no ä, ö and ü people write two letters, or leave the dots away.
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


@table(
    key="record",
    title=Text("Search names", "检索用姓名"),
    about=Text("In which forms can each record be looked for?", "每条记录可按哪些写法检索？"),
    area="identity",
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("forms", Type.TEXT, Text("Forms of the name", "姓名的各种写法"), pii="name"),
    ],
)
def search_names(normalised_records: ir.Table, identities: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Every way in which the name of a record may be typed, as one text: `|form|form|`.

    One row per record of a customer with a name. A form is in small letters without accents, spaces and
    signs, Chinese characters simplified: the name as it is written; family and given name in both orders, or
    the name of an organisation, Chinese ones in pinyin without tones; initials in both orders, of Chinese
    names one for each character. Of ä, ö and ü written as two letters the second is left out.

        張偉          |张伟|zhangwei|weizhang|zw|wz|
        Ann Müller    |annmuller|mullerann|annmuller|ma|am|
    """
    named = normalised_records.filter(normalised_records.name.notnull())
    written = named.name.re_search(f"[{HAN}]")
    known = named.select("record", "name", "family", "given", han=ibis.ifelse(written, named.name, None))
    theirs = known.inner_join(identities.select("record", "customer_id"), "record")
    read = mapped(theirs, ["han"], {"sound": spelled, "letters": initials}, checkpoint=checkpoint)
    family, given, letters = read.family, read.given, read.han_letters
    whole = ibis.coalesce(family + given, read.han_sound)
    rest = ibis.coalesce(letters.substr(1), given.left(1))
    forms = [_close(read.name), whole, given + family]
    parts = [*map(_loosened, forms), ibis.coalesce(family.left(1) + rest, letters), rest + family.left(1)]
    joined = ibis.literal(BAR)
    for part in parts:
        joined = joined + ibis.ifelse(ibis.coalesce(part, "") == "", "", part + BAR)
    return read.select("record", "customer_id", forms=joined)


def sought(text: str) -> tuple[str, ...]:
    """The forms that a typed text may mean: as it is, and with ü typed as v."""
    form = _plain(text)
    return tuple(dict.fromkeys(part for part in (form, form.replace("v", "u")) if part))


def sounded(text: str) -> str:
    """Chinese characters as the pinyin that another source may have written."""
    return _plain(spelled(written_plainly(text)))


def words(text: str) -> tuple[str, ...]:
    """The words of a typed text, each in its form."""
    return tuple(filter(None, map(_plain, written_plainly(text).replace(",", " ").split())))


def _plain(text: str) -> str:
    bare = "".join(char for char in written_plainly(text) if char.isalnum())
    for two, one in _UMLAUTS:
        bare = bare.replace(two, one)
    return bare


def _close(text: ir.StringValue) -> ir.StringValue:
    return text.re_replace(_NO_LETTER, "")


def _loosened(form: ir.StringValue) -> ir.StringValue:
    for two, one in _UMLAUTS:
        form = form.replace(two, one)
    return form
