"""What customers answer by SMS: a word that means no more is a no, whoever brings it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient

from shuke.actions import replies
from shuke.actions.replies import Answered
from shuke.app import Project
from shuke.channels.callback import hmac_of
from shuke.engage.opt_out import is_opt_out
from shuke.errors import Unreadable, WrongCall
from tests.channels.listening import Posts, web_server
from tests.console.conftest import serving
from tests.engage import club


@pytest.fixture
def posts() -> Iterator[Posts]:
    with web_server() as posts:
        yield posts


@pytest.fixture
def shop(tmp_path: Path, posts: Posts) -> Iterator[Project]:
    texts = {"kind": "sms", "url": posts.address, "callback_secret": "secret"}
    news = {"kind": "webhook", "url": posts.address, "callback_secret": "secret"}
    project = club.found(tmp_path / "shop", channels={"texts": texts, "news": news})
    club.members(project, 3, consents=False)
    club.consent(project, ["M000", "M001", "M002"], channel="sms")
    club.build(project)
    yield project
    project.operations.close()


@pytest.mark.parametrize(
    "text", ["STOP", "stop.", " Td ", "ＴＤ", "退订", "退订！", "【退订】", "Stop all", "R"]
)
def test_a_word_that_means_no_more_is_known_however_it_is_written(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize("text", ["", "Stop by on Monday?", "退订单了吗", "不退", "Thanks", "TDS"])
def test_other_words_end_nothing(text: str) -> None:
    assert not is_opt_out(text)


def test_who_answers_stop_gets_no_more_texts(shop: Project, posts: Posts) -> None:
    told = {"replies": [
        {"from": "+447911100000", "text": "STOP", "at": club.NOON.isoformat()},
        {"from": "447911100001", "text": "td", "at": club.NOON.isoformat()},
        {"from": "+447911100002", "text": "Lovely tea", "at": club.NOON.isoformat()},
        {"from": "+447911100099", "text": "Stop", "at": club.NOON.isoformat()},
    ]}  # fmt: skip
    body = json.dumps(told).encode()
    with TestClient(serving(shop)) as server:
        assert server.post("/api/channels/texts/replies", content=body).status_code == 403
        headers = {"X-Shuke-Signature": f"sha256={hmac_of(body, 'secret')}"}
        for _ in range(2):
            answer = server.post("/api/channels/texts/replies", content=body, headers=headers)
            assert answer.json() == {"withdrawn": 2, "unknown": 1, "other": 1}
        assert server.post("/api/channels/news/replies", content=body, headers=headers).status_code == 400
    with shop.operations.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM consent_changes").scalar() == 2
    club.run(shop, "spring", club.campaign(channel="texts"), now=club.NOON + club.LATER)
    assert [json.loads(body)["to"] for body in posts.bodies] == ["+447911100002"]
    club.build(shop, now=club.NOON + club.LATER)
    states = shop.open().table("consent_states").to_pyarrow().to_pylist()
    assert sorted(row["granted"] for row in states) == [False, False, True]


ANSWERS = "\ufeff手机号,回复内容,时间\n+447911100000,退订,2026/11/20 09:30\n,TD,\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("answers.csv", b"from,text\n07911100000,STOP\n"), ("answers.csv", ANSWERS.encode()),
        ("answers.csv", ANSWERS[1:].encode("gbk")),
        ("answers.txt", ANSWERS[1:].replace(",", "\t").encode("utf-16")),
        ("answers.json", b'{"replies": [{"from": "07911100000", "text": "STOP", "at": "2026-11-20T09:30"}]}'),
    ],
)  # fmt: skip
def test_a_file_of_answers_is_read(shop: Project, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    for _ in range(2):
        came = replies.read(shop, "texts", tmp_path / name, viewer=club.viewer())
        assert (came.withdrawn, came.unknown) == (1, 0)


def test_a_workbook_of_answers_is_read(shop: Project, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["手机号", "回复内容"], ["+447911100000", "TD"]):
        book.active.append(row)
    book.save(tmp_path / "answers.xlsx")
    came = replies.read(shop, "texts", tmp_path / "answers.xlsx", viewer=club.viewer())
    assert came == Answered(withdrawn=1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"), (b"a,b\n1,2\n", "the columns a, b"), (b"\xff\xfe", "answers.csv"),
        (b"from,text,at\n07911100000,STOP,noon\n", "row 2, column at: noon"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(shop: Project, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "answers.csv").write_bytes(content)
    with pytest.raises((WrongCall, Unreadable), match=told):
        replies.read(shop, "texts", tmp_path / "answers.csv", viewer=club.viewer())
    with shop.operations.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM consent_changes").scalar() == 0


def test_a_channel_that_takes_so_many_a_minute_gets_no_more(tmp_path: Path, posts: Posts) -> None:
    texts = {"kind": "webhook", "url": posts.address, "per_minute": 6}
    shop = club.found(tmp_path / "slow", channels={"news": texts})
    club.members(shop, 5)
    club.build(shop)
    club.run(shop, "spring", club.campaign())
    sent = [len(posts.bodies)]
    for seconds in (5, 10, 29, 30, 40):
        club.send(shop, now=club.NOON + timedelta(seconds=seconds))
        sent.append(len(posts.bodies))
    assert sent == [1, 1, 2, 3, 4, 5]
    shop.operations.close()


def test_who_tries_again_takes_another_turn(tmp_path: Path, posts: Posts) -> None:
    texts = {"kind": "webhook", "url": posts.address, "per_minute": 1}
    shop = club.found(tmp_path / "slow", channels={"news": texts})
    club.members(shop, 2)
    club.build(shop)
    posts.code = 503
    club.run(shop, "spring", club.campaign())
    posts.code = 200
    club.send(shop, now=club.NOON + timedelta(minutes=1))
    assert len(posts.bodies) == 2  # the second in its turn; the first, which failed, waits for the next
    club.send(shop, now=club.NOON + timedelta(minutes=2))
    assert len(posts.bodies) == 3
    shop.operations.close()
