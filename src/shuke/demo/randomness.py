"""Randomness: how is the demo company random, and yet the same every time?

Chance is the MD5 digest of (seed, stream, key), so that a row's fortune depends on nothing but its
key: not on the order in which rows are made, the number of threads or the version of the engine.

    throw('home', id)      64 random bits
    part(bits, 0..3)       four independent numbers in [0, 1) of one throw
    fine(bits, 0..3)       the lower digits of a part, for a second use of one that was used coarsely
    pick(list, u)          the element of a list at the share u
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from shuke.demo import goods, texts, words
from shuke.demo.dirt import Dirt
from shuke.festivals import spring_festival

#: how far back the company's records go
HISTORY = timedelta(days=1096)

_MACROS = """
CREATE MACRO throw(stream, key) AS md5_number_lower(concat(getvariable('seed'), ':', stream, ':', key));
CREATE MACRO part(bits, n) AS ((bits >> (16 * n)::UBIGINT) & 65535::UBIGINT)::DOUBLE / 65536.0::DOUBLE;
CREATE MACRO fine(bits, n) AS ((bits >> (16 * n)::UBIGINT) & 1023::UBIGINT)::DOUBLE / 1024.0::DOUBLE;
CREATE MACRO pick(list, u) AS list[1 + floor(u * len(list))::INTEGER];
CREATE MACRO dirt() AS getvariable('dirt');
CREATE MACRO words() AS getvariable('words');
CREATE MACRO history() AS getvariable('history');
CREATE MACRO last_day() AS getvariable('until');
CREATE MACRO first_day() AS getvariable('until') - history();
CREATE MACRO overlap_begins() AS first_day() + history() // 2;
CREATE MACRO overlap_ends() AS overlap_begins() + round(history() * dirt().overlap)::INTEGER;
CREATE MACRO money(cents) AS (cents::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2);
CREATE MACRO yuan(cents) AS CASE WHEN cents < 0 THEN '-' ELSE '' END
    || format('{}.{:02d}', abs(cents) // 100, abs(cents) % 100);
"""


@contextmanager
def table(
    folder: Path, *, customers: int, seed: int, dirt: Dirt, until: date
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A gaming table: an engine of our own that knows the seed, the words and the rates of dirt."""
    with (
        TemporaryDirectory(dir=folder, prefix=".making-") as aside,
        duckdb.connect(Path(aside) / "demo.duckdb", config={"memory_limit": "2500MB"}) as db,
    ):
        db.execute("SET enable_progress_bar = false")  # see engine.DuckDB
        variables = {
            "seed": seed,
            "customers": customers,
            "until": until,
            "history": HISTORY.days,
            "dirt": {knob: float(rate) for knob, rate in asdict(dirt).items()},
            "words": _words(until),
        }
        for name, value in variables.items():
            db.execute(f"SET VARIABLE {name} = $1", [value])
        db.execute(_MACROS)
        yield db


def _words(until: date) -> dict[str, object]:
    scripts = words.SCRIPTS.split()
    return {
        "surnames": words.pairs(words.SURNAMES),
        "men": words.pairs(words.GIVEN_MEN),
        "women": words.pairs(words.GIVEN_WOMEN),
        "simplified": "".join(pair[0] for pair in scripts),
        "traditional": "".join(pair[1] for pair in scripts),
        "families": words.ENGLISH_FAMILY.split(),
        "english_men": words.ENGLISH_MEN.split(),
        "english_women": words.ENGLISH_WOMEN.split(),
        "cities": words.cities(),
        "streets": words.pairs(words.STREETS),
        "prefixes": words.MOBILE_PREFIXES,
        "domains": words.MAIL_DOMAINS,
        "firm_cores": words.pairs(words.FIRM_CORES),
        "firm_trades": words.pairs(words.FIRM_TRADES),
        "competitors": words.COMPETITORS,
        "payments": words.PAYMENTS,
        "calls": texts.calls(),
        "comments": texts.comments(),
        "reviews": texts.REVIEWS,
        "shelves": goods.categories(),
        "spring_festivals": [spring_festival(year) for year in range(until.year - 3, until.year + 2)],
    }
