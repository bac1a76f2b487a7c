"""SQL text: how is what somebody has written as SQL read, and what is said where it cannot be?"""

import re
from collections.abc import Callable
from typing import Any

from sqlglot import ErrorLevel
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token

from shuke.errors import WrongCall
from shuke.languages import N_

#: Nobody writes more by hand, and to read it holds up everybody else.
LONGEST = 50_000

TOO_DEEP = N_("SQL cannot be read: too many nested brackets.")
TOO_ODD = N_("SQL cannot be run here as it is written; write it more plainly.")

#: How the parser, which knows thirty dialects, gives up where a text is in none of them.
STUMBLES = (SqlglotError, AttributeError, LookupError, TypeError, ValueError, AssertionError)

#: What no text in a database holds: half a character, and the end of a text in C.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def parsed(
    text: str, dialect: Dialect, parse: Callable[[Parser, list[Token]], list[Any]], *, longest: int = LONGEST
) -> list[Any]:
    """The trees that `parse` finds in a text; raises `WrongCall` where it cannot be read."""
    if len(text) > longest:
        raise WrongCall(N_("SQL may have at most {limit} characters here."), limit=longest)
    if _NO_TEXT.search(text):
        raise WrongCall(N_("SQL cannot be read: it holds an invalid character."))
    try:
        return parse(dialect.parser(error_level=ErrorLevel.IMMEDIATE), dialect.tokenize(text))
    except ParseError as error:
        found = error.errors[0] if error.errors else {}
        raise WrongCall(
            N_("SQL cannot be read at line {line}, column {column}: {reason}"),
            line=found.get("line", 1), column=found.get("col", 1), reason=_plainly(found.get("description")),
        ) from None  # fmt: skip
    except TokenError:
        raise WrongCall(N_("SQL cannot be read: unterminated string or quoted name.")) from None
    except RecursionError:
        raise WrongCall(TOO_DEEP) from None
    except STUMBLES:
        raise WrongCall(TOO_ODD) from None


def _plainly(reason: str | None) -> str:
    """What the parser says, unless it speaks of its own parts."""
    return reason if reason and "<" not in reason else "unexpected"
