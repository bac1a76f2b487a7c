"""Do the analyses find which mailings of the demo company worked, and nothing where nothing was changed?"""

from datetime import UTC, date, datetime

import duckdb
import pandas as pd
import pytest

from shuke import demo
from shuke.app import Project, init
from shuke.builds.pipeline import build
from shuke.collect.ingestion import ingest
from shuke.settings import Settings
from tests.few_tables import FEW, only

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
#: A whole demo company is imported and built first.
pytestmark = pytest.mark.timeout(1500)

TABLES = ("campaign_results", "marketing", "attribution", "crm_effect")


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, pd.DataFrame]:
    """The demo company, and of each mailing how much likelier a letter made a purchase."""
    folder = tmp_path_factory.mktemp("mailed")
    company = demo.make(folder / "company", customers=4000, until=date(2026, 10, 31))
    project = init(folder / "shop", Settings(name="Regular & Co."))
    for file in company.files:
        ingest(project, file.source, [file.path], now=NOW)
    with only(*FEW, *TABLES):
        build(project, now=NOW)
    query = (
        f"SELECT mailing, any_value(effect) > 0 AS works, avg(is_answered::INT) FILTER (NOT alone) AS truly "
        f"FROM '{company.truth}/mailings.parquet' GROUP BY mailing ORDER BY mailing"
    )
    with duckdb.connect() as db:
        found = db.execute(query).df()
    return project, found.set_index("mailing")


def rows(project: Project, name: str) -> pd.DataFrame:
    return project.open().table(name).to_pandas()


def graded(what: str, found: set[str], truth: pd.DataFrame) -> tuple[float, float]:
    """Precision and recall of what is called a mailing that works."""
    works = set(truth.index[truth.works])
    precision, recall = len(found & works) / max(len(found), 1), len(found & works) / len(works)
    print(f"{what}: precision {precision:.2f}, recall {recall:.2f} ({', '.join(sorted(found))})")
    return precision, recall


def test_experiments_find_the_mailings_that_worked_and_how_much(mailed):
    project, truth = mailed
    results = rows(project, "campaign_results")
    buyers = results[results.metric == "buyers"].set_index("campaign_id").loc[truth.index]
    assert graded("experiments", set(buyers.index[buyers.verdict == "more"]), truth) == (1, 1)
    # Who answers might have bought in the time anyway: the truth is a little above what a letter changes.
    for mailing, row in buyers.iterrows():
        assert row.adjusted_low <= truth.truly[mailing] and row.adjusted_high >= 0.8 * truth.truly[mailing]


def test_the_comparison_of_customers_alike_finds_them_too(mailed):
    project, truth = mailed
    effects = rows(project, "crm_effect")
    money = effects[(effects.outcome == "revenue") & effects.measure.isin(truth.index)]
    assert set(money.experiment) == {True}
    found = set(money.measure[money.verdict == "more"])
    precision, _ = graded("customers alike", found, truth)
    assert found and precision == 1


def test_what_followed_a_mailing_looks_good_whether_it_worked_or_not(mailed):
    """Why bookkeeping is no evidence: by ROI and by attribution, those that changed nothing pay as well."""
    project, truth = mailed
    shown = rows(project, "marketing")
    mailings = shown[(shown.by == "campaign") & shown.value.isin(truth.index)].set_index("value")
    assert (mailings.roi > 0).all() and set(mailings.evidence) == {"experiment"}
    credit = rows(project, "attribution")
    credit = credit[(credit.by == "campaign") & credit.value.isin(truth.index)].set_index("value")
    assert (credit.last_touch > 0).all() and (credit.markov > 0).all()
    idle = credit.loc[credit.index.intersection(truth.index[~truth.works])]
    assert (idle.incremental_low <= 0).all()
