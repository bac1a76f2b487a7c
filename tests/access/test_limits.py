"""Limits: who guesses has to wait; who mistypes has not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shuke.access.limits import (
    PER_ADDRESS,
    PER_NAME,
    PER_NAME_AND_ADDRESS,
    WINDOW,
    TooManyAttempts,
    admit,
    forgive,
)
from shuke.store.operations import Operations, login_attempts

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


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


def test_neither_names_nor_addresses_are_kept_and_nothing_for_long(operations: Operations):
    _try(operations, 1)
    assert "lin" not in _stored(operations)
    assert "192.0.2" not in _stored(operations)
    admit(operations, "wu", "192.0.2.2", now=NOON + WINDOW)
    assert len(_rows(operations)) == 3


def _try(operations: Operations, times: int) -> None:
    for _ in range(times):
        admit(operations, "lin", "192.0.2.1", now=NOON)


def _rows(operations: Operations) -> list[object]:
    with operations.reading() as connection:
        return list(connection.execute(select(login_attempts)))


def _stored(operations: Operations) -> str:
    return str(_rows(operations))
