"""Surveys: which columns of a sheet are questions, one column each?

    Timestamp | Email           | How likely are you to recommend us? | Why?
    1、您的姓名 | 2、您的手机号 | 3、您对我们满意吗？

One row becomes one row an answer. What says who answered and when stays a column of its own.
"""

import re

import ibis
import ibis.expr.types as ir

from shuke.collect.shapes import melting
from shuke.collect.shapes.sample import SheetSample, is_moment, is_somebody, meant
from shuke.collect.shapes.shape import Survey
from shuke.collect.shapes.wide import period
from shuke.collect.sheets import ROW
from shuke.collect.sheets.header import kind_of

#: What an answer becomes.
QUESTION, ANSWER, SCORE, SURVEY, AT = "question", "answer", "score", "survey", "answered at"

_NUMBERED = re.compile(
    r"\s*(?:(?:Q|问题|题目|第)\s*)?\d{1,3}(?:\s*[.、．:：)）_]|题)|\s*Q\d{1,3}\b", re.IGNORECASE
)
_ASKING = re.compile(
    r"[?？]\s*[*)）]?\s*$|^(?:how|what|which|why|who|whom|when|where|do|did|does|are|is|was|were|would|will|have|has|"
    r"can|could|should|please|rate|tell|on a scale|to what extent|if)\s+\S+\s+\S|"
    r"请问|请您|请选择|请填|请评|是否|如何|多少|哪些|哪个|哪种|什么|怎么|几次|多久|愿意|您[对认觉会有的]|你[对认觉会有的]",
    re.IGNORECASE,
)
#: What programs for surveys write beside the answers.
_BESIDE = re.compile(
    r"(?i:\b(?:ids?|ip|token|duration|progress|finished|status|latitude|longitude|language|channel|collector|"
    r"tags|network|first name|last name|email|external data reference|referrer|device|browser|url|start|end|"
    r"score)\b)|"
    r"(?:Id|Date|Duration|Address|Name|Channel|Language|Latitude|Longitude)$|^#$|"
    r"序号|编号|时间|用时|来源|^IP|IP$|总分|状态|浏览器|设备|答题|提交|昵称|open_?id|union_?id",
)
#: By these alone one knows a survey: when each sheet of answers was handed in, and its number.
_HANDED_IN = re.compile(
    r"timestamp|submit|recorded ?date|response ?id|respondent|collector|completion ?time|submission|"
    r"提交答卷|答卷|提交时间|填写时间|时间戳|答题时长|所用时间",
    re.IGNORECASE,
)
_WHEN = (
    r"recorded|submit|提交|填写|completion|completed",
    r"timestamp|时间戳|end",
    r"start|date|time|时间|日期",
)
_POLITE = re.compile(
    r"^(?:请(?:问|您|输入|填写|留下)?|what(?:'s| is)|please (?:enter|provide|give us)|enter|may we have)?\s*"
    r"(?:您的|你的|your|贵)?\s*|[\s?？:：*。.!！]+$|[(（【\[].{1,12}[)）】\]]$|(?:是|为)?(?:什么|多少)?[?？]?$",
    re.IGNORECASE,
)
_NAMING = ("people.name", "people.given_name", "people.family_name", "people.record_id")


def recognise(look: SheetSample) -> Survey | None:
    """The questions of a sheet and what its other columns are; None where it is no survey."""
    columns = list(look.columns)
    if {QUESTION, ANSWER} & {name.lower() for name in columns}:
        return None
    who = {name: told for place, name in enumerate(columns) if (told := _who(look, place))}
    asked = [name for name in columns if name not in who and is_question(name) and not period(name)]
    handed_in = any(_HANDED_IN.search(name) for name in columns)
    beside = [
        name for name in columns if name not in who and name not in asked and _stands_beside(look, name)
    ]
    open_ones = [name for name in columns if name not in (*asked, *who, *beside)]
    if not asked or not (handed_in or (len(asked) > 1 and len(asked) >= len(columns) - len(asked))):
        return None
    when = _when(look, beside)
    return Survey(
        tuple(name for name in columns if name in asked or name in open_ones),
        tuple({name: told for name, told in who.items() if name != told}.items()) + when,
    )


def melted(rows: ir.Table, survey: Survey, look: SheetSample, *, name: str) -> ir.Table:
    """One row per answer; a row without any stays one, without a question."""
    renamed = dict(survey.rename)
    kept = {renamed.get(n, n): rows[n] for n in rows.columns if n not in (ROW, *survey.questions)}
    long = melting.melted(rows, survey.questions, kept)
    number, cell = long[melting.NUMBER], long[melting.CELL]
    scored = [n for n, question in enumerate(survey.questions) if _is_scored(look, question)]
    is_score = number.isin(scored) & cell.re_search(r"^-?\d+([.,]\d+)?$") if scored else ibis.literal(False)
    asked = ibis.array([ibis.literal(question) for question in survey.questions])[number]
    told = {
        SURVEY: ibis.literal(name),
        QUESTION: cell.notnull().ifelse(asked, ibis.null(str)),
        ANSWER: is_score.ifelse(ibis.null(str), cell),
        SCORE: is_score.ifelse(cell, ibis.null(str)),
    }
    return long.select(ROW, *kept, **told)


def is_question(name: str) -> bool:
    """Whether a heading is a question, or is called as an answer is."""
    return bool(_NUMBERED.match(name) or _ASKING.search(name)) or bool(
        meant(name) & {"responses.score", "responses.answer"}
    )


def _who(look: SheetSample, place: int) -> str | None:
    """What a column is called that says who answered: without its number and its politeness."""
    name = look.columns[place]
    bare = name
    for pattern in (_NUMBERED, _POLITE, _POLITE):
        bare = pattern.sub("", bare).strip() if pattern is _POLITE else bare[_end(pattern, bare) :].strip()
    for told in (name, bare):
        targets = meant(told)
        if any(t.startswith("identifiers.") or t in _NAMING for t in targets) and not is_moment(told):
            return told
    said = [cell for cell in look.cells[place] if cell]
    mails = sum("@" in cell and kind_of(cell) == "address" for cell in said)
    return "email" if said and mails >= 0.8 * len(said) else None


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _stands_beside(look: SheetSample, name: str) -> bool:
    place = look.columns.index(name)
    if is_moment(name) or look.mostly(place, "date") or _BESIDE.search(name) or _HANDED_IN.search(name):
        return True
    return is_somebody(name) or bool(meant(name) - {"responses.score", "responses.answer"})


def _when(look: SheetSample, beside: list[str]) -> tuple[tuple[str, str], ...]:
    dated = [name for name in beside if look.mostly(look.columns.index(name), "date")]
    for pattern in _WHEN:
        for name in dated:
            if re.search(pattern, name, re.IGNORECASE):
                return ((name, AT),)
    return tuple((name, AT) for name in dated[:1])


def _is_scored(look: SheetSample, question: str) -> bool:
    """Whether all that was answered to a question are numbers, and not those of a telephone."""
    said = [cell for cell in look.cells[look.columns.index(question)] if cell]
    return bool(said) and all(kind_of(cell) == "number" and len(cell) < 7 for cell in said)
