import pytest

from shuke.collect.sandbox.number_formats import plain, shown_by

ACCOUNTING = r'_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)'
TELEPHONE = "[<=9999999]###-####;(###) ###-####"


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("00000", 42.0, "00042"),
        ("000000_ ", 42, "000042"),
        ("000000", 1234567, "1234567"),
        ('"VIP"0000', 42, "VIP0042"),
        ('"No."0', 4, "No.4"),
        ("000-00-0000", 123, "000-00-0123"),
        ('"A"00"B"00', 123, "A01B23"),
        (TELEPHONE, 7700900123, "(770) 090-0123"),
        (TELEPHONE, 5551234, "555-1234"),
        ("0%", 0.15, "15%"),
        ("0%", 0.153, "15.3%"),
        ("0.00%;[Red]-0.00%", -0.05, "-5%"),
        (ACCOUNTING, -12.5, "-$12.5"),
        (ACCOUNTING, 0, "$0"),
        ('#,##0.00 "€"', 1234.5, "1234.5 €"),
        (r"#,##0.00\ [$€-407]", 1234.5, "1234.5 €"),
        ('"RMB "#,##0', 12, "RMB 12"),
        ("[$USD] #,##0", 12, "USD 12"),
        ("[$¥-804]#,##0.00", 5, "CNY 5"),
        ("[$¥-411]#,##0", 5, "JPY 5"),
        ("[$$-1009]#,##0", 5, "CAD 5"),
        ("[$-804]aaaa", 45000, "2023-03-15"),
        ('[=1]"男";[=0]"女";General', 0, "女"),
    ],
)
def test_what_a_format_adds_to_a_number_is_shown(code: str, value: float, shown: str) -> None:
    show = shown_by(code)
    assert show is not None
    assert show(value) == shown


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "#,##0.00", "0.00E+00", "# ?/?", "@", "(0)", "#,##0_);[Red](#,##0)",
        "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "[h]:mm:ss", "mm:ss.0", "[$-F800]dddd, mmmm dd, yyyy",
        '0"件"', '0.0"kg"', 'G/通用格式"人"', '0!.0,"万"',
    ],
)  # fmt: skip
def test_a_format_that_adds_nothing_says_so(code: str) -> None:
    assert shown_by(code) is None


@pytest.mark.parametrize(("code", "value"), [("00000", 42.5), ("00000", -42), ("00", 1e15)])
def test_a_number_that_cannot_be_a_code_stays_as_it_is(code: str, value: float) -> None:
    show = shown_by(code)
    assert show is not None
    assert show(value) is None


def test_a_number_keeps_the_digits_that_a_workbook_keeps() -> None:
    assert [plain(v) for v in (17850.0, 0.00001, 6e17)] == ["17850", "0.00001", "6E+17"]
