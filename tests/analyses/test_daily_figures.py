from datetime import date
from decimal import Decimal

from shuke.analyses.complaints import complaints
from shuke.analyses.daily_figures import daily_figures
from shuke.analyses.rfm import rfm
from shuke.models.lifecycle import lifecycle
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Tables

AS_OF = date(2026, 6, 30)


def test_each_day_has_what_happened_on_it_and_nothing_else(engine: Tables):
    lines = written(
        engine,
        [
            sold("anna", "2026-06-20", 100), sold("bert", "2026-06-20", 50), sold("anna", "2026-06-21", -30),
            sold(None, "2026-06-21", 10), sold("anna", None, 7), sold("anna", "2026-07-01", 99),
            sold("anna", "2023-01-01", 99),
        ],
    )  # fmt: skip
    first = engine.derived(
        rfm,
        [
            {"customer_id": "anna", "first_day": date(2026, 6, 20)},
            {"customer_id": "bert", "first_day": date(2026, 6, 20)},
        ],
    )
    status = {
        "anna": ("lost", date(2026, 6, 25)),
        "bert": ("active", date(2026, 6, 20)),
        "cleo": ("lost", None),
    }
    stands = engine.derived(
        lifecycle,
        [{"customer_id": who, "status": of, "since": since} for who, (of, since) in status.items()],
    )
    said = engine.derived(complaints, [{"complaint_id": "K1", "day": date(2026, 6, 22)}])
    made = engine.made(daily_figures, lines, first, stands, said, as_of=AS_OF)
    found = {
        (f"{row['day']:%m-%d}", row["figure"]): (row["amount"], row["number"]) for row in engine.rows(made)
    }
    assert found == {
        ("06-20", "net"): (Decimal(150), None), ("06-21", "net"): (Decimal(-20), None),
        ("06-21", "returns"): (Decimal(-30), None), ("06-20", "new_customers"): (None, 2),
        ("06-25", "lost"): (None, 1), ("06-22", "complaints"): (None, 1),
    }  # fmt: skip
