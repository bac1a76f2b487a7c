"""Surveys: one column a question becomes one row an answer, whoever wrote the file."""

import pytest

from shuke.collect.preview import preview

IMPORTED = '{"ImportId":"%s"}'
LIKELY = "How likely are you to recommend us?"

QUALTRICS = [
    ["StartDate", "Status", "RecordedDate", "ResponseId", "RecipientEmail", "Q1_NPS", "Q2"],
    ["Start Date", "Response Type", "Recorded Date", "Response ID", "Recipient Email", LIKELY, "Why?"],
    [
        IMPORTED % name
        for name in "startDate status recordedDate _recordId recipientEmail QID1 QID2_TEXT".split()
    ],
    ["2024-07-18 08:28:09", 0, "2024-07-18 08:28:48", "R_1", "ann@example.com", 9, "Good"],
    ["2024-07-19 08:28:09", 0, "2024-07-19 08:28:48", "R_2", "bob@example.com", 3, "Slow"],
]
MONKEY = [
    [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "End Date",
        "Email Address",
        LIKELY,
        "Which do you drink?",
        None,
    ],
    [None, None, None, None, None, "Response", "Tea", "Coffee"],
    [1111, 22, "01/25/2026 10:00:00", "01/25/2026 10:05:00", "ann@example.com", 9, "Tea", None],
    [1112, 22, "01/26/2026 10:00:00", "01/26/2026 10:05:00", "bob@example.com", 4, None, "Coffee"],
]
WENJUANXING = [
    [
        "序号",
        "提交答卷时间",
        "所用时间",
        "来自IP",
        "1、您的姓名",
        "2、您的手机号",
        "3、您会推荐我们吗？",
        "4、您有什么建议？",
    ],
    [1, "2026/1/5 10:00:00", "65秒", "1.2.3.4", "张三", "13912345678", 9, "多些茶"],
    [2, "2026/1/6 10:00:00", "70秒", "1.2.3.5", "李四", "13912345679", 4, None],
]
TYPEFORM = [
    ["#", "What's your email?", LIKELY, "Why?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"],
    ["x1", "ann@example.com", 9, "Good", "2026-01-05 10:00:00", "2026-01-05 10:01:00", "f1"],
    ["x2", "bob@example.com", 4, "Bad", "2026-01-06 10:00:00", "2026-01-06 10:01:00", "f2"],
]
FORMS = [
    ["Timestamp", "Email Address", LIKELY, "What could we improve?"],
    ["2026-01-05 10:00:00", "ann@example.com", 9, "More tea"],
    ["2026-01-06 11:00:00", "bob@example.com", 4, None],
]


def answers(desk, rows):
    receipt = desk.take("survey", desk.write("spring.csv", *rows))
    return receipt, desk.now("responses", "question", "score", "answer", "at", "record_id", "survey")


@pytest.mark.parametrize(
    ("rows", "score", "text"),
    [
        pytest.param(QUALTRICS, LIKELY, ("Why?", "Good"), id="Qualtrics"),
        pytest.param(MONKEY, LIKELY, ("Which do you drink?/Tea", "Tea"), id="SurveyMonkey"),
        pytest.param(WENJUANXING, "3、您会推荐我们吗？", ("4、您有什么建议？", "多些茶"), id="问卷星"),
        pytest.param(TYPEFORM, LIKELY, ("Why?", "Good"), id="Typeform"),
        pytest.param(FORMS, LIKELY, ("What could we improve?", "More tea"), id="Google Forms"),
    ],
)
def test_each_answer_has_its_question_its_moment_and_whoever_gave_it(desk, rows, score, text):
    receipt, told = answers(desk, rows)
    assert (receipt.read, receipt.loaded, receipt.rejected) == (2, 2, 0)
    scores = [(str(row[1]), row[3] is not None) for row in told if row[0] == score]
    assert sorted(scores) == sorted([("9.0000", True), ("3.0000" if rows is QUALTRICS else "4.0000", True)])
    [found] = [row for row in told if row[0] == text[0] and row[2] == text[1]]
    assert found[3]
    assert len({row[4] for row in told}) == 2
    assert not {row[0] for row in told} & {"#", "Network ID", "Respondent ID", "序号"}
    assert {row[5] for row in told} == {"spring"}
    assert len(desk.now("people", "record_id")) == 2


def test_whoever_answers_nothing_is_counted_and_said(desk):
    receipt, told = answers(desk, [*FORMS, ["2026-01-06 12:00:00", "cid@example.com", None, None]])
    assert (receipt.read, receipt.loaded, receipt.rejected) == (3, 2, 1)
    assert [reject["row"] for reject in desk.rejects(receipt)] == [4]
    assert len(told) == 3


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(
            ["Name", "Email", "Phone", "City", "How did you hear of us?"], id="people asked one thing"
        ),
        pytest.param(["Order no", "Order date", "Product", "Quantity", "Is it a gift?"], id="order lines"),
        pytest.param(["Customer", "Q1", "Q2", "Q3", "Q4"], id="quarters"),
    ],
)
def test_what_is_no_survey_is_not_melted(desk, columns):
    row = ["1"] * len(columns)
    [seen] = preview(desk.project, "any", [desk.write("any.csv", columns, row, row)])
    assert seen.found.described.shape.survey is None
