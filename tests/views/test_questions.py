"""What do the analyses answer, by what a manager asks?"""

import pytest

from shuke.app import Project
from shuke.languages import Text, speaking
from shuke.tables import Column, Type, table
from shuke.tables.themes import OTHER, THEMES
from shuke.views import questions
from shuke.views.viewer import Viewer

DAY = Text("Day", "日")


def test_every_analysis_that_speaks_stands_under_one_question(project: Project, owner: Viewer):
    themes = questions.themes(project, viewer=owner)
    found = [question.name for theme in themes for question in theme.questions]
    assert len(found) == len({*found}) and {"rfm", "retention", "monthly_sales", "complaints"} <= {*found}
    # Neither what tells of no question, nor what is but a step on the way.
    assert "customers" not in found and "departure_chances" not in found


def test_themes_stand_in_the_order_in_which_they_are_asked(project: Project, owner: Viewer):
    names = [theme.name for theme in questions.themes(project, viewer=owner)]
    assert names == [name for name in THEMES if name in names] and OTHER not in names


def test_an_answer_is_a_sentence_in_the_language_of_the_reader(project: Project, owner: Viewer):
    def answer() -> str | None:
        themes = questions.themes(project, viewer=owner)
        return next(q.answer for theme in themes for q in theme.questions if q.name == "monthly_sales")

    english = answer()
    with speaking("zh"):
        chinese = answer()
    assert english and "2026" in english and chinese and "月" in chinese and english != chinese


def test_an_analysis_without_rows_says_why_and_has_no_picture(project: Project, owner: Viewer):
    asked = [q for theme in questions.themes(project, viewer=owner) for q in theme.questions]
    assert all(q.answer for q in asked)
    assert all(q.rows or not q.charts for q in asked)


def test_a_theme_that_there_is_not_is_refused_where_it_is_declared():
    with pytest.raises(ValueError, match="weather"):

        @table(key="day", title=DAY, theme="weather", columns=[Column("day", Type.DATE, DAY)])
        def sunshine(days): ...
