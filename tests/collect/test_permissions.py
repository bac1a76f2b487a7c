"""Permissions: what customers consented to is read from the columns that stand beside them."""

from datetime import datetime

import pytest

from shuke.collect.preview import preview
from tests.collect.desk import Cell, Desk

Row = list[Cell]

AT = ("record_id", "channel", "granted", "at")


def utc(year: int, month: int, day: int, *clock: int) -> datetime:
    """A moment as it lands: UTC, without saying so."""
    hour, minute, second = clock or (0, 0, 0)
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001


def said(desk: Desk) -> list[tuple]:
    assert {purpose for _, purpose in desk.now("consents", "record_id", "purpose")} <= {"marketing"}
    return desk.now("consents", *AT)


def test_a_shop_systems_answers_land_one_a_channel(desk: Desk) -> None:
    columns = [
        "Customer ID",
        "First Name",
        "Email",
        "Accepts Email Marketing",
        "Phone",
        "Accepts SMS Marketing",
    ]
    path = desk.write(
        "customers.csv", columns,
        [1, "Ann", "ann@example.com", "yes", "+14155550101", "no"],
        [2, "Bob", "bob@example.com", "no", "+14155550102", "yes"],
        [3, "Cy", "cy@example.com", None, None, None],
    )  # fmt: skip
    receipt = desk.take("shop", path)
    assert said(desk) == [
        ("1", "email", True, None), ("1", "sms", False, None),
        ("2", "email", False, None), ("2", "sms", True, None),
    ]  # fmt: skip
    assert receipt.rejected == 0
    assert [(name, told) for name, told in desk.now("people", "given_name", "further") if told] == []


def test_who_has_not_opted_out_has_not_opted_in(desk: Desk) -> None:
    columns = ["Id", "LastName", "Email", "HasOptedOutOfEmail", "DoNotCall"]
    rows: tuple[Row, ...] = (
        [1, "Ash", "a@example.com", "true", "false"],
        [2, "Oak", "b@example.com", "false", "true"],
    )
    desk.take("crm", desk.write("contacts.csv", columns, *rows))
    assert said(desk) == [("1", "email", False, None), ("2", "phone", False, None)]


MAILING = [
    "Email Address",
    "First Name",
    "MEMBER_RATING",
    "OPTIN_TIME",
    "OPTIN_IP",
    "CONFIRM_TIME",
    "CONFIRM_IP",
]


def test_a_mailing_list_dates_its_consents_by_their_confirmation(desk: Desk) -> None:
    row: Row = ["ann@example.com", "Ann", 4, "2023-01-02 03:04:05", "", "2023-01-02 09:10:11", "10.0.0.1"]
    asked: Row = ["bob@example.com", "Bob", 2, "2023-02-02 03:04:05", "", "", ""]
    desk.take("mail", desk.write("subscribed.csv", MAILING, row, asked))
    [(_, channel, granted, at)] = said(desk)
    assert (channel, granted, at) == ("email", True, utc(2023, 1, 2, 9, 10, 11))


def test_a_withdrawal_lands_beside_the_consent_that_it_ends(desk: Desk) -> None:
    columns = [*MAILING, "UNSUB_TIME", "UNSUB_REASON"]
    row: Row = [
        "ann@example.com",
        "Ann",
        4,
        "",
        "",
        "2023-01-02 09:10:11",
        "",
        "2024-05-06 07:08:09",
        "NORMAL",
    ]
    desk.take("mail", desk.write("unsubscribed.csv", columns, row))
    assert [(granted, at.year) for _, _, granted, at in said(desk)] == [(False, 2024), (True, 2023)]


def test_a_date_beside_an_answer_is_its_moment_and_makes_no_consent_of_a_pending_one(desk: Desk) -> None:
    columns = ["Customer ID", "Email", "Email Marketing Status", "Email Opt-in Date", "Email opt-out date"]
    path = desk.write(
        "list.csv", columns,
        [1, "a@example.com", "subscribed", "2024-01-13", ""],
        [2, "b@example.com", "pending", "2024-01-14", ""],
        [3, "c@example.com", "unsubscribed", "2024-01-15", "2024-02-16"],
        [4, "d@example.com", "never subscribed", "", ""], [5, "e@example.com", "cleaned", "2024-01-17", ""],
    )  # fmt: skip
    receipt = desk.take("mail", path)
    assert said(desk) == [
        ("1", "email", True, utc(2024, 1, 13)), ("3", "email", False, utc(2024, 2, 16)),
        ("5", "email", False, None),
    ]  # fmt: skip
    assert not desk.rejects(receipt)


