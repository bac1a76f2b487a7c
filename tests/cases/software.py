"""Software: what do the cases say that are no files, but ways of using Shuke?"""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
from starlette.testclient import TestClient

from shuke import app
from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.server import create_app
from shuke.settings import Settings
from tests.cases.desk import NOW, Desk, case, expect, same

BY = Actor("owner", "cli")
LINES = "order no,order date,customer id,product id,quantity,unit price\n" + "".join(
    f"{n},2026-{month:02}-05 10:00,{who},{product},1,5\n"
    for n, (who, month) in enumerate([(who, month) for who in range(4) for month in (8, 9, 10)])
    for product in ("tea", "cup", "milk" if who else "salt")
)


def shop(desk: Desk) -> Path:
    """The folder of a project with a few orders and a build of few tables."""
    folder = desk.root / "shop"
    settings = Settings(name="shop", country="GB", currency="GBP", analyses=("rfm", "baskets"))
    project = app.init(folder, settings)
    file = desk.root / "lines.csv"
    file.write_text(LINES, "utf-8")
    ingest(project, "till", [file], now=NOW)
    pipeline.build(project, now=NOW)
    return folder


def shuke(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    """What a person would type; a traceback is never right."""
    environment = os.environ | {"LC_ALL": "C.UTF-8", "COLUMNS": "200", "SHUKE_LANGUAGE": "en"}
    done = subprocess.run(
        [sys.executable, "-m", "shuke", *words], cwd=at, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    expect("Traceback" not in done.stderr, f"shuke {words[0]} ends in a traceback")
    return done


@case("case-13-xlsx-export")
def _(desk: Desk) -> None:
    folder = shop(desk)
    for query in ("'nan'::double", "'inf'::double", "[1, 2]", "interval 1 day"):
        for form in ("xlsx", "csv"):
            done = shuke("sql", f"select {query} a", "--format", form, "--output", f"q.{form}", at=folder)
            same(done.returncode, 0, f"{query} as {form}")
    odd = "select date '1899-12-31' a, date '1850-01-01' b, repeat('x', 40000) c"
    done = shuke("sql", odd, "--format", "xlsx", "--output", "q.xlsx", at=folder)
    cells = [cell.value for cell in openpyxl.load_workbook(folder / "q.xlsx").active[2]]
    same((done.returncode, cells[:2]), (0, ["1899-12-31", "1850-01-01"]), "dates before 1900")
    expect(str(cells[2]).endswith("[cut: 40000 characters]"), "nothing is said of the text that was cut")
    shuke("sql", "select 'nan'::double a, [1, 2] b", "--format", "xlsx", "--output", "q.xlsx", at=folder)
    cells = [cell.value for cell in openpyxl.load_workbook(folder / "q.xlsx").active[2]]
    same(cells, [None, "[1, 2]"], "no number and a list")


@case("case-14-project-path")
def _(desk: Desk) -> None:
    for name in ("x y", "x%20y", "a?b", "only%20here"):
        folder = desk.root / name
        same(shuke("init", str(folder), at=desk.root).returncode, 0, f"init {name}")
        same(shuke("user", "add", "boss", "--role", "admin", at=folder).returncode, 0, f"user add in {name}")
        expect((folder / "data" / "operations.db").exists(), f"{name} has no database of its own")
    same({path.name for path in desk.root.iterdir()}, {"x y", "x%20y", "a?b", "only%20here"}, "folders")


@case("case-17-tokens")
def _(desk: Desk) -> None:
    operations = desk.project.operations
    users.create_user(operations, "root", Role.ADMIN, by=BY, now=NOW)
    vic = users.create_user(operations, "vic", Role.VIEWER, by=BY, now=NOW).user
    for end in (users.disable, users.reset_password):
        plain = tokens.issue(operations, vic, TokenRequest(name="t", role=Role.VIEWER), by=BY, now=NOW)
        expect(tokens.verify(operations, plain, now=NOW) is not None, "a new token is refused")
        end(operations, vic, by=BY, now=NOW)
        users.enable(operations, vic, by=BY, now=NOW)
        expect(tokens.verify(operations, plain, now=NOW) is None, f"a token outlives {end.__name__}")


@case("case-18-api-where")
def _(desk: Desk) -> None:
    project = app.open_project(shop(desk))
    vic = users.create_user(project.operations, "vic", Role.VIEWER, by=BY, now=NOW).user
    plain = tokens.issue(project.operations, vic, TokenRequest(name="t", role=Role.VIEWER), by=BY, now=NOW)
    with TestClient(create_app(project), base_url="http://127.0.0.1") as client:
        answer = client.get(
            "/api/tables/rfm",
            params={"where": "frequency:ge:2"},
            headers={"Authorization": f"Bearer {plain}"},
        )
    same(answer.status_code, 200, "status")
    expect(all(row["frequency"] >= 2 for row in answer.json()["rows"]), "rows that do not meet the condition")


@case("case-23-thresholds")
def _(desk: Desk) -> None:
    """Names and births of before 1900 alone: the same person twice, and others who share a name."""
    given = "Ada Bea Cyril Dora Edgar Flora Georg Hilda Ivo Jonas Klara Ludwig".split()
    family = "Abend Brandt Cordes Dahlke Ehlers Focken Grewe Hansen Iversen Jessen".split()
    rows = [
        (f"{g} {f}", date(1790 + (7 * n + 3 * m) % 100, 1 + (n + m) % 12, 1 + (11 * n + 5 * m) % 28))
        for n, g in enumerate(given)
        for m, f in enumerate(family)
    ]
    twice = [*rows, *rows[::6]]
    file = desk.root / "parish.csv"
    file.write_text("name,birth date\n" + "".join(f"{name},{born}\n" for name, born in twice), "utf-8")
    ingest(desk.project, "parish", [file], now=NOW)
    made = desk.tables("identities", "reviews")
    customers = len({row["customer_id"] for row in made["identities"]})
    expect(
        len(rows) <= customers <= len(rows) + 4,
        f"{customers} customers of {len(twice)} records, {len(rows)} people",
    )
    expect(len(made["reviews"]) <= 40, f"{len(made['reviews'])} reviews")


@case("case-24-asking")
def _(desk: Desk) -> None:
    folder = shop(desk)
    plain = shuke("show", "baskets", "--ask", "support=0.006", "--format", "json", at=folder)
    same(plain.returncode, 0, "baskets with another support")
    asked = ("confidence=0.5", "antecedents=2", "false_discovery_rate=1", "min_baskets=1", "lift=0")
    words = [word for answer in asked for word in ("--ask", answer)]
    found = shuke("show", "baskets", *words, "--format", "json", at=folder)
    same(found.returncode, 0, "baskets with several antecedents")
    expect(re.search(r"cup \+ tea", found.stdout) is not None, "no rule with two things in front")


@case("case-24-odd-quotes")
def _(desk: Desk) -> None:
    file = desk.root / "quotes.csv"
    file.write_text(
        "customer id,name,remark\n"
        + "".join(f"{n},'Lee, Ann {n}','says ''hello, there'' ; {n}'\n" for n in range(1, 40)),
        "utf-8",
    )
    receipt = ingest(desk.project, "crm", [file], now=NOW)
    same((receipt.loaded, receipt.rejected), (39, 0), "loaded and rejected")
    made = {row["record_id"]: row for row in desk.table("landed_people")}
    same((made["7"]["name"], made["7"]["remark"]), ("Lee, Ann 7", "says 'hello, there' ; 7"), "customer 7")


@case("case-24-second-heading")
def _(desk: Desk) -> None:
    """A heading line that lands, a title taken for the heading, rows lost as being above it."""
    file = desk.root / "headings.csv"
    file.write_text(
        "Customers, by branch\nprinted 2026-01-05\ncustomer id,name,city\n"
        + "".join(f"{n},Ann Lee {n},Rome\n" for n in range(1, 39))
        + "customer id,name,city\n39,Bob Ray,Oslo\n",
        "utf-8",
    )
    receipt = ingest(desk.project, "crm", [file], now=NOW)
    same((receipt.loaded, receipt.rejected), (39, 0), "loaded and rejected")
    same(
        {row["record_id"] for row in desk.table("landed_people")}, {str(n) for n in range(1, 40)}, "customers"
    )
