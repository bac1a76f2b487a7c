"""What does one learn by holding the shop's customers against a file that knows better?"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke.app import Project
from shuke.errors import WrongCall
from shuke.views import evaluation
from shuke.views.evaluation import Evaluation
from shuke.views.viewer import Viewer

# The shop has T1 and W1 as one customer, for they share a phone; T2, T3 and W2 each stand alone.


@pytest.fixture
def judge(project: Project, owner: Viewer, tmp_path: Path):
    def judged(text: str, *, viewer: Viewer = owner) -> Evaluation:
        file = tmp_path / "truth.csv"
        file.write_text(text, "utf-8")
        return evaluation.evaluate(project, file, viewer=viewer)

    return judged


@pytest.mark.parametrize(
    "header", ["record_id,cluster", "Rec ID,True ID", "unique_id,person", "id,cluster_id"]
)
def test_who_is_in_one_cluster_should_be_one_customer(judge, header: str):
    found = judge(f"{header}\nT1,a\nW1,a\nT2,b\nW2,b\n")
    assert (found.pairs.said, found.pairs.true, found.pairs.right) == (1, 2, 1)
    assert (found.pairs.precision, found.pairs.recall) == (1.0, 0.5)
    assert (found.clusters.said, found.clusters.true, found.clusters.right) == (3, 2, 1)
    assert (found.records, found.unknown_to_build, found.unknown_to_truth, found.whole) == (4, 0, 1, False)
    (missed,) = found.sources
    assert (missed.source_l, missed.source_r, missed.false, missed.missed) == ("till", "web", 0, 1)
    assert [(e.error, e.record_l, e.record_r) for e in found.examples] == [("missed", "till:T2", "web:W2")]
    assert sum(c.pairs for c in found.causes) == 1


def test_a_false_pair_is_named_but_masked_for_viewers(judge, stranger: Viewer):
    text = "source,record_id,cluster\ntill,T1,a\nweb,W1,b\n"
    (seen,) = judge(text).examples
    assert (seen.error, seen.record_l, seen.record_r) == ("false", "till:T1", "web:W1")
    (hidden,) = judge(text, viewer=stranger).examples
    assert (hidden.record_l, hidden.record_r) == ("***", "***")


def test_a_record_that_the_build_does_not_know_is_alone(judge):
    found = judge("record_id,cluster\nT1,a\nW1,a\nW9,a\nnobody,c\n")
    assert (found.unknown_to_build, found.records) == (2, 4)
    assert (found.pairs.said, found.pairs.true, found.pairs.right) == (1, 3, 1)
    assert (found.clusters.said, found.clusters.true, found.clusters.right) == (3, 2, 1)


def test_whole_names_of_records_are_understood(judge):
    assert judge("record,cluster\ntill:T1,a\nweb:W1,a\n").pairs.f1 == 1.0


def test_pairs_make_one_of_all_that_hang_together_and_leave_the_rest_alone(judge):
    found = judge("record_l,record_r\nT1,W1\nW1,T3\n")
    assert found.whole and found.records == 5
    assert (found.pairs.said, found.pairs.true, found.pairs.right) == (1, 3, 1)


def test_pairs_that_were_judged_one_by_one_say_nothing_of_other_records(judge):
    head = "unique_id_l,source_dataset_l,unique_id_r,source_dataset_r,clerical_match_score\n"
    found = judge(head + "T1,till,W1,web,0.2\nT2,till,W2,web,0.5\n")
    assert not found.whole and found.records == 4
    assert (found.pairs.said, found.pairs.true, found.pairs.right) == (1, 1, 0)


def test_a_source_that_the_build_does_not_know_is_named(judge):
    found = judge("source,record_id,cluster\ntill,T1,a\nfair,F1,a\n")
    assert (found.unknown_sources, found.unknown_to_build) == (("fair",), 1)


def test_a_truth_may_be_parquet_with_numbers(project: Project, owner: Viewer, tmp_path: Path):
    rows = pa.table({"record_id": ["T1", "W1"], "cluster": [7, 7]})
    pq.write_table(rows, tmp_path / "truth.parquet")
    assert evaluation.evaluate(project, tmp_path / "truth.parquet", viewer=owner).pairs.f1 == 1.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("record_id,colour\nT1,red\n", "truth.csv has the columns record_id, colour"),
        ("record_id,cluster\nT1,a\nT1,b\n", "row 3: record 'T1' stands in two clusters, 'a' and 'b'"),
        ("record_id,cluster\nT1,a\nW1,\n", "truth.csv, row 3: column cluster is empty"),
        ("record_l,record_r\nT1,W1\n,W1\n", "truth.csv, row 3: column record_l is empty"),
        ("id1,id2,match\nT1,W1,1\nT2,W2,maybe\n", "row 3: column match says 'maybe'"),
        ("record_id,cluster\nX1,a\nX2,a\n", "sources are till, web. Its first is 'X1', in row 2"),
    ],
)  # fmt: skip
def test_what_is_no_truth_is_refused_by_file_row_column_and_value(judge, text: str, told: str):
    with pytest.raises(WrongCall) as refused:
        judge(text)
    assert told in str(refused.value)
