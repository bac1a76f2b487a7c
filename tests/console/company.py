"""A company small enough to know by heart, imported and built as companies are."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shuke import app
from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.app import Project
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.settings import Settings
from tests.landing import ANALYSES

NOW = datetime(2026, 3, 5, 4, tzinfo=UTC)
PASSWORD = "correct horse battery"
HOSTILE = "<script>alert(1)</script>"

PEOPLE = {
    "M001": ("林薇", "13812340001", "linwei@example.com", "杭州", "1988-05-01"),
    "M002": ("王芳", "13812340002", "wangfang@example.com", "上海", "1990-11-23"),
    "M003": ("Jane Smith", "13812340003", "jane@example.com", "上海", "1979-02-14"),
    "M004": (HOSTILE, "13812340004", "mallory@example.com", "北京", "1985-08-08"),
    "M005": ("陈静", "13812340005", "chenjing@example.com", "广州", "1992-01-30"),
}
GOODS = {"T1": ("Oolong tea", "68.00"), "T2": ("Tea pot", "320.00"), "T3": ("Towel", "45.50")}


def members() -> str:
    rows = [",".join((number, *told)) for number, told in PEOPLE.items()]
    return "\n".join(["会员卡号,姓名,手机号,邮箱,城市,生日", *rows, ""])


def till() -> str:
    """Orders of 14 months; M001 bought every fortnight and then stopped, the last line knows no customer."""
    header = "order_no,order_date,product_code,product_name,quantity,unit_price,会员卡号"
    return "\n".join([header, *_lines(), "A9999,2026-03-01 12:00:00,T1,Oolong tea,1,68.00,", ""])


def _lines() -> list[str]:
    first, lines = date(2025, 1, 6), []
    for fortnight in range(30):
        for place, member in enumerate(PEOPLE):
            day = first + timedelta(days=14 * fortnight + place)
            stopped = member == "M001" and fortnight > 28
            if stopped or (fortnight % (place + 1)):
                continue
            code = list(GOODS)[(fortnight + place) % 3]
            name, price = GOODS[code]
            number = f"A{fortnight:02d}{place:02d}"
            lines.append(f"{number},{day} 10:30:00,{code},{name},{place + 1},{price},{member}")
    return lines


def found(folder: Path) -> Project:
    """The company's project, nothing imported; lin may do everything, vera may look."""
    project = app.init(folder / "company", Settings(name="Lotus Home 荷居", language="en", analyses=ANALYSES))
    by = Actor("tests", "cli")
    for name, role in (("lin", Role.ADMIN), ("vera", Role.VIEWER), ("max", Role.MARKETER)):
        invited = users.create_user(project.operations, name, role, by=by, now=NOW)
        users.change_password(project.operations, invited.user, PASSWORD, by=by, now=NOW)
    return project


def fill(project: Project, folder: Path) -> Project:
    """Import both files, and build."""
    for source, text in (("members", members()), ("till", till())):
        file = folder / f"{source}.csv"
        file.write_text(text, "utf-8")
        ingest(project, source, [file], now=NOW)
    pipeline.build(project, now=NOW)
    return project
