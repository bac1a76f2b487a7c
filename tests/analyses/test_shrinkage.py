import numpy as np
import pandas as pd
import pytest

from shuke.analyses.shrinkage import log_score, pooled, shrunk, spread


def cells(*counts: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(counts, columns=["hits", "trials"])


def test_cells_that_differ_by_chance_alone_all_get_everybodys_chance():
    drawn = np.random.default_rng(4).binomial(100, 0.2, size=200)
    found = cells(*((int(hits), 100) for hits in drawn))
    chance = shrunk(found, pooled(found.assign(all=1), ["all"]))
    assert chance.std() < 0.02 < (found.hits / found.trials).std()


def test_cells_that_truly_differ_keep_their_own_chance():
    found = cells((90, 100), (10, 100), (80, 100), (20, 100))
    chance = shrunk(found, pd.Series([0.5] * 4))
    assert chance.round(1).tolist() == [0.9, 0.1, 0.8, 0.2]


def test_a_cell_without_trials_has_the_chance_of_all_others():
    found = cells((0, 0), (5, 10))
    assert shrunk(found, pd.Series([0.3, 0.5]))[0] == pytest.approx(0.3)


def test_the_interval_is_wilsons():
    low, high = spread(pd.Series([0.1]), pd.Series([100]))
    # Newcombe (1998), table I: 10 of 100 has 0.0552 to 0.1744.
    assert (round(low[0], 4), round(high[0], 4)) == (0.0552, 0.1744)


def test_the_score_is_the_greater_the_better_was_foretold():
    came = cells((9, 10))
    assert (
        log_score(came, pd.Series([0.9]))
        > log_score(came, pd.Series([0.5]))
        > log_score(came, pd.Series([0.0]))
    )
