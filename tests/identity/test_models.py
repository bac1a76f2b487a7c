"""Models: a version is the same again when it is read back, and no other is taken for it."""

import json
from dataclasses import replace

import pytest

from shuke.identity.comparisons import COMPARISONS
from shuke.identity.models import SHIPPED, Model

LEARNT = replace(
    Model().learnt("person", {"name": {"same": (0.5, 1e-4)}, "gender": {"else": (0.1, 0.4)}}),
    version=3,
)


def stored(model: Model) -> Model:
    """What comes back from a file."""
    return Model.from_json(json.loads(json.dumps(model.to_json())))


def figures(model: Model, comparison: str) -> dict[str, tuple[float, float]]:
    (found,) = (c for c in model.comparisons["person"] if c.name == comparison)
    return {level.name: (level.m, level.u) for level in found.levels}


@pytest.mark.parametrize("model", [Model(), LEARNT])
def test_a_model_comes_back_from_its_file_as_it_was(model):
    assert stored(model) == model


def test_what_is_learnt_takes_the_place_of_what_is_shipped_and_of_nothing_else():
    shipped = figures(Model(), "name")
    assert figures(LEARNT, "name") == shipped | {"same": (0.5, 1e-4)}
    assert LEARNT.comparisons["organisation"] == COMPARISONS["organisation"]
    assert Model().version == SHIPPED


def test_what_an_old_version_did_not_know_keeps_the_shipped_figures():
    old = LEARNT.to_json()
    del old["figures"]["person"]["name"]["sound"]
    del old["figures"]["person"]["email"]
    del old["figures"]["organisation"]
    assert Model.from_json(old) == LEARNT


def test_what_is_no_longer_compared_is_passed_over():
    old = LEARNT.to_json()
    old["figures"]["person"]["name"]["nickname"] = [0.1, 0.01]
    old["figures"]["person"]["star_sign"] = {"same": [0.9, 0.1]}
    assert Model.from_json(old) == LEARNT


@pytest.mark.parametrize("kind", list(COMPARISONS))
def test_the_shipped_figures_are_shares(kind):
    for comparison in COMPARISONS[kind]:
        assert all(0 < x <= 1 for level in comparison.levels for x in (level.m, level.u))
