"""Models: how does somebody train the match model on the company's own records?"""

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds import identity_training
from shuke.builds.identity_training import ModelChange, TrainedModel
from shuke.views.viewer import Viewer


def train(project: Project, *, viewer: Viewer) -> TrainedModel:
    """Learn a version from the current build; it is kept, and not in use until somebody says so."""
    viewer.require(Capability.BUILD)
    learnt = identity_training.train(project)
    viewer.did(project.operations, AuditEvent(verb="trained_model", detail={"new": learnt.version}))
    return learnt


def use(project: Project, number: int, *, viewer: Viewer) -> ModelChange:
    """Have the next build weigh by a version; says first what that would change of the current build."""
    viewer.require(Capability.BUILD)
    change = identity_training.change(project, number)
    before = project.models.current
    project.models.use(number)
    viewer.did(project.operations, AuditEvent(verb="used_model", detail={"old": before, "new": number}))
    return change
