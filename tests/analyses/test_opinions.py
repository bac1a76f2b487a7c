from datetime import date

from shuke.analyses.complaints import complaints
from shuke.analyses.opinion_texts import opinion_texts, texts_sentence
from shuke.analyses.opinion_topics import opinion_topics, topic_sentence, topics_bars
from shuke.analyses.opinions import months, opinion_sentence, opinions
from shuke.analyses.sentiment_accuracy import accuracy_sentence, sentiment_accuracy
from shuke.analyses.survey_scores import survey_scores
from shuke.models.sentiments import sentiments
from shuke.models.topics import text_topics
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def call(number: str, text: str | None, **further: object) -> Row:
    return {"interaction_id": number, "record_id": "A1", "at": "2026-05-01T02:00", "key": number,
            "text": text} | further  # fmt: skip


def texts(desk: Tables, calls: list[Row], answers: list[Row] = [], scores: list[Row] = []):  # noqa: B006
    whose = desk.identities(anna="A1")
    landed = desk.landed("interactions", calls)
    complained = desk.made(complaints, landed, whose, as_of=AS_OF, zone="UTC")
    table = desk.made(
        opinion_texts, landed, desk.landed("responses", answers), desk.derived(survey_scores, scores),
        desk.checkpoint(complained), whose, as_of=AS_OF, zone="UTC", max_length=100,
    )  # fmt: skip
    return desk.checkpoint(table)


def test_everything_that_was_said_in_words_is_heard_once_and_of_any_length(engine):
    found = {
        row["opinion_id"]: row
        for row in engine.rows(
            texts(
                engine,
                [call("1", "快递晚了 three days", topic="投诉"), call("2", "😀🎉 123"), call("3", "  "),
                 call("4", "x" * 100_000, record_id="Z"), call("5", "Not yet", at="2026-07-02T00:00"),
                 call("6", None)],
                [{"key": "7", "record_id": "A1", "question": "?", "answer": "Très bien", "at": "2026-05-02"}],
                [{"score_id": "7", "rating": 1.0, "verdict": "good"}],
            )
        )
    }  # fmt: skip
    assert {key: (r["language"], r["origin"], r["customer_id"]) for key, r in found.items()} == {
        "1": ("zh", "contact", "anna"), "2": ("", "contact", "anna"), "4": ("en", "contact", None),
        "7": ("en", "answer", "anna"),
    }  # fmt: skip
    assert len(found["4"]["text"]) == 100
    assert (found["1"]["is_complaint"], found["1"]["waiting"], found["2"]["is_complaint"]) == (
        True,
        True,
        False,
    )
    assert (found["7"]["rating"], found["7"]["verdict"]) == (1.0, "good")


def heard(desk: Tables, rows: list[Row], history: list[Row] = []):  # noqa: B006
    """Opinions of texts, whose sentiment and topic are as written."""
    said = [{"customer_id": "anna", "day": AS_OF, "text": "?", "origin": "contact", "is_complaint": False,
             "waiting": False, "opinion_id": str(n)} | row for n, row in enumerate(rows)]  # fmt: skip
    tones = [{"opinion_id": row["opinion_id"], "sentiment": row.get("tone", "neutral")} for row in said]
    about = [{"opinion_id": row["opinion_id"], "topic_no": row.get("about", 1),
              "topic": f"topic {row.get('about', 1)}"} for row in said]  # fmt: skip
    table = desk.made(
        opinions, desk.derived(opinion_texts, said), desk.derived(sentiments, tones),
        desk.derived(text_topics, about), desk.landed("interactions", history), zone="UTC",
    )  # fmt: skip
    return desk.checkpoint(table)


def test_each_text_has_a_form_by_its_words_and_else_by_its_sentiment(engine):
    rows: list[Row] = [
        {"is_complaint": True, "text": "I suggest you resign"}, {"text": "希望多开几家店"},
        {"text": "opening hours", "kind": "Inquiry"}, {"text": "wonderful", "tone": "praise"},
        {"text": "it broke", "tone": "blame"}, {"text": "blue"}, {"text": "Thank you"},
    ]  # fmt: skip
    found = sorted(engine.rows(heard(engine, rows)), key=lambda row: str(row["opinion_id"]))
    assert [row["form"] for row in found] == [
        "complaint", "suggestion", "inquiry", "praise", "criticism", "remark", "praise",
    ]  # fmt: skip


