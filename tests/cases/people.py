"""People: whom do the cases of who is who join, and whom do they keep apart?"""

from collections import Counter

from shuke.collect.ingestion import ingest
from tests.cases.desk import NOW, Desk, apart, case, same


@case("case-06-identity")
def _(desk: Desk) -> None:
    desk.imports("case-06-identity.csv")
    groups = ("twins20 twins21", "junior0 junior1", "junior20 junior21", "junior30 junior31",
              "recycled0 recycled1", "initial1 initial2", "noreply0 noreply2")  # fmt: skip
    apart(desk, [group.split() for group in groups])
    whose = desk.groups()
    for group in ("apost0 apost1 apost2", "nfd0 nfd1 nfd2", "order0 order1 order2", "emailcase0 emailcase1"):
        same(len({whose[one] for one in group.split()}), 1, group)


@case("case-19-numbered-emails")
def _(desk: Desk) -> None:
    desk.at("CN", "CNY")
    desk.imports("case-19-numbered-emails.csv")
    apart(desk, [(str(n), str(n + 1)) for n in range(1, 11, 2)])


@case("case-20-colleagues")
def _(desk: Desk) -> None:
    receipt = desk.imports("case-20-colleagues.csv")
    same((receipt.loaded, receipt.unchanged), (3, 0), "loaded and unchanged")
    same({row["name"] for row in desk.table("customers")}, {"Ann Lee", "Bob Ray", "Carl Fox"}, "customers")


@case("case-20-one-phone-one-mailbox")
def _(desk: Desk) -> None:
    """What the note says beside its file: who shares a phone or a mailbox, and rows that are alike."""
    file = desk.root / "shared.csv"
    file.write_text(
        "first name,last name,company,phone,email\n"
        "Ann,Lee,Acme Ltd,020 7946 0101,info@acme.example\n"
        "Bob,Ray,Acme Ltd,020 7946 0101,info@acme.example\n"
        "Cy,Dee,Acme Ltd,020 7946 0102,info@acme.example\n"
        "Di,Fox,Beta Ltd,020 7946 0103,di@beta.example\n"
        "Di,Fox,Beta Ltd,020 7946 0103,di@beta.example\n",
        "utf-8",
    )
    receipt = ingest(desk.project, "crm", [file], now=NOW)
    same((receipt.loaded, receipt.unchanged), (5, 0), "loaded and unchanged")
    names = Counter(row["name"] for row in desk.table("customers"))
    same({name for name in names if name != "Di Fox"}, {"Ann Lee", "Bob Ray", "Cy Dee"}, "customers")


@case("case-21-two-firms-one-phone")
def _(desk: Desk) -> None:
    desk.at("US", "USD")
    desk.imports("case-21-two-firms-one-phone.csv")
    apart(desk, [("1", "2")])
