"""Text: in which encoding is this file written, and what does it say in UTF-8?"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from charset_normalizer import from_bytes

from shuke.collect.sheets.sheet import Note
from shuke.languages import N_

_CHUNK = 1 << 20
#: Bytes of lines that are not ASCII, looked at to tell encodings apart.
_EVIDENCE = 1 << 16
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SHOWN = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
_SHOWN |= {
    "utf-32": "UTF-32",
    "gb18030": "GB18030",
    "cp950": "Big5",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
#: The letters that make up most of a text in alphabets of one byte a letter.
_ALPHABETS = {"cp1251": "оеаинтсрвлкм", "koi8_r": "оеаинтсрвлкм", "cp1253": "αοιετσνηυρςάίόέή"}
#: Octets that stand for nothing in Windows-1252.
_UNDEFINED = {b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"}
#: Encodings of several octets a character, read a line at a time where they are mixed with UTF-8.
_WIDE = {"gb18030", "cp950", "shift_jis", "euc_jp", "euc_kr", "cp949", "cp932"}
#: Characters of UTF-8 with nothing else beyond ASCII beside them.
_UTF8_RUN = re.compile(
    rb"(?<![\x80-\xff])(?:[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2})+"
    rb"(?![\x80-\xff])"
)
#: Looked at only where nothing else makes sense.
_OTHERS = ["cp1250", "cp1254", "cp1255", "cp1256", "shift_jis", "euc_jp", "euc_kr"]
_CHINESE_MARKS = set("，。、：；！？（）《》〈〉「」『』“”‘’【】—…·￥％＋－＝／　①②③④⑤")
#: Among the commonest characters of either script; they settle names of two characters.
_FREQUENT = set(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其"
    "些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建"
    "月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接"
    "客户姓名电话手机邮箱地址店铺订单商金额价格期备注编号省市区县王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗梁宋郑谢韩唐冯"
    "這個為國時來們對會發動說產種過後經進電裡實現兩體製機當點從業應開還間與關各線內數質氣變條結問題無軍黨員總設長頭資邊"
    "劉陳楊趙黃吳孫馬鄭謝韓馮許鄧蕭葉蘇盧蔣門號單價額話訂貨備註縣區聯絡"
)


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file stand for characters."""

    codec: str  # as Python calls it
    mixed: bool = False  # in some of the text; the rest is UTF-8

    def __str__(self) -> str:
        shown = _SHOWN.get(self.codec, self.codec.upper())
        return f"UTF-8, {shown}" if self.mixed else shown


UTF8 = Encoding("utf-8")


def encoding_of(path: Path) -> Encoding:
    """The encoding of a text file, judged by the whole of it.

    A mark at its beginning decides; else zero bytes on one side (UTF-16), else whether it is
    UTF-8, else which reading of its lines beyond ASCII makes the most sense.
    """
    with path.open("rb") as file:
        head = file.read(_EVIDENCE)
    marked = next((codec for bom, codec in _BOMS.items() if head.startswith(bom)), None)
    codec = marked or wide(head) or ("utf-8" if is_utf8(path) else None)
    return Encoding(codec) if codec else _without_mark(path)


def _without_mark(path: Path) -> Encoding:
    """The encoding of text that is not UTF-8, or not all of it: files of two encodings are joined as well."""
    evidence = _evidence(path)
    codec = _eight_bit(evidence)
    if not evidence or codec == "utf-8":
        return UTF8
    mixed = any(_is_better_as_utf8(line, codec) for line in _utf8_like(path))
    return Encoding(codec, mixed) if not mixed or _makes_sense(evidence, codec) else UTF8


def _utf8_like(path: Path) -> Iterator[bytes]:
    """The lines in which some characters beyond ASCII are UTF-8."""
    for chunk in _line_chunks(path):
        if _UTF8_RUN.search(chunk):
            yield from (line for line in chunk.splitlines() if _UTF8_RUN.search(line))


def _is_better_as_utf8(line: bytes, codec: str) -> bool:
    """Is a line UTF-8 rather than by chance such bytes in another encoding?"""
    if codec not in _WIDE:
        return any(_commonness(run.decode("utf-8")) > 0.5 for run in _UTF8_RUN.findall(line))
    if not _is_mostly_utf8(line):
        return False
    text = line.decode("utf-8", errors="replace")
    if text.isascii():
        return True
    # Both readings are whole; the right one has the commoner characters.
    return _commonness(text) > _commonness(line.decode(codec, errors="replace"))


