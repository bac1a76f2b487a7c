"""Chat: how does a message reach WeCom, DingTalk, Feishu, Slack, or whatever else Apprise knows?"""

from dataclasses import dataclass
from typing import ClassVar

from shuke.channels.message import Message, NotSent
from shuke.languages import N_


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A group or a robot that Apprise reaches, by an address as Apprise writes it: `dingtalk://token`,
    `feishu://token`, `slack://…`, `wecombot://key`, `json://host/path`.
    """

    url: str

    kind: ClassVar[str] = "chat"
    writes_to: ClassVar[str] = ""
    consent: ClassVar[str] = "any"

    def __post_init__(self) -> None:
        if not self._robot():
            raise ValueError("url")

    def send(self, message: Message) -> str:
        robot = self._robot()
        if not robot.notify(title=message.subject, body=message.text, body_format="text"):
            raise NotSent(N_("The message was not taken."))  # Apprise says no more
        return message.key

    def _robot(self) -> "apprise.Apprise":  # type: ignore[name-defined]  # noqa: F821 - loaded by who sends
        import apprise  # half a second that only who sends waits for

        robot = apprise.Apprise()
        robot.add(self.url)
        return robot
