from shuke.analyses.campaign_arms import campaign_arms
from tests.engine_fixtures import Row, Tables

COLUMNS = ("customer_id", "arm", "stratum", "contaminated")


def touch(record: str, group: str | None, at: str | None = "2026-03-01 08:00", **further) -> Row:
    return {"campaign_id": "spring", "record_id": record, "group": group, "at": at, **further}


def arms(desk: Tables, touches: list[Row], **customers: str) -> list[Row]:
    made = desk.made(
        campaign_arms, desk.landed("touches", touches), desk.identities(**customers), zone="Asia/Shanghai"
    )
    return desk.rows(made)


def test_everybody_is_in_one_arm_whatever_the_word_for_it(engine):
    words = ("Control", "对照组", " holdout ", "treated", "A", "global")
    touches = [touch(str(n), word) for n, word in enumerate(words)]
    found = arms(engine, touches, **{f"c{n}": str(n) for n in range(len(words))})
    assert [row["arm"] for row in found] == ["control"] * 3 + ["treated"] * 2 + ["global"]


def test_two_records_of_one_customer_are_in_the_arm_of_the_earlier(engine):
    touches = [
        touch("1", "treated", "2026-03-02", stratum="vip", opened_at="2026-03-02"),
        touch("2", "control", "2026-03-01 17:00", stratum="new"),
        touch("3", "treated", None), touch("4", "treated", "2026-03-03", delivered_at="2026-03-03"),
    ]  # fmt: skip
    found = arms(engine, touches, anna="1 2", bert="3 4")
    assert [tuple(row[c] for c in COLUMNS) for row in found] == [
        ("anna", "control", "new", True), ("bert", "treated", None, False),
    ]  # fmt: skip
    assert [str(row["assigned_day"]) for row in found] == ["2026-03-02", "2026-03-03"]  # in Shanghai
    assert [(row["delivered"], row["opened"], row["clicked"]) for row in found] == [
        (False, True, False), (True, False, False),
    ]  # fmt: skip


def test_a_campaign_without_control_or_a_touch_without_group_is_no_experiment(duckdb):
    touches = [touch("1", "treated"), touch("2", None), {**touch("3", "A"), "campaign_id": "autumn"}]
    assert arms(duckdb, touches, anna="1", bert="2", cleo="3") == []
    found = arms(duckdb, [*touches, touch("4", "control")], anna="1", bert="2", dora="4")
    assert [row["customer_id"] for row in found] == ["anna", "dora"]


def test_what_shuke_assigned_itself_names_the_founding_record(duckdb):
    own = {"source": "shuke"}
    touches = [touch("till:1", "treated") | own, touch("web:2", "control") | own]
    assert [row["customer_id"] for row in arms(duckdb, touches, anna="1", bert="web:2")] == ["anna", "bert"]
