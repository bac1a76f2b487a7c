"""Files that were made to take more than they are worth; `size` says how much, 1 is little."""

import bz2
import gzip
import io
import json
import lzma
import random
import re
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

from tests.collect.fuzz.good_files import good, packed, text, unpacked

Trap = Callable[[random.Random, int], tuple[str, bytes]]
_BOMB = "<!DOCTYPE a [<!ENTITY x0 'aaaaaaaaaa'>{}]>"


def entities(chance: random.Random, size: int) -> tuple[str, bytes]:
    """An XML bomb: entities of entities, in a member of a workbook, or alone."""
    depth = min(9, 3 + size)
    inner = "".join(f"<!ENTITY x{n} '{f'&x{n - 1};' * 10}'>" for n in range(1, depth))
    bomb = _BOMB.format(inner).encode()
    kind = chance.choice(["xlsx", "ods", "xml"])
    if kind == "xml":
        return "a.xml", b"<?xml version='1.0'?>" + bomb + b"<a>&x%d;</a>" % (depth - 1)
    members = unpacked(good(kind))
    name = chance.choice([each for each in members if members[each].lstrip().startswith(b"<")])
    head, mark, rest = members[name].partition(b"?>")
    if not mark:
        head, rest = b"<?xml version='1.0'", members[name]
    members[name] = head + b"?>" + bomb + re.sub(rb">[^<>]+<", b">&x%d;<" % (depth - 1), rest, count=3)
    return f"a.{kind}", packed(members)


def dimensions(chance: random.Random, size: int) -> tuple[str, bytes]:
    """A worksheet that says it is the largest there can be, or has a cell there, or merges it all."""
    members = unpacked(good("xlsx"))
    sheet = "xl/worksheets/sheet1.xml"
    far = b"XFD1048576" if chance.random() < 0.7 else b"ZZZZZZ99999999999"
    match chance.randrange(5):
        case 0:
            members[sheet] = re.sub(
                rb'<dimension ref="[^"]*"', b'<dimension ref="A1:%s"' % far, members[sheet]
            )
        case 1:
            cell = b'<row r="1048576"><c r="%s"><v>1</v></c></row></sheetData>' % far
            members[sheet] = members[sheet].replace(b"</sheetData>", cell)
        case 2:
            members[sheet] = re.sub(rb'mergeCell ref="[^"]*"', b'mergeCell ref="A1:%s"' % far, members[sheet])
        case 3:
            many = b"".join(b'<mergeCell ref="A%d:XFD%d"/>' % (n, n + 5) for n in range(2000 * size))
            members[sheet] = re.sub(
                rb"<mergeCells.*</mergeCells>", b"<mergeCells>%s</mergeCells>" % many, members[sheet]
            )
        case 4:
            members[sheet] = re.sub(rb't="s"><v>\d+', b't="s"><v>4294967295', members[sheet], count=3)
    return "a.xlsx", packed(members)


def repeated(chance: random.Random, size: int) -> tuple[str, bytes]:
    """Cells and rows of an OpenDocument file that come very often."""
    members = unpacked(good("ods"))
    times = chance.choice([10**4, 10**7, 2**31, 10**19])
    what = chance.choice([b"<table:table-row", b"<table:table-cell"])
    kind = b"rows" if what.endswith(b"row") else b"columns"
    tag = b'%s table:number-%s-repeated="%d"' % (what, kind, times)
    members["content.xml"] = members["content.xml"].replace(what, tag, size)
    return "a.ods", packed(members)


def shared_text(chance: random.Random, size: int) -> tuple[str, bytes]:
    """One long text that many cells share, or that nobody needs."""
    members = unpacked(good("xlsx"))
    long = b"<si><t>%s</t></si>" % (b"ab" * 50_000 * size)
    members["xl/sharedStrings.xml"] = re.sub(
        rb"<si>", lambda _: long + b"<si>", members["xl/sharedStrings.xml"], count=1
    )
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(60, 60 + 30 * size)
    )
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"].replace(
        b"</sheetData>", cells * chance.randrange(2) + b"</sheetData>"
    )
    return "a.xlsx", packed(members)


def formats(chance: random.Random, size: int) -> tuple[str, bytes]:
    """A format of numbers that is long, or none."""
    members = unpacked(good("xlsx"))
    code = chance.choice(
        [
            "0" * 200 * size,
            '"a"' * 300 * size,
            "[=1" * 100 * size,
            "0.%" + "#" * 255,
            "_",
            "\\",
            ";;;;;",
            "#,##0" * 99,
        ]
    )
    code = code.replace('"', "&quot;").replace("\\", "\\\\")
    members["xl/styles.xml"] = re.sub(
        rb'formatCode="[^"]*"', b'formatCode="%s"' % code.encode(), members["xl/styles.xml"]
    )
    return "a.xlsx", packed(members)


