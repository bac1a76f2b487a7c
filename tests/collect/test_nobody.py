"""Nobody: whoever pays and goes is nobody, in whatever language and with or without accents."""

import pytest

from shuke.collect.nobody import unless_nobody
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
    assert column([name], unless_nobody) == [None]


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee", "Johnny Cash", "Thomas Gast", "Public House Ltd", "General Electric", "José García",
        "Anne Passage", "王散", "门店建设有限公司", "個人商店", "客户成功公司", "一般社団法人",
        "Storebuyer AB", None,
    ],
)  # fmt: skip
def test_whoever_has_a_name_is_somebody(column, name):
    assert column([name], unless_nobody) == [name]


@pytest.mark.parametrize(
    ("text", "word", "is_it"),
    [("Ｂａｌｃão!", "balcao", True), ("訂單 2", "订单", True), ("Çà", "ca", True), ("戶", "户", True),
     ("BALCÓN", "Balcón", True), ("balcon", "balcao", False), ("balcao b", "balcao", False)],
)  # fmt: skip
def test_width_script_and_accents_make_no_other_word(column, text, word, is_it):
    assert column([text], lambda t: one_of(t, [word])) == [is_it]
