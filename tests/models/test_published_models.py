"""The models against what their authors published of the CDNOW sample, and against other ways to say it."""

import numpy as np
import pytest
from scipy import integrate
from scipy.special import gammaln, hyp2f1

from shuke.models import bg_nbd, gamma_gamma, pareto_nbd
from shuke.models.bg_nbd import BgNbd
from shuke.models.gamma_gamma import GammaGamma, Spenders
from shuke.models.histories import PurchaseHistories
from shuke.models.pareto_nbd import ParetoNbd
from tests.models import cdnow


@pytest.fixture(scope="module")
def bought(shared_data):
    return cdnow.days(shared_data)


def one(x: float, recency: float, age: float) -> PurchaseHistories:
    return PurchaseHistories(*(np.array([float(figure)]) for figure in (x, recency, age, 1)))


def test_bg_nbd_has_the_published_parameters(bought):
    groups = cdnow.groups(bought)
    found = bg_nbd.fit(groups)
    assert found
    assert groups.size == 2357
    assert (round(found.r, 3), round(found.alpha, 3)) == (0.243, 4.414)
    assert (round(found.a, 3), round(found.b, 3)) == (0.793, 2.426)
    assert round(found.log_likelihood(groups), 1) == -9582.4


def test_pareto_nbd_has_the_published_parameters(bought):
    groups = cdnow.groups(bought)
    found = pareto_nbd.fit(groups)
    assert found
    assert (round(found.r, 3), round(found.alpha, 3)) == (0.553, 10.578)
    assert (round(found.s, 3), round(found.beta, 3)) == (0.606, 11.669)
    assert round(found.log_likelihood(groups), 1) == -9595.0


def test_gamma_gamma_has_the_published_parameters(bought):
    spenders = cdnow.spenders(bought)
    found = gamma_gamma.fit(spenders)
    assert found
    assert spenders.size == 946
    assert (round(found.p, 2), round(found.q, 2), round(found.gamma, 2)) == (6.25, 3.74, 15.44)


def test_bg_nbd_foretells_what_the_39_weeks_after_brought_to_an_eighth(bought):
    groups = cdnow.groups(bought)
    came = sum(sum(cdnow.CUT < day <= cdnow.END for day in hers) for hers in bought.values())
    model = bg_nbd.fit(groups)
    assert model
    told = float(model.purchases(groups, 39) @ groups.customers)
    assert told == pytest.approx(came, rel=0.125)


@pytest.mark.parametrize("parameters", [(0.243, 4.414, 0.793, 2.426), (2.0, 30.0, 1.0, 5.0)])
@pytest.mark.parametrize("history", [(0, 0, 20), (2, 30.43, 38.86), (25, 20, 38)])
def test_bg_nbd_is_what_chance_by_chance_integration_gives(parameters, history):
    r, alpha, a, b = parameters
    x, recency, age = history
    model = BgNbd(*parameters)

    def likelihood(rate, leaving, alive):
        prior = rate ** (r - 1) * np.exp(-alpha * rate) * leaving ** (a - 1) * (1 - leaving) ** (b - 1)
        stayed = (1 - leaving) ** x * rate**x * np.exp(-rate * age)
        left = leaving * (1 - leaving) ** (x - 1) * rate**x * np.exp(-rate * recency) if x else 0.0
        return prior * (stayed if alive else stayed + left)

    def whole(alive, times=lambda rate, leaving: 1.0):
        # Squares of the variables, for the densities are infinite at nought.
        def height(root, part):
            rate, leaving = root**4, part**2
            return likelihood(rate, leaving, alive) * times(rate, leaving) * 8 * root**3 * part

        return integrate.dblquad(height, 0, 1, 0, ((60 + 5 * x) / (alpha + recency)) ** 0.25, epsrel=1e-8)[0]

    everything, span = whole(False), 13.0
    assert model.alive(one(*history))[0] == pytest.approx(whole(True) / everything, rel=1e-4)
    more = whole(True, lambda rate, leaving: (1 - np.exp(-rate * leaving * span)) / leaving)
    assert model.purchases(one(*history), span)[0] == pytest.approx(more / everything, rel=1e-4)


