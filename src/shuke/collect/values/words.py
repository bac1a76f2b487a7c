"""Words: which of a few things does it say?"""

import ibis
import ibis.expr.types as ir

from shuke.collect.values.folding import folded

_YES = (
    "1 1.0 y yes true t on ok x √ ✓ ✔ subscribed granted accepted "
    "是 有 真 对 同意 已同意 接受 已订阅 订阅 开 启用"
).split()
_NO = (
    "0 0.0 n no false f off × ✗ unsubscribed denied declined "
    "否 无 没有 假 不 不同意 未同意 拒绝 未订阅 退订 关 停用"
).split()
_FEMALE = (
    "f female w woman girl ms ms. mrs mrs. miss madam frau fräulein weiblich mme mme. madame mlle mlle. "
    "mademoiselle femme féminin feminin sra sra. srta srta. señora señorita mujer femenino femenina senhora "
    "dona feminino feminina mulher signora sig.ra donna 女 女性 女士 小姐 太太 女生 夫人 f(女) 2"
).split()
_MALE = (
    "m male man boy mr mr. sir herr hr hr. männlich m. monsieur homme h masculin sr sr. señor hombre "
    "masculino senhor homem signor sig. uomo 男 男性 先生 男士 男生 m(男) 1"
).split()
_OTHER = "other o d diverse divers nonbinary non-binary nb mx mx. 其他 其它".split()
_PERSON = (
    "person individual private consumer customer personal b2c p i "
    "个人 个人客户 自然人 散客 零售 零售客户 会员"
).split()
_ORGANISATION = (
    "organisation organization company business corporate account enterprise b2b firm o c "
    "企业 企业客户 公司 单位 机构 法人 团体 组织 批发 批发客户 经销商"
).split()


def flag(text: ir.StringValue) -> ir.BooleanValue:
    """Yes or no."""
    said = folded(text).lower()
    return ibis.cases((said.isin(_YES), True), (said.isin(_NO), False), else_=ibis.null("boolean"))


def gender(text: ir.StringValue) -> ir.StringValue:
    """`female`, `male` or `other`, from the word or from how somebody is addressed."""
    return _one_of(text, ("female", _FEMALE), ("male", _MALE), ("other", _OTHER))


def kind(text: ir.StringValue) -> ir.StringValue:
    """`person` or `organisation`."""
    return _one_of(text, ("person", _PERSON), ("organisation", _ORGANISATION))


def _one_of(text: ir.StringValue, *meanings: tuple[str, list[str]]) -> ir.StringValue:
    said = folded(text).lower()
    return ibis.cases(
        *((said.isin(written), meaning) for meaning, written in meanings), else_=ibis.null("string")
    )
