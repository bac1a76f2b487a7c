"""Addresses: where is it, and what is left when province, city and district are taken off?"""

import ibis
import ibis.expr.types as ir

from shuke.identity import places
from shuke.tables.derived import Checkpoint
from shuke.text.characters import HAN, mapped, once

#: Words of Western addresses that are written in more ways than one.
_WORDS = {
    short: written.split()
    for short, written in {
        "st": "street str", "rd": "road", "ave": "avenue av", "dr": "drive drv", "ln": "lane",
        "ct": "court crt", "pl": "place", "blvd": "boulevard boul", "cres": "crescent cr",
        "cct": "circuit cir", "tce": "terrace ter terr", "pde": "parade", "hwy": "highway", "sq": "square",
        "cl": "close", "gr": "grove", "pkwy": "parkway", "esp": "esplanade", "pkt": "pocket", "n": "north",
        "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest", "se": "southeast",
        "sw": "southwest", "apt": "apartment", "fl": "floor", "bldg": "building", "mt": "mount",
        "ft": "fort", "hts": "heights", "vlg": "village", "wy": "way", "gdns": "gardens", "hsg": "housing",
        "strasse": "strase",
    }.items()
}  # fmt: skip
_UNIT = r"^(?:unit|apartment|apt|flat|suite|ste|room|rm|level|shop|villa) [a-z]?[0-9]+[a-z]? (.+)$"

#: What follows a road's name, not a city's: 北京路 is in no particular town.
_ROAD = "^(?:[东西南北中]?[一二三四五]?(?:路|街|道|巷|胡同|大道|大街|大厦|广场|花园|新村|小区|村))"


def addresses(rows: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """The rows (record; country, region, city, district, address, address_more, house, postcode, all written
    plainly) with the forms in which equal ones are equal, and `street` for what is left of the address.

    广东省深圳市南山区科技园路5号    guangdong, shenzhen, nanshan, 科技园路5号, house 5
    Unit 3, 12 North High Street    n high st, house 12
    """
    more = ibis.ifelse(rows.address_more.isnull(), "", " " + rows.address_more)
    joined = rows.mutate(line=ibis.coalesce(rows.address + more, rows.address_more))
    han = joined.line.re_search(f"[{HAN}]")
    lines = checkpoint(
        joined.mutate(
            western=han.ifelse(ibis.null(str), _western(joined.line)),
            rest=han.ifelse(joined.line.re_replace(r"[\s,;:，；]+", ""), ibis.null(str)),
        ).drop("address", "address_more", "line")
    )
    found = _located(lines, checkpoint=checkpoint)
    house = ibis.coalesce(
        found.house.re_extract("[0-9]+", 0).nullif(""),
        found.western.re_extract("^(?:[0-9]+[a-z]? )*?([0-9]+)[a-z]? [^0-9]", 1).nullif(""),
        found.rest.re_extract("([0-9]+)(?:号|弄)", 1).nullif(""),
        found.western.re_extract("[0-9]+", 0).nullif(""),
        found.rest.re_extract("[0-9]+", 0).nullif(""),
    )
    street = ibis.coalesce(found.rest, found.western.re_replace("^(?:[0-9]+[a-z]? )+", "")).nullif("")
    return found.mutate(house=house, street=street, postcode=_postcode(found.postcode)).drop(
        "western", "rest"
    )


def _located(lines: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Where each is: as its columns say, or else as the head of a Chinese address does."""
    for level, head in (
        ("region", places.regions_at_head()),
        ("city", places.cities_at_head()),
        ("district", places.districts_at_head()),
    ):
        lines = lines.mutate(head=lines.rest.re_extract(head, 0))
        after = lines.rest.substr(lines["head"].length())
        road = after.re_search(_ROAD) & ~lines["head"].re_search("[省市区县州盟旗]$")
        # The only city that is called as its province is.
        other = (level == "region") & (lines["head"] == "吉林市")
        lines = lines.mutate(taken=((lines["head"] != "") & ~road & ~other).fill_null(False), after=after)
        lines = lines.mutate(
            **{level: ibis.coalesce(lines[level], lines.taken.ifelse(lines["head"], ibis.null(str)))},
            rest=lines.taken.ifelse(lines.after, lines.rest),
        ).drop("head", "taken", "after")
    lines = checkpoint(lines)
    for column, function in (
        ("region", places.region),
        ("district", places.place),
        ("country", places.country),
    ):
        lines = mapped(lines, [column], {"is": function}, checkpoint=checkpoint)
        lines = lines.mutate(**{column: lines[f"{column}_is"]}).drop(f"{column}_is")
    known = {"is": places.place, "region": places.region_of}
    lines = mapped(lines, ["city"], known, checkpoint=checkpoint)
    whole = lines.region.isin(places.MUNICIPALITIES).ifelse(lines.region, ibis.null(str))
    told = lines.mutate(
        city=ibis.coalesce(lines.city_is, whole), region=ibis.coalesce(lines.region, lines.city_region)
    )
    return checkpoint(told.drop("city_is", "city_region"))


def _western(line: ir.StringValue) -> ir.StringValue:
    """The words of an address in their short forms, without the flat before the house."""
    words = line.replace("'", "").re_replace(r"[^\pL\pN]+", " ").strip()
    boxed = once(words, lambda w: w.contains("box").ifelse(w.re_replace(r"\bp ?o ?box\b", "pobox"), w))
    housed = once(boxed, lambda w: ibis.coalesce(w.re_extract(_UNIT, 1).nullif(""), w))
    return housed.split(" ").map(_short).join(" ").nullif("")


def _short(word: ir.StringValue) -> ir.StringValue:
    return ibis.cases(*((word.isin(written), short) for short, written in _WORDS.items()), else_=word)


def _postcode(said: ir.StringValue) -> ir.StringValue:
    """Letters and digits; of an American code its five digits; noughts say nothing."""
    code = said.re_replace("[^a-z0-9]", "")
    five = ibis.ifelse(said.re_search(r"^[0-9]{5}-[0-9]{4}$"), code.left(5), code)
    return ibis.ifelse(five.re_search("^0*$"), ibis.null(str), five)
