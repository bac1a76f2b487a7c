"""Currency words: which currency does a sign, a code or a word in some language mean?

Names, plurals and most symbols are CLDR's, as Babel carries them. Beside them stand what people write and
CLDR does not list: 港币, RMB, kr, A$. What several currencies share (`$`, ¥, kr, £, Pound, 元) is settled by
the currency at home, else by usage where there is only one, else by nobody: then it is to be asked.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from string import ascii_letters

from babel import Locale
from babel.core import get_global

#: ISO 4217's code for no currency at all.
_NONE = "X" * 3

#: In these languages a currency may be named, beside its code and its signs.
_LANGUAGES = ("en", "zh", "zh_Hant", "de", "fr", "es", "pt", "ja", "it", "nl")

#: What stands for each currency whose English name ends thus, shared as the names are.
_SHARED = {
    "dollar": "$ 刀 dollars",
    "peso": "$ pesos",
    "yuan": "¥ 元 圆 圓 块 块钱 元整 元人民币 圆整",
    "yen": "¥ 円 圆 圓",
    "pound": "£ pounds",
    "krona": "kr kronor",
    "króna": "kr kronur",
    "krone": "kr kroner",
    "rupee": "rs ₨ rupees",
    "franc": "fr sfr francs",
    "shilling": "shillings",
    "euro": "euros",
    "lira": "tl",
    "leu": "lei",
    "zloty": "zlotys",
    "ruble": "rubles roubles rouble",
}
#: What people write for one currency alone.
_COLLOQUIAL = {
    "CNY": "rmb cnh cn¥ 人民币元 人民币 人民幣 人民元 中国元 renminbi yuanrenminbi 156",
    "USD": "us$ u$s usd$ $usd $us dollarus usdollar 美金 美元 美圆 米ドル 美币 840",
    "EUR": "€ euro 欧 欧元 歐元 ユーロ 978",
    "GBP": "uk£ gb£ £gb £stg stg sterling poundsterling poundssterling ukpound 英磅 英镑 英鎊 ポンド 826",
    "JPY": "jp¥ jpy¥ 日元 日圆 日圓 日币 日幣 円 日本円 392",
    "HKD": "hk$ 元 圆 圓 块 蚊 港币 港幣 港元 港纸 344",
    "TWD": "nt$ ntd 元 圆 圓 块 台币 台幣 新台币 新台幣 新臺幣 臺幣 901",
    "MOP": "mop$ 元 圆 圓 patacas 葡币 澳门元 澳门币 446",
    "SGD": "s$ sg$ 元 新币 新加坡币 坡币 新加坡元 702",
    "AUD": "a$ au$ aud$ 澳元 澳币 澳幣 036",
    "NZD": "nz$ 纽元 纽币 新西兰元 554",
    "CAD": "c$ ca$ cad$ can$ $ca $ 加元 加币 加幣 124",
    "MXN": "mx$ mex$ $mx 墨西哥比索",
    "BRL": "r$ reais brl$",
    "CHF": "sfr sfr. chf. 瑞郎 schweizerfranken 756",
    "SEK": "skr seknr 瑞典克朗",
    "NOK": "nkr 挪威克朗",
    "DKK": "dkr 丹麦克朗",
    "KRW": "₩ 韩币 韩元 韓元 韓幣 원 410",
    "INR": "₹ inr. 印度卢比 卢比 356",
    "RUB": "₽ руб rub. рублей 卢布",
    "TRY": "₺",
    "UAH": "₴ грн",
    "PLN": "zł zl złotych zloty",
    "CZK": "kč kc czk.",
    "HUF": "ft",
    "RON": "ron. lei leu",
    "BGN": "лв leva",
    "THB": "฿ 泰铢 泰銖 บาท",
    "VND": "₫ đ vnđ 越南盾",
    "PHP": "₱ php₱ 菲律宾比索",
    "ILS": "₪ nis",
    "NGN": "₦",
    "GHS": "₵ gh₵ gh¢",
    "KZT": "₸",
    "IDR": "rp 印尼盾",
    "MYR": "rm 马币 令吉 林吉特",
    "ZAR": "r rands",
    "AED": "dh dhs د.إ",
    "SAR": "sr ﷼ ر.س",
    "EGP": "e£ £e",
    "KES": "ksh kshs",
    "PEN": "s/",
    "ARS": "ar$ ars$",
    "CLP": "cl$ clp$",
    "COP": "col$ cop$",
}
#: Where none of those that share a word is at home, it can only mean this one.
USUAL = {"£": "GBP", "元": "CNY", "圆": "CNY", "圓": "CNY", "块": "CNY", "块钱": "CNY", "元整": "CNY",
          "圆整": "CNY", "円": "JPY", "rs": "INR", "fr": "CHF", "tl": "TRY", "won": "KRW",
         "lei": "RON", "ruble": "RUB"}  # fmt: skip
#: Codes that are words of their own in a header: `Sales (all)`, `Top`.
WORDS_OF_THEIR_OWN = set("all top cup mop sos try pen cop mad bam gel lak ang amd".split())

#: What a header may set around the currency of its amounts.
_UNIT = r"(?:单位|單位|unit|in|币种|currency)?[::]?\s*"
_IN_HEADER = (
    rf"[(\[【（]\s*{_UNIT}([^)\]】）]+?)\s*[)\]】）]\s*$",
    r"(?i:[\s_/.,-]in)[\s_]+(\S{1,12})$",
    r"[\s_/.,-](\w{3}|[^\w\s]|\w{0,2}\$)$",
    r"^(\w{3}|[^\w\s#]|\w{0,2}\$)[\s_/.-]",
)


def term(text: str) -> str:
    """A word as it is looked up: in one width and case, without spaces and points."""
    return re.sub(r"[\s.\-_]", "", unicodedata.normalize("NFKC", text).lower())


def settled(word: str, home: str | None) -> str | None:
    """The code that a word means where `home` is the currency at home; None where nobody can tell."""
    return _settled(term(word), candidates(word), home)


def candidates(word: str) -> tuple[str, ...]:
    """Every currency that a word may mean; none where it is no word for one."""
    return meanings().get(term(word), ())


def in_header(header: str) -> str | None:
    """The word by which a header names the currency of its amounts: 金额(元), Amount (USD), Total £."""
    plain = unicodedata.normalize("NFKC", header).strip()
    for form in _IN_HEADER:
        found = re.search(form, plain)
        word = found[1] if found else ""
        if (
            len(word.strip(ascii_letters)) + len(word) > 1
            and candidates(word)
            and (word.isupper() or term(word) not in WORDS_OF_THEIR_OWN)
        ):
            return word
    return None


def without(header: str) -> str:
    """A header without the currency that it names."""
    plain = unicodedata.normalize("NFKC", header).strip()
    word = in_header(plain)
    if word is None:
        return plain
    bare = next(b for b in (re.sub(form, "", plain) for form in _IN_HEADER) if b != plain)
    return bare.strip(" /,.-_") or plain


@cache
def meanings() -> Mapping[str, tuple[str, ...]]:
    """Every word for a currency, as `term` writes it, and the codes of those that it may mean."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, code in _words():
        if term(word):
            found[term(word)].add(code)
    for word in [word for word in found if len(word) == 1 and not word.isalnum()]:  # AUD $12, 12 $US
        for code in found[word]:
            found[code.lower() + word].add(code)
            found[word + code.lower()].add(code)
    alone = {code.lower(): (code,) for code in _every_code()}
    return {word: tuple(sorted(shared)) for word, shared in found.items()} | alone


