"""Population: how common is a name where nothing but the name is known?

Shares of the commonest, in thousandths, rough on purpose. They follow the order of published counts and,
for the first few, their figures: Chinese surnames, the Ministry of Public Security of China (2007: 王 7.25 %,
李 7.19 %, 张 6.83 %; 2019); Western surnames, the United States census of 2010 (Smith 2.4 and Johnson 1.9
million of 295); Western given names, that of 1990, both sexes taken together (James 1.7 %, Mary 1.3 %).
Further down they are estimates. Of all other names nothing is known but what the records themselves tell.
"""

import ibis
import ibis.expr.types as ir

#: By pinyin, as `normalised_records` writes them.
_CHINESE_FAMILY = (
    "wang 72 li 72 zhang 68 liu 54 chen 45 yang 31 huang 22 zhao 21 wu 23 zhou 20 xu 22 sun 15 ma 13 zhu 13 "
    "hu 13 guo 12 he 13 lin 10 gao 10 luo 9 zheng 9 liang 8 xie 8 song 8 tang 8 han 7 feng 7 deng 6 cao 6 "
    "peng 6 zeng 6 xiao 6 tian 5 dong 5 pan 5 yuan 5 cai 5 jiang 7 yu 8 du 5 ye 4 cheng 4 wei 5 su 4 lu 9 "
    "ding 4 ren 3 shen 4 yao 3"
)
_WESTERN_FAMILY = (
    "smith 8.3 johnson 6.6 williams 5.5 brown 4.9 jones 4.8 garcia 4 miller 3.9 davis 3.8 rodriguez 3.7 "
    "martinez 3.6 hernandez 3.5 lopez 3 gonzalez 2.9 wilson 2.7 anderson 2.7 thomas 2.6 taylor 2.5 moore 2.5 "
    "jackson 2.4 martin 2.4 lee 2.4 perez 2.3 thompson 2.3 white 2.2 harris 2.1 sanchez 2.1 clark 1.9 "
    "ramirez 1.9 lewis 1.8 robinson 1.8 walker 1.8 young 1.6 allen 1.6 king 1.6 wright 1.6 scott 1.5"
)
_WESTERN_GIVEN = (
    "james 16 john 16 robert 16 michael 13 william 12 david 12 richard 8.5 charles 7.6 joseph 7 thomas 6.9 "
    "christopher 5.2 daniel 4.9 paul 4.7 mark 4.7 donald 4.7 george 4.6 kenneth 4.1 steven 3.9 edward 3.9 "
    "brian 3.7 ronald 3.6 anthony 3.6 kevin 3.4 mary 13 patricia 5.4 linda 5.2 barbara 4.9 elizabeth 4.7 "
    "jennifer 4.7 maria 4.1 susan 4 margaret 3.8 dorothy 3.6 lisa 3.5 nancy 3.3 karen 3.3 betty 3.3 "
    "helen 3.3 sandra 3.1 donna 2.9 carol 2.8 ruth 2.8 sharon 2.6"
)


def _read(said: str) -> dict[str, float]:
    words = said.split()
    return {name: float(share) / 1_000 for name, share in zip(words[::2], words[1::2], strict=True)}


FAMILY = _read(_CHINESE_FAMILY) | _read(_WESTERN_FAMILY)
GIVEN = _read(_WESTERN_GIVEN)


def shares() -> ir.Table:
    """The share of the population that bears a name: `feature`, `value`, `share`."""
    known = {"family": FAMILY, "given": GIVEN}
    rows = [(of, name, part) for of, names in known.items() for name, part in names.items()]
    return ibis.memtable(rows, schema={"feature": "string", "value": "string", "share": "float64"})
