"""Employers: a contact and a company in one row are two records and the tie between them."""

import pytest

from shuke.collect.preview import preview

CONTACTS = ["First name", "Last name", "E-mail", "Company", "Company phone", "Company VAT"]
ROWS = (
    ["Ann", "Lee", "ann@example.org", "Acme Ltd", "+44 20 7946 0958", "GB123456789"],
    ["Bob", "Ray", "bob@example.org", "ACME Ltd", "", "GB123456789"],
    ["Cy", "Dow", "cy@example.org", "Solo", "", ""],
    ["", "", "", "Bare Inc", "+44 20 7946 0321", ""],
)


def seen(desk, columns, *rows):
    [one] = preview(desk.project, "crm", [desk.write("contacts.csv", columns, *rows)])
    return one.found


def test_both_are_recorded_and_the_tie_between_them(desk):
    receipt = desk.take("crm", desk.write("contacts.csv", CONTACTS, *ROWS))
    assert (receipt.read, receipt.loaded) == (4, 4)
    people = desk.now("people", "kind", "given_name", "organisation", "record_id")
    firms = {firm: record for kind, _, firm, record in people if kind == "organisation"}
    assert set(firms) == {"Acme Ltd", "Bare Inc"}  # of Solo nothing but its name is known
    assert [(given, firm) for kind, given, firm, _ in people if kind is None and given] == [
        ("Ann", "Acme Ltd"), ("Bob", "ACME Ltd"), ("Cy", "Solo"),
    ]  # fmt: skip
    who = {record: given for _, given, _, record in people}
    ties = desk.now("relations", "record_id", "kind", "other_record_id")
    assert {(who[a], kind, b) for a, kind, b in ties} == {
        (n, "employer", firms["Acme Ltd"]) for n in ("Ann", "Bob")
    }
    known = desk.now("identifiers", "record_id", "kind", "value")
    assert {value for record, _, value in known if record == firms["Acme Ltd"]} == {
        "+44 20 7946 0958",
        "GB123456789",
    }
    assert {who[record] for record, kind, _ in known if kind == "email"} == {"Ann", "Bob", "Cy"}
    again = desk.take("crm", desk.write("contacts again.csv", CONTACTS, *ROWS))
    assert (again.loaded, again.unchanged) == (0, 4)


@pytest.mark.parametrize(
    ("columns", "own"),
    [
        (["联系人", "手机", "公司", "税号"], {"税号": "tax number"}),
        (["姓名", "手机", "公司名称", "公司电话", "公司地址"], {"公司电话": "手机", "公司地址": "address"}),
        (["Vorname", "Nachname", "Firma", "Firmentelefon", "USt-IdNr"],
         {"Firmentelefon": "phone", "USt-IdNr": "tax number"}),
        (["Prénom", "Nom", "Société", "Téléphone de la société"], {"Téléphone de la société": "phone"}),
        (["Nombre", "Apellidos", "Empresa", "Dirección de la empresa"],
         {"Dirección de la empresa": "address"}),
        (["Nome", "E-mail", "Empresa", "Telefone da empresa"], {"Telefone da empresa": "phone"}),
        (["氏名", "会社名", "会社電話番号"], {"会社電話番号": "phone"}),
        (["Contact ID", "Full name", "Company", "Company ID"], {"Company ID": "Contact ID"}),
        (["Full name", "Company name", "Company domain"], {"Company domain": "domain"}),
    ],
)  # fmt: skip
def test_what_a_company_has_of_its_own_is_known_in_every_language(desk, columns, own):
    cells = [["1", "2", "3", "4", "5"][: len(columns)], ["6", "7", "8", "9", "0"][: len(columns)]]
    assert dict(seen(desk, columns, *cells).described.shape.employer.columns) == own


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param(["First name", "Last name", "E-mail", "Company", "Job title"], id="nothing but a name"),
        pytest.param(["Customer ID", "Company", "Contact", "VAT number"], id="the company is the customer"),
        pytest.param(["Company", "Company phone", "VAT number"], id="companies alone"),
        pytest.param(["Order no", "First name", "Company", "Company VAT", "Total"], id="orders"),
    ],
)
def test_elsewhere_a_company_is_an_attribute(desk, columns):
    cells = [["1", "2", "3", "4", "5"][: len(columns)], ["6", "7", "8", "9", "0"][: len(columns)]]
    assert seen(desk, columns, *cells).described.shape.employer is None
