"""Items: in which column do several products stand in one cell, and how many of each?

    Pinot Noir 2020 x 2, Chardonnay 2021      2 of one, 1 of the other
    茶*2；杯*1                                 several separators, several ways to write a number
    [{"name": "Tea", "quantity": 2}]          JSON
    Tea x 2 ($4); Cup x 1 ($7)                what they cost (see `prices`)

The amounts of the row stay the order's.
"""

import re
from collections import Counter
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from shuke.collect.shapes import prices
from shuke.collect.shapes.sample import SheetSample, is_moment, is_order, is_somebody, meant
from shuke.collect.shapes.shape import Of, Split
from shuke.collect.sheets import ROW
from shuke.engine import Engine

#: What the columns of a product and of how many there are of it are called.
PRODUCT, QUANTITY = "product name", "quantity"
#: What a price in a cell is called, that of each or that of all.
PRICED = {"each": "unit price", "line": "line total"}
OF_A_LINE = (PRODUCT, QUANTITY, *PRICED.values())

#: What sets one product apart from the next; a comma between digits is none, nor is anything in brackets.
_SEPARATOR = r"\s*(?:[;；\n\r|、]+|[,，]\s*(?:and\s+)?)\s*"
_STRONG = re.compile(r"[;；\n\r|、]")
_ANY = re.compile(_SEPARATOR)
#: How many of a product, behind it or in front of it.
_WORDS = r"pcs?|pieces?|units?|Stück|Stk\.?|件|个|只|盒|瓶|包|份|套|箱|袋|罐|条|本|双|支|台|杯"
_UNIT = rf"(?:\s*(?:{_WORDS}))?"
_BEHIND = (
    rf"(?:\s[xX]|\s*[×*＊✕])\s*(\d{{1,4}}(?:\.\d+)?){_UNIT}\s*$"
    rf"|\s*[(（\[【]\s*(?:[xX×*＊✕]\s*(\d{{1,4}})|(\d{{1,2}})){_UNIT}\s*[)）\]】]\s*$"
    rf"|\s*[:：]\s*(\d{{1,3}}){_UNIT}\s*$|\s(\d{{1,3}})\s*(?:{_WORDS})\s*$"
)
_GROUPS = 5
_BEFORE = rf"^\s*(\d{{1,4}})\s*(?:[×*＊✕]|[xX]\s|(?:{_WORDS})\s+(?:of\s+)?)\s*"
#: 茶x2: a letter right behind a sign that is none belongs to the number.
_GLUED = rf"([^\sA-Za-z0-9])[xX]\s*(\d{{1,4}}{_UNIT})\s*$"
_MARKED, _COUNTED = re.compile(rf"{_BEHIND}|{_BEFORE}|{_GLUED}"), re.compile(_GLUED)
#: A heading for what somebody bought.
_ITEMS = re.compile(
    r"\b(?:items?|products?|line ?items|goods|contents|basket|cart|articles?|artikel|produits|productos)\b"
    r"|商品|宝贝|货品|产品|购买内容|订单内容|明细|品名|购物清单|菜品",
    re.IGNORECASE,
)
#: Cells looked at; and more words than a name has.
_CELLS, _LONGEST, _FIRST = 500, 10, 20
_JSON = re.compile(r"\s*\[\s*[{\"]")
_NAME_KEYS = (
    "name",
    "title",
    "product_name",
    "productName",
    "product",
    "item",
    "sku_name",
    "sku",
    "商品名称",
    "名称",
    "品名",
)
_PRICE_KEYS: dict[Of, tuple[str, ...]] = {
    "each": ("price", "unit_price", "unitPrice", "单价", "价格"),
    "line": ("line_total", "subtotal", "amount", "total", "金额", "小计"),
}
_COUNT_KEYS = ("quantity", "qty", "count", "num", "number", "数量", "件数")


def recognise(look: SheetSample) -> tuple[Split, bool] | None:
    """The column with several products in a cell, and whether it is sure how many there are of each."""
    if not _is_of_orders(look):
        return None
    counted = any("order_items.quantity" in meant(n) for n in look.columns)
    for place, name in enumerate(look.columns):
        told = [cell for cell in look.cells[place] if cell][:_CELLS]
        several = [cell for cell in told if len(_parts(cell)) > 1]
        if not _is_list(name, told, several, counted=counted):
            continue
        parts = [prices.plain(part) for cell in told for part in _parts(cell)]
        marked = any(_MARKED.search(part) for part in parts)
        as_json = bool(several) and all(_JSON.match(cell) for cell in several)
        says_how_many = any(key in cell for cell in several for key in _COUNT_KEYS)
        split = Split(name, _of_json_prices(several) if as_json else _of_prices(look, place))
        return split, marked or (as_json and says_how_many)
    return None


