"""SQL at random, from the engine's own list of functions and from every kind of statement."""

import duckdb
from hypothesis import strategies as st

NAMES = sorted(
    {name for (name,) in duckdb.execute("select function_name from duckdb_functions()").fetchall()}
    - {"sleep_ms", "pg_sleep"}  # which only wait
)
#: $N stands for a name, $A for arguments, $Q for a query, $S for a statement, $F for a folder.
STATEMENTS = """
copy ($Q) to '$F/new.csv'
copy ($Q) to '$F/customers/part-0.parquet' (use_tmp_file false)
attach '$F/new.db'
detach memory
call $N($A)
pragma $N
pragma $N($A)
set $N = $A
reset $N
install $N
load '$F/x'
export database '$F/new'
import database '$F'
vacuum
checkpoint
begin
use memory
create table t as $Q
create view t as $Q
create macro m() as $N($A)
create persistent secret s (type s3)
insert into customers $Q
update customers set name = $N($A)
delete from customers returning *
merge into customers using ($Q) s on true when matched then delete
drop view customers
truncate customers
alter view customers rename to c
comment on view customers is 'x'
explain analyze $Q
describe $Q
summarize $Q
prepare p as $Q
execute p
$Q
""".strip().splitlines()
QUERIES = """
select $N($A)
select $N($A) from customers
select * from $N($A)
from $N($A)
from $N
select * from customers where $N($A) is null
with x as ($S) select 1
select * from ($S)
select 1 where exists ($S)
select $N($A) over () from customers
select name.$N($A) from customers
select * from customers order by $N($A)
select [$N($A) for x in [1]]
values ($N($A))
with recursive x(i) as (select 1 union $S) select * from x
select 1 union all ($S)
select * from customers, lateral (select * from $N($A))
select list_transform([1], lambda x: $N($A))
select * from '$F/manifest.json'
select * replace ($N($A) as name) from customers
select 1; $S
""".strip().splitlines()
ARGUMENTS = """

1
1, 2
'x'
'a', 'b'
*
name
null
[1, 2]
lambda x: x
{'path': '$F/log'}
'$F/log'
'$F/manifest.json'
'$F/customers/part-0.parquet'
name, '$F/new'
'select 1'
'customers'
current_date
'QueryLog', storage := 'file', storage_config := {'path': '$F/log'}
""".removesuffix("\n").splitlines()[1:]


@st.composite
def anything(draw: st.DrawFn, folder: str) -> str:
    """A statement, in which others may stand, about the files of a folder."""
    text = draw(st.sampled_from([*QUERIES, "$S"]))
    for _ in range(3):
        for mark, kinds in (("$S", STATEMENTS), ("$Q", QUERIES)):
            text = text.replace(mark, draw(st.sampled_from(kinds)), 1)
    text = text.replace("$S", "select 1").replace("$Q", "select 1")
    for mark, kinds in (("$A", ARGUMENTS), ("$N", NAMES)):
        while mark in text:
            text = text.replace(mark, draw(st.sampled_from(kinds)), 1)
    return text.replace("$F", folder)
