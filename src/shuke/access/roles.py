"""Roles: what may a user, or a token acting for one, do?"""

from dataclasses import dataclass
from enum import StrEnum

from shuke.errors import Denied
from shuke.languages import N_, Text


class Capability(StrEnum):
    """One thing that a door asks about before it does it."""

    SEE = "see"  # tables, charts, customers; personal columns masked
    SEE_PERSONAL = "see_personal"  # names, phones, e-mails, addresses and birth dates as they are
    EXPORT = "export"  # take tables away as files
    EDIT_SEGMENTS = "edit_segments"  # define whom the company means, and put segments away
    RUN_CAMPAIGNS = "run_campaigns"  # write to customers, and say what they are told
    HANDLE_ALERTS = "handle_alerts"  # acknowledge, snooze, resolve
    EDIT_RULES = "edit_rules"  # make the company's own rules, change them, switch them off
    HANDLE_TASKS = "handle_tasks"  # open, assign and end tasks, and say who looks after whom
    ANNOTATE = "annotate"  # give customers tags, a note and an owner
    MANAGE_OFFERS = "manage_offers"  # make and end offers, give out coupons, draw by lot
    REDEEM_COUPONS = "redeem_coupons"
    MANAGE_PLANS = "manage_plans"  # write down what is planned, and what may be spent
    NAME_TOPICS = "name_topics"  # call what customers talk about by a name, and keep it
    DECIDE_IDENTITY = "decide_identity"  # merge, split, never the same, and undo
    IMPORT_DATA = "import_data"  # upload, map, land
    BUILD = "build"  # build, and roll back to an older build
    RUN_SQL = "run_sql"  # ask the build anything
    ISSUE_TOKENS = "issue_tokens"  # let programs act for oneself
    MANAGE_USERS = "manage_users"  # and everybody's tokens and sessions
    READ_AUDIT = "read_audit"


class Role(StrEnum):
    ADMIN = "admin"
    ANALYST = "analyst"
    MARKETER = "marketer"
    VIEWER = "viewer"
    TILL = "till"  # a machine that redeems coupons, and sees nothing

    @property
    def label(self) -> Text:
        return LABELS[self]


LABELS = {
    Role.ADMIN: Text("Administrator", "管理员"),
    Role.ANALYST: Text("Analyst", "分析师"),
    Role.MARKETER: Text("Marketer", "运营"),
    Role.VIEWER: Text("Viewer", "只读"),
    Role.TILL: Text("Till", "收银台"),
}

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.ADMIN: frozenset(Capability),
    Role.ANALYST: frozenset(Capability) - {Capability.MANAGE_USERS, Capability.READ_AUDIT},
    Role.MARKETER: frozenset(
        {
            Capability.SEE,
            Capability.SEE_PERSONAL,
            Capability.EXPORT,
            Capability.EDIT_SEGMENTS,
            Capability.RUN_CAMPAIGNS,
            Capability.HANDLE_ALERTS,
            Capability.HANDLE_TASKS,
            Capability.ANNOTATE,
            Capability.MANAGE_OFFERS,
            Capability.REDEEM_COUPONS,
            Capability.MANAGE_PLANS,
            Capability.NAME_TOPICS,
            Capability.DECIDE_IDENTITY,
            Capability.IMPORT_DATA,
            Capability.ISSUE_TOKENS,
        }
    ),
    Role.VIEWER: frozenset({Capability.SEE}),
    Role.TILL: frozenset({Capability.REDEEM_COUPONS}),
}


def allows(role: Role, capability: Capability) -> bool:
    return capability in CAPABILITIES[role]


@dataclass(frozen=True)
class Principal:
    """Whoever stands at a door, once known.

    `roles` are the user's and, for a token, the one that it is capped to: a thing is allowed when
    each of them allows it.
    """

    user_id: int | None  # none: the owner of the project's folder, on the command line
    name: str
    roles: frozenset[Role]

    def may(self, capability: Capability) -> bool:
        return all(allows(role, capability) for role in self.roles)

    def require(self, capability: Capability) -> None:
        if not self.may(capability):
            raise Denied(N_("{name} is not allowed to do this."), name=self.name)


def owner(name: str) -> Principal:
    """Whoever can read the project's folder may do everything."""
    return Principal(None, name, frozenset({Role.ADMIN}))
