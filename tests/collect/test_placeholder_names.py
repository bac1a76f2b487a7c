"""Nobody: whoever pays and goes is nobody, in whatever language and with or without accents."""

import ibis
import pytest

from shuke.collect.placeholder_names import numbers, unless_placeholder
from shuke.collect.values.folding import one_of


@pytest.mark.parametrize(
    "name",
    [
        "Walk-in Customer", "WALK IN", "walkin client", "Walk-ins", "Cash customer",
        "Over the counter sale", "Guest", "POS Customer", "Sundry customers", "Casual shopper",
        "General Public", "Counter Sales 3", "Laufkundschaft", "Diverse Kunden", "Barverkauf",
        "Gastkunde", "Thekenkäufer", "Thekenkaufer", "Unbekannter Kunde", "Client de passage",
        "Clients divers", "Vente au comptoir", "Client générique", "CLIENT GENERIQUE", "Invité",
        "Cliente mostrador", "Público en general", "PUBLICO GENERAL", "Venta al público",
        "Clientes varios", "Cliente Balcao", "Cliente balcão", "Cliente balca\u0303o",
        "Consumidor Final", "Cliente não identificado", "Venda à vista", "cliente avulso", "散客",
        "零售客户", "門市客戶", "门店顾客", "臨時客戶", "櫃檯顧客", "现金客户", "過路客", "非会员用户",
        "游客", "散客01", "一般客", "フリー客", "ゲストユーザー", "店頭販売", "現金客", "非会員",
        "来店客",
    ],
)  # fmt: skip
def test_whoever_pays_and_goes_is_nobody(column, name):
    assert column([name], unless_placeholder) == [None]


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee", "Johnny Cash", "Thomas Gast", "Public House Ltd", "General Electric", "José García",
        "Anne Passage", "王散", "门店建设有限公司", "個人商店", "客户成功公司", "一般社団法人",
        "Storebuyer AB", None,
    ],
)  # fmt: skip
def test_whoever_has_a_name_is_somebody(column, name):
    assert column([name], unless_placeholder) == [name]


@pytest.mark.parametrize(
    ("text", "word", "is_it"),
    [("Ｂａｌｃão!", "balcao", True), ("訂單 2", "订单", True), ("Çà", "ca", True), ("戶", "户", True),
     ("BALCÓN", "Balcón", True), ("balcon", "balcao", False), ("balcao b", "balcao", False)],
)  # fmt: skip
def test_width_script_and_accents_make_no_other_word(column, text, word, is_it):
    assert column([text], lambda t: one_of(t, [word])) == [is_it]


def _numbers(*said: tuple[str, str | None], listed: bool = False) -> list[str]:
    told = {"number": [n for n, _ in said], "name": [name for _, name in said], "email": [None] * len(said)}
    schema = ibis.schema(dict.fromkeys(told, "string"))
    return numbers(ibis.memtable(told, schema=schema), listed=listed)


def test_a_number_that_stands_for_none_is_nobodys_and_one_of_nines_where_strangers_share_it():
    strangers = [("0", "Ann"), ("0000", None), ("-1", None), ("GUEST", "Cid"), ("10", "Dee"), ("10", "Eve")]
    assert _numbers(*strangers) == ["-1", "0", "0000", "GUEST"]
    assert _numbers(("9999", "Ann"), ("9999", "Bob"), ("99999", "Cy"), ("99999", "Cy")) == ["9999"]


def test_a_list_may_begin_with_number_nought():
    assert _numbers(("0", "Ann"), ("1", "Bob"), listed=True) == []
    assert _numbers(("0", "Ann"), ("0", "Bob"), listed=True) == ["0"]
