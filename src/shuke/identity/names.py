"""Names: who is called the same, in whatever order and script, with whatever title?"""

import re
from functools import cache, reduce

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.identity import nicknames, surnames
from shuke.tables.derived import Checkpoint
from shuke.text.characters import HAN, mapped, spelled

#: What people type where they do not say who they are, beside what is never an identifier.
NAMELESS = (
    "user", "new user", "test user", "test test", "no name", "noname", "name", "first name", "last name",
    "unknown unknown", "not provided", "walk in", "walkin", "cash", "cash customer", "guest user",
    "customer customer", "anon", "用户", "新用户", "匿名用户", "顾客", "客户", "会员", "测试", "测试用户",
    "散户", "路人", "未填写", "保密", "先生", "女士", "小姐", "微信用户", "淘宝用户", "手机用户", "零售",
    "零售客户", "现金客户", "空", "暂无", "未提供",
)  # fmt: skip

_MISTER = "mr|mister|sir|herr|monsieur|senor|lord"
_MISTRESS = "mrs|ms|miss|madam|madame|mme|mlle|frau|senora|senorita|lady|dame"
_RANK = "mx|dr|prof|professor|rev|reverend|hon|capt|captain|maj|major|col|sgt|lt|judge|dipl"
_AFTER = "jr|junior|sr|senior|ii|iii|iv|phd|md|esq|mba|dds|cpa|bsc|msc|dvm|obe"
_MR_HAN = "先生|叔叔|大哥|师傅|公子|大爷|爷爷"
_MS_HAN = "女士|小姐|太太|夫人|阿姨|大姐|奶奶|女仕"
_POSTS_HAN = (
    "同学|老师|总经理|副总|经理|总监|医生|大夫|教授|博士|老板|主任|会计|店长|律师|院长|校长|处长|科长|局长|"
    "部长|董事长|工程师|主管|秘书|助理|主席|书记|护士"
)
_ASIDE = r"\([^)]*\)|\[[^\]]*\]"
_GENERATION = r"(?:^|[ ,])(jr|junior|sr|senior|ii|iii|iv)(?:$|[ ,.])"
_TITLE = (
    rf"^(?:(?:{_MISTER}|{_MISTRESS}|{_RANK}) )+|(?:[ ,](?:{_AFTER}))+$|"
    rf" ?(?:{_MR_HAN}|{_MS_HAN}|{_POSTS_HAN})+$"
)
_HE = rf"^(?:{_MISTER})[.\s]|(?:{_MR_HAN})\)?$"
_SHE = rf"^(?:{_MISTRESS})[.\s]|(?:{_MS_HAN})\)?$"

#: The last word of a name, and those before it that belong to it.
_SURNAME = (
    "(?: (?:van der|van den|van de|von der|de la|de los|van|von|de|del|della|di|da|dos|du|la|le|el|al|bin|"
    "ibn|mac|mc|st|ter|ten))* [^ ]+$"
)


def names(rows: ir.Table, *, placeholder_names: tuple[str, ...], checkpoint: Checkpoint) -> ir.Table:
    """The rows (record; name, given_name, family_name written plainly) with what their names come to.

    Adds `title` (male or female, as Mr or 女士 say), `generation` (jr, sr, ii, iii, iv), `hanzi`, `given`,
    `family`, `sound`, `familiar` (whether books of names know the given name); replaces `name`.
    Where a source tells family and given name apart it is taken at its word; "Family, Given" too.
    """
    said = _said(rows)
    told = said.mutate(
        title=ibis.cases((said.text.re_search(_HE), "male"), (said.text.re_search(_SHE), "female")),
        generation=_generation(said.text),
        text=_tidy(said.text),
    )
    nothing = sorted(
        {re.sub(r"[\W\d_]", "", word.lower()) for word in (*placeholder_names, *NAMELESS)} - {""}
    )
    named = told.mutate(text=told.text.replace(" ", "").isin(nothing).ifelse(ibis.null(str), told.text))
    written = checkpoint(_in_characters(checkpoint(_latin(checkpoint(named)))))
    return _heard(checkpoint(_parted(_spelled(written, checkpoint=checkpoint))), checkpoint=checkpoint)