def blown_up(chance: random.Random, size: int) -> tuple[str, bytes]:
    """Much that is packed into little."""
    row, rows = b'1001,"Ann",2024-03-05\n', 20_000 * size
    content = b"id,name,date\n" + chance.choice([row, b",\n", b"a", b"\n", b"\0", b'"', b"1,"]) * rows
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zip": lambda content: packed({"a.csv": content}),
        "lzma.zip": lambda content: packed({"a.csv": content}, zipfile.ZIP_LZMA),
    }
    kind = chance.choice(list(pack))
    made = pack[kind](content)
    return f"a.{kind}", made if chance.random() < 0.6 else gzip.compress(made)


def member_blown_up(chance: random.Random, size: int) -> tuple[str, bytes]:
    """A workbook with a member that is far larger than its table."""
    kind = chance.choice(["xlsx", "ods", "xlsb"])
    members = unpacked(good(kind))
    name = chance.choice(list(members))
    filler = chance.choice([b" ", b"<c/>", b"<row></row>", b"<!-- -->", b"\0", b"<a>"]) * (500_000 * size)
    at = members[name].rfind(b"</")
    members[name] = members[name][:at] + filler + members[name][at:]
    return f"a.{kind}", packed(members)


def archives_in_archives(chance: random.Random, size: int) -> tuple[str, bytes]:
    content, kind = good("csv"), "csv"
    for _ in range(chance.choice([2, 3, 30])):
        content, kind = packed({f"{n}.{kind}": content for n in range(chance.choice([1, 2]))}), "zip"
        if len(content) > 200_000 * size:
            break
    return "a.zip", content


def many_members(chance: random.Random, size: int) -> tuple[str, bytes]:
    del chance
    return "a.zip", packed({f"{n}.csv": b"" for n in range(1500 * size)})


def lying_sizes(chance: random.Random, size: int) -> tuple[str, bytes]:
    """An archive whose list says other sizes, methods, flags or places than its members."""
    made = bytearray(good(chance.choice(["zip", "xlsx", "ods"])))
    for found in re.finditer(rb"PK\x01\x02|PK\x05\x06", bytes(made)):
        if chance.random() < 0.6:
            at = found.start() + chance.choice([6, 8, 10, 16, 20, 24, 28, 30, 42])
            made[at : at + 4] = chance.choice(
                [b"\xff" * 4, b"\0" * 4, b"\xff\xff\xff\x7f", b"\x01\0\0\0", b"\x0e\0\x61\0"]
            )
    return f"a.{chance.choice(['zip', 'xlsx', 'ods'])}", bytes(made)


def deep(chance: random.Random, size: int) -> tuple[str, bytes]:
    """JSON within JSON, closed or not."""
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"), ('{"a":[', "]}")])
    times = chance.choice([50, 500, 990, 5_000, 100_000 * size])
    inner = opening * times + "1" + closing * times * chance.randrange(2)
    return "a.json", chance.choice(["{0}", '[{{"x": 1, "y": {0}}}]', '{{"x": 1}}\n{{"x": {0}}}']).format(
        inner
    ).encode()


def json_oddities(chance: random.Random, size: int) -> tuple[str, bytes]:
    odd = [
        '[{"a": 1' + "0" * 100_000 * size + "}]",
        '[{"a": 1e999999999}, {"a": NaN}]',
        '[{"a": "\\ud800"}]',
        "[" + "{}," * 10_000 * size + "{}]",
        "[" + '{"":1},' * 100 + "{}]",
        '{"a": [' + "1," * 100_000 * size + "1]}",
        "\n".join(json.dumps({f"k{n}": n}) for n in range(500 * size)),
        '[[], [1], {"a": 2}, 3, null]',
        '[{"a": "' + "x" * 1_000_000 * size + '"}]',
        "[" * 10 + "]" * 10,
        '{"a": {"b": {"c": []}}}',
        '"text"',
        "[1, 2",
        "{}",
        '[{"a.b": 1, "a": {"b": 2}}]',
        '[{"' + "k" * 100_000 + '": 1}]',
        "[" + "[1,2,3]," * 50_000 * size + "[1]]",
        '[{"a": "b"}' + " " * 500_000 * size + "]",
        '{"a":' + '"' * 999,
        '[{"__row__": 1, "__ROW__": 2}]',
    ]
    return "a.json", chance.choice(odd).encode()


