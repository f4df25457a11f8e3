"""The command palette: every action that has a key stands in it, under the words that the footer uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from textual.actions import parse
from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from assistant.tui.bindings import key_words


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    keys: str
    action: str


class PaletteCommands(Provider):
    """What can be done on the screen below the palette, and everywhere."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(command.name, partial(self._run, command), help=command.keys)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(f"{command.name} {command.keys}")
            if score > 0:
                name = matcher.highlight(command.name)
                yield Hit(score, name, partial(self._run, command), text=command.name, help=command.keys)

    def _commands(self) -> Iterator[Command]:
        """The bindings of the screen and of the app are the one list of what can be done; what cannot be done just now
        is left out."""
        for node in (self.screen, self.app):
            namespace = "screen" if node is self.screen else "app"
            for binding in type(node).BINDINGS:
                if isinstance(binding, Binding) and binding.action != "command_palette":
                    action = binding.action if binding.action.startswith("app.") else f"{namespace}.{binding.action}"
                    if self._is_possible(action):
                        keys = ", ".join(key_words(each) for each in Binding.make_bindings([binding]))
                        yield Command(binding.tooltip or binding.description, keys, action)

    def _is_possible(self, action: str) -> bool:
        namespace, name, parameters = parse(action)
        return bool((self.app if namespace == "app" else self.screen).check_action(name, parameters))

    async def _run(self, command: Command) -> None:
        await self.app.run_action(command.action, default_namespace=self.screen)
