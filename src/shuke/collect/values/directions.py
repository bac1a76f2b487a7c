"""Directions: does the money of a row come in, go out, go back, or neither?"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

#: What a word must hold to mean a direction; of several the first counts.
PATTERNS: tuple[tuple[str, str], ...] = tuple((meaning, "|".join(words)) for meaning, *words in (
    # What is given back of what was kept for it is no money of a customer.
    (
        "out",
        r"(commission|fees?|charge)[ _-]?refund|refund[ _-]?(of )?(commission|fee|admin)|退还?(佣金|手续费)",
    ),
    (
        "back",
        r"^back$|refund|return|revers|charge[ _-]?back|credit[ _-]?(note|memo)|money back|退款|退货|退貨",
        r"销退|銷退|退回|红字|紅字|红冲|冲红|冲销|gutschrift|erstattung|retoure|rücksendung|storno",
        r"rückzahlung|rückbuchung|rückgabe",
        r"rembours|avoir|retour|reembols|devoluci|devoluç|nota de cr|estorno|返金|返品",
    ),
    (
        "none",
        r"^none$|不计收支|不計收支|中性|neutral|transfer|^/$|^-$|top[ _-]?up|余额宝|零钱通",
        r"umbuchung|virement interne|traspaso|transferência interna|内部转账|互转",
    ),
    (
        "out",
        r"出账|出賬|出帳|支出|付出|转出|提现|手续费|服务费|扣费|^支$|^付$|^借$|借方|debit|^dr\.?$|^d$|^out",
        r"outgoing|expense|payout|withdraw|\bfee\b|_fee$|paid out|money out|spen[dt]|ausgang",
        r"ausgabe|auszahlung|gebühr|^soll$|sortie|dépense|débit|frais|gasto|egreso|cargo|saída",
        r"despesa|débito|taxa|出金|支払|支出|(^|[^f])fees?$|commission|withheld|facilitator",
        r"佣金|扣点|provision|comisi[oó]n|comiss[aã]o|手数料",
    ),
    (
        "in",
        r"收入|收款|进账|入账|入賬|销售|銷售|消费|消費|销货|^收$|^贷$|贷方|credit|^cr\.?$|^c$|^in$",
        r"^in[ _-]|incoming|income|receipt|received|sale|charge|payment|order|invoice|purchase",
        r"paid in|money in|eingang|einnahme|einzahlung|verkauf|rechnung|^haben$|entrée|recette",
        r"^通常|^普通|^正常|^normal|^regular$|crédit|vente|facture|ingreso|venta|abono|factura|entrada|receita|crédito|venda|入金|収入",
        r"売上|^principal\b|^(item|product)[ _-]?price|^shipping|^((sales|product)[ _-]?)?tax$|^货款",
    ),
))  # fmt: skip

#: What the codes are called.
CODES = ("back", "none", "out", "in")
#: Of several deeds of one row that which leaves least of a sale is what it is.
_LEAST = ("none", "out", "back")


def direction(text: ir.StringValue) -> ir.StringValue:
    """Which way the money of a row goes; null where nobody knows the word.

    "收入" "Credit" "Sale"          "in"
    "支出" "DR" "Payout"            "out"
    "退款" "Refund" "Credit memo"   "back"
    "不计收支" "/"                   "none"
    """
    plain = text.lower().strip()
    return ibis.cases(*((plain.re_search(pattern), code) for code, pattern in PATTERNS))


def least(words: Sequence[ir.StringValue]) -> ir.StringValue:
    """Of several words for what was done, the one that leaves least of a sale; else the first that is known.

    "Order" beside "Commission"      "Commission"
    "Refund" beside "Principal"      "Refund"
    """
    read = [(word, direction(word)) for word in words]
    gone = ((way == code, word) for code in _LEAST for word, way in read)
    known = (way.notnull().ifelse(word, ibis.null(str)) for word, way in read)
    return ibis.cases(*gone, else_=ibis.coalesce(*known, *words))


def together(way: ir.StringValue, deed: ir.StringValue) -> ir.StringValue:
    """The direction of a row that says which way its money goes (收/支) and what was done (交易类型).

    What is paid out as a refund goes back to a customer; what comes in as one is money of our own.
    """
    returned = deed == "back"
    return ibis.cases(
        (way.isnull(), deed),
        (returned & (way == "out"), "back"),
        (returned & (way == "in"), "none"),
        else_=way,
    )
