"""Folding: which characters are only another way of writing the same?"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.collect.mapping import Reading, targets
from shuke.tables import Type

#: A space in whatever width, tabs and line ends, and what shows nothing at all, as a character class.
SPACE = r"\s\x{00A0}\x{1680}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{2064}\x{3000}\x{FEFF}"

_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F))) + "　\u00a0\u2007\u2009\u202f￥−–—’‘"
_NARROW = "".join(map(chr, range(0x21, 0x7F))) + "     ¥---''"

#: What people write to say that there is nothing. Compared with the whole cell, in any case.
_NOTHING = (
    r"|n\.?/?a\.?|#n/?a|<na>|nat|nan|null|\(null\)|<null>|none|nil|\\n|undefined|"
    r"[-–—−_－]+|/|\\|空|暂无|未填|未填写|未提供|缺失|无|無|没有|"
    r"#(?:value|ref|name|div/0|num|null)[!?]|(?:0000-00-00|0000/00/00)(?: 00:00:00)?"
)
#: Na (娜) is somebody's name; so are Nil and None, but hardly written thus.
_NOTHING_FOR_A_NAME = (
    r"|N/A|n/a|NA|#N/A|<NA>|NaN|nan|NULL|null|None|\\N|[-–—−_－]+|/|\\|无|無|空|暂无|没有|未填|未填写"
)
#: An answer that says that there is no answer.
_UNTOLD = r"|未知|保密|不详|不愿透露|未说明|unknown|undisclosed|not specified|unspecified|not given|u|x"
_UNTOLD_TITLES = r"|dr\.?|prof\.?|rev\.?|博士|教授|老师|医生"

_NO = "|无|無|没有"  # where yes or no is asked, an answer

_NAMES = {"people.name", "people.given_name", "people.family_name", "order_parties.recipient_name"}

#: The characters of headers that the traditional and the simplified script write apart.
_TRADITIONAL = (
    "與業東個為產價優會傳單啟寫決劃創務動區華縣發變號員問團國場處備頭寶實對導壽屬幣帳庫應開歸當錄態總戶報"
    "擁據數時權條來標檔歐滿愛狀現電碼種積稱稅類級納約組細終經結統編網聯職營補見規計訂議訊記論設訪證評識詞"
    "話詢詳語賬貨質購費贏達過運進選遞郵採銀鋪銷鍵鎊長門閉間階際隱頁顧預領題顏額驗齡買賣機匯點關徵內倉儲淨"
    "減無別歷歲師帶執護擇樓線紹絡給維裝覽訴課謝財責貴贈車轉載輸還適裡鐘錢鏈鎖鎮閱險項頻館學審醫參體臺臨櫃檯"
)
_SIMPLIFIED = (
    "与业东个为产价优会传单启写决划创务动区华县发变号员问团国场处备头宝实对导寿属币帐库应开归当录态总户报"
    "拥据数时权条来标档欧满爱状现电码种积称税类级纳约组细终经结统编网联职营补见规计订议讯记论设访证评识词"
    "话询详语账货质购费赢达过运进选递邮采银铺销键镑长门闭间阶际隐页顾预领题颜额验龄买卖机汇点关征内仓储净"
    "减无别历岁师带执护择楼线绍络给维装览诉课谢财责贵赠车转载输还适里钟钱链锁镇阅险项频馆学审医参体台临柜台"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

#: Accents that stand as characters of their own behind their letter.
_ACCENTS = "\u0300-\u036f"


def plainly(text: str) -> str:
    """A text in one width, in the characters of the mainland and without accents: 訂單編號 is 订单编号,
    `Cliente balcão` is `Cliente balcao`."""
    if text.isascii():
        return text
    wide = unicodedata.normalize("NFKC", text).translate(_TO_SIMPLIFIED)
    apart = unicodedata.normalize("NFD", wide).replace("ß", "ss")
    return unicodedata.normalize("NFC", re.sub(f"[{_ACCENTS}]", "", apart))


def blank(text: ir.StringValue, reading: Reading | None = None) -> ir.BooleanValue:
    """Whether a cell says nothing. What counts as nothing depends a little on what is asked."""
    to = set(reading.to) if reading else set()
    if to & {"orders.direction", "payments.direction"}:  # there a stroke says that it is neither
        return text.isnull() | (text.strip() == "")
    nothing, case = (_NOTHING_FOR_A_NAME, "") if to & _NAMES else (_NOTHING, "(?i)")
    if any(targets()[target].type is Type.FLAG for target in to):
        nothing = nothing.replace(_NO, "")
    if to & {"people.gender", "people.kind", "people.age", "people.birth_date"}:
        nothing += _UNTOLD
    if "people.gender" in to:
        nothing += _UNTOLD_TITLES
    return text.isnull() | text.re_search(f"{case}^[{SPACE}]*(?:{nothing})[{SPACE}]*$")


def folded(text: ir.StringValue) -> ir.StringValue:
    """Full-width letters, digits and signs as plain ones, without space around; for all but names."""
    return text.re_search(f"[{_WIDE}]").ifelse(text.translate(_WIDE, _NARROW), text).strip()


def one_of(text: ir.StringValue, words: Iterable[str]) -> ir.BooleanValue:
    """Whether the letters of a text, and these alone, are one of some words as `plainly` writes both."""
    plain, said, meant = _letters_of(frozenset(words))
    letters = text.lower().re_replace(r"[^\pL]+", "")
    bare = letters.re_search(f"[{said}]").ifelse(letters.translate(said, meant), letters)
    return bare.re_search(plain)


@cache
def _letters_of(words: frozenset[str]) -> tuple[str, str, str]:
    """A regular expression for the words, and the letters that are only another way of writing one of theirs,
    with that one: few, for to write a text anew costs by the number of letters that are looked for."""
    letters = {re.sub(r"[\W\d_]", "", plainly(word).lower()) for word in words} - {""}
    ways = {char: letter for char, letter in _ways().items() if any(letter in word for word in letters)}
    return f"^(?:{'|'.join(sorted(letters))})$", "".join(ways), "".join(ways.values())


@cache
def _ways() -> Mapping[str, str]:
    """Every small letter that is only another way of writing another, with that one."""
    odd = map(chr, (*range(0xC0, 0x100), *range(0xFF21, 0xFF5B)))
    plain = {char: plainly(char).lower() for char in {char.lower() for char in (*odd, *_TRADITIONAL)}}
    return {char: one for char, one in sorted(plain.items()) if len(char) == len(one) == 1 and one != char}


def prose(text: ir.StringValue) -> ir.StringValue:
    """Words as they stand, without space around and control characters within."""
    unclean = rf"^[{SPACE}]|[{SPACE}]$|[\x00-\x1F\x7F\x{{FEFF}}]"
    tidy = text.re_replace(r"[\t\r\n]+", " ").re_replace(r"[\x00-\x1F\x7F\x{FEFF}]", "")
    return text.re_search(unclean).ifelse(tidy.re_replace(f"^[{SPACE}]+|[{SPACE}]+$", ""), text)


def code(text: ir.StringValue) -> ir.StringValue:
    """A number or name made by a machine, without the wrappings that spreadsheets put around it.

    ="2839001"  2839001      '2839001  2839001      17850.0  17850      Ａ１０１  A101
    """
    plain = r"^[0-9A-Za-z][0-9A-Za-z_@-]*$"
    bare = once(
        prose(folded(text)),
        lambda t: (
            t.re_replace(r"""^=?"+([^"]*)"+$""", r"\1")
            .re_replace(r"^['`]+", "")
            .re_replace(r"^(\d+)\.0+$", r"\1")
        ),
    )
    return text.re_search(plain).ifelse(text, bare)


def once(value: ir.Value, then: Callable[[Any], ir.Value]) -> ir.Value:
    """`then(value)`, with the engine working `value` out a single time however often `then` names it."""
    return ibis.array([value]).map(then)[0]
