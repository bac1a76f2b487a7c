"""Mutations: what can be broken in each room, and which tests must notice?

A place is worth a mutation where a slip would change what somebody sees, and everything would still run.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """One place of the code broken on purpose."""

    what: str  # that is no longer true
    file: str  # below src/shuke
    old: str  # stands there exactly once
    new: str
    tests: tuple[str, ...]  # of which at least one must fail


MUTATIONS = (
    Mutation(
        "a key without all its parts is refused",
        "engine/keys.py",
        "HAVING count(*) > 1{lacking})",
        "HAVING count(*) > 1)",
        ("tests/engine/test_engines.py",),
    ),
    Mutation(
        "a group of rows that begins with the value is read",
        "engine/laid_out.py",
        "any(least <= value <= greatest for value in values)",
        "any(least < value <= greatest for value in values)",
        ("tests/engine/test_laid_out.py",),
    ),
    Mutation(
        "floats are added in one order",
        "engine/duckdb.py",
        "return in_order(made) if adds_floats(op) else made",
        "return made",
        ("tests/engine/test_order.py",),
    ),
    Mutation(
        "what does not say when it happened is not cut off",
        "store/in_force.py",
        "return records.filter(at.isnull() | before)",
        "return records.filter(before)",
        ("tests/store/test_in_force.py",),
    ),
    Mutation(
        "what happened on the day itself has happened",
        "store/in_force.py",
        "before = at <= ibis.literal(as_of) if is_day",
        "before = at < ibis.literal(as_of) if is_day",
        ("tests/store/test_in_force.py",),
    ),
    Mutation(
        "a key that stands in a sheet twice revises itself",
        "collect/new_rows.py",
        "revises=marked.landed_key.notnull() | above)",
        "revises=marked.landed_key.notnull())",
        ("tests/collect/test_new_rows.py",),
    ),
    Mutation(
        "lines of midnight have no time of day to tell them apart",
        "collect/overlap.py",
        'has_time = local.notnull() & (local != local.truncate("D"))',
        "has_time = local.notnull()",
        ("tests/collect/test_overlap.py",),
    ),
    Mutation(
        "a resident number whose check digit is wrong is none",
        "text/national_ids.py",
        "if not _LONG.fullmatch(number) or number[-1] != ric.calc_check_digit(number):",
        "if not _LONG.fullmatch(number):",
        ("tests/text/test_national_ids.py",),
    ),
    Mutation(
        "birth dates a slip apart contradict nothing",
        "identity/contradictions.py",
        "return (years > _HASTE) & (month | day) & (differing > slips)",
        "return (month | day) & (differing > slips)",
        ("tests/identity/test_contradictions.py",),
    ),
    Mutation(
        "an identifier whose times are not told counts for all times",
        "identity/exact_matches.py",
        "return (start <= end).fill_null(True)",
        "return (start <= end).fill_null(False)",
        ("tests/identity/test_exact_matches.py",),
    ),
    Mutation(
        "code that imported code imports decides as well",
        "graph/code.py",
        "                todo.append(imported)\n",
        "",
        ("tests/graph/test_code.py",),
    ),
    Mutation(
        "a table from which a day kept rows back is not gone on from",
        "graph/landed.py",
        "for each in (before, self))",
        "for each in (self,))",
        ("tests/graph/test_linking.py::test_a_landed_table_is_written_anew_where_a_day_keeps_rows_back",),
    ),
    Mutation(
        "a table is made anew where what it reads is another",
        "graph/fingerprint.py",
        "repr(sorted(self.inputs.found(step).items())), *filter(None, read)",
        "repr(sorted(self.inputs.found(step).items()))",
        ("tests/graph/test_linking.py::test_a_new_line_makes_what_is_made_from_lines",),
    ),
    Mutation(
        "a build whose alerts are not yet flipped is not taken over",
        "builds/unchanged.py",
        "project.builds.flipped == before.number",
        "project.builds.flipped >= 0",
        ("tests/builds/test_unchanged.py",),
    ),
    Mutation(
        "a decision that was undone is landed as undone",
        "builds/ledger.py",
        "if d.number not in landed or not (d.stands or d.number in gone)]",
        "if d.number not in landed]",
        ("tests/builds/test_ledger.py", "tests/builds/test_stewardship.py"),
    ),
    Mutation(
        "a build that looks back opens no alert",
        "builds/pipeline.py",
        "    if not finished.manifest.looks_back:\n",
        "    if finished.manifest.as_of:\n",
        ("tests/builds/test_pipeline.py::test_only_a_build_of_today_opens_and_ends_alerts",),
    ),
    Mutation(
        "goods that come back are no retention",
        "analyses/retention.py",
        'purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return',
        'purchases.customer_id.notnull() & (purchases.kind == "goods")',
        ("tests/analyses/test_retention.py",),
    ),
    Mutation(
        "what was bought on the day itself counts",
        "analyses/rfm.py",
        "goods = known.filter(known.day <= as_of)",
        "goods = known.filter(known.day < as_of)",
        ("tests/analyses/test_rfm.py",),
    ),
    Mutation(
        "a credit that went out is subtracted from what is net",
        "dealings/refunds.py",
        "stated_amount=-lines.back,",
        "stated_amount=lines.back,",
        ("tests/dealings/test_refunds.py",),
    ),
    Mutation(
        "the chance to be alive is that of the paper",
        "models/bg_nbd.py",
        "left = np.where(x > 0, self.a / np.maximum(self.b + x - 1, 1e-12), 0.0)",
        "left = np.where(x > 0, self.a / np.maximum(self.b + x, 1e-12), 0.0)",
        ("tests/models/test_published_models.py",),
    ),
    Mutation(
        "what is resolved is resolved once",
        "alerts/flips.py",
        "if subject not in found and last.status is not Status.RESOLVED",
        "if subject not in found",
        ("tests/alerts/test_flips.py",),
    ),
    Mutation(
        "a credit limit counts from its day on",
        "alerts/credit_accounts.py",
        "begun = told.filter(told.customer_id.notnull() & (told.starts.isnull() | (told.starts <= as_of)))",
        "begun = told.filter(told.customer_id.notnull())",
        ("tests/alerts/test_credit.py",),
    ),
    Mutation(
        "tokens of somebody who was shut out stay ended",
        "access/users.py",
        '_end_tokens(connection, user.id, now=now)\n            _record(connection, by, "disabled_user"',
        '_record(connection, by, "disabled_user"',
        ("tests/access/test_tokens.py",),
    ),
    Mutation(
        "guesses at one name count from wherever they come",
        "access/limits.py",
        '        _bucket(key, "name", name): PER_NAME,\n',
        "",
        ("tests/access/test_limits.py",),
    ),
    Mutation(
        "a mailbox that cannot be placed is hidden whole",
        "access/masking.py",
        '.ifelse(shown, HIDDEN)\n\n\ndef _address',
        '.ifelse(shown, text)\n\n\ndef _address',
        ("tests/access/test_masking.py",),
    ),
    Mutation(
        "who may not export gets no file",
        "views/downloads.py",
        "    viewer.require(Capability.EXPORT)\n    found",
        "    found",
        ("tests/views/test_downloads.py",),
    ),
    Mutation(
        "a cell without a value is not the value",
        "views/query.py",
        '"ne": lambda column, value: (column != value) | column.isnull(),',
        '"ne": lambda column, value: column != value,',
        ("tests/views/test_tables.py",),
    ),
    Mutation(
        "a program may send only what its token allows",
        "api/authentication.py",
        "        viewer.require(capability)\n    weigh(request)\n",
        "        viewer.sees_personal  # noqa: B018\n    weigh(request)\n",
        ("tests/api/test_authentication.py", "tests/api/test_bodies.py", "tests/api/test_work.py"),
    ),
    Mutation(
        "a login leads to no other server",
        "console/request_context.py",
        'not path.startswith(("//", "/\\\\"))',
        'not path.startswith("//")',
        ("tests/console/test_login.py", "tests/console/test_guard.py"),
    ),
)  # fmt: skip
