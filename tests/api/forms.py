"""The forms of pages: everything that somebody can send by a button, found where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(frozen=True)
class Sent:
    """What one button of a form sends, and where to."""

    action: str
    fields: dict[str, str]
    files: tuple[str, ...] = ()

    @property
    def event(self) -> str:
        return self.fields.get("do", "")


@dataclass
class _Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self._inside: _Form | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = _Form(told.get("action", ""), told.get("method", "get").lower())
            self.found.append(self._inside)
        elif self._inside is not None:
            self._field(self._inside, tag, told)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = None

    def _field(self, form: _Form, tag: str, told: dict[str, str]) -> None:
        name, value, kind = told.get("name", ""), told.get("value", ""), told.get("type", "text")
        if tag == "button":
            form.buttons.append((name, value))
        elif tag == "input" and kind == "file":
            form.files.append(name)
        elif tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in told):
            form.fields[name] = value
        elif tag == "textarea" and name:
            form.fields[name] = ""
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and ("selected" in told or self._select not in form.fields):
            form.fields[self._select] = value


def sent(page: str, method: str = "post") -> Iterator[Sent]:
    """What each button of the forms of a page sends."""
    reader = _Forms()
    reader.feed(page)
    for form in reader.found:
        for name, value in form.buttons or [("", "")]:
            if form.method == method:
                pressed = {name: value} if name else {}
                yield Sent(form.action, {**form.fields, **pressed}, tuple(form.files))
