"""Periods: times of every zone, there and back."""

# ruff: noqa: DTZ001 - stored times are UTC without a zone

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.errors import WrongSettings
from shuke.periods import steps, to_local, to_utc

ZONES = [
    "Asia/Shanghai", "Asia/Kolkata", "Europe/London", "America/New_York", "Australia/Lord_Howe",
    "Africa/Casablanca", "Pacific/Apia",
]  # fmt: skip

#: A column holds no fold: what it shows twice is its first showing.
MOMENTS = st.datetimes(datetime(1990, 1, 8), datetime(2045, 12, 20)).map(lambda t: t.replace(fold=0))


@pytest.fixture(scope="module")
def connection():
    return ibis.duckdb.connect()


def computed(connection, function, times: list[datetime], zone: str) -> list[datetime]:
    rows = ibis.memtable({"t": times}, schema={"t": "timestamp(6)"})
    found: list[datetime] = connection.to_pyarrow(rows.select(t=function(rows.t, zone)))["t"].to_pylist()
    return found


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=2, deadline=None)
@given(times=st.lists(MOMENTS, min_size=60, max_size=120))
def test_local_time_is_what_the_zone_database_says(connection, zone, times):
    expected = [t.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for t in times]
    assert computed(connection, to_local, times, zone) == expected


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=2, deadline=None)
@given(times=st.lists(MOMENTS, min_size=60, max_size=120))
def test_utc_is_what_the_zone_database_says_gaps_and_repeated_hours_included(connection, zone, times):
    near = [s.at + s.after + timedelta(minutes=30 * n) for s in steps(zone)[:40] for n in (-3, -1, 0, 1)]
    expected = [_utc(t, zone) for t in times + near]
    assert computed(connection, to_utc, times + near, zone) == expected


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=2, deadline=None)
@given(times=st.lists(MOMENTS, min_size=60, max_size=120))
def test_a_local_time_outside_a_gap_comes_back(connection, zone, times):
    shown = [t for t in times if _exists(t, zone)]
    assert computed(connection, to_local, computed(connection, to_utc, shown, zone), zone) == shown


def test_an_hour_shown_twice_is_its_first_showing(connection):
    twice = datetime(2024, 11, 3, 1, 30)
    assert computed(connection, to_utc, [twice], "America/New_York") == [datetime(2024, 11, 3, 5, 30)]


def test_a_zone_that_keeps_its_offset_is_one_addition():
    rows = ibis.table({"t": "timestamp"}, name="rows")
    assert "CASE" not in ibis.to_sql(rows.select(t=to_local(rows.t, "Asia/Kolkata")), dialect="duckdb")


def test_an_unknown_zone_is_a_wrong_setting():
    with pytest.raises(WrongSettings, match="Asia/Shangai"):
        steps("Asia/Shangai")


def _utc(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def _exists(local: datetime, zone: str) -> bool:
    back = _utc(local, zone).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return back.replace(tzinfo=None) == local