def test_an_answer_is_dated_by_the_import_that_first_tells_of_it_and_a_repeat_by_the_one_before(engine):
    rows = [
        {"day": date(2026, 1, 1), "is_complaint": True}, {"day": date(2026, 4, 1), "tone": "blame"},
        {"day": date(2026, 5, 1), "tone": "blame", "about": 2}, {"day": date(2026, 6, 1), "tone": "praise"},
        {"day": date(2026, 5, 2), "tone": "blame", "customer_id": None},
        {"day": date(2026, 5, 3), "tone": "blame", "customer_id": None},
    ]  # fmt: skip
    history = [
        {"key": "0", "interaction_id": "0", "status": "open", "received_at": "2026-01-02"},
        {"key": "0", "interaction_id": "0", "status": "closed", "received_at": "2026-01-09"},
        {"key": "0", "interaction_id": "0", "status": "closed", "received_at": "2026-02-09"},
        {"key": "1", "interaction_id": "1", "status": "closed", "received_at": "2026-05-01"},
    ]
    found = {row["opinion_id"]: row for row in engine.rows(heard(engine, rows, history))}
    assert found["0"]["answered_on"] == date(2026, 1, 9) and found["0"]["days_to_answer"] == 8
    assert found["1"]["answered_on"] is None
    assert {key for key, row in found.items() if row["is_repeat"]} == {"1"}


def test_a_topic_that_is_spoken_of_more_than_before_is_on_the_rise(engine):
    rows = [
        *({"day": date(2026, 6, 1), "about": 1, "tone": "blame", "product_id": "pie"} for _ in range(30)),
        *({"day": date(2025, 9, 1), "about": 1, "tone": "praise"} for _ in range(10)),
        *({"day": date(2026, 6, 1), "about": 2} for _ in range(10)),
        *({"day": date(2025, 9, 1), "about": 2} for _ in range(40)),
        {"day": date(2020, 1, 1), "about": 3},
    ]  # fmt: skip
    table = engine.made(opinion_topics, heard(engine, rows), as_of=AS_OF)
    found = {row["topic_no"]: row for row in engine.rows(engine.checkpoint(table))}
    assert {number: row["rising"] for number, row in found.items()} == {1: True, 2: False}
    assert (found[1]["texts"], found[1]["recent"], found[1]["blame_share"]) == (40, 30, 0.75)
    assert found[1]["blame_low"] < 0.75 < found[1]["blame_high"] and found[1]["product_id"] == "pie"
    assert found[2]["blame_share"] is None and found[2]["department"] is None


def test_poor_data_gives_plain_sentences_and_empty_pictures(duckdb):
    nothing = heard(duckdb, [])
    topics = duckdb.made(opinion_topics, nothing, as_of=AS_OF).to_pandas()
    assert "No customer has said" in opinion_sentence(nothing).en and months(nothing).to_dict()
    assert "Too few texts" in topic_sentence(topics).en and topics_bars(topics).to_dict()
    assert "No text" in texts_sentence(texts(duckdb, [])).en
    one = heard(duckdb, [{"is_complaint": True, "waiting": True}])
    assert opinion_sentence(one).en.startswith("Of 1 texts 1 complain and 0 praise; 1 complaints wait")
    told = duckdb.made(opinion_topics, one, as_of=AS_OF).to_pandas()
    assert topic_sentence(told).en == "Most is said of “topic 1” (1 texts in a year); none is on the rise."


def test_accuracy_counts_how_often_the_unseen_agrees_with_the_rating(engine):
    rows = [
        {"opinion_id": str(n), "origin": "answer", "language": "en", "method": "vader", "rated": rated,
         "held_out": said}
        for n, (rated, said) in enumerate([("praise", "praise"), ("blame", "neutral"), ("praise", "praise"),
                                           (None, "blame")])
    ]  # fmt: skip
    table = engine.made(sentiment_accuracy, engine.derived(sentiments, rows))
    (row,) = engine.rows(table)
    assert (row["texts"], row["right"]) == (3, 2) and row["low"] < 2 / 3 < row["high"]
    assert abs(row["naive"] - 2 / 3) < 1e-9
    if engine.engine.__class__.__name__ == "DuckDB":
        assert "67% are told rightly" in accuracy_sentence(table.to_pandas()).en
        assert "No text has a rating" in accuracy_sentence(table.to_pandas().head(0)).en
