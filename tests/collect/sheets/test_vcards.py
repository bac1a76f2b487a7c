from tests.collect.sheets.reading import Reader, rows

CARD_3 = """BEGIN:VCARD
VERSION:3.0
N:Li;Lei;;Mr.;
FN:Li Lei
TEL;TYPE=CELL:+86 138 0000 0001
TEL;TYPE=WORK,FAX:010-1
item1.TEL;type=HOME:010-2
EMAIL;TYPE=INTERNET:li@example.com
ADR;TYPE=HOME:;;1 Long\\, wide Road;Hangzhou;Zhejiang;310000;China
NOTE:two\\nlines\\; and a very long one that is fold
 ed
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
"""


def test_a_card_is_a_row_and_more_telephones_are_more_columns(written: Reader) -> None:
    sheet = written(CARD_3.replace("\n", "\r\n"), "book.vcf")
    [(number, *cells)] = rows(sheet)
    card = dict(zip(sheet.columns, cells, strict=True))
    assert number == 1
    assert card == {
        "family name": "Li",
        "given name": "Lei",
        "prefix": "Mr.",
        "name": "Li Lei",
        "phone": "+86 138 0000 0001",
        "fax": "010-1",
        "phone (2)": "010-2",
        "email": "li@example.com",
        "street": "1 Long, wide Road",
        "city": "Hangzhou",
        "region": "Zhejiang",
        "postal code": "310000",
        "country": "China",
        "note": "two\nlines; and a very long one that is folded",
    }


def test_version_2_1_is_decoded_by_the_charset_of_each_property(written: Reader) -> None:
    name = "".join(f"={octet:02X}" for octet in "李雷".encode("gbk"))
    content = (
        "BEGIN:VCARD\nVERSION:2.1\n"
        f"FN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:{name}\n"
        "NOTE;QUOTED-PRINTABLE:first=\nsecond\nTEL;CELL;PREF:13800000001\nEND:VCARD\n"
    )
    sheet = written(content, "book.vcf")
    assert sheet.columns == ("name", "note", "phone")
    assert rows(sheet) == [(1, "李雷", "firstsecond", "13800000001")]


def test_version_4_writes_telephones_as_addresses(written: Reader) -> None:
    content = (
        'BEGIN:VCARD\nVERSION:4.0\nFN:A\nTEL;VALUE=uri;TYPE="voice,cell":tel:+1-418-656-9254\nEND:VCARD\n'
    )
    assert rows(written(content * 2, "book.txt")) == [
        (1, "A", "+1-418-656-9254"),
        (2, "A", "+1-418-656-9254"),
    ]
