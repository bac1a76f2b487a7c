"""Files of a company on their way into the landing zone, and builds."""

import re
import time
from pathlib import Path

import pytest

from shuke.app import Project
from shuke.web.uploads import name_of
from tests.console import company
from tests.console.conftest import Enter, token

ROWS = "姓名,手机号,生日\n林薇,13812340001,1988-05-01\n王芳,not a phone,1990-11-23\n"


def upload(browser, source: str, name: str, text: str):
    form = {"csrf": token(browser.get("/import").text), "source": source}
    return browser.post("/import", data=form, files={"file": (name, text.encode(), "text/csv")})


def settle(page: str, **answers: str) -> tuple[str, dict[str, str]]:
    """The form of a page that asks how columns are meant, filled in as it stands but for the answers."""
    (action,) = re.findall(r'action="(/import/[0-9a-f]{32}[^"]*)"', page)
    selects = re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page, re.S)
    chosen = {n: re.findall(r'value="([^"]*)" selected', options)[0] for n, options in selects}
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return action, chosen | hidden | answers


def test_files_are_read_shown_settled_and_landed(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    asked = upload(browser, "members", "会员.csv", company.members())
    assert asked.status_code == 200 and "会员卡号" in asked.text and "linwei@example.com" in asked.text
    assert fresh.landing.receipts() == [], "nothing is kept before it is settled"
    action, form = settle(asked.text)
    done = browser.post(action, data=form)
    (receipt,) = fresh.landing.receipts()
    assert done.url.path == f"/batches/{receipt.batch}"
    assert (receipt.read, receipt.loaded, receipt.rejected) == (5, 5, 0)
    assert (fresh.mappings / "members.toml").exists()
    assert "no longer waiting" in browser.post(action, data=form).text, (
        "the files were dropped with their import"
    )
    action, form = settle(upload(browser, "members", "会员.csv", company.members()).text)
    assert "Nothing in these files was new." in browser.post(action, data=form).text


def test_the_name_of_a_file_is_shown_to_whoever_may_see_people(fresh: Project, enter: Enter):
    browser, other = enter(fresh, "max"), enter(fresh, "vera")
    action, form = settle(upload(browser, "members", "李雷 13899990000.csv", company.members()).text)
    page = browser.post(action, data=form)
    for address in ("/batches", page.url.path):
        assert "李雷" in browser.get(address).text
        seen = other.get(address).text
        assert "李雷" not in seen and "13899990000" not in seen and "***.csv" in seen


def test_what_cannot_be_accepted_is_shown_with_its_reason_and_can_be_taken_away(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    action, form = settle(upload(browser, "desk", "desk.csv", ROWS).text)
    page = browser.post(action, data=form)
    assert "not a phone" in page.text
    taken = browser.get(f"{page.url.path}/quarantine.csv")
    assert "not a phone" in taken.text and "attachment" in taken.headers["content-disposition"]


@pytest.mark.parametrize("source", ["会员", "Kasse-Köln.2"])
def test_a_source_may_have_a_name_in_any_script(fresh: Project, enter: Enter, source: str):
    """As on the command line; the browser is asked to accept what the desk behind it does."""
    browser = enter(fresh, "max")
    (pattern,) = re.findall(r'id="source"[^>]* pattern="([^"]+)"', browser.get("/import").text)
    python = pattern.replace(r"[\p{L}\p{N}]", r"[^\W_]").replace(r"[\p{L}\p{N}_", r"[\w")
    assert re.fullmatch(python, source)
    action, form = settle(upload(browser, source, "desk.csv", ROWS).text)
    browser.post(action, data=form)
    assert [receipt.source for receipt in fresh.landing.receipts()] == [source]


@pytest.mark.parametrize("source", ["../till", "shuke", ""])
def test_a_source_must_not_be_a_path(fresh: Project, enter: Enter, source: str):
    browser = enter(fresh, "max")
    refused = upload(browser, source, "desk.csv", ROWS)
    assert refused.status_code == 400 and "cannot be the name of a source" in refused.text
    action, form = settle(upload(browser, "desk", "desk.csv", ROWS).text)
    browser.post(action, data=form | {"source": source})
    assert fresh.landing.receipts() == [] and list(fresh.root.parent.glob("*.toml")) == []


def test_another_meaning_may_be_chosen_for_a_column(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    action, form = settle(upload(browser, "desk", "desk.csv", ROWS).text)
    (field,) = [name for name, to in form.items() if to == "people.birth_date"]
    browser.post(action, data=form | {field: "ignore"})
    assert '"生日" = "ignore"' in (fresh.mappings / "desk.toml").read_text("utf-8")


def test_what_must_not_be_guessed_is_asked_until_it_is_answered(fresh: Project, enter: Enter):
    rows = "order no,date,sku,qty,unit price,phone\n" + "".join(
        f"A{day},0{day}/05/2024,T1,1,5.00,1381234000{day}\n" for day in range(1, 8)
    )
    browser = enter(fresh, "max")
    asked = upload(browser, "till", "till.csv", rows)
    ambiguities = sorted(set(re.findall(r'name="(doubt-\d+-\d+)"', asked.text)))
    assert ambiguities, "May the 5th or 5 May?"
    action, form = settle(asked.text)
    refused = browser.post(action, data=form)
    assert refused.status_code == 400 and "answer the questions" in refused.text
    assert fresh.landing.receipts() == []
    assert browser.post(action, data=form | dict.fromkeys(ambiguities, "0")).url.path.startswith("/batches/")


def test_what_the_rows_are_can_be_changed_and_is_seen_as_it_will_land(fresh: Project, enter: Enter):
    sold = "member,date,sku,qty,price\nM1,2026-01-05,T1,2,9.50\n"
    browser = enter(fresh, "max")
    action, form = settle(upload(browser, "club", "sold.csv", sold).text)
    assert form["shown-0"] == "order_items"
    asked = browser.post(action, data=form | {"kind-0": "people"})
    assert "As it will land: People and organisations" in asked.text and "M1" in asked.text
    assert not (fresh.mappings / "club.toml").exists() and fresh.landing.receipts() == []
    action, form = settle(asked.text)
    browser.post(action, data=form | {"kind-0": "people"})
    (receipt,) = fresh.landing.receipts()
    assert "people" in receipt.tables and "order_items" not in receipt.tables


def test_a_look_at_what_lands_keeps_what_was_chosen_and_needs_no_answers(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    action, form = settle(upload(browser, "desk", "desk.csv", ROWS).text)
    (field,) = [name for name, to in form.items() if to == "people.birth_date"]
    seen = browser.post(action, data=form | {field: "people.since", "look": "1"})
    assert "As it will land: People and organisations" in seen.text and "Customer since" in seen.text
    assert settle(seen.text)[1][field] == "people.since"
    assert fresh.landing.receipts() == []
    unsure = "order no,date,sku,qty,unit price,phone\nA1,03/05/2024,T1,1,5.00,13812340001\n"
    action, form = settle(upload(browser, "till", "till.csv", unsure).text)
    seen = browser.post(action, data=form | {"look": "1"})
    assert seen.status_code == 200 and "Answer the questions to see what lands." in seen.text


def test_what_another_meaning_leaves_open_is_asked_too(fresh: Project, enter: Enter):
    """A column of days that was kept aside, and is said to be one that matters: which comes first?"""
    rows = "member no,name,phone,Filed\nM1,Ann Lee,13812340001,03/05/2024\nM2,Bo Fox,13812340002,04/06/2024\n"
    browser = enter(fresh, "max")
    asked = upload(browser, "club", "club.csv", rows)
    assert "doubt-" not in asked.text
    action, form = settle(asked.text, **{"to-0-3": "people.since"})
    shown = browser.post(action, data=form)
    assert shown.status_code == 400 and "Please answer" in shown.text
    assert "whether the day or the month comes first" in shown.text and fresh.landing.receipts() == []
    action, form = settle(shown.text, **{"doubt-0-3": "1"})
    looked = browser.post(action, data=form | {"look": "1"})
    assert "5 Mar 2024" in looked.text and "6 Apr 2024" in looked.text
    assert '<option value="mdy" selected>' in looked.text
    action, form = settle(looked.text, **{"order-0-3": "mdy"})
    assert browser.post(action, data=form).url.path.startswith("/batches/")
    assert 'Filed = {to = "people.since", order = "mdy"}' in (fresh.mappings / "club.toml").read_text("utf-8")


def test_an_answer_counts_for_the_question_that_it_was_given_to(fresh: Project, enter: Enter):
    rows = "order no,date,sku,qty,unit price,phone\nA1,03/05/2024,T1,1,5.00,13812340001\n"
    browser = enter(fresh, "max")
    action, form = settle(upload(browser, "till", "till.csv", rows).text, **{"doubt-0-1": "0"})
    assert "Please answer" in browser.post(action, data=form | {"of-0-1": "00000000"}).text
    assert browser.post(action, data=form).url.path.startswith("/batches/")


@pytest.mark.parametrize(("name", "text"), [("empty.csv", ""), ("photo.png", "\x89PNG")])
def test_what_is_no_table_is_refused_in_words(fresh: Project, enter: Enter, name: str, text: str):
    answer = upload(enter(fresh, "max"), "till", name, text)
    assert answer.status_code == 400
    assert 'class="notice bad"' in answer.text and 'type="file"' in answer.text


def test_the_page_that_asks_can_be_loaded_again_in_another_language(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    asked = upload(browser, "会员", "desk.csv", ROWS)
    assert "Is this how it is meant?" in browser.get(asked.url).text
    action, form = settle(asked.text)
    looked = browser.post(action, data=form | {"look": "1"})
    (back,) = re.findall(r'name="back" value="([^"]+)"', looked.text)
    again = browser.post("/language", data={"csrf": form["csrf"], "language": "zh", "back": back})
    assert again.url.path == asked.url.path and "这样读取对吗" in again.text


def test_files_of_one_name_are_all_kept(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    form = {"csrf": token(browser.get("/import").text), "source": "desk"}
    files = [
        ("file", ("desk.csv", rows.encode(), "text/csv")) for rows in (ROWS, ROWS.replace("王芳", "李雷"))
    ]
    asked = browser.post("/import", data=form, files=files)
    assert asked.status_code == 200 and "desk.csv" in asked.text and "desk (2).csv" in asked.text


def test_what_would_land_nowhere_is_said_in_the_words_of_the_page(fresh: Project, enter: Enter):
    browser = enter(fresh, "max", language="zh-CN")
    action, form = settle(upload(browser, "desk", "letter.csv", "hello,there\nsecond,line\n").text)
    refused = browser.post(action, data=form)
    assert refused.status_code == 400 and "这些文件中没有可载入的内容" in refused.text
    assert ".toml" not in refused.text and fresh.landing.receipts() == []
    assert "列名下方没有数据行" in upload(browser, "desk", "empty.csv", "姓名,手机号\n").text


def test_an_upload_that_is_nobodys_is_gone(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    form = {"csrf": token(browser.get("/import").text), "source": "till"}
    for name in ("0" * 32, "..", "%2e%2e"):
        assert browser.post(f"/import/{name}", data=form).status_code in (400, 404, 405)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("till 3月.csv", "till 3月.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\till.csv", "till.csv"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("a\x00b.csv", "a_b.csv"),
    ],
)
def test_a_file_is_called_as_it_was_but_cannot_lie_elsewhere(sent: str, kept: str):
    assert name_of(sent) == kept


def test_a_build_runs_while_the_page_says_how_far_it_is_and_can_be_taken_back(own: Project, enter: Enter):
    browser = enter(own, "lin")
    csrf = token(browser.get("/builds").text)
    started = browser.post("/builds", data={"csrf": csrf})
    assert "Building:" in started.text and "data-look-again" in started.text
    until = time.monotonic() + 120
    while "data-look-again" in (page := browser.get("/builds").text) and time.monotonic() < until:
        time.sleep(0.2)
    assert "The build is complete." in page
    assert own.builds.current().number == 2
    browser.post("/builds/in-force", data={"csrf": csrf, "number": "1"})
    assert own.builds.current().number == 1
    assert "Build 1, as of" in browser.get("/").text


def test_a_build_that_fails_says_why_and_leaves_the_last_one(own: Project, enter: Enter, tmp_path: Path):
    (own.root / "analyses").mkdir()
    (own.root / "analyses" / "broken.py").write_text(BROKEN, "utf-8")
    browser = enter(own, "lin")
    browser.post("/builds", data={"csrf": token(browser.get("/builds").text)})
    until = time.monotonic() + 120
    while "data-look-again" in (page := browser.get("/builds").text) and time.monotonic() < until:
        time.sleep(0.2)
    assert "The build failed" in page and "nowhere" in page
    assert own.builds.current().number == 1


BROKEN = '''
"""Broken: what reads a table that is not there?"""

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(key="x", title=Text("Broken", "坏"), columns=[Column("x", Type.TEXT, Text("x", "x"))])
def broken(nowhere: ir.Table) -> ir.Table:
    """Reads nothing."""
    return nowhere
'''


def test_what_nothing_else_says_is_asked_and_how_a_column_is_written_may_be_changed(
    fresh: Project, enter: Enter
):
    rows = "order no,Wann,sku,qty,unit price,phone\n" + "".join(
        f"A{day},2024-05-0{day},T1,1,5.00,1381234000{day}\n" for day in range(1, 8)
    )
    browser = enter(fresh, "max")
    asked = upload(browser, "till", "till.csv", rows)
    (ambiguity,) = sorted(set(re.findall(r'name="(doubt-\d+-\d+)"', asked.text)))
    assert "Nothing says when this happened" in asked.text
    (decimal,) = [n for n in re.findall(r'name="(decimal-\d+-\d+)"', asked.text) if n == "decimal-0-4"]
    action, form = settle(asked.text)
    landed = browser.post(action, data=form | {ambiguity: "0", decimal: ","})
    assert landed.url.path.startswith("/batches/") and "Of 7 rows, all have a day" in landed.text
    written = (fresh.mappings / "till.toml").read_text("utf-8")
    assert 'Wann = "orders.ordered_at"' in written and 'decimal = ","' in written


def test_the_shape_of_a_file_is_asked_and_then_its_columns_are_shown(fresh: Project, enter: Enter):
    header, *rows = (
        "Date,Product,Qty,Price 2026-01-05,Tea,1,10 ,Pot,2,50 ,Cup,1,30 2026-01-06,Tea,1,10".split()
    )
    browser = enter(fresh, "max")
    asked = upload(browser, "till", "days.csv", "\n".join([header, *rows]))
    assert "belong to the filled one above" in asked.text
    action, form = settle(asked.text, **{"doubt-0-0": "0"})
    shown = browser.post(action, data=form)
    assert "carry" in (fresh.mappings / "till.toml").read_text("utf-8")
    assert "belong to the filled one above" not in shown.text and fresh.landing.receipts() == []
    action, form = settle(shown.text)
    browser.post(action, data=form)
    (receipt,) = fresh.landing.receipts()
    assert (receipt.loaded, receipt.rejected) == (4, 0)


def test_what_the_rows_are_is_asked_where_hardly_anything_says_so(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    asked = upload(browser, "goods", "list.csv", "id,name,city\n1,Tea,Rome\n2,Cup,Oslo\n")
    assert "What is each row of this file?" in asked.text
    action, form = settle(asked.text)
    assert "Please answer" in browser.post(action, data=form).text and fresh.landing.receipts() == []
    shown = browser.post(action, data=form | {"doubt-0-0": "0"})
    assert "What is each row of this file?" not in shown.text
    action, form = settle(shown.text)
    browser.post(action, data=form)
    (receipt,) = fresh.landing.receipts()
    assert receipt.tables == {"products": 2}


def test_a_batch_is_taken_back_and_stands_again_by_a_button(fresh: Project, enter: Enter):
    browser = enter(fresh, "max")
    action, form = settle(upload(browser, "members", "会员.csv", company.members()).text)
    page = browser.post(action, data=form)
    csrf = token(page.text)
    gone = browser.post(f"{page.url.path}/withdraw", data={"csrf": csrf})
    assert gone.url.path == page.url.path and "This batch is withdrawn" in gone.text
    assert [r.batch for r in fresh.landing.standing()] == ["000002-members~000001"]
    assert "000002-members~000001" in browser.get("/batches").text
    (again,) = re.findall(r'action="(/batches/[^"]+/withdraw)"', gone.text)
    back = browser.post(again, data={"csrf": csrf})
    assert back.url.path == "/batches/000002-members~000001"
    assert fresh.landing.standing()[0].batch == "000001-members"
