"""The command palette: every action that has a key stands in it, under the words that the footer uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    help: str
    action: str


class PaletteCommands(Provider):
    """What can be done on the screen below the palette, and everywhere."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(command.name, partial(self._run, command), help=command.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(f"{command.name} {command.help}")
            if score > 0:
                name = matcher.highlight(command.name)
                yield Hit(score, name, partial(self._run, command), text=command.name, help=command.help)

    def _commands(self) -> Iterator[Command]:
        """The bindings of the screen and of the app are the one list of what can be done."""
        seen = set()
        for node, binding, enabled, _ in self.screen.active_bindings.values():
            is_ours = isinstance(node, App | Screen) and binding.description and binding.action != "command_palette"
            if enabled and is_ours and binding.action not in seen:
                seen.add(binding.action)
                key = self.app.get_key_display(binding)
                namespace = "app" if isinstance(node, App) else "screen"
                action = binding.action if "." in binding.action.split("(")[0] else f"{namespace}.{binding.action}"
                yield Command(binding.tooltip or binding.description, f"Key: {key}", action)

    async def _run(self, command: Command) -> None:
        await self.app.run_action(command.action, default_namespace=self.screen)
