"""Roles: the table of who may do what, written out once more by hand."""

import pytest

from shuke.access.roles import Capability, Principal, Role, allows, owner
from shuke.errors import Denied

TABLE = """
                 admin  analyst  marketer  viewer  till
see              yes    yes      yes       yes     no
see_personal     yes    yes      yes       no      no
export           yes    yes      yes       no      no
edit_segments    yes    yes      yes       no      no
run_campaigns    yes    yes      yes       no      no
handle_alerts    yes    yes      yes       no      no
edit_rules       yes    yes      no        no      no
handle_tasks     yes    yes      yes       no      no
annotate         yes    yes      yes       no      no
manage_offers    yes    yes      yes       no      no
redeem_coupons   yes    yes      yes       no      yes
manage_plans     yes    yes      yes       no      no
name_topics      yes    yes      yes       no      no
decide_identity  yes    yes      yes       no      no
import_data      yes    yes      yes       no      no
issue_tokens     yes    yes      yes       no      no
build            yes    yes      no        no      no
run_sql          yes    yes      no        no      no
manage_users     yes    no       no        no      no
read_audit       yes    no       no        no      no
"""


def test_the_table_of_capabilities():
    header, *lines = (line.split() for line in TABLE.strip().splitlines())
    written = {
        (Role(role), Capability(capability)): word == "yes"
        for capability, *words in lines
        for role, word in zip(header, words, strict=True)
    }
    assert written == {
        (role, capability): allows(role, capability) for role in Role for capability in Capability
    }


def test_a_token_may_only_what_both_roles_allow():
    principal = Principal(1, "lin", frozenset({Role.ADMIN, Role.VIEWER}))
    assert principal.may(Capability.SEE)
    assert not principal.may(Capability.SEE_PERSONAL)


def test_who_may_not_is_told_so():
    viewer = Principal(1, "lin", frozenset({Role.VIEWER}))
    viewer.require(Capability.SEE)
    with pytest.raises(Denied, match="lin is not allowed"):
        viewer.require(Capability.EXPORT)


def test_the_owner_of_the_folder_may_everything():
    assert all(owner("root").may(capability) for capability in Capability)


def test_every_role_has_a_label_in_both_languages():
    assert len({role.label.zh for role in Role}) == len({role.label.en for role in Role}) == len(Role)
