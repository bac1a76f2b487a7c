"""SQL check: which SQL written by users may run?

query("select count(*) from customers", tables)     Asked('SELECT count(*) FROM "customers"', {"customers"})
condition("amount > 20", tables)                    Asked('"amount" > 20', {})

A text is read into a tree, every part of which must stand on a white list: node, function, table and type.
What is run is written anew from that tree, so that the engine reads what was checked and nothing else.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import TokenType

from shuke.engine.functions import FUNCTIONS, SERIES
from shuke.engine.grammar import NODES, TYPES
from shuke.errors import UnknownTable, WrongCall
from shuke.languages import N_
from shuke.tables import renamed
from shuke.text.sql_text import STUMBLES, TOO_DEEP, TOO_ODD, parsed


@dataclass(frozen=True)
class CheckedSql:
    """SQL that may be run, and the tables that it reads."""

    sql: str
    tables: frozenset[str]


def query(text: str, tables: Collection[str]) -> CheckedSql:
    """One SELECT over `tables`; raises `WrongCall`, or `UnknownTable` for any other table."""
    trees = parsed(text, _Dialect(), lambda reader, tokens: reader.parse(tokens, text))
    found = [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]
    if len(found) != 1 or not isinstance(found[0], (exp.Query, exp.Values)):
        raise WrongCall(N_("Only one SELECT statement can be run here."))
    return _written(found[0], tables)


def condition(text: str, tables: Collection[str]) -> CheckedSql:
    """One boolean expression about a row; subqueries may read `tables`."""
    trees = parsed(text, _Dialect(), lambda reader, tokens: reader.parse_into(exp.Condition, tokens, text))
    if len(trees) != 1 or not isinstance(trees[0], exp.Expr):
        raise WrongCall(N_("A condition is one expression, such as amount > 20."))
    return _written(trees[0], tables)


def _written(tree: exp.Expr, tables: Collection[str]) -> CheckedSql:
    read = frozenset(name for node in tree.walk() if (name := _check(node, tables)))
    try:
        sql = tree.sql(
            _Dialect, identify=True, comments=False, normalize_functions=False,
            unsupported_level=ErrorLevel.RAISE,
        )  # fmt: skip
    except RecursionError:
        raise WrongCall(TOO_DEEP) from None
    except STUMBLES:
        raise WrongCall(TOO_ODD) from None
    return CheckedSql(sql, read)


class _Parser(DuckDBParser):
    """Of DuckDB's SQL what asks and nothing that acts; a function is what it is called, and stays so."""

    STATEMENT_PARSERS = {  # noqa: RUF012 - the parser's own way
        TokenType.SEMICOLON: DuckDBParser.STATEMENT_PARSERS[TokenType.SEMICOLON],
    }
    FUNCTIONS = {  # noqa: RUF012 - those that take words of their own, such as IGNORE NULLS
        name: DuckDBParser.FUNCTIONS[name]
        for name in (
            "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "LAG", "LEAD", "PERCENTILE_CONT", "PERCENTILE_DISC",
        )
    }  # fmt: skip
    FUNCTION_PARSERS = {  # noqa: RUF012 - those that are written with words between what they take
        name: DuckDBParser.FUNCTION_PARSERS[name]
        for name in ("CAST", "TRY_CAST", "EXTRACT", "OVERLAY", "POSITION", "SUBSTRING", "TRIM")
    }
    NO_PAREN_FUNCTIONS = {  # noqa: RUF012
        kind: DuckDBParser.NO_PAREN_FUNCTIONS[kind]
        for kind in (TokenType.CURRENT_DATE, TokenType.CURRENT_TIMESTAMP)
    }
    NO_PAREN_FUNCTION_PARSERS = {  # noqa: RUF012
        name: DuckDBParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("ANY", "CASE", "MAP")
    }

    def _parse_statement(self) -> exp.Expr | None:
        if self._curr and self._curr.token_type not in _BEGINNINGS:
            word = self._curr.text.upper()
            raise WrongCall(
                N_("SQL here asks and changes nothing: a query begins with {words}, not with {word}."),
                words="SELECT, WITH, FROM, VALUES", word=word if word.isalpha() else repr(word[:20]),
            )  # fmt: skip
        return super()._parse_statement()


