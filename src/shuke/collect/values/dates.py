"""Dates: which day, and which moment, however it is written?

    2024-03-05   2024/3/5   2024年3月5日   二〇二四年三月五日   20240305   05.03.2024   03/05/2024
    5 Mar 2024   Mar 5, 2024 3:05 PM   2024-03-05T10:22:00+08:00   下午3:05   45356 (Excel)   1709605320
    5. März 2024   5 de noviembre de 2024   12 août 2024   令和6年3月5日   Mar 5, 2024 3:05:00 PM PST

Each step rewrites the text a little nearer to `2024-3-5 10:22:00`; an impossible date is null.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.collect.mapping import Order, Reading, targets
from shuke.collect.values.folding import folded, once
from shuke.periods import to_local, to_utc
from shuke.tables import Type

_YEAR = r"(?:1\d{3}|2[01]\d\d|9999)"
_RECENT = r"(?:1[89]\d\d|2[01]\d\d|9999)"  # where no sign stands between: 130512 is no month of 1305
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?"
_ISO = rf"^{_YEAR}[-/]\d{{1,2}}[-/]\d{{1,2}}(?:[ T]{_CLOCK})?$"
_THREE = rf"^\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}(?: {_CLOCK})?$"
_CHINESE = rf"^{_YEAR}年\d{{1,2}}月\d{{1,2}}日(?: ?{_CLOCK})?$"
_PARTS = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b"

#: Clocks that have one name in the world; CST may be Chicago's or Peking's.
_ZONES = {
    "pst": "-08", "pdt": "-07", "mst": "-07", "mdt": "-06", "cdt": "-05", "est": "-05", "edt": "-04",
    "cet": "+01", "cest": "+02", "jst": "+09",
}  # fmt: skip
_NAMED = "|".join(_ZONES)
_OFFSET = rf"(?i)(?::\d{{2}}(?:[.,]\d+)?|[ap]m) *(z|utc|gmt|{_NAMED}|(?:utc|gmt)?[+-]\d{{2}}(?::?\d{{2}})?)$"
#: Days, beside all moments, that lie behind when they are told.
_HAS_BEEN = ("since", "joined", "issued", "opened", "acquired", "cancelled", "launched", "at", "day")
_UNIX = r"^(?:[1-9]\d{8}|1\d{9}|1\d{12})$"
_SERIAL = r"^[2-5]\d{4}(?:\.\d+)?$"
#: The year, marked until it is known to have its century.
_DAY_FIRST, _MONTH_FIRST = r"y\3-\2-\1", r"y\3-\1-\2"

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
#: How months begin elsewhere: in German, French, Spanish, Portuguese and Italian.
_ELSEWHERE = {
    "feb": "fev", "apr": "avr|abr", "may": "mai|mag", "jan": "ene|gen", "jun": "giu", "jul": "lug",
    "aug": "aou|ago", "sep": "set", "oct": "okt|out|ott", "dec": "dez|dic",
}  # fmt: skip
_OTHER = rf"\b(?:juin|juil|janv|{'|'.join(_ELSEWHERE.values())})"
#: The eras of Japan and the years before their first.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_TIME = (
    r"^([apdn]m)? *(\d{1,2}):(\d{1,2})?(?::(\d{1,2})(?:[.,](\d{1,9}))?)?:? *([ap]m)? *"
    rf"(?:z|utc|gmt|{_NAMED}|(?:utc|gmt)?[+-]\d{{2}}:?(?:\d{{2}})?)?$"
)
_MIDNIGHT = r"^nm *(?:12|0?0):"  # 晚上12:00, when the day is over
_DATE_AND_REST = rf"^({_YEAR})[-/. ] ?(\d{{1,2}})[-/. ] ?(\d{{1,2}})(?:[ t,.]+(.*))?$"


def day(text: ir.StringValue, reading: Reading, *, zone: str, today: date | None = None) -> ir.DateValue:
    """The day; of a moment with an offset, the day that it was in `zone`."""
    plain = rf"^{_YEAR}-\d{{1,2}}-\d{{1,2}}$"
    local = _local(text, reading, months=True, latest=_latest(reading, today))
    utc = ibis.cases((_is_absolute(text), to_local(_absolute(text, local), zone)), else_=local)
    return text.re_search(plain).ifelse(text.try_cast("date"), utc.date())


def moment(
    text: ir.StringValue, reading: Reading, *, zone: str, today: date | None = None
) -> ir.TimestampValue:
    """The moment in UTC; a time without an offset is what the clocks of `zone` showed."""
    local = _local(text, reading, months=False, latest=_latest(reading, today))
    utc = ibis.cases((_is_absolute(text), _absolute(text, local)), else_=to_utc(local, zone))
    return utc.cast(Type.TIME.ibis)


def needs_order(text: ir.StringValue) -> ir.BooleanValue:
    """Whether it is written as three short numbers, of which nothing in it says which is the day."""
    return folded(text).re_search(_PARTS)


def with_clock(days: ir.StringValue, clock: ir.StringValue) -> ir.StringValue:
    """One text from a column of dates and the column of times beside it."""
    date = folded(days).re_replace(r"[ T]00:00(?::00(?:\.0+)?)?$", "")
    time = folded(clock).re_replace(rf"^(?:1899-12-3[01]|1900-01-0[01])[ T]({_CLOCK})$", r"\1")
    return (clock.isnull() | (time == "") | date.re_search(r":\d\d")).ifelse(days, date + " " + time)


def _latest(reading: Reading, today: date | None) -> int:
    """The last short year of this century: nobody is born after today, and little is past next year that has
    been; without a day, and of what is yet to come, the usual ones."""
    born = "people.birth_date" in reading.to
    if today is None:
        return 24 if born else 69
    known = [target for target in reading.to if target in targets()]
    been = any(
        targets()[target].type is Type.TIME or target.rpartition(".")[2] in _HAS_BEEN for target in known
    )
    return min(today.year - 2000 + (not born), 69) if born or been else 69


def _local(text: ir.StringValue, reading: Reading, *, months: bool, latest: int) -> ir.TimestampValue:
    """What the clock showed; `months` says that a month alone is its first day, `latest` which short years
    are of this century."""
    iso = text.re_search(_ISO), text.try_cast("timestamp")
    chinese = text.replace("年", "-").replace("月", "-").replace("日", " ").replace("  ", " ")
    thorough = once(
        once(_rewritten(text, reading, months=months), lambda t: _with_century(t, latest)), _assembled
    )
    numeric = ibis.cases((text.re_search(_SERIAL), _from_serial(text)), else_=thorough)
    if reading.order not in ("dmy", "mdy"):
        return ibis.cases(
            iso, (text.re_search(_CHINESE), chinese.strip().try_cast("timestamp")), else_=numeric
        )
    target = _DAY_FIRST if reading.order == "dmy" else _MONTH_FIRST
    turned = text.re_search(_THREE), text.re_replace(_PARTS, target).substr(1).try_cast("timestamp")
    return ibis.cases(turned, iso, else_=numeric)


def _is_absolute(text: ir.StringValue) -> ir.BooleanValue:
    """Whether it names a moment by itself: with an offset, or as seconds since 1970."""
    return text.re_search(_OFFSET) | text.re_search(_UNIX)


def _absolute(text: ir.StringValue, local: ir.TimestampValue) -> ir.TimestampValue:
    named = folded(text).lower().re_extract(_OFFSET, 1).substitute(_ZONES)
    said = once(named.re_replace("z|utc|gmt|:", ""), _offset_seconds)
    number = text.try_cast("int64")
    milliseconds = (text.length() == 13).ifelse(number, number * 1000)
    unix = _plus(ibis.timestamp("1970-01-01 00:00:00"), milliseconds, "ms")
    return text.re_search(_UNIX).ifelse(unix, _plus(local, -said, "s"))


def _offset_seconds(said: ir.StringValue) -> ir.IntegerValue:
    """Of +0800, +08 or nothing."""
    hours, minutes = (said.substr(at, 2).try_cast("int64").fill_null(0) for at in (1, 3))
    return (hours * 3600 + minutes * 60) * said.startswith("-").ifelse(-1, 1)


def _from_serial(text: ir.StringValue) -> ir.TimestampValue:
    """Excel's count of days since the last but one day of 1899, to the second."""
    seconds = (text.try_cast("float64") * 86400).round().cast("int64")
    return _plus(ibis.timestamp("1899-12-30 00:00:00"), seconds, "s")