def text_oddities(chance: random.Random, size: int) -> tuple[str, bytes]:
    million = 1_000_000 * size
    odd = [
        b"a" * million,
        b"a,b\n" + b"x" * million + b",1\n",
        b'a,b\n"' + b"x\n" * (million // 4),
        b'"' * million,
        b",".join(b"c%d" % n for n in range(5000 * size)) + b"\n1,2\n",
        b"a,b\r" * (million // 10),
        b"\n" * million,
        b'a,b\n1,"2" ' + b" " * million + b'"\n',
        b"a,b\n" + b'1,"2\\"' * (million // 10),
        b"\xff\xfe" + b"a" * million,
        b"a;b\n" + b";" * million,
        b"a,b\n1,2\n" + b"\0" * million,
        "客户，金额\n".encode() * (million // 40),
        b"a,b\n" + b"1,2,3,4,5,6\n" * (million // 20),
        b" " * million,
        b"a\tb\n" + b"\t\n" * (million // 4),
        b"id,__row__\n1,2\n",
        b"a,a,a,,\n1,2,3,4,5\n",
        b"=cmd|' /C calc'!A0,b\n1,2\n",
        b"a b " * (million // 8),
        b"total,1\n" * (million // 10),
        b"a,b\n" + b"Total,99\n" * (million // 20),
        b"\xe5" * million,
        b"a,b\n'" + b"''" * million,
        b"a,b\n" + b"\x81\x40" * (million // 2),
        b"-" * million,
        b"|---" * (million // 10),
        b"a,b\n" + b"`1,`2\n" * (million // 20),
        text().replace("\n", "\r", 20).encode(),
        text().encode() + b'"',
        b"a,b\n" + b"1e400,1" + b"0" * 10_000 + b"\n",
    ]
    return f"a.{chance.choice(['csv', 'txt'])}", chance.choice(odd)


def card_oddities(chance: random.Random, size: int) -> tuple[str, bytes]:
    begin, end = b"BEGIN:VCARD\nFN:Ann\n", b"END:VCARD\n"
    inner = chance.choice(
        [
            b"BEGIN:VCARD\n" * 5000 * size,
            b"TEL:1\n" * 2000 * size,
            b"NOTE:a\n " + b"b\n " * 50_000 * size,
            b"NOTE;ENCODING=QUOTED-PRINTABLE:" + b"=\n=" * 50_000 * size,
            b"PHOTO;ENCODING=b:" + b"A" * 1_000_000 * size,
            b";" * 100_000 * size,
            b"TEL" + b";TYPE=a" * 50_000 * size + b":1\n",
            b":\n" * 10_000,
            b"ADR:" + b";" * 100_000 * size,
            b"".join(b"X-%d:1\n" % n for n in range(900)),
            b"N:" + b"\\," * 200_000 * size,
            b"item1.TEL:1\n" * 500,
        ]
    )
    return "a.vcf", (begin + inner + end) * chance.choice([1, 3])


def footer(chance: random.Random, size: int) -> tuple[str, bytes]:
    """A Parquet file whose footer, or whose length of it, is broken."""
    del size
    made = bytearray(good("parquet"))
    last = int.from_bytes(made[-8:-4], "little")
    if chance.random() < 0.25:
        made[-8:-4] = chance.choice(
            [b"\xff\xff\xff\x7f", b"\0" * 4, b"\xff" * 4, (last * 2).to_bytes(4, "little")]
        )
    for _ in range(chance.choice([1, 2, 8])):
        made[chance.randrange(len(made) - last - 8, len(made) - 8)] = chance.choice(
            [0, 0x7F, 0xFF, chance.randrange(256)]
        )
    return "a.parquet", bytes(made)


def columns(chance: random.Random, size: int) -> tuple[str, bytes]:
    """A Parquet file of equal values, of many columns, of values within values, or without any."""
    made = io.BytesIO()
    value: object = 1
    for _ in range(60):
        value = {"a": value}
    table = chance.choice(
        [
            lambda: pa.table({"a": pa.array(["x" * 1000]).take(pa.array([0] * 2000 * size))}),
            lambda: pa.table({f"c{n}": [1] for n in range(2500)}),
            lambda: pa.table({"a": [value]}),
            lambda: pa.table({}),
            lambda: pa.table({"a": pa.nulls(10)}),
            lambda: pa.table({"a": [1], "A": [2], "": [3], "__row__": [4], 'q"': [5]}),
            lambda: pa.table({"a": pa.array([[1] * 100_000 * size])}),
            lambda: pa.table({"a": [b"\0\xff"]}),
        ]
    )()
    pq.write_table(table, made)
    return "a.parquet", made.getvalue()


TRAPS: list[Trap] = [
    entities,
    dimensions,
    repeated,
    shared_text,
    formats,
    blown_up,
    member_blown_up,
    archives_in_archives,
    many_members,
    lying_sizes,
    deep,
    json_oddities,
    text_oddities,
    text_oddities,
    card_oddities,
    footer,
    columns,
]
