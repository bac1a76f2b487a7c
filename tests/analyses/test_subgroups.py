from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from shuke.analyses.false_discoveries import corrected
from shuke.analyses.subgroup_search import Rules, search
from shuke.analyses.subgroups import CellSums, drawn, judged, stratified

RUNS, CUSTOMERS = 2000, 400
#: Values of four attributes, as often as they stand here; and what each customer is measured by.
SHARES = ([0.5, 0.3, 0.2], [0.4, 0.3, 0.3], [0.5, 0.5], [0.2, 0.2, 0.6])
FLAGS = np.array([False, False, True, False])


def groups(rng: np.random.Generator, customers: int) -> dict[str, np.ndarray]:
    return {f"a{n}": rng.choice(len(shares), customers, p=shares) for n, shares in enumerate(SHARES)}


def figures(rng: np.random.Generator, customers: int) -> np.ndarray:
    """Money and visits that go together, a rare yes or no, and a share that is nearly always nothing."""
    rich = rng.normal(size=customers)
    return np.column_stack(
        [
            np.round(1000 * np.log1p(np.exp(4 + rich + rng.normal(size=customers)))),
            rng.poisson(np.exp(rich / 2)),
            rng.random(customers) < 0.04,
            np.where(rng.random(customers) < 0.08, rng.beta(0.6, 1, customers) * 10_000, 0).round(),
        ]
    )


def added_up(groups: dict[str, np.ndarray], scores: np.ndarray, names: tuple[str, ...]) -> CellSums:
    shape = tuple(int(groups[name].max()) + 2 for name in names)
    place = np.ravel_multi_index([groups[name] for name in names], shape)
    here = np.zeros((int(np.prod(shape)), len(scores)))
    here[place, np.arange(len(scores))] = 1
    known = np.ones_like(scores)
    whole = (*shape, scores.shape[1])
    return CellSums(*((here @ each).reshape(whole) for each in (known, scores, scores**2)))


def test_where_labels_are_shuffled_no_more_runs_than_stated_find_anything():
    rng = np.random.default_rng(1)
    people, scores = groups(rng, CUSTOMERS), figures(rng, CUSTOMERS)
    shuffled = scores[np.argsort(rng.random((RUNS, CUSTOMERS)), axis=1)]  # run, customer, measure
    side_by_side = shuffled.transpose(1, 0, 2).reshape(CUSTOMERS, -1)
    p, tried = [], []
    for depth in (1, 2, 3):
        for names in combinations(people, depth):
            found = judged(added_up(people, side_by_side, names), np.tile(FLAGS, RUNS), least=30)
            p.append(found.p.reshape(-1, RUNS, len(FLAGS)))
            tried.append(found.tried.reshape(-1, RUNS, len(FLAGS)))
    each, told = np.concatenate(p).swapaxes(0, 1), np.concatenate(tried).swapaxes(0, 1)
    wrong = sum((corrected(p[t], int(t.sum())) <= 0.05).any() for p, t in zip(each, told, strict=True))
    print(f"{wrong} of {RUNS} runs found something that is not there")
    assert told.sum() > 100 * RUNS
    assert wrong <= binom.ppf(0.9995, RUNS, 0.05)


@pytest.mark.parametrize("flag", [True, False])
def test_one_comparison_is_wrong_as_often_as_it_says(flag):
    """Of groups drawn without any difference one in twenty is called different at 5 %; exact tests: fewer."""
    rng = np.random.default_rng(2)
    scores = (figures(rng, CUSTOMERS)[:, [2]] if flag else figures(rng, CUSTOMERS)[:, [0]]).astype(float)
    group = {"a": rng.choice(2, CUSTOMERS, p=[0.75, 0.25])}
    shuffled = scores[np.argsort(rng.random((RUNS, CUSTOMERS)), axis=1)][..., 0].T
    cells = added_up(group, shuffled, ("a",))
    wrong = int((judged(cells, np.full(RUNS, flag), least=30).p[1] <= 0.05).sum())
    low, high = binom.ppf([0.0005, 0.9995], RUNS, 0.05)
    assert (0 if flag else low) <= wrong <= high


def test_the_tail_of_a_flag_is_that_of_fisher():
    n, hits, total = 40, 15, 300
    for x in (0, 2, 5, 9, 15):
        inside, whole = (
            CellSums(*(np.array([float(v)]) for v in (m, s, s))) for m, s in ((n, x), (total, hits))
        )
        least = min(hypergeom.cdf(x, total, hits, n), hypergeom.sf(x - 1, total, hits, n))
        assert drawn(inside, whole, np.array([True])) == pytest.approx(min(2 * least, 1))


def planted(effect) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(3)
    people = groups(rng, 3000)
    return people, rng.normal(size=(3000, 1)) + effect(people)[:, None]


def found(people: dict[str, np.ndarray], scores: np.ndarray):
    rules = Rules(30, 0.05, np.array([False]), {name: np.array([False]) for name in people})
    return search(lambda sets: {n: added_up(people, scores, n) for n in sets}, list(people), rules).findings


def test_a_group_that_is_unlike_is_found_once_with_neither_its_complement_nor_its_parts():
    people, scores = planted(lambda a: 0.6 * (a["a0"] == 1))
    assert [each.group for each in found(people, scores)] == [(("a0", 1),)]
    assert found(people, scores)[0].higher


def test_two_effects_that_each_act_alone_are_two_findings_and_no_third():
    people, scores = planted(lambda a: 0.6 * (a["a0"] == 1) + 0.6 * (a["a2"] == 1))
    assert {each.group for each in found(people, scores)} <= {(("a0", 1),), (("a2", 1),), (("a2", 0),)}
    assert len(found(people, scores)) == 2


def test_what_three_conditions_do_only_together_is_found_as_that():
    people, scores = planted(lambda a: 2.5 * ((a["a0"] == 1) & (a["a1"] == 2) & (a["a2"] == 0)))
    deep = [each for each in found(people, scores) if len(each.group) == 3]
    assert [each.group for each in deep] == [(("a0", 1), ("a1", 2), ("a2", 0))]
    assert len(deep[0].within) == 2 and deep[0].higher


def test_a_city_is_explained_by_its_region():
    rng = np.random.default_rng(4)
    region = rng.choice(4, 3000)
    people = {"region": region, "city": region * 2 + rng.choice(2, 3000)}
    scores = rng.normal(size=(3000, 1)) + 0.8 * (region == 2)[:, None]
    assert [each.group for each in found(people, scores)] == [(("region", 2),)]
    cells = added_up(people, scores, ("city", "region"))
    assert stratified(cells, np.array([False]))[4, 0] > 0.01


def test_nobody_and_everybody_alike_are_no_finding():
    people = {"a": np.zeros(100, dtype=int), "b": np.arange(100) % 2}
    assert found(people, np.zeros((100, 1))) == []
    assert found({"a": np.zeros(10, dtype=int)}, np.ones((10, 1))) == []


def test_of_ten_attributes_65_tables_are_counted_and_no_more():
    """One aggregation of all customers each; those of the ten by themselves are a part of them."""
    rng, asked = np.random.default_rng(5), []
    people = {f"a{n}": rng.choice(2, 200) for n in range(10)}
    scores = rng.normal(size=(200, 1))

    def count(sets):
        asked.extend(sets)
        return {names: added_up(people, scores, names) for names in sets}

    search(count, list(people), Rules(30, 0.05, np.array([False]), dict.fromkeys(people, np.array([False]))))
    assert len(asked) == len(set(asked)) == 10 + 45 + 10