def _commonness(text: str) -> float:
    """How much of the text beyond ASCII is in daily use; a misreading makes rare characters of it."""
    beyond = [c for c in text if not c.isascii()]
    return sum(1.0 if c in _FREQUENT else 0.9 * _is_usual(c) for c in beyond) / max(1, len(beyond))


def _is_usual(letter: str) -> bool:
    if "\u4e00" <= letter < "\ua000":
        return letter in _level("gb2312", range(0xB0, 0xD8)) or letter in _level("cp950", range(0xA4, 0xC7))
    return letter in _CHINESE_MARKS or (
        letter.isalpha() and not "\u0250" <= letter < "\u0370" and letter < "\u4000"
    )


def _makes_sense(evidence: bytes, codec: str) -> bool:
    """Common characters, or words of one case, which what is left of a cut character seldom makes."""
    if codec in _WIDE:
        return _commonness(evidence.decode(codec, errors="replace")) > 0.5
    text = evidence.decode("utf-8", errors=_patch_with(codec))
    words = [w for w in re.findall(r"[^\W\d_]+", text) if not w.isascii()]
    good = sum(w in (w.lower(), w.upper(), w.title()) for w in words)
    return good > 0.5 * len(words)


def _patch_with(codec: str) -> str:
    """The name of a way to read octets that are not UTF-8 in another encoding of one octet a letter."""
    name = f"else-{codec}"

    def patched(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        return error.object[error.start : error.end].decode(codec, errors="replace"), error.end

    codecs.register_error(name, patched)
    return name


@dataclass(frozen=True)
class Transcript:
    """The text of a file in UTF-8, and how it was written before."""

    path: Path
    encoding: Encoding = UTF8
    damaged: int = 0

    @property
    def notes(self) -> list[Note]:
        return [*self._mixture(), *self._damage()]

    def _mixture(self) -> list[Note]:
        message = N_("The file was written in more than one encoding: {encodings}.")
        return [Note(message, {"encodings": str(self.encoding)})] if self.encoding.mixed else []

    def _damage(self) -> list[Note]:
        message = N_("{count} character(s) are damaged: they cannot be read as {encoding}.")
        values = {"count": self.damaged, "encoding": str(self.encoding)}
        return [Note(message, values)] if self.damaged else []


def transcribe(path: Path, target: Path) -> Transcript:
    """The file as it is where it is UTF-8 without zero characters; else a copy in `target` that is."""
    encoding = encoding_of(path)
    if encoding.codec.startswith("utf-8") and is_utf8(path) and not any(b"\0" in c for c in _chunks(path)):
        return Transcript(path, encoding)
    return Transcript(target, encoding, to_utf8(path, encoding, target))


def is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def to_utf8(path: Path, encoding: Encoding, target: Path) -> int:
    """Write the text anew in UTF-8 without zero characters; how many characters were damaged."""
    damaged = 0
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        for piece in _decoded(path, encoding):
            text = piece.replace("\0", "")
            damaged += text.count("\ufffd")
            out.write(text)
    return damaged


def _decoded(path: Path, encoding: Encoding) -> Iterator[str]:
    if encoding.mixed and encoding.codec in _WIDE:
        for chunk in _line_chunks(path):
            for line in chunk.splitlines(keepends=True):
                as_utf8 = _is_better_as_utf8(line, encoding.codec)
                yield line.decode("utf-8" if as_utf8 else encoding.codec, errors="replace")
        return
    codec, errors = ("utf-8", _patch_with(encoding.codec)) if encoding.mixed else (encoding.codec, "replace")
    decoder = codecs.getincrementaldecoder(codec)(errors)
    yield from (decoder.decode(chunk, final=not chunk) for chunk in chain(_chunks(path), [b""]))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _line_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk + file.readline(_CHUNK)


def wide(head: bytes) -> str | None:
    """UTF-16 without a mark: the zero halves of its ASCII stand on one side, few on the other."""
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if pairs == 0 or max(even, odd) < 0.02 * pairs or min(even, odd) > 0.3 * max(even, odd):
        return None
    codec = "utf-16-le" if odd > even else "utf-16-be"
    text = head[: pairs * 2].decode(codec, errors="replace")
    return codec if sum(c.isprintable() or c in "\t\r\n" for c in text) > 0.95 * len(text) else None


def _evidence(path: Path) -> bytes:
    """Lines of the file that are not UTF-8, wherever in it they are."""
    found: list[bytes] = []
    size = 0
    for chunk in _line_chunks(path):
        if not _is_utf8(chunk):
            lines = [line for line in chunk.splitlines() if not _is_mostly_utf8(line)]
            found += lines
            size += sum(map(len, lines))
        if size > _EVIDENCE:
            break
    return _UTF8_RUN.sub(b"", b"\n".join(found)[:_EVIDENCE])


def _is_utf8(octets: bytes) -> bool:
    return _decodes(octets, "utf-8")


def _is_mostly_utf8(line: bytes) -> bool:
    """Is it UTF-8 of which at most a few characters are damaged?"""
    if _is_utf8(line):
        return True
    beyond = [c for c in line.decode("utf-8", errors="replace") if not c.isascii()]
    return beyond.count("\ufffd") < 0.5 * len(beyond) and _commonness("".join(beyond)) > 0.5


def _eight_bit(evidence: bytes) -> str:
    scores = {
        "utf-8": _utf8_share(evidence),
        "gb18030": _chinese_share(evidence, "gb18030", "gb2312", range(0xB0, 0xD8)),
        "cp950": _chinese_share(evidence, "cp950", "cp950", range(0xA4, 0xC7)),
        "cp1252": _western_share(evidence),
        **{codec: _alphabet_share(evidence, codec) for codec in _ALPHABETS},
    }
    best = max(scores, key=scores.__getitem__)
    if scores[best] < 0.5:
        guess = from_bytes(evidence, cp_isolation=_OTHERS).best()
        best = guess.encoding if guess else best
    return best if best != "cp1252" or _decodes(evidence, "cp1252") else "latin-1"


def _decodes(evidence: bytes, codec: str) -> bool:
    try:
        evidence.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _utf8_share(evidence: bytes) -> float:
    """How much of the text beyond ASCII is whole UTF-8: high where only some bytes are damaged."""
    beyond = [c for c in evidence.decode("utf-8", errors="replace") if not c.isascii()]
    broken = beyond.count("\ufffd")
    return 1 - broken / len(beyond) if beyond and broken < 0.1 * len(beyond) else 0.0


def _chinese_share(evidence: bytes, codec: str, charset: str, common: range) -> float:
    """How much of the text is common characters; a misreading makes rare ones of them."""
    beyond = [c for c in evidence.decode(codec, errors="replace") if not c.isascii()]
    level = _level(charset, common)
    usual = level | _CHINESE_MARKS | {c for c in set(beyond) if c < "\u2e80" and len(c.encode(codec)) == 4}
    good = sum(1.0 if c in _FREQUENT else 0.9 if c in usual else 0.0 for c in beyond)
    return good / len(beyond) if beyond else 0.0


@cache
def _level(charset: str, leads: range) -> frozenset[str]:
    """The characters of a charset whose first byte is one of `leads`: those in daily use."""
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    pairs = (bytes((lead, trail)).decode(charset, errors="ignore") for lead in leads for trail in trails)
    return frozenset(c for c in pairs if len(c) == 1 and not c.isascii())


def _alphabet_share(evidence: bytes, codec: str) -> float:
    """How much of the text is the commonest letters of its language."""
    text = evidence.decode(codec, errors="replace")
    words = [w for w in re.findall(r"[^\W\d_]+", text) if w in (w.lower(), w.upper(), w.capitalize())]
    beyond = sum(not c.isascii() for c in text)
    good = sum(c.lower() in _ALPHABETS[codec] for word in words for c in word)
    return good / beyond if beyond else 0.0


def _western_share(evidence: bytes) -> float:
    """How much of the text beyond ASCII stands alone among ASCII, as accented letters do."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", evidence) if run not in _UNDEFINED]
    alone = sum(length for length in runs if length == 1) + sum(length / 2 for length in runs if length == 2)
    return alone / sum(c > 0x7F for c in evidence) if runs else 0.0
