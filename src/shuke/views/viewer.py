"""Viewer: who looks, and what may they see?"""

from dataclasses import dataclass
from datetime import datetime

from shuke.access import audit
from shuke.access.audit import Actor, AuditEvent, Door, Word
from shuke.access.roles import Capability, Principal, owner
from shuke.store.operations import Operations


@dataclass(frozen=True)
class Viewer:
    """Somebody at a door. What they may not see is masked before it leaves the engine."""

    principal: Principal
    door: Door
    now: datetime  # aware: when they look

    @property
    def sees_personal(self) -> bool:
        return self.principal.may(Capability.SEE_PERSONAL)

    @property
    def is_at_home(self) -> bool:
        """Whether they work in the project's own folder, on a machine of their own."""
        return self.principal.user_id is None

    @property
    def actor(self) -> Actor:
        return Actor(self.principal.name, self.door)

    def require(self, capability: Capability) -> None:
        self.principal.require(capability)

    def did(self, operations: Operations, event: AuditEvent) -> None:
        """Write into the audit log what they do; called before they are shown what they asked for."""
        audit.record(operations, self.actor, event, now=self.now)


def at_home(name: str, door: Door, *, now: datetime) -> Viewer:
    """Whoever works in the project's own folder, and so may do everything."""
    return Viewer(owner(name), door, now)


def word(text: str) -> Word:
    """A name as the audit log takes it: what it would refuse is left out."""
    kept = "".join(letter for letter in text if letter.isalnum() or letter in "_.:/-")[:100]
    return kept if audit.keeps(kept) else "-"
