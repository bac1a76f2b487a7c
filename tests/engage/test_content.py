"""What a message says: in the reader's language, and without a way out of the template."""

import pytest

from shuke.engage.content import Content, Facts, language_of, rendered
from shuke.errors import WrongCall

LIN = Facts(
    customer={"name": "<b>林</b>", "records": 2}, company="Tea & Co", recommendations=("Oolong", "Sencha")
)


def test_a_message_is_filled_in_and_only_letters_are_escaped() -> None:
    letter = (
        "<mjml><mj-body><mj-section><mj-column><mj-text>{{ customer.name }}</mj-text></mj-column>"
        "</mj-section></mj-body></mjml>"
    )
    made = rendered(Content(subject="{{ customer.name }}\n x", text="{{ company }}", mjml=letter), LIN)
    assert (made.subject, made.text) == ("<b>林</b> x", "Tea & Co")
    assert "&lt;b&gt;林&lt;/b&gt;" in made.html and "<table" in made.html


def test_recommendations_are_listed() -> None:
    text = "{% for product in recommendations %}{{ product }};{% endfor %}"
    assert rendered(Content(text=text), LIN).text == "Oolong;Sencha;"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}", "{{ customer.__init__ }}", "{{ config }}", "{{ customer.nme }}",
        "{% for a in [1] %}{% for b in [1] %}{% for c in [1] %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ 'a' * 9999999999 }}", "{{ 9 ** 9 ** 9 }}", "{% include '/etc/passwd' %}", "{{ customer.name", "",
        "{{ range(99999999) }}", "{{ customer.records + company }}", "{% import 'os' as os %}",
    ],
)  # fmt: skip
def test_a_template_that_reaches_for_more_is_refused(text: str) -> None:
    with pytest.raises(WrongCall):
        _checked_and_filled(Content(text=text))


def test_a_letter_that_is_no_mjml_or_reads_a_file_is_refused() -> None:
    for wrong in ("<mjml><mj-body>", '<mjml><mj-body><mj-include path="/etc/passwd"/></mj-body></mjml>'):
        with pytest.raises(WrongCall):
            rendered(Content(text="x", mjml=wrong), LIN)


def test_no_value_of_a_customer_stands_in_what_is_said_of_a_fault() -> None:
    with pytest.raises(WrongCall) as caught:
        rendered(Content(text="{{ customer.name + 1 }}"), LIN)
    assert "林" not in str(caught.value)


@pytest.mark.parametrize(
    ("customer", "language"),
    [
        ({"language": "zh-CN"}, "zh"), ({"language": "中文"}, "zh"), ({"language": "de"}, "en"),
        ({"country": "CN"}, "zh"), ({"country": "GB"}, "en"), ({}, "zh"),
    ],
)  # fmt: skip
def test_a_customer_reads_their_language_or_their_countrys_or_ours(
    customer: dict[str, str], language: str
) -> None:
    assert language_of(customer, home="zh") == language


def _checked_and_filled(content: Content) -> None:
    content.check()
    rendered(content, LIN)
