"""Limits: who guesses has to wait; who mistypes has not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from shuke.access import limits
from shuke.access.limits import (
    PER_ADDRESS,
    PER_NAME,
    PER_NAME_AND_ADDRESS,
    WINDOW,
    Attempt,
    TooManyAttempts,
    forgive,
)
from shuke.store.operations import Operations, login_attempts

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
admit = partial(limits.admit, key=b"the project's")


def test_the_sixth_attempt_has_to_wait_and_is_told_how_long(operations: Operations):
    _try(operations, PER_NAME_AND_ADDRESS)
    with pytest.raises(TooManyAttempts, match="in 10 min") as refused:
        admit(operations, "lin", "192.0.2.1", now=NOON + timedelta(minutes=5))
    assert refused.value.again == NOON + WINDOW


def test_the_door_opens_again_after_the_window_though_one_kept_knocking(operations: Operations):
    _try(operations, PER_NAME_AND_ADDRESS)
    with pytest.raises(TooManyAttempts):
        admit(operations, "lin", "192.0.2.1", now=NOON + WINDOW - timedelta(seconds=1))
    admit(operations, "lin", "192.0.2.1", now=NOON + WINDOW)


def test_another_name_and_another_address_are_still_admitted(operations: Operations):
    _try(operations, PER_NAME_AND_ADDRESS)
    admit(operations, "wu", "192.0.2.1", now=NOON)
    admit(operations, "lin", "192.0.2.2", now=NOON)


def test_an_address_that_works_through_names_has_to_wait(operations: Operations):
    for number in range(PER_ADDRESS):
        admit(operations, f"name{number}", "192.0.2.1", now=NOON)
    with pytest.raises(TooManyAttempts):
        admit(operations, "one more", "192.0.2.1", now=NOON)


def test_a_name_tried_from_everywhere_has_to_wait(operations: Operations):
    for number in range(PER_NAME):
        admit(operations, "lin", f"192.0.2.{number}", now=NOON)
    with pytest.raises(TooManyAttempts):
        admit(operations, "lin", "198.51.100.1", now=NOON)


def test_one_address_that_keeps_knocking_shuts_nobody_else_out(operations: Operations):
    _try(operations, PER_NAME_AND_ADDRESS)
    for _ in range(PER_NAME):
        with pytest.raises(TooManyAttempts):
            admit(operations, "lin", "192.0.2.1", now=NOON)
    admit(operations, "lin", "192.0.2.2", now=NOON)
    admit(operations, "wu", "192.0.2.1", now=NOON)


def test_neighbours_in_an_ipv6_network_are_one_address(operations: Operations):
    for number in range(PER_NAME_AND_ADDRESS):
        admit(operations, "lin", f"2001:db8::{number:x}", now=NOON)
    with pytest.raises(TooManyAttempts):
        admit(operations, "lin", "2001:db8::ffff", now=NOON)
    admit(operations, "lin", "2001:db8:0:1::1", now=NOON)


def test_two_who_come_by_an_older_address_to_a_socket_for_both_kinds_are_two(operations: Operations):
    for number in range(PER_ADDRESS):
        admit(operations, f"name{number}", "::ffff:192.0.2.1", now=NOON)
    with pytest.raises(TooManyAttempts):
        admit(operations, "lin", "192.0.2.1", now=NOON)
    admit(operations, "lin", "::ffff:192.0.2.2", now=NOON)


def test_who_comes_in_is_forgiven(operations: Operations):
    for _ in range(2 * PER_ADDRESS):
        forgive(operations, admit(operations, "lin", "192.0.2.1", now=NOON))
    _try(operations, PER_NAME_AND_ADDRESS)


def test_who_comes_in_does_not_wash_an_address_clean(operations: Operations):
    for number in range(PER_ADDRESS - 1):
        admit(operations, f"name{number}", "192.0.2.1", now=NOON)
    forgive(operations, admit(operations, "lin", "192.0.2.1", now=NOON))
    admit(operations, "wu", "192.0.2.1", now=NOON)
    with pytest.raises(TooManyAttempts):
        admit(operations, "lin", "192.0.2.1", now=NOON)


def test_attempts_at_once_are_counted_one_by_one(operations: Operations):
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(admit, operations, "lin", "192.0.2.1", now=NOON) for _ in range(16)]
    refused = [isinstance(done.exception(), TooManyAttempts) for done in tries]
    assert refused.count(False) == PER_NAME_AND_ADDRESS


def test_what_counted_in_a_window_that_is_over_takes_nothing_from_the_next(operations: Operations):
    slow = [admit(operations, f"name{n}", "192.0.2.1", now=NOON) for n in range(3)]
    for number in range(PER_ADDRESS):
        admit(operations, f"name{number}", "192.0.2.1", now=NOON + WINDOW)
    for attempt in slow:
        forgive(operations, attempt)
    with pytest.raises(TooManyAttempts):
        admit(operations, "one more", "192.0.2.1", now=NOON + WINDOW)


#: Somebody sets out, so many minutes later; or one of those who have is let in, or is not.
NAMES, ADDRESSES = ("lin", "wu"), ("192.0.2.1", "192.0.2.2", "2001:db8::1")
SETS_OUT = st.tuples(st.sampled_from(NAMES), st.sampled_from(ADDRESSES), st.sampled_from((0, 0, 0, 4)))
ARRIVES = st.tuples(st.integers(0, 9), st.booleans())


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(SETS_OUT | ARRIVES, max_size=40))
def test_in_every_order_of_right_and_wrong_tries_each_is_refused_that_is_one_too_many_and_no_other(
    operations: Operations, few_are_many: dict[str, int], steps: list[tuple[str, str, int] | tuple[int, bool]]
):
    with operations.writing() as connection:
        connection.execute(delete(login_attempts))
    tally, on_the_way, now = Tally(few_are_many), list[tuple[Attempt, dict[Bucket, datetime]]](), NOON
    for step in steps:
        if len(step) == 3:
            name, address, minutes = step
            now += timedelta(minutes=minutes)
            counted = tally.sets_out(name, address, now)
            try:
                attempt = admit(operations, name, address, now=now)
            except TooManyAttempts:
                assert counted is None
            else:
                assert counted is not None
                on_the_way.append((attempt, counted))
        elif on_the_way:
            attempt, counted = on_the_way.pop(step[0] % len(on_the_way))
            if step[1]:
                forgive(operations, attempt)
                tally.lets_in(counted)


Bucket = tuple[str, ...]


class Tally:
    """What should be: in each bucket, as long as its window lasts, those who were wrong or are on the way."""

    def __init__(self, most: dict[str, int]) -> None:
        self.most, self.count, self.until = most, dict[Bucket, int](), dict[Bucket, datetime]()

    def sets_out(self, name: str, address: str, now: datetime) -> dict[Bucket, datetime] | None:
        """The windows in which it counts; none where it is one too many."""
        buckets: dict[Bucket, str] = {
            ("name", name): "PER_NAME",
            ("address", address): "PER_ADDRESS",
            ("both", name, address): "PER_NAME_AND_ADDRESS",
        }
        lasting = {b for b in buckets if b in self.until and now < self.until[b]}
        if any(self.count[b] >= self.most[buckets[b]] for b in lasting):
            return None
        for bucket in buckets:
            self.count[bucket] = 1 + (self.count[bucket] if bucket in lasting else 0)
            self.until[bucket] = self.until[bucket] if bucket in lasting else now + WINDOW
        return {bucket: self.until[bucket] for bucket in buckets}

    def lets_in(self, counted: dict[Bucket, datetime]) -> None:
        for bucket, until in counted.items():
            if self.until.get(bucket) == until:
                self.count[bucket] -= 1
                if bucket[0] == "both":
                    del self.count[bucket], self.until[bucket]


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Lower limits, which a short story reaches."""
    few = {"PER_NAME_AND_ADDRESS": 2, "PER_ADDRESS": 3, "PER_NAME": 4}
    for name, limit in few.items():
        monkeypatch.setattr(limits, name, limit)
    return few


def test_neither_names_nor_addresses_are_kept_and_nothing_for_long(operations: Operations):
    _try(operations, 1)
    assert "lin" not in _stored(operations)
    assert "192.0.2" not in _stored(operations)
    admit(operations, "wu", "192.0.2.2", now=NOON + WINDOW)
    assert len(_rows(operations)) == 3


def test_whoever_has_the_database_alone_cannot_try_out_what_was_typed(operations: Operations):
    """Of two projects, to which the same came from the same place, no row is the same."""
    for key in (b"the project's", b"another's"):
        limits.admit(operations, "a password in the wrong field", "192.0.2.1", key=key, now=NOON)
    assert len(_rows(operations)) == 6


def _try(operations: Operations, times: int) -> None:
    for _ in range(times):
        admit(operations, "lin", "192.0.2.1", now=NOON)


def _rows(operations: Operations) -> list[object]:
    with operations.reading() as connection:
        return list(connection.execute(select(login_attempts)))


def _stored(operations: Operations) -> str:
    return str(_rows(operations))