def is_priced(look: SheetSample, said: Split) -> bool:
    """Whether the products of a column have prices with them."""
    cells = [cell for cell in look.cells[look.columns.index(said.column)] if cell][:_CELLS]
    return prices.priced([part for cell in cells for part in _parts(cell)])


def _of_prices(look: SheetSample, place: int) -> Of | None:
    """Of what the prices in a column are, if there are any, by the other figures of its rows."""
    rows = [row for row in range(look.height) if look.cells[place][row]][:_CELLS]
    listed = [_parts(str(look.cells[place][row])) for row in rows]
    if not prices.priced([part for parts in listed for part in parts]):
        return None
    figures = [c for c in range(len(look.columns)) if c != place and look.mostly(c, "number")]
    beside = [[cell for c in figures if (cell := look.cells[c][row])] for row in rows]
    return prices.of_what(zip(listed, beside, strict=True), _pieces)


def _of_json_prices(cells: list[str]) -> Of | None:
    for of, keys in _PRICE_KEYS.items():
        if any(f'"{key}"' in cell for cell in cells for key in keys):
            return of
    return None


def _pieces(part: str) -> float:
    """How many there are of a product."""
    found = _MARKED.search(_COUNTED.sub(r"\1 x\2", part))
    return float(re.sub(r"[^\d.]", "", next((g for g in found.groups() if g), "1"))) if found else 1.0


def _is_of_orders(look: SheetSample) -> bool:
    """Whether a row is something that somebody bought, and no article with the day of its launch."""
    counted = (cell for cells in look.cells for cell in cells[:_FIRST] if cell and _JSON.match(cell))
    if any(map(is_order, look.columns)) or any(f'"{key}"' in cell for cell in counted for key in _COUNT_KEYS):
        return True
    dated = any(is_moment(n) and look.mostly(c, "date") for c, n in enumerate(look.columns))
    return dated and not any("products.product_id" in meant(n) for n in look.columns)


def split(rows: ir.Table, said: Split, engine: Engine) -> tuple[ir.Table, int]:
    """One row per product, and how many there are at most in a cell; a row without any stays one."""
    cell = rows[said.column]
    kept = [n for n in rows.columns if n not in (ROW, said.column)]
    is_json = (cell.re_search(r"^\s*\[\s*[{\"]") & _is_valid(cell)).fill_null(False)
    listed = is_json.ifelse(_of_json(is_json.ifelse(cell, "[]"), said), _of_text(cell))
    nothing = ibis.literal([None], type="array<string>")
    told = rows.select(ROW, *kept, __list__=(listed.length() > 0).fill_null(False).ifelse(listed, nothing))
    lists = engine.checkpoint(told.mutate(__n__=told["__list__"].length()))
    most = int(lists["__n__"].max().to_pyarrow().as_py() or 1)
    places = ibis.range(0, lists["__n__"])
    pairs = lists.select(ROW, *kept, __pair__=lists["__list__"].zip(places).unnest())
    place = pairs["__pair__"].f2.cast("int64")
    flat = pairs.mutate(**{ROW: pairs[ROW] * most + place}, __part__=pairs["__pair__"].f1)
    return _told(flat, kept, said), most


def _told(flat: ir.Table, kept: list[str], said: Split) -> ir.Table:
    part, priced = flat["__part__"], {}
    if said.price:
        for pattern, order in prices.TIMES:
            part = part.re_replace(pattern, order)
        found = [part.re_extract(prices.PRICE, n).nullif("") for n in (1, 2)]
        priced = {PRICED[said.price]: ibis.coalesce(*found)}
        part = part.re_replace(prices.PRICE, "").strip()
    part = part.re_replace(_GLUED, r"\1 x\2")
    behind = [part.re_extract(_BEHIND, n).nullif("") for n in range(1, _GROUPS + 1)]
    count = ibis.coalesce(*behind, part.re_extract(_BEFORE, 1).nullif(""), ibis.literal("1"))
    product = part.re_replace(_BEHIND, "").re_replace(_BEFORE, "").strip().nullif("")
    told = {PRODUCT: product, QUANTITY: part.notnull().ifelse(count, ibis.null(str)), **priced}
    return flat.select(ROW, **{_beside(n, told): flat[n] for n in kept}, **told)


