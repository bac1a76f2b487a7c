"""Placeholder names: which names and numbers does a till use for anonymous customers?

They are made of what such a customer is called and a word for a customer: a walk-in and a cash client, 散客户
and 门市顾客, `Cliente de mostrador`. Compared are their letters alone, however they are set and accented.
"""

import re
from functools import cache
from itertools import product

import ibis
import ibis.expr.types as ir

from shuke.collect.values.folding import one_of
from shuke.identity.identifiers import NEVER
from shuke.identity.names import NAMELESS

#: What stands before and behind one another, in either order where the language has it so; a word of one
#: kind alone counts where it is listed in `_ALONE`.
_MADE_OF: tuple[tuple[str, str], ...] = (
    (
        (
            "walkin|cash|counter|retail|casual|onetime|occasional|anonymous|unknown|unnamed|unregistered|"
            "misc|miscellaneous|sundry|various|general|generic|default|pos|till|store|shop|instore|guest|"
            "passing|dropin|overthecounter|otc|nonmember|nonregistered|no|visiting"
        ),
        (
            "customer|customers|client|clients|sale|sales|buyer|buyers|shopper|shoppers|guest|guests|"
            "account|user"
        ),
    ),
    (
        (
            "lauf|bar|theken|tresen|gast|einmal|laden|kassen|tages|diverse |diverser |anonymer |anonyme |"
            "unbekannter |unbekannte |unregistrierter |allgemeiner |"
        ),
        "kunde|kunden|kundin|kundschaft|käufer|verkauf|besteller|bestellung",
    ),
    (
        "kunde |kunden |cpd ",
        "divers|diverse|anonym|unbekannt|kunde|ladenverkauf",
    ),
    (
        "client |clients |cliente |clientèle ",
        (
            "de passage|passage|comptoir|au comptoir|divers|anonyme|inconnu|occasionnel|générique|caisse|"
            "magasin|boutique|comptant|au comptant|détail|par défaut|invité|sans compte|sans nom"
        ),
    ),
    (
        "vente |ventes |vente au |ventes au ",
        "comptoir|caisse|comptant|détail",
    ),
    (
        (
            "cliente |clientes |cliente de |clientes de |cliente de la |cliente por |público |"
            "publico en "
        ),
        (
            "mostrador|contado|general|genérico|ocasional|varios|final|eventual|anónimo|paso|calle|"
            "sin nombre|sin identificar|no registrado|no identificado|desconocido|público|"
            "público en general|defecto|tienda|caja|en general|invitado"
        ),
    ),
    (
        "venta |ventas |venta de |ventas de |venta al |ventas al ",
        "mostrador|contado|público|caja|menudeo",
    ),
    (
        "consumidor ",
        "final|não identificado|no identificado|anônimo|geral",
    ),
    (
        "cliente |clientes |cliente de |cliente ao ",
        (
            "balcão|padrão|avulso|avulsos|diverso|diversos|não identificado|sem cadastro|sem nome|"
            "sem identificação|não cadastrado|passagem|consumidor|anônimo|desconhecido|caixa|loja|"
            "à vista|visitante|convidado"
        ),
    ),
    (
        "venda |vendas |venda de |venda no |venda ao ",
        "balcão|à vista|avulsa|avulsas|consumidor|caixa",
    ),
    (
        (
            "一般|一般の|フリー|店頭|ゲスト|匿名|非会員|未登録|現金|来店|ご来店|一見|飛び込み|通りすがり|"
            "ウォークイン|会員外"
        ),
        "客|お客様|お客さま|顧客|ユーザー|販売|売上|購入者",
    ),
    (
        (
            "散|零售|零散|门市|门店|店面|现金|现结|普通|默认|缺省|临时|匿名|一般|过路|路过|到店|进店|"
            "来店|上门|柜台|前台|收银|收银台|现场|个人|一次性|非会员|非注册|未注册|未登记|未知|无名|流动|"
            "线下|游离|随机|公共|堂食|外带"
        ),
        "客|客户|顾客|客人|买家|用户|散客|散户|消费者|购买者",
    ),
)  # fmt: skip

#: What stands for such a customer by itself.
_ALONE = (
    "retail", "counter", "over the counter", "otc", "general public", "public", "passer-by", "passerby",
    "passing trade", "walk-ins", "visitor", "non-member", "end customer", "final customer", "guest checkout",
    "guest order", "no account", "private sale", "till sale",
    "laufkundschaft", "gast", "endverbraucher", "endkunde", "anonym", "unbekannt", "diverse", "theke",
    "de passage", "invité", "comptoir", "particulier de passage",
    "mostrador", "público en general", "público general", "al público", "consumidor", "invitado",
    "sin nombre",
    "balcão", "avulso", "consumidor final", "público em geral", "não identificado", "convidado", "visitante",
    "一般", "フリー", "ゲスト", "店頭", "現金", "非会員", "通りすがり", "匿名希望", "名無し",
    "散户", "游客", "访客", "过客", "路人", "路人甲", "非会员", "无名氏", "散卖", "零卖", "门市", "现金",
)  # fmt: skip


def unless_placeholder(name: ir.StringValue) -> ir.StringValue:
    """A name; null where it is one of nobody."""
    return one_of(name, _names()).ifelse(ibis.null(str), name)


#: Numbers that a program writes where there is none, and those that are also somebody's in a long list.
_NONE = ("-1", *("0" * length for length in range(1, 13)))
_FILLED = tuple("9" * length for length in range(3, 13))
#: Few, for a query that names all that `_MADE_OF` can make takes longer to plan than to run.
_WORDS = tuple(
    sorted({word.lower() for word in (*_ALONE, *NEVER, *NAMELESS) if not re.search(r"[\d\s]", word)})
)


def numbers(written: ir.Table, *, listed: bool) -> list[str]:
    """Those of some customers' numbers (`number`) that stand for nobody, by who goes under each (`name`,
    `email`): a nought and what a till calls a guest do, and nines where different people have them. In a
    list of people (`listed`) a nought may be the first of them, unless it comes again.
    """
    meant = written.filter(written.number.lower().isin([*_NONE, *_FILLED, *_WORDS]))
    under = meant.group_by("number").agg(
        rows=meant.count(), names=meant.name.nunique(), emails=meant.email.nunique()
    )
    return sorted(
        one["number"]
        for one in under.to_pyarrow().to_pylist()
        if one["number"].lower() in _WORDS
        or max(one["names"], one["emails"]) > 1
        or (one["number"] in _NONE and (not listed or one["rows"] > 1))
    )


@cache
def _names() -> frozenset[str]:
    made = (a + b for before, behind in _MADE_OF for a, b in product(before.split("|"), behind.split("|")))
    return frozenset((*made, *_ALONE, *NEVER, *NAMELESS))
