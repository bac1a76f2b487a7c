"""Care: who looks after these customers, and who of them comes first?"""

from collections.abc import Collection, Mapping

from shuke.app import Opened, Project
from shuke.engage import care
from shuke.engage.care import CareRule
from shuke.segments.membership import COMMA
from shuke.views import occasions


def of(project: Project, opened: Opened, customers: Collection[str]) -> Mapping[str, CareRule]:
    """By customer, whatever id they are asked for by, the rule that concerns them; of the others nothing."""
    with project.operations.reading() as connection:
        rules = care.rules(connection)
    made = opened.build.manifest.tables.get("customer_segments")
    if not rules or made is None or made.failed or not customers:
        return {}
    means = occasions.whom(opened, customers)
    people = occasions.named(set(means.values()))
    rows = opened.table("customer_segments").semi_join(people, "customer_id").to_pyarrow().to_pylist()
    within = {row["customer_id"]: row["segments"].split(COMMA) for row in rows}
    found = {asked: care.concerning(rules, within.get(now, ())) for asked, now in means.items()}
    return {asked: rule for asked, rule in found.items() if rule}


def of_customer(project: Project, opened: Opened, customer_id: str) -> CareRule | None:
    """The rule that concerns one customer of the build; none where nobody looks after them."""
    with project.operations.reading() as connection:
        rules = care.rules(connection)
    if not rules or "customer_segments" not in opened.reader.tables:
        return None
    rows = opened.reader.rows("customer_segments", "customer_id", [customer_id], ("segments",)).to_pylist()
    return care.concerning(rules, [name for row in rows for name in row["segments"].split(COMMA)])


def contact(project: Project, customer_id: str) -> str:
    """Who looks after a customer; empty where nobody does."""
    if not project.builds.pointed:
        return ""
    rule = of(project, project.open(), [customer_id]).get(customer_id)
    return rule.contact if rule else ""