def _beside(name: str, told: Collection[str]) -> str:
    """A column of the order that is called as one of the product's is."""
    return f"{name} of the order" if name.lower() in told else name


def _of_text(cell: ir.StringValue) -> ir.ArrayValue:
    # A comma between digits is a decimal mark; one in brackets belongs to what stands there.
    bracketed = r"([(（\[【][^)）\]】]*)[,，、;；]([^)）\]】]*[)）\]】])"
    shielded = cell.re_replace(r"(\d),(\d)", "\\1\x1e\\2").re_replace(bracketed, "\\1\x1e\\2")
    parts = shielded.re_split(_SEPARATOR).map(lambda part: part.replace("\x1e", ",").strip())
    return parts.filter(lambda part: part != "")


def _of_json(cell: ir.StringValue, said: Split) -> ir.ArrayValue:
    """The products of a JSON list as texts with their number behind, and what they cost."""
    names = ibis.coalesce(*(_all(cell, f"$[*].{key}") for key in _NAME_KEYS), _all(cell, "$[*]"))
    counts = ibis.coalesce(*(_all(cell, f"$[*].{key}") for key in _COUNT_KEYS))
    counted = names.zip(counts).map(lambda pair: pair.f1 + " x " + ibis.coalesce(pair.f2, "1"))
    told = counts.isnull().ifelse(names, counted)
    if said.price is None:
        return told
    costs = ibis.coalesce(*(_all(cell, f"$[*].{key}") for key in _PRICE_KEYS[said.price]))
    priced = told.zip(costs).map(lambda pair: pair.f1 + ibis.coalesce(ibis.literal(" @ ") + pair.f2, ""))
    return costs.isnull().ifelse(told, priced)


def _all(cell: ir.StringValue, path: str) -> ir.ArrayValue:
    found = _json_strings(cell, ibis.literal(path))
    return (found.length() > 0).ifelse(found, ibis.null("array<string>"))


@ibis.udf.scalar.builtin(name="json_valid")  # type: ignore[untyped-decorator]
def _is_valid(document: str) -> bool:  # type: ignore[empty-body]
    """DuckDB's own; the import always runs there."""


@ibis.udf.scalar.builtin(name="json_extract_string")  # type: ignore[untyped-decorator]
def _json_strings(document: str, path: str) -> list[str]:  # type: ignore[empty-body]
    """DuckDB's own; the import always runs there."""


def _parts(cell: str) -> list[str]:
    if not _ANY.search(cell):
        return [cell]
    if _JSON.match(cell):
        return [part for part in re.split(r"\},|\",", cell) if part.strip()]
    kept = re.sub(r"(?<=\d),(?=\d)", "\x1e", cell)
    kept = re.sub(r"[(（\[【][^)）\]】]*[)）\]】]", lambda found: _ANY.sub(" ", found[0]), kept)
    return [part.replace("\x1e", ",") for part in _ANY.split(kept) if part.strip()]


def _is_marked(part: str) -> bool:
    return bool(_MARKED.search(prices.plain(part)))


def _is_list(name: str, told: list[str], several: list[str], *, counted: bool) -> bool:
    """Whether a column lists products: by its heading, and by numbers or parts that come again.

    A comma alone may belong to the name of a thing, and to an address; a semicolon hardly does. Where a
    column counts the pieces (`counted`), a cell is one product unless it has numbers of its own.
    """
    if several and all(_JSON.match(cell) for cell in several):
        return True
    named = bool(
        _ITEMS.search(name.replace("_", " ")) or meant(name) & {"products.name", "products.product_id"}
    )
    parts = Counter(part.strip() for cell in told for part in _parts(cell))
    marked = [cell for cell in several or told if any(map(_is_marked, _parts(cell)))]
    if not several:  # one product in each cell, and how many of it
        return named and not counted and len(marked) >= 0.8 * len(told) > 0
    again = sum(all(parts[p.strip()] > 1 for p in _parts(cell)) for cell in several)
    strong = sum(bool(_STRONG.search(cell)) for cell in several)
    if counted or not named:
        return len(marked) >= 0.8 * len(several) and not is_moment(name) and not is_somebody(name)
    prose = sum(len(part.split()) > _LONGEST for cell in several for part in _parts(cell)) > len(several)
    listed = len(marked) >= 0.5 * len(several) or strong >= 0.8 * len(several) or again >= 0.5 * len(several)
    return listed and not prose
