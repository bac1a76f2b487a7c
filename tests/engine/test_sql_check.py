"""Which SQL that somebody has written may be run?"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot.dialects.duckdb import DuckDB

from shuke.engine import sql_check
from shuke.engine.functions import FUNCTIONS, SERIES
from shuke.errors import ShukeError, UnknownTable, WrongCall
from shuke.languages import speaking
from tests.engine.statements import anything

TABLES = ("customers", "purchases")

#: What analysts write, each with what the engine makes of it before and after it was written anew.
GOOD = """
select city, count(*) from customers group by all order by 2 desc
select count(*) as n from customers where name ilike '%a%' or name like 'x!%' escape '!'
from customers
from customers select name limit 3 offset 0
with a as (select * from customers), b as (select * from a) select * from b join purchases using (customer_id)
with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select sum(n) from r
with customers as (select 1 as n) select * from customers
select *, rank() over (partition by city order by name desc nulls last) as r from customers qualify r = 1
select sum(amount) filter (where amount > 0), list(distinct product_id order by product_id) from purchases
select string_agg(product_id, ',' order by product_id), count(distinct product_id) from purchases
select date_trunc('month', ordered_at), avg(amount)::decimal(18, 2) from purchases group by 1 having true
select extract(year from ordered_at), ordered_at + interval 1 month, interval '2 days' from purchases
select case when amount > 1 then 'x' else 'y' end, if(amount > 1, 1, 2), coalesce(amount, 0) from purchases
select trim(both ' ' from name), substring(name from 1 for 2), position('n' in name) from customers
select [1, 2, 3][1:2], {'a': 1, 'b': 'x'}.a, map {'k': 1}['k'], list_transform([1, 2], lambda x: x + 1)
select [x * 2 for x in [1, 2, 3] if x > 1], unnest([1, 2])
select * exclude (name) replace (upper(city) as city) from customers
select columns('c.*') from customers
select * from purchases p left join customers c on p.customer_id = c.customer_id where c.customer_id is null
select * from customers where customer_id in (select customer_id from purchases where amount > 2)
select exists (select 1 from purchases), (select max(amount) from purchases), 1 = any([1, 2])
select * from range(3) t(i), unnest([1, 2]) u(j), generate_series(1, 2) s(k)
values (1, 'a'), (2, 'b')
select name ~ '^A', name similar to 'A.*', regexp_matches(name, 'a', 'i'), 'a' glob 'a*' from customers
select '{"a":{"b":1}}'::json -> 'a' ->> 'b', json_extract_string('{"a":1}', '$.a')
select 7 // 2, 7 / 2, 7 % 2, 2 ^ 3, 2 ** 3, 5 & 3, 5 | 3, 1 << 3, ~1, -amount, not amount > 1 from purchases
select * from customers union all by name select * from customers
(select 1) union (select 2) except select 3
select city, count(*) from customers group by grouping sets ((city), ()) order by 2, 1
select quantile_cont(amount, 0.5), percentile_cont(0.5) within group (order by amount) from purchases
select first_value(amount ignore nulls) over w, lag(amount) over w from purchases window w as (order by 1)
select sum(amount) over (order by ordered_at rows between 1 preceding and current row) from purchases
select distinct on (city) * from customers order by city, name
select try_cast('x' as int), 1e3, 1_000, 'it''s', amount::double, date '2026-01-01' from purchases
select ordered_at at time zone 'UTC', amount between 1 and 2, amount is distinct from 2 from purchases
select name.lower().upper(), name as 名字, "name" as "a ""b" from customers
select * from (select city, 1 as n from customers) pivot (sum(n) for city in ('Leeds', 'York'))
select * from (select 1 as a, 2 as b) unpivot (v for k in (a, b))
select c.*, x.m from customers c, lateral (select max(amount) as m from purchases) x
select 1 as n /* a remark */ ; -- another
select strftime(ordered_at, '%Y-%m'), date_diff('day', ordered_at, timestamp '2026-02-01') from purchases
""".strip().splitlines()

#: What asks for more than rows, and a word of the answer.
BAD = """
with x as (copy (select 1) to 'x.parquet') select 1 | COPY
select * from (copy (select 1) to 'x') | SQL
copy customers to 'x' | COPY
attach 'x.db' | ATTACH
pragma version | PRAGMA
set memory_limit = '1TB' | SET
reset memory_limit | RESET
install httpfs | INSTALL
load httpfs | LOAD
call enable_profiling() | CALL
with x as materialized (call enable_logging()) select 1 | CALL
export database 'x' | EXPORT
import database 'x' | IMPORT
create table x as select 1 | CREATE
with x as (insert into customers values (1) returning *) select * from x | INSERT
with x as (delete from customers returning *) select * from x | DELETE
update customers set name = 'x' | UPDATE
drop view customers | DROP
begin | BEGIN
use x | USE
explain analyze select 1 | EXPLAIN
describe customers | DESCRIBE
summarize customers | SUMMARIZE
select * from (describe customers) | DESCRIBE
prepare x as select 1 | PREPARE
execute x | EXECUTE
vacuum | VACUUM
select 1; select 2 | one SELECT
select 1 into x | INTO
select * from customers for update | LOCK
select $1 | PLACEHOLDER
select 1::mytype | DATA TYPE
select * from customers at (version => 1) | HISTORICAL
select * from enable_logging('QueryLog', storage := 'file', storage_config := {'path': 'x'}) | enable_logging
select * from read_csv('/etc/passwd') | read_csv
select * from '/etc/passwd' | passwd
select * from "x.parquet" | x.parquet
select * from glob('*') | glob
select * from query('select 1') | query
select * from query_table('customers') | query_table
select * from json_execute_serialized_sql('x') | json_execute_serialized_sql
select * from repeat('x', 10) | repeat
select * from customers, lateral (select * from read_text(name)) | read_text
select 1 where exists (from duckdb_secrets()) | duckdb_secrets
select * from duckdb_settings | duckdb_settings
select * from information_schema.tables | information_schema.tables
select * from pg_catalog.pg_tables | pg_catalog.pg_tables
select * from sqlite_master | sqlite_master
select * from (with pg_type as (select 1) select * from pg_type) a, pg_type b | pg_type
with a as (select * from pg_tables), pg_tables as (select 1) select * from a | pg_tables
with pg_tables as (select * from pg_tables) select * from pg_tables | pg_tables
select current_setting('allowed_directories') | current_setting
select system.main.current_setting('x') | current_setting
select "current_setting"('x') | current_setting
select x.current_setting() from (select 'a' as x) | current_setting
select list_transform([1], lambda x: current_setting('a')) | current_setting
select [current_setting(x) for x in ['a']] | current_setting
select * replace (current_setting('a') as city) from customers | current_setting
select count(*) filter (where current_setting('a') = '1') from customers | current_setting
select * from customers order by current_setting('a') | current_setting
select * from customers limit (select current_setting('a')::int) | current_setting
select sum(1) over (order by current_setting('a')) | current_setting
select * from range(length(current_setting('x'))) | current_setting
values ({'a': current_setting('x')}) | current_setting
select getenv('HOME') | getenv
select getvariable('x') | getvariable
select nextval('s') | nextval
select sleep_ms(1000) | sleep_ms
select write_log('x') | write_log
select 'unterminated | unterminated string
select 1 + | line 1
""".strip().splitlines()


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            "create table customers as select 'C1' as customer_id, 'Ann' as name, 'York' as city"
        )
        connection.execute(
            "create table purchases as select 'C1' as customer_id, timestamp '2026-01-02' as ordered_at, "
            "3::decimal(18, 2) as amount, 'TEA' as product_id"
        )
        yield connection


@pytest.mark.parametrize("text", GOOD)
def test_what_analysts_write_means_the_same_when_it_is_written_anew(text: str, engine):
    written = sql_check.query(text, TABLES)
    assert _rows(engine, written.sql) == _rows(engine, text)
    assert written.tables <= set(TABLES)
    assert not _beyond_the_list(engine, written.sql)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything("/tmp/x"))
def test_whatever_is_allowed_is_on_the_list_in_the_engines_own_eyes(text: str, engine, monkeypatch):
    monkeypatch.setattr(sql_check, "get_close_matches", lambda *names, n: [])
    with suppress(ShukeError):
        written = sql_check.query(text, TABLES)
        with suppress(duckdb.ParserException):  # what the engine cannot read it does not run either
            assert not _beyond_the_list(engine, written.sql)
            assert len(duckdb.extract_statements(written.sql)) == 1


@pytest.mark.parametrize("line", BAD)
def test_what_asks_for_more_than_rows_is_refused_by_name(line: str):
    text, _, word = line.rpartition(" | ")
    with pytest.raises(WrongCall, match=word):
        sql_check.query(text, TABLES)


def test_no_function_of_the_engine_can_be_called_that_is_not_on_the_list(engine, monkeypatch):
    monkeypatch.setattr(sql_check, "get_close_matches", lambda *names, n: [])  # takes most of the time
    every = "select distinct function_name, function_type from duckdb_functions()"
    found = {(name.lower(), kind) for name, kind in engine.sql(every).fetchall() if name.isidentifier()}
    allowed = {name for name, _ in found if _is_allowed(f"select {name}(1)")}
    assert allowed <= FUNCTIONS and {"sum", "lower", "date_trunc"} <= allowed
    after_from = {name for name, _ in found if _is_allowed(f"select * from {name}(1)")}
    assert after_from == SERIES


def test_every_function_on_the_list_is_one_of_the_engine_or_of_its_grammar(engine):
    known = {
        name.lower() for (name,) in engine.sql("select function_name from duckdb_functions()").fetchall()
    }
    of_the_grammar = {
        "coalesce", "columns", "current_timestamp", "grouping", "grouping_id", "ifnull", "percentile_cont",
        "percentile_disc", "try",
    }  # fmt: skip
    assert FUNCTIONS - known == of_the_grammar


def test_what_stands_as_a_word_cannot_end_what_is_written_around_it():
    for text in (
        "select interval '1' 'day); copy'",
        'select 1::"int; drop"',
        'select extract("a) " from now())',
    ):
        with pytest.raises(WrongCall):
            sql_check.query(text, TABLES)
    assert (
        sql_check.query("select current_user", TABLES).sql == 'SELECT "current_user"'
    )  # a column, if there is one
    assert ";" not in sql_check.query("select 1 -- ; drop\n", TABLES).sql


@pytest.mark.parametrize(
    "text",
    ["amount > 20", "name = 'x' -- a remark", "exists (select 1 from purchases)", "a in (1, 2) or b is null"],
)
def test_a_condition_is_one_expression(text: str):
    assert sql_check.condition(text, TABLES).sql


@pytest.mark.parametrize(
    "text",
    [
        "", "true) or (true", "a > 1 order by 1", "a > 1; drop table x", "true) union select 1 --", "a, b",
        "select 1", "x in (select * from read_csv('a'))", "current_setting('x') = 'y'", "\0", "a = '\ud800'",
    ],
)  # fmt: skip
def test_nothing_gets_out_of_a_condition(text: str):
    with pytest.raises(WrongCall):
        sql_check.condition(text, TABLES)


def test_what_is_deep_or_long_is_refused_in_time():
    for text in ("(" * 3000 + "1" + ")" * 3000, "not " * 3000 + "true", "[" * 500 + "]" * 500, "x" * 200_000):
        with pytest.raises(WrongCall):
            sql_check.condition(text, TABLES)


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(
        st.sampled_from([*sorted(map(str, DuckDB.Tokenizer.KEYWORDS)), *GOOD[20].split()]), max_size=12
    )
)
def test_no_text_gets_past_the_parser_but_as_a_query_or_a_refusal(words: list[str]):
    with suppress(ShukeError):
        assert sql_check.query(" ".join(["select", *words]), TABLES).sql
    with suppress(ShukeError):
        assert sql_check.condition(" ".join(words), TABLES).sql


@pytest.mark.parametrize("text", ["select |> limit json", "select function ? * from columns ? at"])
def test_where_the_parser_stumbles_the_text_is_refused(text: str):
    with pytest.raises(WrongCall):
        sql_check.query(text, TABLES)


def test_a_refusal_says_what_would_be_accepted_in_the_readers_language():
    with pytest.raises(UnknownTable, match="such as customers"):
        sql_check.query("select * from custmers", TABLES)
    with pytest.raises(WrongCall, match="such as sum"):
        sql_check.query("select summ(1)", TABLES)
    with speaking("zh"), pytest.raises(WrongCall, match="COPY 开头"):
        sql_check.query("copy x to y", TABLES)


def _is_allowed(text: str) -> bool:
    try:
        return bool(sql_check.query(text, TABLES))
    except ShukeError:
        return False


def _rows(engine: duckdb.DuckDBPyConnection, sql: str) -> list[list[Any]]:
    return [column.to_pylist() for column in engine.sql(sql).to_arrow_table().columns]


def _beyond_the_list(engine: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """What the engine's own parser finds in SQL that nobody should be able to ask."""
    serialised = json.loads(engine.execute("select json_serialize_sql(?)", [sql]).fetchall()[0][0])
    return {str(name) for name in _found(serialised.get("statements", []))}


def _found(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _found(each)
    if not isinstance(node, dict):
        return
    name = str(node.get("function_name", "")).lower()
    if name.isidentifier() and name not in FUNCTIONS:
        yield name
    if str(node.get("type", "")).endswith("_NODE") and node["type"] not in _NODES:
        yield node["type"]
    for each in node.values():
        yield from _found(each)


_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
