import numpy as np
import pandas as pd
import pytest

from shuke.models.churn_classifier import judge, measured


@pytest.fixture(scope="module")
def telephone(shared_data):
    """The churn of 5,000 customers of a telephone company (MLC) and of 7,043 of another (IBM's example)."""

    def read(name):
        frame = pd.read_csv(shared_data / "churn_mlc" / f"{name}_churn.csv")
        return frame.drop(columns="churn"), frame.churn.str.lower().eq("yes").to_numpy()

    return read


# Measured: AUC 0.919 and Brier 0.0374 beside 0.1214; AUC 0.845 and Brier 0.1357 beside 0.1949.
@pytest.mark.parametrize(
    ("name", "churned", "auc", "brier"), [("mlc", 707, 0.90, 0.35), ("wa", 1869, 0.83, 0.72)]
)
def test_who_leaves_a_telephone_company_is_told_well(telephone, name, churned, auc, brier):
    known, gone = telephone(name)
    assert gone.sum() == churned  # 707 of 5,000, 14.14 %, as published
    asked = known.iloc[::10]
    found = judge(known, gone, asked)
    assert found is not None and found.check.auc > auc
    assert found.check.brier < brier * found.check.base_brier
    assert found.chances.mean() == pytest.approx(gone.mean(), abs=0.03)
    assert list(found.weights) == list(known) and np.isfinite(found.weights.to_numpy()).all()


def made_up(count, *, telling):
    """Customers of two kinds, of whom the complainers leave; `noise` tells nothing."""
    dice = np.random.default_rng(1)
    complaints = dice.integers(0, 4, count)
    gone = dice.random(count) < (0.05 + 0.25 * complaints if telling else 0.3)
    kinds = np.where(dice.random(count) < 0.5, "year", "month").astype(object)
    kinds[:5] = None
    noise = dice.normal(size=count)
    noise[:9] = np.nan
    return pd.DataFrame({"complaints": complaints, "kind": kinds, "noise": noise}), gone


def test_chances_are_calibrated_and_reasons_are_what_differs_from_the_average():
    known, gone = made_up(600, telling=True)
    asked = pd.DataFrame({"complaints": [0, 3], "kind": ["year", "decade"], "noise": [0.0, np.nan]})
    found = judge(known, gone, asked)
    assert found is not None and found.check.good and found.check.auc > 0.7
    assert found.chances[0] == pytest.approx(0.05, abs=0.06)
    assert found.chances[1] == pytest.approx(0.80, abs=0.1)
    assert found.weights.idxmax(axis=1)[1] == "complaints" and found.weights.complaints[0] < 0
    again = judge(known, gone, asked)
    assert again is not None and (again.chances == found.chances).all()


def test_without_a_signal_it_is_said_to_be_no_good():
    known, gone = made_up(300, telling=False)
    found = judge(known, gone, known.head(0))
    assert found is not None and not found.check.good and len(found.chances) == 0


def test_too_few_of_either_outcome_are_not_learnt_from():
    known, _ = made_up(600, telling=True)
    assert judge(known.head(60), np.arange(60) < 29, known) is None
    assert judge(known.head(60), np.arange(60) >= 29, known) is None


def test_rows_of_one_customer_never_teach_about_themselves():
    dice = np.random.default_rng(2)
    who = np.repeat(np.arange(150), 4)
    gone = (dice.random(150) < 0.4)[who]
    mark = dice.normal(size=150)[who]  # tells who it is, but nothing of others
    frame = pd.DataFrame({"mark": mark, "other": dice.normal(size=600)})
    found = judge(frame, gone, frame, groups=who)
    assert found is not None and found.check.auc < 0.65


def test_a_check_measures_chances_against_what_came():
    found = measured(np.array([0.9, 0.2, 0.6, 0.1]), np.array([True, False, False, False]))
    assert (found.auc, found.base_brier) == (1.0, 0.1875)
    assert found.brier == pytest.approx((0.01 + 0.04 + 0.36 + 0.01) / 4)
    assert measured(np.array([0.9]), np.array([True])).auc == 0.5
