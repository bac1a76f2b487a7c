"""Organisations: which companies are called the same, whatever their legal form?"""

import ibis
import ibis.expr.types as ir

#: Legal forms of China, at the end or before a branch; the branch itself tells companies apart.
_CHINESE = (
    "集团股份有限公司|集团有限责任公司|集团有限公司|股份有限公司|有限责任公司|股份公司|有限公司|集团公司|"
    "总公司|公司|集团|\\(集团\\)|\\(有限合伙\\)|\\(普通合伙\\)|\\(个体工商户\\)|有限合伙|普通合伙"
)
_WESTERN = (
    "limited|ltd|llc|llp|lp|inc|incorporated|corp|corporation|co|company|plc|gmbh|mbh|ag|kg|kgaa|ohg|ug|ev|sa|sas|"
    "sarl|sl|srl|spa|bv|nv|oy|oyj|ab|as|asa|aps|pty|pte|pvt|private|proprietary|sdn|bhd|kk|ooo|zao|sro|doo|"
    "group|holding|holdings"
)

#: What only organisations are called, where nothing else tells.
_ORGANISED = (
    "(?:公司|集团|\\(有限合伙\\)|商行|商店|商场|超市|酒店|饭店|餐厅|工厂|制造厂|工作室|事务所|研究院|研究所|大学|学院|中学|小学|"
    "幼儿园|医院|诊所|银行|支行|协会|基金会|委员会|合作社|经营部|门市部|服务部|旗舰店|专卖店|厂)$|"
    r"\b(?:limited|ltd|llc|llp|inc|incorporated|corp|corporation|company|plc|gmbh|sarl|pty|bv|"
    r"s\.?p\.?a|university|college|school|hospital|church|foundation|association|institute|committee)\b\.?"
)


def core(name: ir.StringValue) -> ir.StringValue:
    """The name of an organisation, written plainly, without legal form, "the" and punctuation.

    华为技术有限公司        华为技术             The Smith & Sons Co., Ltd.    smith and sons
    (上海)贸易有限公司      上海贸易             Müller GmbH & Co. KG          muller
    """
    # A branch, unlike a form, is part of who it is: 北京分公司 stays.
    branch = name.re_extract("(?:[\u4e00-\u9fff]{2,8}分公司)$", 0)
    whole = name.re_replace("分公司$", "")
    formless = whole.re_replace(_CHINESE, " ")
    chinese = (formless + ibis.ifelse(branch == "", "", "分")).re_replace(r"[^\pL\pN]+", "")
    return ibis.ifelse(name.re_search("[\u4e00-\u9fff]"), chinese, _latin(name)).nullif("")


def is_organisation(name: ir.StringValue) -> ir.BooleanValue:
    """Whether a name, written plainly, can only be an organisation's."""
    return name.re_search(_ORGANISED)


def _latin(name: ir.StringValue) -> ir.StringValue:
    dotless = name.re_replace(r"[.']", "").replace("&", " and ").replace("+", " and ")
    words = dotless.re_replace(r"[^\pL\pN]+", " ").strip().re_replace("^the ", "")
    bare = words.re_replace(rf"(?: (?:{_WESTERN}|and co))+$", "")
    return ibis.coalesce(bare.re_replace(" and$", "").nullif(""), words)
