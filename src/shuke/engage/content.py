"""Content: what does a message say to this customer, in their language?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shuke.errors import WrongCall
from shuke.languages import N_, Language
from shuke.profiles.customers import customers

#: The longest template, in characters; a letter of ten pages is shorter.
MAX_LENGTH = 100_000

#: The longest message that a template may become.
MAX_RENDERED = 500_000

#: How deep loops may stand in one another, so that no template runs for ever.
MAX_NESTED = 2

#: What a template may name.
_SPOKEN = ("customer", "company", "coupon", "unsubscribe", "recommendations")
_ATTRIBUTES = tuple(column.name for column in customers.columns)

#: Where Chinese is what people read, unless they say otherwise.
_CHINESE = frozenset({"CN", "TW", "HK", "MO", "SG"})


@dataclass(frozen=True, kw_only=True)
class Content:
    """The templates of one language (Jinja): a subject, a text, and for letters a body in MJML."""

    text: str
    subject: str = ""
    mjml: str = ""

    def check(self) -> None:
        """Raises `WrongCall` where a template cannot be read."""
        for name, template in (("subject", self.subject), ("text", self.text), ("mjml", self.mjml)):
            _read(template, name, escapes=name == "mjml")
        if not self.text.strip():
            raise WrongCall(N_("The message has no text."))


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What a customer reads."""

    subject: str = ""
    text: str
    html: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a template may speak of: `{{ customer.name }}`, `{{ company }}`, `{{ coupon }}`, `{{ unsubscribe
    }}`, and `{% for product in recommendations %}`. What is not known of a customer is empty.
    """

    customer: Mapping[str, Any]
    company: str
    coupon: str = ""
    unsubscribe: str = ""
    recommendations: tuple[str, ...] = ()

    def spoken(self) -> dict[str, Any]:
        return {
            "customer": dict(self.customer), "company": self.company, "coupon": self.coupon,
            "unsubscribe": self.unsubscribe, "recommendations": list(self.recommendations),
        }  # fmt: skip


def rendered(content: Content, facts: Facts) -> Rendered:
    """The message to one customer; raises `WrongCall` where a template speaks of what there is not."""
    spoken = facts.spoken()
    subject = _filled(content.subject, "subject", spoken)
    text = _filled(content.text, "text", spoken)
    markup = _filled(content.mjml, "mjml", spoken, escapes=True) if content.mjml else ""
    return Rendered(subject=" ".join(subject.split()), text=text, html=_html(markup) if markup else "")


def language_of(customer: Mapping[str, Any], *, home: Language) -> Language:
    """In which language to write to a customer: theirs, else that of their country, else the company's."""
    told, country = str(customer.get("language") or "").lower(), str(customer.get("country") or "").upper()
    if told:
        return "zh" if told.startswith(("zh", "cn", "中", "chi")) else "en"
    if country:
        return "zh" if country in _CHINESE else "en"
    return home


def _html(markup: str) -> str:
    import mrml  # only letters are written in MJML

    try:
        return str(mrml.to_html(markup).content)
    except OSError as error:  # which is what it calls a fault of the markup
        raise WrongCall(N_("The MJML of the message cannot be read: {why}"), why=str(error)[:200]) from None


def _filled(template: str, name: str, spoken: Mapping[str, Any], *, escapes: bool = False) -> str:
    try:
        pieces, length = [], 0
        for piece in _read(template, name, escapes=escapes).generate(spoken):
            pieces.append(piece)
            length += len(piece)
            if length > MAX_RENDERED:
                raise WrongCall(N_("The {part} of the message becomes too long."), part=name)
        return "".join(pieces)
    except (SecurityError, TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        # Jinja's own words name what the template speaks of; Python's may hold somebody's value.
        why = str(error)[:200] if isinstance(error, TemplateError) else type(error).__name__
        raise WrongCall(
            N_("The {part} of the message cannot be filled in: {why}"), part=name, why=why
        ) from None


@lru_cache(maxsize=200)
def _read(template: str, name: str, *, escapes: bool) -> Template:
    if len(template) > MAX_LENGTH:
        raise WrongCall(
            N_("The {part} of the message is longer than {most} characters."), part=name, most=MAX_LENGTH
        )
    environment = _Templates(undefined=StrictUndefined, autoescape=escapes)
    environment.globals.clear()
    try:
        tree = environment.parse(template)
        if _depth(tree) > MAX_NESTED:
            raise WrongCall(N_("The {part} of the message nests loops too deeply."), part=name)
        for strange in _unknown(tree):
            raise WrongCall(
                N_("The {part} of the message speaks of {name}, which is not known. Known are: {names}."),
                part=name, name=strange, names=", ".join((*_SPOKEN, *(f"customer.{n}" for n in _ATTRIBUTES))),
            )  # fmt: skip
        return environment.from_string(template)
    except TemplateError as error:
        raise WrongCall(
            N_("The {part} of the message cannot be read: {why}"), part=name, why=str(error)
        ) from None


class _Templates(ImmutableSandboxedEnvironment):
    """Templates that reach nothing but what they are given, and cannot make much of little."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not all(isinstance(side, int | float | Decimal) for side in (left, right)):
            raise SecurityError(f"{operator} is for numbers")
        return super().call_binop(context, operator, left, right)


def _unknown(tree: nodes.Template) -> Iterator[str]:
    """What a template speaks of and is never given."""
    yield from sorted(meta.find_undeclared_variables(tree) - set(_SPOKEN))
    for spoken in tree.find_all(nodes.Getattr):
        is_customers = isinstance(spoken.node, nodes.Name) and spoken.node.name == "customer"
        if is_customers and spoken.attr not in _ATTRIBUTES:
            yield f"customer.{spoken.attr}"


def _depth(node: nodes.Node) -> int:
    """How deep loops stand in one another."""
    inside = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return inside + isinstance(node, nodes.For)
