"""What every test may ask for."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.browser_fixtures",
    "tests.engine_fixtures",
    "tests.few_tables",
    "tests.operations_fixtures",
    "tests.planned_once",
    "tests.planned_quickly",
    "tests.shared_tables",
]

# How long an example takes says more of a busy machine than of the code. CI tries the same examples
# every time, so that a red run is the doing of the change; elsewhere each run looks further.
settings.register_profile(
    "shuke", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("shuke")

# A build plans a hundred queries of many small objects, hardly any of which is garbage: looking for it
# after every few hundred took a fifth of the time.
gc.set_threshold(50_000, 20, 100)

# Spark lives for minutes here and compiles more than it repeats: without Java's second compiler, and with
# the collector of a single thread, half as much CPU goes into the same tests.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets, which lies beside the checkout where there is one."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real data sets: there is no shared/data beside this checkout")
    return SHARED_DATA


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest must not begin last: a file is one worker's, and the other would wait for it.

    The files of the acceptance come first by their name.
    """
    items.sort(key=lambda item: item.path.name != "test_pipeline.py")


def pytest_report_header() -> str:
    """Say at the top of the run whether the real sets take part."""
    found = "found" if SHARED_DATA.is_dir() else "absent, so the tests of real data are skipped"
    return f"shared data: {found}"
