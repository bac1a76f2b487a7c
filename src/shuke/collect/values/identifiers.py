"""Identifiers: can this be a phone number, an e-mail address, an order number at all?"""

import ibis
import ibis.expr.types as ir

from shuke.collect.values.folding import folded

# In front may stand the mark by which spreadsheets are kept from reading a number.
_EMAIL = r"^['`]?[^\s@,;<>()\"]+@[^\s@,;<>()\"]+\.[^\s@.,;<>()\"\d]{2,}$"
#: Addresses that a shop writes where a customer gave none: nobody reads what is sent there.
_OF_NOBODY = (
    r"(?i)^(?:no|do[._-]?not|kein|ne[._-]?pas)[._-]?(?:reply|reponse|e?mail|antwort)@|^(?:nobody|noone|none)@"
)
_PHONE = r"^['`]?[+(]?[\d(][\d\s().\-/–*•+]{3,}(?:(?:;?ext\.?=?|x|转|分机|#)\s*:?\s*\d{1,6})?$"
_MASKED = r"\*{2,}|•{2,}|[xX]{4,}|^\*+$|^.{0,2}\*+.{0,2}$"
_TELEPHONE = {"phone", "fax"}


def plausible(kind: str, text: ir.StringValue) -> ir.BooleanValue:
    """Whether a value can be an identifier of `kind`; its shape alone is looked at.

    A masked phone is plausible; whether it identifies anybody is another question (`masked`).
    """
    said = folded(text)
    if kind == "email":
        return said.re_search(_EMAIL) & ~said.re_search(_OF_NOBODY)
    if kind in _TELEPHONE:
        digits = said.re_replace(r"(?:ext|x|转|分机|#).*$", "").re_replace(r"[^\d*•]", "").length()
        return said.re_search(_PHONE) & digits.between(6, 15) & ~said.re_search(r"^\D*(\D*0)+\D*$")
    return said != ibis.literal("")


def masked(text: ir.StringValue) -> ir.BooleanValue:
    """Whether part of it has been struck out: 138****1234, 张**, x***@mail.com."""
    return folded(text).re_search(_MASKED)


def spoilt_by_excel(text: ir.StringValue) -> ir.BooleanValue:
    """Whether Excel has put a long number into its own notation (6.2E+17) and lost its last digits.

    Also the #### of a column that was too narrow when it was exported.
    """
    return folded(text).re_search(r"(?i)^-?\d(?:\.\d+e\+?|e\+)\d{2,3}$|^#{3,}$")