def _said(rows: ir.Table) -> ir.Table:
    """The one text to read: "family, given" where they are told apart."""
    both = rows.family_name + ", " + rows.given_name
    one = ibis.coalesce(rows.name, rows.given_name, rows.family_name + ",")
    return rows.mutate(text=ibis.coalesce(both, one)).drop("name", "given_name", "family_name")


def _generation(text: ir.StringValue) -> ir.StringValue:
    """Which of several of one name: 老 and 小 are no such thing."""
    found = text.re_extract(_GENERATION, 1)
    return found.replace("junior", "jr").replace("senior", "sr").nullif("")


def _tidy(text: ir.StringValue) -> ir.StringValue:
    """Letters, and a comma where one stands between two words: no title, no hyphen, no digit, no emoji."""
    bare = text.re_replace(_ASIDE, "").replace("'", "").replace("-", "")
    words = bare.re_replace(r"[^\pL\pM,]+", " ").re_replace(" ?,[ ,]*", ",").strip()
    close = words.re_search(f"^[{HAN} ]+$").ifelse(words.replace(" ", ""), words)
    meant = close.re_replace("^,", "").re_replace(_TITLE, "")
    # 王总, 李董: the surname and what he is.
    return ibis.ifelse(meant.re_search(f"^[{HAN}][总董]$"), meant.left(1), meant).nullif("").nullif(",")


def _latin(named: ir.Table) -> ir.Table:
    """`before` and `after` a comma, `words` in the order given, family; spaces single."""
    latin = named.text.re_replace(f"[{HAN}]+", "").strip().nullif("")
    comma = latin.contains(",")
    parts = latin.split(",")
    turned = comma.ifelse(parts[1] + " " + parts[0], latin).strip()
    return named.mutate(
        comma=comma,
        before=comma.ifelse(parts[0].replace(" ", ""), ibis.null(str)),
        after=comma.ifelse(parts[1].replace(" ", "").nullif(""), ibis.null(str)),
        latin=turned.re_replace(" +", " ").nullif(""),
    )


def _in_characters(named: ir.Table) -> ir.Table:
    """`hanzi` of a name that is written in them, and which of them are the family's."""
    han = named.text.re_replace(f"[^{HAN}]+", "").nullif("")
    kept = named.latin.isnull() | ((han.length() >= 2) & named.latin.re_search("^[a-z ]*$"))
    given = kept.ifelse(han, ibis.null(str))
    stated = kept.ifelse(named.text.re_extract(f"^([{HAN}]+),[{HAN}]*$", 1).nullif(""), ibis.null(str))
    split = named.mutate(hanzi=given, stated=stated)
    double = split.hanzi.left(2).isin(surnames.COMPOUND)
    single = split.hanzi.left(1).isin([*surnames.COMMON, *surnames.RARER]) & (split.hanzi.length() <= 4)
    family = ibis.coalesce(
        split.stated, double.ifelse(split.hanzi.left(2), single.ifelse(split.hanzi.left(1), ibis.null(str)))
    )
    apart = split.mutate(han_family=family)
    rest = apart.hanzi.substr(apart.han_family.length().fill_null(0)).nullif("")
    return apart.mutate(han_given=rest).drop("stated")