def test_chinese_columns(desk: Desk) -> None:
    columns = ["客户编号", "姓名", "手机号", "是否接受短信营销", "订阅邮件", "电话勿扰", "短信退订时间"]
    path = desk.write(
        "会员.csv", columns,
        ["A1", "王芳", "13800138001", "是", "已订阅", "否", ""],
        ["A2", "李娜", "13800138002", "是", "退订", "是", "2024-03-05 10:22:00"],
        ["A3", "张伟", "13800138003", "", "未设置", "", ""],
    )  # fmt: skip
    desk.take("crm", path)
    withdrawn = utc(2024, 3, 5, 10, 22, 0)
    assert said(desk) == [
        ("A1", "email", True, None), ("A1", "sms", True, None), ("A2", "email", False, None),
        ("A2", "phone", False, None), ("A2", "sms", False, withdrawn), ("A2", "sms", True, None),
    ]  # fmt: skip


def test_an_unknown_word_is_asked_about_and_set_aside_where_nobody_is_asked(desk: Desk) -> None:
    columns = ["Customer ID", "Email", "Newsletter"]
    row: Row = [1, "a@example.com", "yes"]
    first = desk.write("one.csv", columns, row, [2, "b@example.com", "weekly"])
    [seen] = preview(desk.project, "shop", [first])
    [asked] = seen.found.ambiguities
    assert asked.column == "Newsletter" and "weekly" in asked.question.en
    assert len(asked.choices) == 4
    desk.take("shop", desk.write("two.csv", columns, row))
    later = desk.take("shop", first)
    assert [(r["column"], r["whole"]) for r in desk.rejects(later)] == [("Newsletter", False)]
    assert said(desk) == [("1", "email", True, None)]


def test_an_answer_with_an_order_was_given_when_it_was_placed(desk: Desk) -> None:
    columns = ["Order No", "Created at", "Email", "Total", "Currency", "Accepts Marketing"]
    rows: tuple[Row, ...] = (
        ["#1", "2024-01-15 10:00", "a@example.com", "20.00", "USD", "no"],
        ["#2", "2024-02-16 10:00", "a@example.com", "30.00", "USD", "yes"],
    )
    desk.take("shop", desk.write("orders.csv", columns, *rows))
    assert [(granted, at.month) for _, _, granted, at in said(desk)] == [(False, 1), (True, 2)]


def test_of_two_columns_that_contradict_one_another_the_refusal_holds(desk: Desk) -> None:
    columns = ["Customer ID", "Email", "Accepts Email Marketing", "Email opt in", "Email Opt Out"]
    rows: tuple[Row, ...] = (
        [1, "a@example.com", "yes", "yes", "true"],
        [2, "b@example.com", "yes", "no", "false"],
        [3, "c@example.com", "yes", "yes", "false"],
    )
    desk.take("shop", desk.write("list.csv", columns, *rows))
    assert [(who, granted) for who, _, granted, _ in said(desk)] == [("1", False), ("2", False), ("3", True)]


def test_the_mapping_shows_and_takes_what_a_column_says(desk: Desk) -> None:
    columns = ["Customer ID", "Email", "Club mail", "Email opt in"]
    path = desk.write(
        "list.csv", columns, [1, "a@example.com", "ja", "yes"], [2, "b@example.com", "nee", "yes"]
    )
    [seen] = preview(desk.project, "club", [path])
    assert seen.found.layout.columns["Email opt in"].to == ("marketing.email",)
    desk.means("club", {"Customer ID": "people.record_id", "Email": "identifiers.email",
                        "Club mail": "marketing.post", "Email opt in": "ignore"})  # fmt: skip
    written = desk.project.mappings / "club.toml"
    whole = '{ to = "marketing.post", words = { nee = "no", ja = "yes" } }'
    written.write_text(written.read_text().replace('"marketing.post"', whole))
    desk.take("club", path)
    assert said(desk) == [("1", "post", True, None), ("2", "post", False, None)]


def test_a_mapping_of_before_still_holds(desk: Desk) -> None:
    columns = {"Customer ID": "people.record_id", "Email": "identifiers.email", "Mails": "marketing.email"}
    desk.means("club", columns)
    written = desk.project.mappings / "club.toml"
    written.write_text(written.read_text().replace("marketing.email", "people.accepts_marketing"))
    desk.take("club", desk.write("list.csv", list(columns), [1, "a@example.com", "yes"]))
    assert said(desk) == [("1", "email", True, None)]


@pytest.mark.parametrize(
    "header",
    [
        "Email verified", "Privacy policy accepted", "Accepts WhatsApp Marketing", "Subscription plan",
        "SMS sent", "Receive SMS notifications", "Unsubscribe reason", "OPTIN_IP", "短信通知",
        "Phone", "是否同意隐私政策",
        "Marketing source", "Post code", "Email status", "Newsletter frequency",
    ],
)  # fmt: skip
def test_what_people_agree_to_otherwise_is_no_consent(desk: Desk, header: str) -> None:
    path = desk.write("list.csv", ["Customer ID", "Email", header], [1, "a@example.com", "yes"])
    [seen] = preview(desk.project, "shop", [path])
    assert not seen.found.layout.columns[header].to[0].startswith("marketing.")
