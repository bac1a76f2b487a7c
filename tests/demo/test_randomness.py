"""Is chance the same on every machine, and fair?"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from shuke.demo import UNTIL, Dirt, randomness


@pytest.fixture
def table(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with randomness.table(tmp_path, customers=10, seed=7, dirt=Dirt(), until=UNTIL) as db:
        yield db


def test_a_throw_is_the_md5_digest_of_seed_stream_and_key(table):
    digest = hashlib.md5(b"7:home:42", usedforsecurity=False).digest()
    (thrown,) = table.execute("SELECT throw('home', 42)").fetchall()[0]
    assert thrown == int.from_bytes(digest[8:], "little")


def test_the_parts_of_a_throw_are_even_and_independent(table):
    means = table.execute(
        """
        SELECT avg(part(bits, 0)), avg(part(bits, 1)), avg(part(bits, 2)), avg(part(bits, 3)),
               avg(fine(bits, 3)),
               corr(part(bits, 0), part(bits, 1)), corr(part(bits, 3), fine(bits, 3)), max(part(bits, 0)) < 1
        FROM (SELECT throw('test', n) AS bits FROM range(20000) AS numbers(n))
        """
    ).fetchall()[0]
    assert means[:5] == pytest.approx([0.5] * 5, abs=0.01)
    assert means[5:7] == pytest.approx([0, 0], abs=0.03)
    assert means[7]


def test_picking_reaches_the_first_and_the_last(table):
    assert table.execute("SELECT pick(['a', 'b', 'c'], 0), pick(['a', 'b', 'c'], 0.9999)").fetchall() == [
        ("a", "c")
    ]


def test_money_and_yuan_keep_the_cents(table):
    assert table.execute("SELECT yuan(129905), yuan(-7), yuan(-12345)").fetchall() == [
        ("1299.05", "-0.07", "-123.45")
    ]
    (total,) = table.execute("SELECT money(123456789012345)::VARCHAR").fetchall()[0]
    assert total == "1234567890123.45"