def _plus(start: ir.TimestampValue, count: ir.IntegerValue, unit: str) -> ir.TimestampValue:
    return start + count.as_interval(unit)


def _rewritten(text: ir.StringValue, reading: Reading, *, months: bool) -> ir.StringValue:
    said = once(once(folded(text).lower(), _without_characters), _without_names)
    return once(_without_gaps(said, months=months), lambda t: _year_first(t, reading.order))


def _without_characters(t: ir.StringValue) -> ir.StringValue:
    """年月日 and 时分秒 as signs, 下午 as pm, 三月 as 3-."""
    without_weekday = _without_eras(t).re_replace(r"[(（]?(?:星期|礼拜|周|週)[一二三四五六日天][)）]?", " ")
    parts = once(without_weekday, _parts_of_the_day)
    digits = _chinese_numerals(parts)
    signs = digits.translate("年月时時点點分秒日号號", "--:::::    ").re_replace(r" +", " ").strip()
    return t.re_search(r"[^\x20-\x7E]").ifelse(signs, t)


def _without_eras(t: ir.StringValue) -> ir.StringValue:
    """令和8年10月5日 as 2026年10月5日; the first year of an era is called 元."""
    said = rf"^({'|'.join(_ERAS)}) ?(\d{{1,2}}|元) ?年"
    era, count = t.re_extract(said, 1), t.re_extract(said, 2).replace("元", "1").try_cast("int64")
    start = ibis.cases(*((era == name, years) for name, years in _ERAS.items()), else_=ibis.null("int64"))
    year = (start + count).cast("string")
    return t.re_search(said).ifelse(year + "年" + t.re_replace(said, ""), t)


