"""Does one learn why two records are one customer, or why they are not?"""

import pytest

from shuke.app import Project
from shuke.errors import UnknownCustomer, WrongCall
from shuke.views.explanation import explain, verdict
from shuke.views.viewer import Viewer


def test_two_records_of_one_customer_are_joined_by_all_they_share(project: Project, owner: Viewer):
    told = explain(project, "T1", "W1", viewer=owner)
    assert told.together and told.reason is None
    assert told.left.customer_id in verdict(told)
    # One phone, and a middle initial makes no other name.
    assert [bond.by for bond in told.path] == ["identifier"]
    lines = {line.name: line for line in told.lines}
    assert (lines["name"].left, lines["name"].right) == ("Ann Lee", "Ann M. Lee")
    assert lines["phone"].agreement == "same" and lines["city"].agreement == "different"


def test_each_comparison_adds_its_weight_to_what_is_expected_of_any_two(project: Project, owner: Viewer):
    weights = explain(project, "T1", "W1", viewer=owner).weights
    assert weights is not None
    assert weights.prior + sum(s.weight for s in weights.steps) == pytest.approx(weights.weight)
    by_name = {step.comparison: step for step in weights.steps}
    assert by_name["phone"].weight > 10 and by_name["phone"].left == by_name["phone"].right


def test_two_who_share_nothing_were_never_compared(project: Project, owner: Viewer):
    told = explain(project, "T2", "W2", viewer=owner)
    assert not told.together and told.reason == "never_compared" and told.path == ()
    assert "They were not compared" in verdict(told)


def test_customers_are_explained_by_their_records(project: Project, owner: Viewer):
    one = explain(project, "T1", "W1", viewer=owner).left.customer_id
    told = explain(project, one, one, viewer=owner)
    assert {told.left.record, told.right.record} == {"till:T1", "web:W1"}
    with pytest.raises(WrongCall, match="the same record"):
        explain(project, "T2", "till:T2", viewer=owner)


def test_a_viewer_sees_how_it_stands_but_nobody_in_it(project: Project, owner: Viewer, stranger: Viewer):
    whose = explain(project, "T1", "W1", viewer=owner).left.customer_id
    told = explain(project, whose, whose, viewer=stranger)
    assert told.together and told.left.record == told.path[0].record_l == "***"
    assert told.weights is not None and not any(step.left or step.right for step in told.weights.steps)
    assert not {"Ann Lee", "447700900123"} & {line.left for line in told.lines}


def test_who_sees_no_numbers_is_not_told_whose_a_number_is(project: Project, stranger: Viewer):
    answers = set()
    for number in ("till:T1", "T1", "till:T9", "T9"):
        with pytest.raises(UnknownCustomer) as refused:
            explain(project, number, number, viewer=stranger)
        answers.add(str(refused.value).replace(number, ""))
    assert len(answers) == 1
