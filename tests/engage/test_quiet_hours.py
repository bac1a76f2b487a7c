"""When somebody may be disturbed, where they live."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shuke.engage.quiet_hours import QuietHours, zones_of

NIGHT = QuietHours(begins=time(21), ends=time(8))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["Europe/London", "Asia/Shanghai", "America/Los_Angeles", "Asia/Kathmandu"])


def test_at_night_one_waits_for_the_morning_and_by_day_one_does_not() -> None:
    noon, late = datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 21, 22, tzinfo=UTC)
    assert NIGHT.wake(noon, ("Europe/London",)) == noon
    assert NIGHT.wake(late, ("Europe/London",)) == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert NIGHT.wake(noon, ("Asia/Shanghai",)) == noon  # 20:00 there
    assert NIGHT.wake(datetime(2026, 11, 21, 13, tzinfo=UTC), ("Asia/Shanghai",)) == datetime(
        2026, 11, 22, 0, tzinfo=UTC
    )


@given(moments, zones, st.times(), st.times())
def test_whenever_one_is_written_to_it_is_not_quiet(
    moment: datetime, zone: str, begins: time, ends: time
) -> None:
    quiet = QuietHours(
        begins=begins.replace(second=0, microsecond=0), ends=ends.replace(second=0, microsecond=0)
    )
    awake = quiet.wake(moment, (zone,))
    local = awake.astimezone(ZoneInfo(zone)).time()
    assert awake >= moment
    assert not quiet._is_quiet(local)


def test_a_country_with_several_zones_is_awake_when_all_of_them_are() -> None:
    coasts = ("America/New_York", "America/Los_Angeles")
    early = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)  # 8:30 in New York, 5:30 in Los Angeles
    assert NIGHT.wake(early, coasts) == datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_customers_live_in_our_zone_unless_their_country_has_others() -> None:
    assert zones_of(None, home="Europe/London") == ("Europe/London",)
    assert zones_of("GB", home="Europe/London") == ("Europe/London",)
    assert zones_of("JP", home="Europe/London") == ("Asia/Tokyo",)
    assert len(zones_of("US", home="Europe/London")) > 3
