"""Leaving a screen: once, and only while it is on top."""

from asyncio import sleep
from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete
from textual.screen import Screen

if TYPE_CHECKING:
    _Base = Screen[Any]
else:  # not a Screen itself: styles are inherited from the first base that is one
    _Base = object


class LeavesOnce(_Base):
    """For screens over the conversation. Textual takes away whichever screen is on top, also when the click or the
    message that dismisses this one came twice, or came when another screen lay over it."""

    def dismiss(self, result: Any = None) -> AwaitComplete:
        return super().dismiss(result) if self.is_active else AwaitComplete(sleep(0))