def _spelled(written: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """`han_family` and `han_given` as pinyin."""
    families = mapped(written, ["han_family"], {"read": surnames.read}, checkpoint=checkpoint)
    read = mapped(families, ["han_given"], {"read": spelled}, checkpoint=checkpoint)
    kept = read.drop("han_family", "han_given").rename(
        han_family="han_family_read", han_given="han_given_read"
    )
    pinyin = kept.latin.re_search(_pinyin()) & (kept.latin.length() <= 40)
    words = kept.latin.split(" ")
    return kept.mutate(
        words=words, pinyin=pinyin.fill_null(False), first=words[0], last=words[words.length() - 1]
    )


def _parted(read: ir.Table) -> ir.Table:
    """`given` and `family`, of Chinese names in either script and of any other."""
    chinese = _chinese_family(read)
    told = read.mutate(chinese=ibis.ifelse(read.pinyin, chinese, ibis.null(str)))
    joined = told.latin.replace(" ", "")
    rest = ibis.cases(
        (told.comma, told.after),
        (joined.startswith(told.chinese), joined.substr(told.chinese.length())),
        else_=joined.left(joined.length() - told.chinese.length()),
    )
    surname = (told.words.length() > 1).ifelse(told.latin.re_extract(_SURNAME, 0).replace(" ", ""), "")
    western = ibis.ifelse(told.comma, told.before, surname.nullif(""))
    forename = ibis.ifelse(told.comma, told.after, joined.left(joined.length() - surname.length()))
    is_latin = told.hanzi.isnull()
    parted = told.mutate(
        family=is_latin.ifelse(ibis.coalesce(_one_u(told.chinese), western), told.han_family),
        given=is_latin.ifelse(told.chinese.notnull().ifelse(_one_u(rest), forename), told.han_given),
    )
    letters = "^[a-z]+$"
    return parted.mutate(
        name=ibis.coalesce(
            parted.hanzi, parted.chinese.notnull().ifelse(parted.given + " " + parted.family, parted.latin)
        ),
        family=parted.family.re_search(letters).ifelse(parted.family, ibis.null(str)),
        given=parted.given.re_search(letters).ifelse(parted.given, ibis.null(str)),
    )


def _chinese_family(read: ir.Table) -> ir.StringValue:
    """Of a name that is wholly made of pinyin syllables: which of its words is the family's."""
    order = ibis.literal(f" {' '.join(surnames.romanised())} ")
    pair = read.words[0] + read.words[1]
    first, last = order.find(" " + _one_u(read["first"]) + " "), order.find(" " + _one_u(read["last"]) + " ")
    alone = (read.words.length() == 1) & ~read["first"].isin(sorted(nicknames.western()))
    return ibis.cases(
        (read.comma, read.before),
        (alone, read["first"].re_extract(_run_together(), 1).nullif("")),
        (read.words.length() == 1, ibis.null(str)),
        ((read.words.length() > 2) & pair.isin(surnames.compounds()), pair),
        ((first >= 0) & ((last < 0) | (first <= last)), read["first"]),
        (last >= 0, read["last"]),
        else_=ibis.null(str),
    )


def _heard(parted: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """`sound`: the words of a name by their formal forms, in an order that is everybody's; and `familiar`."""
    names = sorted(nicknames.western())
    formal = [nicknames.formal().get(name) for name in names]
    books = checkpoint(ibis.memtable(pa.table({"short": names, "formal": pa.array(formal, pa.string())})))
    own = books.select(own="short")
    beside = parted.left_join(books, parted["first"] == books.short).left_join(own, parted.given == own.own)
    chinese = ibis.array([beside.given, beside.family]).filter(lambda word: word.notnull())
    first = ibis.coalesce(beside.formal, beside["first"])
    western = ibis.array([first]).concat(beside.words[1:])
    written = beside.hanzi.notnull() | beside.chinese.notnull()
    kept = written.ifelse(chinese, western)
    return beside.select(
        *(n for n in parted.columns if n not in _STEPS),
        sound=kept.sort().join(" ").nullif(""), familiar=beside.own.notnull(),
    )  # fmt: skip


_STEPS = (
    "text", "comma", "before", "after", "latin", "han_family", "han_given", "words", "pinyin", "first",
    "last", "chinese",
)  # fmt: skip


def _one_u(word: ir.StringValue) -> ir.StringValue:
    """吕 is Lü, Lv, Lyu or Lu, as the keyboard allows."""
    return word.replace("lyu", "lu").replace("v", "u")


@cache
def _pinyin() -> str:
    return f"^(?:(?:{'|'.join(surnames.syllables())}) ?)+$"


@cache
def _run_together() -> str:
    """A surname of the common ones, with the given name right behind it."""
    usual = reduce(lambda a, b: a if b in a else [*a, b], map(surnames.read, surnames.COMMON), list[str]())
    first = sorted([*usual, *surnames.compounds()], key=lambda s: (-len(s), s))
    return f"^({'|'.join(first)})(?:{'|'.join(surnames.syllables())})+$"
