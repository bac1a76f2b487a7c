from babel.messages.pofile import normalize
from hypothesis import given
from hypothesis import strategies as st

from shuke import languages
from shuke.languages import N_, Text, _, choose, language, speaking, wordings


def test_the_first_language_that_we_speak_is_chosen():
    assert choose("zh-CN,zh;q=0.9,en;q=0.8") == "zh"
    assert choose("zh_CN.UTF-8") == "zh"
    assert choose("zh") == "zh"
    assert choose("en_GB.UTF-8") == "en"
    assert choose("de-DE,zh-TW;q=0.7") == "zh"


def test_a_higher_quality_goes_before_an_earlier_place():
    assert choose("en;q=0.3, zh;q=0.9") == "zh"
    assert choose("zh;q=0.3, en") == "en"


def test_english_is_spoken_where_nothing_that_we_speak_is_asked_for():
    for accepted in (None, "", "C.UTF-8", "de-DE,fr;q=0.5", "*", ";;,q="):
        assert choose(accepted) == "en"


@given(st.text())
def test_whatever_a_browser_sends_a_language_is_chosen(accepted: str):
    assert choose(accepted) in languages.LANGUAGES


def test_a_text_is_worded_for_the_reader_whom_the_context_serves():
    told = Text("Customers", "客户")
    assert str(told) == "Customers"
    with speaking("zh"):
        assert str(told) == "客户"
        with speaking("en"):
            assert str(told) == "Customers"
        assert language() == "zh"
    assert language() == "en"
    assert (told.in_("en"), told.in_("zh")) == ("Customers", "客户")


def test_the_language_before_is_spoken_again_when_something_went_wrong():
    try:
        with speaking("zh"):
            raise ValueError
    except ValueError:
        assert language() == "en"


def test_a_message_is_translated_when_it_is_shown_and_not_when_it_is_marked():
    with speaking("zh"):
        assert N_("Customers") == "Customers"
        assert _("Customers") == "客户"
    assert _("Customers") == "Customers"


def test_a_message_that_nobody_translated_stands_as_it_is():
    with speaking("zh"):
        assert _("Nobody wrote this down.") == "Nobody wrote this down."


def test_without_its_catalogue_shuke_speaks_english(monkeypatch, tmp_path):
    languages._catalogue.cache_clear()
    monkeypatch.setattr(languages, "__file__", str(tmp_path / "languages.py"))
    try:
        with speaking("zh"):
            assert _("Customers") == "Customers"
    finally:
        languages._catalogue.cache_clear()


def test_an_entry_without_wording_is_no_translation():
    assert wordings('msgid "One"\nmsgstr ""\n\nmsgid "Two"\nmsgstr "二"') == {"Two": "二"}


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1)))
def test_a_catalogue_is_read_as_it_was_written(messages: dict[str, str]):
    entries = [f"#: somewhere.py\nmsgid {_quoted(m)}\nmsgstr {_quoted(w)}\n" for m, w in messages.items()]
    assert wordings("\n".join(entries)) == messages


def _quoted(text: str) -> str:
    return str(normalize(text, width=0))
