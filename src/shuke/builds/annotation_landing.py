"""Annotation landing: what was said of customers since the last build, so that tables read it?

The newest annotation of each customer and kind, of tags each, lands as source `shuke`, and revises what had
landed of it; one that was taken back is withdrawn.
"""

from datetime import datetime

import sqlalchemy as sa

from shuke.app import Project
from shuke.builds.own_rows import founding, known, land, stored
from shuke.store.annotation_rows import NEW_ANNOTATIONS, customer_annotations


def land_annotations(project: Project, *, now: datetime) -> int:
    """Land what is new of tags, notes and owners; returns how many rows."""
    query = sa.select(customer_annotations).where(NEW_ANNOTATIONS).order_by(customer_annotations.c.id)
    with project.operations.reading() as connection:
        found = connection.execute(query).all()
    if not found:
        return 0
    records = founding(project, {row.customer_id for row in found})
    newest = {}
    for row in found:
        record = records.get(row.customer_id, row.customer_id)
        number = f"annotation:{record}:{row.kind}" + (f":{row.value}" if row.kind == "tag" else "")
        newest[number] = known(number, state=str(row.id), at=row.at, revises=True) | {
            "record_id": record, "kind": row.kind, "value": row.value, "said_by": row.who,
            "at": stored(row.at), "withdrawn": row.withdrawn,
        }  # fmt: skip
    land(project, {"customer_annotations": list(newest.values())}, now=now)
    with project.operations.writing() as connection:
        landed = sa.update(customer_annotations).where(
            NEW_ANNOTATIONS, customer_annotations.c.id <= found[-1].id
        )
        connection.execute(landed.values(landed=True))
    return len(newest)
