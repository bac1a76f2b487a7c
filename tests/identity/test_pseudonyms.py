"""What stands for a personal value, and can it be guessed?"""

from hashlib import sha256

import ibis

from shuke.identity.pseudonyms import Pseudonym
from tests.engine_fixtures import Tables

KEY, OTHER = Pseudonym.keyed(b"one key"), Pseudonym.keyed(b"another key")


def told(desk: Tables, pseudonym: Pseudonym, *texts: str | None) -> list[str | None]:
    rows = desk.of(ibis.schema({"text": "string"}), [{"text": text} for text in texts])
    found = desk.rows(rows.mutate(digest=pseudonym(rows.text)))
    return [next(row["digest"] for row in found if row["text"] == text) for text in texts]


def test_it_is_one_keyed_digest_of_another_on_every_engine(engine):
    inside = sha256((KEY.inner + "club:王伟").encode()).hexdigest()
    assert told(engine, KEY, "club:王伟", None) == [sha256((KEY.outer + inside).encode()).hexdigest(), None]
    # A key that fills a block of the digest is what makes two digests an NMAC.
    assert len(KEY.inner) == len(KEY.outer) == sha256().block_size
    assert KEY.inner != KEY.outer


def test_without_the_key_nobody_comes_to_the_same(duckdb):
    assert told(duckdb, KEY, "club:1") == told(duckdb, KEY, "club:1")
    assert told(duckdb, KEY, "club:1") != told(duckdb, OTHER, "club:1")
    assert KEY.inner not in repr(KEY) and KEY.outer not in repr(KEY)
