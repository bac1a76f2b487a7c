"""Statuses: what became of an order or a line whose status says so?"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from shuke.tables import Type

#: What a word must hold to mean a state; of several the first counts.
PATTERNS: tuple[tuple[str, str], ...] = tuple((meaning, "|".join(words)) for meaning, *words in (
    # No refund after all, though it is spoken of; and what waits for the shop, not for the money.
    (
        "completed",
        r"(refund|return)s?[ _-]*(was |is )?(rejected|declined|denied|closed|failed|withdrawn|cancel+ed)",
        r"(rejected|declined|denied|no|not|never)[ _-]*(refund|return)",
        r"^(无|無|未|没有|沒有)[^,，]*退[款货貨]|没有申请退|未申请退",
        r"退[款货貨](申请)?(已)?(关闭|關閉|失败|失敗|取消|撤销|拒绝)|(拒绝|撤销|取消)退[款货貨]",
        r"^(无|無|未|没有|沒有)(申请|申請)?售[后後]|售[后後](已)?(关闭|關閉|失败|失敗|取消|撤销|撤銷|拒绝|拒絕)",
        r"未取消|not cancel+ed",
        r"(await|wait|pending)[a-z]*[ _-]*(for )?(fulfil|ship|pick|deliv|dispatch|collect|stock|seller)",
    ),
    (
        "partially_refunded",
        r"part(ial|ially|ly)?[ _-]*(refund|return|revers)|refund(ed)?[ _-]*part|部分退",
        r"已退款?[（(]?[ ]*[¥￥$€£0-9]|teilweise (erstattet|zurück|rück)|teil(rück)?erstatt",
        r"partiellement rembours|remboursement partiel|remboursée? partiellement",
        r"parcialmente (reembols|devuel|devolv|estorn)",
        r"(reembolso|estorno|devolução|devolución) parcial|一部返[金品]",
    ),
    # Asked for, and not yet done.
    (
        "completed",
        r"(refund|return)[ _-]*(request|pending|process|in progress|initiated|review)",
        r"(pending|awaiting|requested)[ _-]*(refund|return)|(申请|等待|待|处理)[^,，]*退[款货貨]",
        r"退[款货貨](申请|待|处理|审核|中)|rückgabe angefragt|remboursement (demandé|en cours)",
    ),
    (
        "refunded",
        r"refund|charge[ _-]?back|charged back|revers(ed|al)|return(ed|s)?$|money back|退款|退货",
        r"退貨|已退|全退|erstattet|erstattung|retourniert|zurückgegeben|gutgeschrieben|rembours",
        r"retourné|reembols|devuelt|devolvid|estorn|rimborsat|terugbetaald|返金|返品|払い戻し",
    ),
    (
        "cancelled",
        r"cancel|void|revoked|annull|withdrawn|abandon|expired|交易关闭|交易關閉|^已?关闭|^已?關閉",
        r"已?取消|不成立|作废|作廢|撤单|撤销|撤銷|已撤|失效|过期|破棄|無効|storniert|storno|abgebrochen|annul",
        r"anulad|cancelad|expirad|geannuleerd|キャンセル|trade[ _]closed",
    ),
    (
        "failed",
        r"unsuccessful|not[ _-]*(success|accept|approv)|unapprov|disapprov|不成功|未成功|fail|declin",
        r"erreur|fehler|n[aã]o autoriz|no autoriz|unautori",
        r"denied|reject|refus|blocked|payerror|\berror\b|失败|失敗|拒绝|拒絕|被拒|拒付|abgelehnt",
        r"fehlgeschlagen|gescheitert|échou|echou|échec|echec|rechazad|fallid|recusad|falhou|falhad",
        r"negad|rifiutat|失敗",
    ),
    (
        "draft",
        r"draft|quot(e|ation)|proforma|pro forma|草稿|报价|報價|暂存|未提交|entwurf|angebot",
        r"brouillon|devis|borrador|rascunho|presupuesto|orçamento|bozza|下書き|見積",
    ),
    (
        "pending",
        r"unpaid|not[ _-]*paid|pend|await|wait|on[ _-]?hold|\bheld\b|incomplete|uncaptured",
        r"requires_|notpay|userpaying|unclaimed|to pay|unconfirm|not confirmed|sin pagar|未付|待付",
        r"overdue|past[ _-]?due|outstanding|^due$|not[ _-]*(yet )?(settled|cleared|received)",
        r"un(settled|cleared)|逾期|[未待](收(款|讫|清|齐|回|费|$)|到账|到賬|结清|結清|缴|入账|还款)|überfällig|gemahnt|mahnung",
        r"\b(nicht|non|no|sin|não|nao) (beglichen|ausgegl|régl|sold|encaiss|acquitt|cobr|liquid|sald|quitad)",
        r"zahlungsverzug|fällig$|en retard|échue?s?$|à (payer|régler|encaisser)|impagad|vencid",
        r"por (cobrar|pagar)|em aberto|a (receber|pagar)$|inadimpl|em atraso|atrasad",
        r"未収|未入金|未回収|延滞|期限超過|支払期限",
        r"未支付|待支付|等待买家付款|等待付款|未完成|未成交|待确认$|待確認$|待審核|待审核|审核中|審核中|挂单",
        r"搁置|unbezahlt|nicht bezahlt|ausstehend|wartend|zahlung steht aus|impayé|impaye|non payé",
        r"en attente|pendient|pendente|no pagad|não pago|nao pago|in attesa|未払|入金待|支払い待",
        r"保留",
    ),
    (
        "completed",
        r"paid|complete|completad|complét|success|succeed|done|finish|fulfil|shipp|ship$|deliver|dispatch",
        r"process|confirm|approv|accept|settl|captur|authori|clear|received|invoiced|billed|active",
        r"sold|sale|exchang|in progress|\bnew\b|placed|posted|packed|picked|ready|collected",
        r"partial|trade_finished|^ok$|^yes$|^normal$|^通常$|成功|完成|已付|已支付|付款|已收|收钱|收錢",
        r"收款|已存入|到账|到賬|入账|入帳|已转账|转账|待发货|待發貨|等待卖家发货|等待賣家",
        r"等待买家确认|已发|已發|发货|發貨|签收|簽收|收货|收貨|待评价|已评价|评价|待收|确认|審核",
        r"已审核|审核通过|正常|有效|已售|售出|已出库|出库|配送|派送|已核销|核销|已使用|充值|提现",
        r"已结|结清|已开票|锁定|换货|換貨|bezahlt|versand|versendet|verschickt|geliefert",
        r"zugestellt|abgeschlossen|erledigt|bestätigt|bearbeitung|en cours|en proceso|payé|paye",
        r"réglée?s?$|acquitt|encaiss|^émise?s?$|beglichen|ausgeglichen|verrechnet|^(zahlung )?eingegangen",
        r"cobrad|cobro parcial|liquidad|saldad|^emitid|quitad|recebid|^issued$|一部入金|部分[收付]|收清|付清",
        r"收讫",
        r"expédi|expedi|livré|livre|termin|confirm|traitement|trait|pagad|pagat|pagament|pago",
        r"en camino|en tránsito|a caminho|autoriz",
        r"enviad|entreg|conclu|aprovad|procesan|processan|confermat|spedit|consegnat|betaald",
        r"verzonden|afgerond|済|完了|出荷|発送|配達",
    ),
))  # fmt: skip

STATES = tuple(dict.fromkeys(meaning for meaning, _ in PATTERNS))

#: Of what was paid back in part; how much, another column may say, or nobody.
PARTLY = "partially_refunded"

#: What undoes a sale, whichever of several states of an order says it, the most first: it may have been sent
#: and come back.
UNDONE = ("refunded", "cancelled", PARTLY)

#: Of what never came about, or was undone as a whole.
NO_SALE = ("cancelled", "failed", "draft", "pending")


def state(status: ir.StringValue) -> ir.StringValue:
    """What a status means, whoever words it; null where it is empty or nobody knows.

    "Paid" "已发货" "versendet"                 "completed"
    "Cancelled by customer" "交易关闭"           "cancelled"
    "Refunded" "退款成功" "remboursé"            "refunded"
    "partially refunded" "已退款(￥3.50)"        "partially_refunded"
    "declined" "失败"                            "failed"
    "Draft" "报价"                               "draft"
    "unpaid" "待付款" "ausstehend"               "pending"
    """
    plain = status.lower().strip()
    return ibis.cases(*((plain.re_search(pattern), meaning) for meaning, pattern in PATTERNS))


#: The goods have left for the customer, or are there; and what says that they have not.
_DELIVERED = (
    (
        r"deliver(ed|y complete)|shipped|dispatched|fulfilled|received|^completed?$"
        r"|发货|發貨|签收|簽收|收货|收貨|送达|已出库|交易成功|已完成|versendet|verschickt|geliefert|zugestellt"
        r"|expédi|livré|enviad|entregad|entregue|spedit|consegnat|verzonden|配達済|発送済|納品済"
    ),
    r"\bun|\bnot\b|\bto be\b|await|pending|未发|未發|待发|待發|等待卖家|等待賣家|nicht|\b(non|no|não|sin) ",
)

#: Whoever has it owes nothing for it any more; and what says that it is open.
_PAID = (
    r"\bpaid|settled|已付|已支付|结清|結清|收讫|付清|bezahlt|beglichen|payé|pagad|betaald|入金済|支払済",
    r"\bun|\bnot\b|part|未付|待付|未支付|待支付|未结|未結|部分|nicht|\b(non|no|não|sin) |impay|impag",
)


def delivered(status: ir.StringValue) -> ir.BooleanValue:
    """Whether a status says that the goods were handed over: "Shipped", "已签收", "zugestellt"."""
    return _says(status, *_DELIVERED)


def paid(status: ir.StringValue) -> ir.BooleanValue:
    """Whether a status says that nothing is owed any more: "Paid", "已付款"; "unpaid" and "未付款" do not."""
    return _says(status, *_PAID)


def _says(status: ir.StringValue, pattern: str, but: str) -> ir.BooleanValue:
    plain = status.lower().strip()
    return (plain.re_search(pattern) & ~plain.re_search(but)).fill_null(False)


def gravest(words: Sequence[ir.StringValue]) -> ir.StringValue:
    """Of the words for several states of one order, the one that undoes the most; else the first said.

    "已完成" beside "退款成功"     "退款成功"
    "paid" beside "shipped"        "paid"
    """
    first, *_ = read = [(word, state(word)) for word in words]
    undone = ((meant == code, word) for code in UNDONE for word, meant in read)
    never = first[1].isin(NO_SALE).fill_null(False)
    return ibis.cases((never, first[0]), *undone, else_=ibis.coalesce(*words))


def paid_back(status: ir.StringValue) -> ir.DecimalValue:
    """The amount that a status names which says that a part was paid back: 已退款(￥3.50)."""
    named = status.re_extract(r"[¥￥$€£]\s*([0-9]+(\.[0-9]+)?)", 1).nullif("").try_cast(Type.MONEY.ibis)
    return ibis.ifelse(state(status) == PARTLY, named, ibis.null(Type.MONEY.ibis))


def sends_back(status: ir.StringValue) -> ir.BooleanValue:
    """Whether the status of a return says that it took place: not of one that was asked for, or refused."""
    plain = status.lower().strip()
    return ~(plain.re_search(PATTERNS[0][1]) | plain.re_search(PATTERNS[2][1]))


def dictionary(*said: ir.StringColumn) -> ir.Table:
    """Each word of these columns once: `word`, its `state`, and the amount `paid_back` that it names;
    and, of a return, whether it took place (`sent_back`)."""
    words = ibis.union(*(each.name("word").as_table() for each in said), distinct=True)
    told = words.filter(words.word.notnull())
    return told.mutate(
        state=state(told.word), paid_back=paid_back(told.word), sent_back=sends_back(told.word)
    )