def _parts_of_the_day(t: ir.StringValue) -> ir.StringValue:
    """am, pm, dm for the middle of the day, nm for the night; 3点 as 3点00, 3点半 as 3点30."""
    marked = (
        t.re_replace("上午|早上|凌晨|淩晨|清晨|早晨|午前", " am ")
        .re_replace("下午|午后|午後|傍晚", " pm ")
        .re_replace("中午|正午", " dm ")
        .re_replace("晚上|晚间|晚間|夜晚|晚", " nm ")
    )
    minutes = (
        marked.re_replace("([点點时時])[整正]?$", r"\100")
        .re_replace("([点點时時])半", r"\130")
        .re_replace("([点點时時])一刻", r"\115")
        .re_replace("([点點时時])三刻", r"\145")
    )
    return t.re_search("[午早晨晚夜点點时時]").ifelse(minutes, t)


def _chinese_numerals(t: ir.StringValue) -> ir.StringValue:
    plain = t.translate("〇零○一二三四五六七八九", "000123456789")
    arabic = (
        plain.re_replace(r"([1-9])十([1-9])", r"\1\2")
        .re_replace(r"([1-9])十", r"\10")
        .re_replace(r"十([1-9])", r"1\1")
        .replace("十", "10")
    )
    return t.re_search("[〇零○一二三四五六七八九十]").ifelse(arabic, t)


def _without_names(t: ir.StringValue) -> ir.StringValue:
    """Tuesday, 5th March 2024 as 2024-03-5; 5 de março de 2024 and 5. März 2024, 14:20 Uhr likewise."""
    short = _in_english(t).re_replace(r"\b([a-z]{3})[a-z]*\b\.?", r"\1").re_replace(r"([ap])\.m\.?", r"\1m")
    bare = short.re_replace(r"\b(?:mon|tue|wed|thu|fri|sat|sun)\b,? *", "").re_replace(
        r"(\d)(?:st|nd|rd|th)\b", r"\1"
    )
    for number, month in enumerate(_MONTHS, 1):
        bare = bare.replace(month, f"m{number:02}")
    turned = (
        bare.re_replace(r"^(\d{1,2})[-/. ]*m(\d\d)[-/., ]*(\d{4}|\d\d)\b", _DAY_FIRST)
        .re_replace(r"^m(\d\d)[-/. ]*(\d{1,2})[-/., ]+(\d{4}|\d\d)\b", _MONTH_FIRST)
        .re_replace(r"^(\d{4})[-/. ]*m(\d\d)[-/., ]*(\d{1,2})\b", r"\1-\2-\3")
        .re_replace(r"^m(\d\d)[-/., ]*(\d{4})$", r"\2-\1")
        .re_replace(r"^(\d{4})[-/., ]*m(\d\d)$", r"\1-\2")
    )
    return t.re_search(r"[a-zà-ÿ]{2}|[ap]\.m").ifelse(turned, t)


