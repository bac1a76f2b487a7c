"""Items: in which column do several products stand in one cell, and how many of each?

    Pinot Noir 2020 x 2, Chardonnay 2021      2 of one, 1 of the other
    茶*2；杯*1                                 several separators, several ways to write a number
    [{"name": "Tea", "quantity": 2}]          JSON

The amounts of the row stay the order's: what each product cost nobody says.
"""

import re
from collections import Counter

import ibis
import ibis.expr.types as ir

from shuke.collect.shapes.look import Look, is_moment, is_order, is_somebody, meant
from shuke.collect.shapes.shape import Split
from shuke.collect.sheets import ROW
from shuke.engine import Engine

#: What the columns of a product and of how many of it are called.
PRODUCT, QUANTITY = "product name", "quantity"

#: What sets one product apart from the next; a comma between digits is none, nor is anything in brackets.
_SEPARATOR = r"\s*(?:[;；\n\r|、]+|[,，]\s*(?:and\s+)?)\s*"
_STRONG = re.compile(r"[;；\n\r|、]")
_ANY = re.compile(_SEPARATOR)
#: How many of a product, behind it or in front of it.
_WORDS = "pcs?|pieces?|units?|件|个|只|盒|瓶|包|份|套|箱|袋|罐|条|本|双|支|台|杯"
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
_MARKED = re.compile(rf"{_BEHIND}|{_BEFORE}|{_GLUED}")
#: A heading for what somebody bought.
_ITEMS = re.compile(
    r"\b(?:items?|products?|line ?items|goods|contents|basket|cart|articles?|artikel|produits|productos)\b"
    r"|商品|宝贝|货品|产品|购买内容|订单内容|明细|品名|购物清单|菜品",
    re.IGNORECASE,
)
#: Cells looked at; and more words than a name has.
_CELLS, _LONGEST = 500, 10
_JSON = re.compile(r"\s*\[\s*[{\"]")
_NAME_KEYS = (
    "name",
    "title",
    "product_name",
    "productName",
    "product",
    "item",
    "sku_name",
    "商品名称",
    "名称",
    "品名",
)
_COUNT_KEYS = ("quantity", "qty", "count", "num", "number", "数量", "件数")


def recognise(look: Look) -> tuple[Split, bool] | None:
    """The column with several products in a cell, and whether it is sure how many there are of each."""
    if not _is_of_orders(look):
        return None
    counted = any("order_items.quantity" in meant(n) for n in look.columns)
    for place, name in enumerate(look.columns):
        told = [cell for cell in look.cells[place] if cell][:_CELLS]
        several = [cell for cell in told if len(_parts(cell)) > 1]
        if not several or not _is_list(name, told, several, counted=counted):
            continue
        marked = any(_MARKED.search(part) for cell in told for part in _parts(cell))
        as_json = all(_JSON.match(cell) for cell in several)
        says_how_many = any(key in cell for cell in several for key in _COUNT_KEYS)
        return Split(name), marked or (as_json and says_how_many)
    return None


def _is_of_orders(look: Look) -> bool:
    """Whether a row is something that somebody bought, and no article with the day of its launch."""
    if any(map(is_order, look.columns)):
        return True
    dated = any(is_moment(n) and look.mostly(c, "date") for c, n in enumerate(look.columns))
    return dated and not any("products.product_id" in meant(n) for n in look.columns)


def split(rows: ir.Table, said: Split, engine: Engine) -> tuple[ir.Table, int]:
    """One row per product, and how many there are at most in a cell; a row without any stays one."""
    cell = rows[said.column]
    kept = [n for n in rows.columns if n not in (ROW, said.column)]
    is_json = (cell.re_search(r"^\s*\[\s*[{\"]") & _is_valid(cell)).fill_null(False)
    listed = is_json.ifelse(_of_json(is_json.ifelse(cell, "[]")), _of_text(cell))
    nothing = ibis.literal([None], type="array<string>")
    told = rows.select(ROW, *kept, __list__=(listed.length() > 0).fill_null(False).ifelse(listed, nothing))
    lists = engine.checkpoint(told.mutate(__n__=told["__list__"].length()))
    most = int(lists["__n__"].max().to_pyarrow().as_py() or 1)
    places = ibis.range(0, lists["__n__"])
    pairs = lists.select(ROW, *kept, __pair__=lists["__list__"].zip(places).unnest())
    place = pairs["__pair__"].f2.cast("int64")
    flat = pairs.mutate(**{ROW: pairs[ROW] * most + place}, __part__=pairs["__pair__"].f1)
    return _told(flat, kept), most


