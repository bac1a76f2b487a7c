"""Characters: which ways of writing the same text are one way, and how is a Chinese character read aloud?

Full width, accents, case and traditional characters are ways of writing. The tables of OpenCC, pypinyin and
Unicode are asked once per character; the engine meets them once per distinct text that needs them.
"""

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.tables.derived import Checkpoint

#: The blocks of Chinese characters that names and addresses are written in.
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]


def _in_use(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


#: Those of the national standard, which hardly a name goes beyond.
HAN_IN_USE = [char for char in _HAN if _in_use(char)]

#: Longer texts are no names and no addresses.
LONGEST = 200

#: Letters that Unicode does not take apart.
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i",
    "ŋ": "ng", "ſ": "s", "ə": "e",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
    "·": " ", "•": " ", "・": " ", "‧": " ", "．": ".", "。": ".", "、": ",", "【": "(", "】": ")",
}  # fmt: skip


def plain(rows: ir.Table, columns: Sequence[str], *, checkpoint: Checkpoint) -> ir.Table:
    """The rows with their texts in one way of writing: simplified, half width, lower, no accents, one space.

    ＺＨＡＮＧ  Wéi   zhang wei        張偉   张伟        Ångström   angstrom
    """
    tidy = {name: rows[name].left(LONGEST).lower().strip().nullif("") for name in columns}
    written = checkpoint(rows.mutate(**tidy))
    found = mapped(written, columns, {"plain": written_plainly}, checkpoint=checkpoint, where=_is_odd)
    odd = [name for name in columns if f"{name}_plain" in found.columns]
    kept = {name: ibis.coalesce(found[f"{name}_plain"], found[name]).nullif("") for name in odd}
    return found.mutate(**kept).drop(*(f"{name}_plain" for name in odd))


def _is_said(text: ir.StringValue) -> ir.BooleanValue:
    return text.notnull()


def once(value: ir.StringValue, then: Callable[[ir.StringValue], ir.Value]) -> ir.Value:
    """`then(value)`, with the engine working `value` out a single time however often `then` names it."""
    return ibis.array([value]).map(then)[0]


def mapped(
    rows: ir.Table,
    columns: Sequence[str],
    functions: dict[str, Callable[[str], str | None]],
    *,
    checkpoint: Checkpoint,
    where: Callable[[ir.StringValue], ir.BooleanValue] = _is_said,
) -> ir.Table:
    """The rows with `<column>_<name>`: what each function makes of each text that meets `where`.

    Python sees every distinct text of a column once; null for all others. With `where`, a column of which
    no text meets it gets none.
    """
    texts = [_texts(rows, name, where) for name in columns]
    every = ibis.union(*texts) if len(texts) > 1 else texts[0]
    found = checkpoint(every.distinct()).execute()
    said = list(dict.fromkeys(found["text"].tolist()))
    columns = [name for name in columns if where is _is_said or name in set(found["column"])]
    made = {name: pa.array([f(text) for text in said], pa.string()) for name, f in functions.items()}
    known = checkpoint(ibis.memtable(pa.table({"text": pa.array(said, pa.string()), **made})))
    for column in columns:
        beside = known.select(
            **{f"{column}_text": known.text}, **{f"{column}_{name}": known[name] for name in functions}
        )
        rows = rows.left_join(beside, rows[column] == beside[f"{column}_text"]).drop(f"{column}_text")
    return rows


def written_plainly(text: str) -> str:
    """One text in the one way of writing."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().translate(_one_way()).split())


def spelled(text: str) -> str:
    """Chinese characters as pinyin without tones, in one word; ü as u, as many keyboards have it."""
    return text.translate(_readings())


def initials(text: str) -> str:
    """The first letter of each character's pinyin: 张伟 zw."""
    return "".join(_readings().get(ord(char), "")[:1] for char in text)


def _texts(rows: ir.Table, name: str, where: Callable[[ir.StringValue], ir.BooleanValue]) -> ir.Table:
    texts = rows.select(column=ibis.literal(name), text=rows[name])
    return texts.filter(where(texts.text))


def _is_odd(text: ir.StringValue) -> ir.BooleanValue:
    return text.re_search(_odd())


@cache
def _odd() -> str:
    """An expression that finds a character which has another way of writing, or a space too many."""
    table = _one_way()
    own = [char for char in _HAN if ord(char) not in table]
    return f"[^ -~{''.join(_ranges(own))}]|  "


def _ranges(characters: list[str]) -> list[str]:
    """The characters, in their order, as the ranges of a regular expression."""
    codes, found = [ord(char) for char in characters], []
    start = codes[0]
    for code, after in zip(codes, [*codes[1:], 0], strict=True):
        if after != code + 1:
            found.append(chr(start) if start == code else f"{chr(start)}-{chr(code)}")
            start = after
    return found


@cache
def _one_way() -> dict[int, str]:
    """What stands for each character that has a simpler form."""
    simple = {ord(char): simpler for char, simpler in zip(_HAN, _simplified(_HAN), strict=True)}
    changed = {code: char for code, char in simple.items() if chr(code) != char}
    folded = {code: _bare(chr(code)) for code in range(0x80, 0x2E80)}
    changed |= {code: bare for code, bare in folded.items() if bare != chr(code)}
    changed |= {ord(char): plainer for char, plainer in _LETTERS.items()}
    return {code: text.translate(changed) for code, text in changed.items()}  # what is left of ǽ is æ


def _simplified(characters: list[str]) -> list[str]:
    import opencc  # reads its dictionaries; commands that do not resolve are spared it

    simplified: list[str] = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return simplified


def _bare(char: str) -> str:
    """A letter without its accents; nothing for an accent, a sign of direction or a variation alone."""
    apart = unicodedata.normalize("NFKD", char)
    return "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Me", "Cf")).lower()


@cache
def _readings() -> dict[int, str]:
    from pypinyin.constants import PINYIN_DICT  # a large table, likewise

    return {
        ord(char): romanised(PINYIN_DICT[ord(char)].split(",")[0])
        for char in _HAN
        if ord(char) in PINYIN_DICT
    }


def romanised(reading: str) -> str:
    """Pinyin without its marks, in plain letters."""
    apart = unicodedata.normalize("NFD", reading.lower())
    return "".join(c for c in apart if "a" <= c <= "z")