def _in_english(t: ir.StringValue) -> ir.StringValue:
    """A date with the name of its month in another language, without the small words around."""
    plain = t.translate("äáàâãéèêíóôõúûç", "aaaaaeeeiooouuc")
    few = plain.re_replace(r"\b(?:del?|a las|um|uhr|hs?|hrs?|horas|as|all[e])\b\.?,? *", "").strip()
    alone = r"^[a-z]{2,}\.?,? +(\d{1,2}[./-]\d{1,2}[./-]\d{2}|\d{1,2}[. -]+[a-z]{3}|\d{4}-)"
    named = few.re_replace(alone, r"\1").replace("juin", "jun").replace("juil", "jul")
    for month, names in _ELSEWHERE.items():
        named = named.re_replace(rf"\b(?:{names})", month)
    foreign = t.re_search(
        r"[^\x00-\x7F]|\b(?:de|uhr|hs)\b|^[a-z]{2}[,.]? |^[a-z]+\.? \d{1,2}\.? [a-z]{3}|" + _OTHER
    )
    return foreign.ifelse(named, t)


def _without_gaps(t: ir.StringValue, *, months: bool) -> ir.StringValue:
    """20240305 as 2024-03-05, and a month, where one may stand for its first day, as that."""
    apart = t.re_replace(rf"^({_YEAR})(\d\d)(\d\d)(?:[ t]?(\d\d):?(\d\d):?(\d\d)?)?$", r"\1-\2-\3 \4:\5:\6")
    spaced = apart.re_replace(r"[ :]+$", "")
    if not months:
        return spaced
    return spaced.re_replace(rf"^({_RECENT})(\d\d)$", r"\1-\2").re_replace(
        rf"^({_YEAR})[-/.](\d{{1,2}})-?$", r"\1-\2-1"
    )


def _year_first(t: ir.StringValue, order: Order | None) -> ir.StringValue:
    """05/03/2024 as 2024-03-05 by the column's order; without one, only where the value itself decides."""
    if order == "dmy":
        return t.re_replace(_PARTS, _DAY_FIRST)
    if order == "mdy":
        return t.re_replace(_PARTS, _MONTH_FIRST)
    first, second = (t.re_extract(_PARTS, n).try_cast("int64") for n in (1, 2))
    four = t.re_search(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b")
    short = t.re_replace(r"^(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})\b", r"y\1-\2-\3")
    return ibis.cases(
        (four & ((first > 12) | (first == second)), t.re_replace(_PARTS, _DAY_FIRST)),
        (four & (second > 12), t.re_replace(_PARTS, _MONTH_FIRST)),
        (~four & ((first > 31) | (order == "ymd")), short),
        else_=t,
    )


def _with_century(t: ir.StringValue, latest: int) -> ir.StringValue:
    """y24-3-5 as 2024-3-5; years after the `latest` are of the last century."""
    year = t.re_extract(r"^y(\d\d)-", 1).try_cast("int64")
    century = ibis.cases((year.isnull(), ""), (year <= latest, "20"), else_="19")
    return t.startswith("y").ifelse(century + t.substr(1), t)


def _assembled(t: ir.StringValue) -> ir.TimestampValue:
    """What the rewritten text says; through its parts only where an engine would not read it whole."""
    year, month, date, rest = (t.re_extract(_DATE_AND_REST, n) for n in (1, 2, 3, 4))
    clock = once(rest.strip(), _clock)
    said = t.re_search(_ISO).ifelse(t, year + "-" + month + "-" + date + " " + clock).try_cast("timestamp")
    return rest.re_search(_MIDNIGHT).ifelse(said + ibis.interval(days=1), said)


def _clock(rest: ir.StringValue) -> ir.StringValue:
    """3:05 pm as 15:05:0.0; no time is midnight; what is no time is null, as is 3:00 at night."""
    hour = rest.re_extract(_TIME, 2).try_cast("int64")
    half = rest.re_extract(_TIME, 1) + rest.re_extract(_TIME, 6)
    night = half == "nm"
    hours = ibis.cases(
        ((half == "pm") & (hour < 12), hour + 12),
        ((half == "am") & (hour == 12), hour * 0),
        ((half == "dm") & (hour < 10), hour + 12),
        (night & (hour.isin([0, 12])), hour * 0),
        (night & (hour < 5), ibis.null("int64")),
        (night & (hour < 12), hour + 12),
        else_=hour,
    )
    minutes, seconds, fraction = (_or_zero(rest.re_extract(_TIME, n)) for n in (3, 4, 5))
    said = hours.cast("string") + ":" + minutes + ":" + seconds + "." + fraction
    return (rest == "").ifelse("00:00:00", said)


def _or_zero(digits: ir.StringValue) -> ir.StringValue:
    return (digits == "").ifelse("0", digits)