def _settled(word: str, shared: tuple[str, ...], home: str | None) -> str | None:
    if len(shared) == 1:
        return shared[0]
    return home if home in shared else USUAL.get(word)


def _words() -> Iterator[tuple[str, str]]:
    english = Locale.parse("en").currencies
    current = _current()
    for code in current:
        kind = english[code].split()[-1].lower()
        for word in (kind, *_SHARED.get(kind, "").split()):
            yield word, code
    for code, written in _COLLOQUIAL.items():
        for word in written.split():
            yield word, code
    for language in _LANGUAGES:
        locale = Locale.parse(language)
        for code in current:
            yield locale.currencies.get(code, code), code
            yield from ((name, code) for name in _plurals(locale, code))
            symbol = locale.currency_symbols.get(code, code)
            if symbol != "$":  # which in some language is each of them
                yield symbol, code


def _plurals(locale: Locale, code: str) -> Iterator[str]:
    yield from locale._data["currency_names_plural"].get(code, {}).values()


def _every_code() -> set[str]:
    """Every code of ISO 4217 that was ever in use; amounts may be old."""
    return {str(code) for code in Locale.parse("en").currencies} - {_NONE, "CNH"}


def _current() -> set[str]:
    """The codes of what is legal tender somewhere today."""
    told = get_global("territory_currencies").values()
    return {str(code) for held in told for code, _, until, tender in held if tender and until is None}
