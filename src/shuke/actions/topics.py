"""Topics: how do people give one a name, and keep it?"""

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds.own_rows import known, land
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.models.topics import OTHER
from shuke.views import topics as view
from shuke.views.topics import NamedTopic
from shuke.views.viewer import Viewer

LONGEST = 60


def name(
    project: Project, number: int, *, called: str | None = None, pinned: bool | None = None, viewer: Viewer
) -> NamedTopic:
    """Call a topic otherwise, or let go of its name (an empty one); pin it, so that it keeps its words.

    What is none stays as it is. It lands at once, as source `shuke`, and the next build's tables have it.
    """
    viewer.require(Capability.NAME_TOPICS)
    if number == OTHER or number not in {topic.number for topic in view.listed(project, viewer=viewer)}:
        raise WrongCall(N_("There is no topic {number}."), number=number)
    before = view.names(project).get(number)
    text = called if called is not None else (before or {}).get("topic_name")
    stays = pinned if pinned is not None else bool((before or {}).get("is_pinned"))
    text = " ".join((text or "").split())[:LONGEST] or None
    row = {
        **known(f"topic-{number}", state=f"{text}|{stays}", at=viewer.now, revises=before is not None),
        "topic_no": number, "topic_name": text, "is_pinned": stays,
    }  # fmt: skip
    land(project, {"topic_names": [row]}, now=viewer.now)
    event = AuditEvent(verb="topic.named", subject_kind="topic", subject_id=str(number))
    with project.operations.writing() as connection:
        add(connection, viewer.actor, event, now=viewer.now)
    return next(topic for topic in view.listed(project, viewer=viewer) if topic.number == number)