_BEGINNINGS = frozenset(
    {
        TokenType.SELECT,
        TokenType.WITH,
        TokenType.FROM,
        TokenType.VALUES,
        TokenType.L_PAREN,
        TokenType.SEMICOLON,
    }
)


class _Dialect(DuckDB):
    Parser = _Parser

    def to_json_path(self, path: exp.Expr | None) -> exp.Expr | None:
        """As it is written: the engine reads paths itself."""
        return path


def _check(node: exp.Expr, tables: Collection[str]) -> str | None:
    """Refuse a node that is not on the white list; the name of the table that it reads, if it does."""
    if type(node) not in NODES or not all(_is_plain(node, value) for value in node.args.values()):
        _refuse(node)
    if isinstance(node, exp.DataType) and node.this not in TYPES:
        _refuse(node)
    if isinstance(node, exp.Anonymous):
        _check_function(node)
    return _table(node, tables) if isinstance(node, exp.Table) else None


def _is_plain(node: exp.Expr, value: Any) -> bool:
    """Whether what is written as it stands, rather than as a text or a name, is words and numbers."""
    if not isinstance(value, str) or isinstance(node, exp.Identifier):
        return True
    return (isinstance(node, exp.Literal) and node.is_string) or bool(_WORDS.fullmatch(value))


_WORDS = re.compile(r"[\w .+-]*")


def _check_function(call: exp.Anonymous) -> None:
    name = call.name.lower()
    allowed = SERIES if isinstance(call.parent, exp.Table) else FUNCTIONS
    if isinstance(call.this, str) and name in allowed:
        return
    close = get_close_matches(name, sorted(allowed), n=3) or ["sum", "lower", "date_trunc"]
    raise WrongCall(
        N_("Function {name} cannot be called in SQL here. docs/sql.md lists those that can, such as {some}."),
        name=name[:50], some=", ".join(close),
    )  # fmt: skip


def _table(table: exp.Table, tables: Collection[str]) -> str | None:
    """The table of the build that is meant; none where it is a named part of the query, or a series."""
    if isinstance(table.this, exp.Anonymous):
        return None
    name, plain = table.name, not (table.db or table.catalog)
    if plain and _is_part(table, name):
        return None
    known = {each.lower(): each for each in tables}
    for each in (name.lower(), renamed.table(name.lower())) if plain else ():
        if each in known:
            return known[each]
    close = get_close_matches(name.lower(), sorted(known), n=3) or sorted(known)[:3]
    raise UnknownTable(
        N_("SQL cannot read {name} here, only the tables that `shuke show` lists, such as {some}."),
        name=".".join(part.name for part in table.parts)[:80], some=", ".join(close),
    )  # fmt: skip


def _is_part(table: exp.Table, name: str) -> bool:
    """Whether a name is one that WITH gives, seen from where the table stands."""
    inside: exp.Expr = table
    above = table.parent
    while above is not None:
        parts = above if isinstance(above, exp.With) else above.args.get("with_")
        if parts is not None and parts is not inside:
            # One part sees those before it, and itself where it may; the query sees them all.
            place = next((i for i, part in enumerate(parts.expressions) if part is inside), None)
            seen = parts.expressions[: None if place is None else place + bool(parts.args.get("recursive"))]
            if any(part.alias.lower() == name.lower() for part in seen):
                return True
        inside, above = above, above.parent
    return False


def _refuse(node: exp.Expr) -> NoReturn:
    raise WrongCall(
        N_("{what} cannot be used in SQL here, which asks in SELECT and changes nothing."),
        what=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper(),
    )
