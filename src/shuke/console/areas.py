"""Areas: where can one go, and in which order does a reader find it?"""

from collections.abc import Callable
from dataclasses import dataclass

from shuke.access.roles import Capability
from shuke.languages import N_


@dataclass(frozen=True)
class Place:
    """A page that one can go to from any other: its path, its name, and what one must be allowed to do."""

    path: str
    name: str
    needs: Capability = Capability.SEE

    def holds(self, path: str) -> bool:
        """Whether a path is of this page or below it."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


@dataclass(frozen=True)
class Area:
    """Pages that belong together; what lies `beside` them has no name of its own."""

    name: str
    places: tuple[Place, ...]
    beside: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        beside = (Place(each, "") for each in self.beside)
        return any(place.holds(path) for place in (*self.places, *beside))


#: Where one can go, in the order of what people come for.
AREAS: tuple[Area, ...] = (
    Area(N_("Today"), (Place("/", N_("Today")),)),
    Area(
        N_("Customers and segments"),
        (Place("/customers", N_("Customers")), Place("/segments", N_("Segments"))),
        beside=("/segment-editor", "/segment-list", "/customer-lists"),
    ),
    Area(N_("Questions"), (Place("/questions", N_("Questions")),)),
    Area(
        N_("Alerts and tasks"),
        (
            Place("/alerts", N_("Alerts")),
            Place("/tasks", N_("Tasks")),
            Place("/alert-rules", N_("Rules")),
            Place("/plans", N_("Plans")),
        ),
        beside=("/alert-settings",),
    ),
    Area(
        N_("Campaigns and offers"),
        (
            Place("/campaigns", N_("Campaigns")),
            Place("/automations", N_("Automations")),
            Place("/offers", N_("Offers")),
        ),
    ),
    Area(
        N_("Quality and identity"),
        (Place("/quality", N_("Data quality")), Place("/identity", N_("Who is who"))),
    ),
    Area(
        N_("Data"),
        (
            Place("/import", N_("Import"), Capability.IMPORT_DATA),
            Place("/builds", N_("Builds")),
            Place("/tables", N_("Tables")),
            Place("/dictionary", N_("Dictionary")),
        ),
        beside=("/batches", "/topics"),
    ),
    Area(
        N_("Settings"),
        (
            Place("/users", N_("Users"), Capability.MANAGE_USERS),
            Place("/tokens", N_("Access tokens"), Capability.ISSUE_TOKENS),
            Place("/account", N_("My account")),
            Place("/audit", N_("Audit log"), Capability.READ_AUDIT),
        ),
    ),
)


def open_to(area: Area, may: Callable[[str], bool]) -> list[Place]:
    """The pages of an area that somebody may come to."""
    return [place for place in area.places if may(place.needs)]