def _told(flat: ir.Table, kept: list[str]) -> ir.Table:
    part = flat["__part__"].re_replace(_GLUED, r"\1 x\2")
    behind = [part.re_extract(_BEHIND, n).nullif("") for n in range(1, _GROUPS + 1)]
    count = ibis.coalesce(*behind, part.re_extract(_BEFORE, 1).nullif(""), ibis.literal("1"))
    product = part.re_replace(_BEHIND, "").re_replace(_BEFORE, "").strip().nullif("")
    told = {PRODUCT: product, QUANTITY: part.notnull().ifelse(count, ibis.null(str))}
    return flat.select(ROW, **{_beside(n): flat[n] for n in kept}, **told)


def _beside(name: str) -> str:
    """A column of the order that is called as one of the product's is."""
    return f"{name} of the order" if name.lower() in (PRODUCT, QUANTITY) else name


def _of_text(cell: ir.StringValue) -> ir.ArrayValue:
    # A comma between digits is a decimal mark; one in brackets belongs to what stands there.
    bracketed = r"([(（\[【][^)）\]】]*)[,，、;；]([^)）\]】]*[)）\]】])"
    shielded = cell.re_replace(r"(\d),(\d)", "\\1\x1e\\2").re_replace(bracketed, "\\1\x1e\\2")
    parts = shielded.re_split(_SEPARATOR).map(lambda part: part.replace("\x1e", ",").strip())
    return parts.filter(lambda part: part != "")


def _of_json(cell: ir.StringValue) -> ir.ArrayValue:
    """The products of a JSON list as texts with their number behind."""
    names = ibis.coalesce(*(_all(cell, f"$[*].{key}") for key in _NAME_KEYS), _all(cell, "$[*]"))
    counts = ibis.coalesce(*(_all(cell, f"$[*].{key}") for key in _COUNT_KEYS))
    counted = names.zip(counts).map(lambda pair: pair.f1 + " x " + ibis.coalesce(pair.f2, "1"))
    return counts.isnull().ifelse(names, counted)


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
    kept = re.sub(r"(?<=\d),(?=\d)", "", cell)
    kept = re.sub(r"[(（\[【][^)）\]】]*[)）\]】]", lambda found: _ANY.sub(" ", found[0]), kept)
    return [part for part in _ANY.split(kept) if part.strip()]


def _is_list(name: str, told: list[str], several: list[str], *, counted: bool) -> bool:
    """Whether a column lists products: by its heading, and by numbers or parts that come again.

    A comma alone may belong to the name of a thing, and to an address; a semicolon hardly does. Where a
    column counts the pieces (`counted`), a cell is one product unless it has numbers of its own.
    """
    if all(_JSON.match(cell) for cell in several):
        return True
    named = bool(
        _ITEMS.search(name.replace("_", " ")) or meant(name) & {"products.name", "products.product_id"}
    )
    parts = Counter(part.strip() for cell in told for part in _parts(cell))
    marked = [cell for cell in several if any(_MARKED.search(part) for part in _parts(cell))]
    again = sum(all(parts[p.strip()] > 1 for p in _parts(cell)) for cell in several)
    strong = sum(bool(_STRONG.search(cell)) for cell in several)
    if counted or not named:
        return len(marked) >= 0.8 * len(several) and not is_moment(name) and not is_somebody(name)
    prose = sum(len(part.split()) > _LONGEST for cell in several for part in _parts(cell)) > len(several)
    listed = len(marked) >= 0.5 * len(several) or strong >= 0.8 * len(several) or again >= 0.5 * len(several)
    return listed and not prose