@pytest.mark.parametrize("parameters", [(0.553, 10.578, 0.606, 11.669), (1.2, 15.0, 3.0, 700.0)])
def test_pareto_nbd_is_what_the_papers_hypergeometric_form_gives(parameters):
    r, alpha, s, beta = parameters
    for x, recency, age in [(0, 0.0, 20.0), (2, 30.43, 38.86), (25, 20.0, 38.0)]:
        if alpha >= beta:
            turned, shift, base = s + 1, alpha - beta, alpha
        else:
            turned, shift, base = r + x, beta - alpha, beta
        whole = r + s + x

        def part(time, *, turned=turned, shift=shift, base=base, whole=whole):
            return hyp2f1(whole, turned, whole + 1, shift / (base + time)) / (base + time) ** whole

        stayed = (alpha + age) ** -(r + x) * (beta + age) ** -s
        left = s / whole * (part(recency) - part(age))
        group, model = one(x, recency, age), ParetoNbd(*parameters)
        assert model.alive(group)[0] == pytest.approx(stayed / (stayed + left), rel=1e-6)
        told = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        assert model.log_likelihood(group) == pytest.approx(told + np.log(stayed + left), rel=1e-8)


def test_groups_of_four_weeks_tell_nearly_the_same(bought):
    groups = cdnow.groups(bought)
    coarse = groups.coarser(4.0)
    assert coarse.size == groups.size
    assert len(coarse.age) < len(groups.age) / 4
    assert coarse.customers @ coarse.age == pytest.approx(groups.customers @ groups.age)
    found = pareto_nbd.fit(coarse)
    assert found
    assert found.log_likelihood(groups) == pytest.approx(-9595.0, abs=1.0)


def test_the_gradients_are_those_of_the_likelihoods(bought):
    groups, spenders = cdnow.groups(bought), cdnow.spenders(bought)
    for likelihood, at in (
        (bg_nbd._BgNbdLikelihood(groups), (0.4, 6.0, 0.5, 3.0)),
        (pareto_nbd._ParetoNbdLikelihood(groups), (0.4, 6.0, 0.5, 3.0)),
        (lambda where: gamma_gamma._likelihood(spenders, where), (5.0, 3.0, 20.0)),
    ):
        for n, step in enumerate(np.eye(len(at)) * 1e-6):
            up, down = likelihood(np.array(at) + step), likelihood(np.array(at) - step)
            slope = likelihood(np.array(at))[1][n]
            assert slope == pytest.approx((up[0] - down[0]) / 2e-6, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("history", [(0, 0, 0), (0, 0, 4000), (900, 900, 900), (3, 1, 4000), (400, 3, 4000)])
def test_extreme_histories_get_a_chance_and_a_number(history):
    group = one(*history)
    for model in (BgNbd(0.2, 4.0, 1.0, 2.4), BgNbd(5.0, 1e-3, 1e-5, 1e5), ParetoNbd(0.5, 1e-4, 1.0, 1e5)):
        assert 0 <= model.alive(group)[0] <= 1
        assert 0 <= model.purchases(group, 365)[0] < 1e9


def test_where_there_is_nothing_to_learn_from_there_is_no_model():
    nobody = PurchaseHistories(*(np.zeros(0) for _ in range(4)))
    assert bg_nbd.fit(nobody) is None
    assert pareto_nbd.fit(nobody) is None
    assert gamma_gamma.fit(Spenders(*(np.zeros(0) for _ in range(3)))) is None


def test_a_spend_is_drawn_towards_the_mean_the_more_the_less_is_known():
    model = GammaGamma(6.25, 3.74, 15.44)
    once, often = (float(model.spend(np.array([float(x)]), np.array([100.0]))[0]) for x in (1, 50))
    assert model.mean < once < often < 100
    assert float(model.spend(np.zeros(1), np.zeros(1))[0]) == pytest.approx(model.mean)
