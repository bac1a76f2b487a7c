"""What stands in a table as a code is shown as a person says it, and what stands twice only once."""

import pytest

from shuke.languages import Language, Text, speaking
from shuke.tables import Column, Type
from shuke.views.labels import known_as, spoken, value_label


def column(name: str, **told: object) -> Column:
    return Column(name, Type.TEXT, Text(name, name), **told)  # type: ignore[arg-type]


def test_a_column_says_what_its_codes_mean_and_falls_back_on_what_all_columns_say():
    kind = column("kind", codes={"person": Text("a soul", "一人")})
    with speaking("zh"):
        assert value_label(kind, "person") == "一人"
        assert value_label(kind, "organisation") == "单位"
        assert value_label(column("colour"), "red") == "red"


def test_the_evidence_of_a_finding_is_told_in_words():
    labels = {"silent_days": Text("Days silent", "未购买天数"), "orders": Text("orders", "累计订单")}
    evidence = Column("evidence", Type.JSON, Text("Evidence", "依据"), codes=labels)
    with speaking("zh"):
        assert value_label(evidence, '{"silent_days": 74, "orders": 13}') == "未购买天数 74 · 累计订单 13"
        assert value_label(evidence, "***") == "***"


@pytest.mark.parametrize(("language", "shown"), [("en", ["reason", "note"]), ("zh", ["reason_zh", "note"])])
def test_of_a_text_in_both_languages_a_reader_sees_their_own(language: Language, shown: list[str]):
    columns = [column("reason"), column("reason_zh"), column("note")]
    with speaking(language):
        assert [c.name for c in spoken(columns)] == shown


@pytest.mark.parametrize(
    ("record", "en", "zh"),
    [
        ("C0042", "C0042", "C0042"),
        ("member_no:8732", "Membership number 8732", "会员卡号 8732"),
        ("phone~ce166fb0c288", "known by phone", "凭电话识别"),
        ("email~ce166fb0c288", "known by e-mail", "凭电子邮箱识别"),
        ("organisation:acme ltd", "known by name", "凭名称识别"),
        ("row~0b4e7a0e5f1a2c3d", "no number", "无编号"),
    ],
)
def test_who_has_no_number_in_a_source_goes_by_what_they_are_known_by(record: str, en: str, zh: str):
    told = {}
    for tongue in ("en", "zh"):
        with speaking(tongue):
            told[tongue] = known_as(record)
    assert told == {"en": en, "zh": zh}
