"""Places: which province, city or district is meant, in Chinese or in Latin letters?

Chinese divisions are those of the standard GB/T 2260, as python-stdnum has them for identity numbers.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from babel import Locale
from stdnum import numdb

from shuke.text.characters import HAN, spelled, written_plainly

_PEOPLES = (
    "(?:(?:阿昌|白|保安|布朗|布依|朝鲜|达斡尔|傣|德昂|东乡|侗|独龙|鄂伦春|鄂温克|仡佬|哈尼|哈萨克|"
    "回|基诺|京|景颇|柯尔克孜|拉祜|黎|傈僳|珞巴|满|毛南|门巴|蒙古|苗|仫佬|纳西|怒|普米|羌|撒拉|畲|"
    "水|塔吉克|土家|土|佤|维吾尔|锡伯|瑶|彝|裕固|藏|壮|各)族?)*"
)
_SUFFIX = re.compile(
    f"(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|{_PEOPLES}自治[州县旗]|地区|林区|新区|矿区|省|市|盟|区|县|旗)$"
)
_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")

#: The cities that are provinces.
MUNICIPALITIES = ("beijing", "tianjin", "shanghai", "chongqing")

#: Read otherwise than the characters alone, or known by another name abroad.
_READ = {
    "陕西": "shaanxi", "西藏": "xizang", "香港": "hongkong", "澳门": "macau", "重庆": "chongqing",
    "厦门": "xiamen", "长沙": "changsha", "长春": "changchun", "长治": "changzhi", "六安": "luan",
    "蚌埠": "bengbu", "台州": "taizhou", "丽水": "lishui", "台北": "taipei", "高雄": "kaohsiung",
    "台中": "taichung", "乐山": "leshan", "铅山": "yanshan", "番禺": "panyu", "荥阳": "xingyang",
    "莘县": "shenxian", "涡阳": "guoyang", "牟平": "muping", "郫都": "pidu", "大埔": "dabu",
    "朝阳": "chaoyang", "东莞": "dongguan", "莞": "guan", "闵行": "minhang", "呼和浩特": "huhehaote",
    "单县": "shanxian",
}  # fmt: skip
#: Characters that are read otherwise in places than elsewhere, and others that are always read so.
_READ_AS = str.maketrans({"都": "督", "长": "常"})
_ABROAD = {
    "innermongolia": "neimenggu", "tibet": "xizang", "xianggang": "hongkong", "aomen": "macau",
    "macao": "macau", "peking": "beijing", "canton": "guangzhou", "urumqi": "wulumuqi",
    "hohhot": "huhehaote", "lhasa": "lasa", "harbin": "haerbin", "kashgar": "kashi", "qiqihar": "qiqihaer",
}  # fmt: skip

_STATES = dict(
    pair.split(":")
    for pair in (
        "al:alabama ak:alaska az:arizona ar:arkansas ca:california co:colorado ct:connecticut de:delaware "
        "fl:florida ga:georgia hi:hawaii id:idaho il:illinois in:indiana ia:iowa ks:kansas ky:kentucky "
        "la:louisiana me:maine md:maryland ma:massachusetts mi:michigan mn:minnesota ms:mississippi "
        "mo:missouri mt:montana ne:nebraska nv:nevada nh:newhampshire nj:newjersey nm:newmexico ny:newyork "
        "nc:northcarolina nd:northdakota oh:ohio ok:oklahoma or:oregon pa:pennsylvania ri:rhodeisland "
        "sc:southcarolina sd:southdakota tn:tennessee tx:texas ut:utah vt:vermont va:virginia "
        "wv:westvirginia wi:wisconsin wy:wyoming dc:districtofcolumbia nsw:newsouthwales qld:queensland "
        "vic:victoria tas:tasmania act:australiancapitalterritory nt:northernterritory on:ontario qc:quebec "
        "bc:britishcolumbia ab:alberta mb:manitoba sk:saskatchewan ns:novascotia nb:newbrunswick "
        "nl:newfoundlandandlabrador pe:princeedwardisland"
    ).split()
)
_KIND_OF_PLACE = re.compile(
    r"\b(?:province|state|city|county|municipality|district|prefecture|sar|shi|sheng|qu|xian|metropolitan|"
    r"(?:zhuang|hui|uygur|uyghur)? ?autonomous region)\b|^(?:city|county|state|province) of\b"
)
_COUNTRIES = {
    "usa": "us", "america": "us", "unitedstatesofamerica": "us", "uk": "gb", "greatbritain": "gb",
    "england": "gb", "scotland": "gb", "wales": "gb", "prc": "cn", "chinamainland": "cn",
    "mainlandchina": "cn", "peoplesrepublicofchina": "cn", "中华人民共和国": "cn", "中国大陆": "cn",
    "大陆": "cn", "korea": "kr", "韩国": "kr", "香港": "hk", "澳门": "mo", "hongkong": "hk", "macau": "mo",
    "holland": "nl", "uae": "ae", "vietnam": "vn", "russia": "ru",
}  # fmt: skip


def place(text: str) -> str | None:
    """A province, city or district in the form in which equal ones are equal: 北京市, 北京, Beijing."""
    text = written_plainly(text)
    chinese = re.sub(f"[^{HAN}]", "", text)
    if chinese:
        name = short(chinese)
        return _READ.get(name) or spelled(name.translate(_READ_AS))
    bare = _letters(_KIND_OF_PLACE.sub(" ", text)) or _letters(text)
    return _ABROAD.get(bare, bare) or None


def region(text: str) -> str | None:
    """A province or state; an abbreviation of the United States, Canada or Australia is written out."""
    chinese = re.match(regions_at_head(), written_plainly(text).replace(" ", ""))
    name = place(chinese[0]) if chinese else place(text)
    return _STATES.get(name, name) if name else None


def region_of(city: str) -> str | None:
    """The province in which a Chinese city lies, where one only has a city of that name."""
    name = place(city)
    return _regions_of_cities().get(name) if name else None


def country(text: str) -> str | None:
    """The two letters of ISO 3166 for a country by its name in English or Chinese, or by its letters."""
    name = re.sub(rf"[^a-z{HAN}]", "", written_plainly(text).removeprefix("the "))
    return _COUNTRIES.get(name) or _territories().get(name, name) or None


def short(name: str) -> str:
    """A Chinese division without what kind of division it is, where something is left: 南山区 南山, 县 县."""
    bare = _SUFFIX.sub("", name)
    return bare if len(bare) >= 2 else name


@cache
def regions_at_head() -> str:
    """An expression for the province that a Chinese address begins with."""
    names = _longest_first(short(province) for province, _ in _divisions())
    kinds = "特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市"
    return f"^(?:中华人民共和国|中国)?(?:{'|'.join(names)})(?:{kinds})?"


@cache
def cities_at_head() -> str:
    """An expression for the city that it goes on with."""
    names = _longest_first([*(short(city) for city, _ in _cities()), *_MUNICIPALITIES])
    return f"^(?:{'|'.join(names)})(?:{_PEOPLES}自治州|市辖区|地区|盟|市)?"


@cache
def districts_at_head() -> str:
    """An expression for the district or county that it goes on with."""
    counties = [name for _, places in _divisions() for code, name in places if not code.endswith("00")]
    names = _longest_first(short(county) for county in counties if county not in ("市辖区", "县"))
    kinds = f"{_PEOPLES}自治[县旗]|林区|新区|区|县|市|旗"
    zones = "高新技术产业开发区|高新区|经济技术开发区|经济开发区|经开区|开发区|工业园区"
    return f"^(?:(?:{'|'.join(names)})(?:{kinds})?|{zones})"


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def _longest_first(names: Iterator[str] | list[str]) -> list[str]:
    return sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name))


@cache
def _divisions() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Every province with its divisions: (province, ((code, name), …)); without what ended long ago."""
    provinces = numdb.get("cn/loc").prefixes
    return tuple(
        (written_plainly(about["province"]), tuple(_names(within))) for _, _, _, about, within in provinces
    )


def _names(divisions: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for _, code, _, about, _ in divisions:
        for text in about["county"].split(","):
            period, _, name = text.rpartition("]")
            if not period or period.endswith("-") or int(period.rpartition("-")[2]) >= 1995:
                yield code, written_plainly(name)


@cache
def _cities() -> tuple[tuple[str, str], ...]:
    """(city, province), counties that are cities of their own among them."""
    return tuple(
        (name, province)
        for province, places in _divisions()
        for code, name in places
        if (code.endswith("00") and code not in ("0000", "0100", "0200")) or code.startswith("90")
        or (code in ("0100", "0200") and name not in ("市辖区", "县"))
    )  # fmt: skip


@cache
def _regions_of_cities() -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for city, province in (*_cities(), *((name, name) for name in _MUNICIPALITIES)):
        found.setdefault(place(city) or "", set()).add(place(province) or "")
    return {city: min(regions) for city, regions in found.items() if len(regions) == 1}


@cache
def _territories() -> dict[str, str]:
    named = {
        _letters(written_plainly(name)): code.lower()
        for language in ("en", "zh")
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha()
    }
    return named | {code: code for code in named.values()}
