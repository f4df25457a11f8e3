"""The answer as Markdown: [n] jumps to its source, nothing else is a link, what is not borne out is marked.

A model writes what it likes, so the grammar is narrow: no links, images, HTML or entities (an entity could bring back
a character that was sanitised away), and no block quotes. What would have been one of these is shown as it was written.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from textual.widgets import Markdown

from assistant.tui.messages import SourceChosen
from config.sanitise import sanitise

NOT_BORNE_OUT = " ‡"
"""Stands behind a sentence that its sources do not bear out; explained under the answer."""

_CITATION = re.compile(r"\[(\d{1,4})\]")
_CITATION_HREF = "source:"
_ANSWER_RULES_OFF = ["link", "image", "autolink", "html_inline", "html_block", "entity", "reference", "blockquote"]
"""The last one would take the sign of `> 93 °C` away."""
_SIGN = re.compile(r" {0,3}(?=[-+] +[£$€]?\d)")
_ITEM = re.compile(r"^ {0,3}[-+*] ", re.MULTILINE)

# Private-use characters cannot come from outside: sanitise() drops them. The brace makes the inline parser stop there.
_MARK_OPENS = "{\ue000"
_MARK_CLOSES = "{\ue001"


class CitedMarkdown(Markdown):
    """Markdown of a model. Posts SourceChosen when a citation is clicked; opens nothing else, ever."""

    def __init__(self, text: str = "") -> None:
        super().__init__(sanitise(text), parser_factory=answer_parser, open_links=False)
        self.is_linked = True

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        event.prevent_default()
        if self.is_linked and event.href.startswith(_CITATION_HREF):
            self.post_message(SourceChosen(int(event.href.removeprefix(_CITATION_HREF))))


def answer_parser() -> MarkdownIt:
    """CommonMark and tables, without what could lead out of the program, with citations and marks."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(_ANSWER_RULES_OFF)
    parser.inline.ruler.before("emphasis", "citation", _citation)
    parser.inline.ruler.before("emphasis", "not_borne_out", _not_borne_out)
    parser.core.ruler.after("normalize", "sign", _keep_sign)
    parser.core.ruler.push("unused_marks", _drop_unused_marks)
    parser.core.ruler.push("quotes_apart", _put_quotes_on_lines_of_their_own)
    return parser


def mark_sentences(answer: str, sentences: Sequence[str]) -> tuple[str, list[str]]:
    """`answer` with marks around `sentences`, and those of them that do not stand in it word for word. They come in the
    order of the answer, which may say one of them twice."""
    missing = []
    behind = 0
    for sentence in sentences:
        start = answer.find(sentence, behind)
        if start == -1:
            start = answer.find(sentence)
        if start == -1 or not sentence.strip():
            missing.append(sentence)
            continue
        marked = "\n".join(
            f"{_MARK_OPENS}{piece}{_MARK_CLOSES}" if piece.strip() else piece for piece in sentence.split("\n")
        )
        answer = answer[:start] + marked + answer[start + len(sentence) :]
        behind = start + len(marked)
    return answer, missing


def _citation(state: StateInline, silent: bool) -> bool:
    match = _CITATION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": f"{_CITATION_HREF}{int(match[1])}"}
        state.push("text", "", 0).content = match[0]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


def _not_borne_out(state: StateInline, silent: bool) -> bool:
    """Shown by the strike-through style, which the answer's grammar has no other use for (app.tcss restyles it)."""
    if not state.src.startswith(_MARK_OPENS, state.pos):
        return False
    end = state.src.find(_MARK_CLOSES, state.pos, state.posMax)
    if end == -1:
        return False
    if not silent:
        outer_end = state.posMax
        state.push("s_open", "s", 1)
        state.pos += len(_MARK_OPENS)
        state.posMax = end
        state.md.inline.tokenize(state)
        state.posMax = outer_end
        state.push("s_close", "s", -1)
        state.push("text", "", 0).content = NOT_BORNE_OUT
    state.pos = end + len(_MARK_CLOSES)
    return True


def _keep_sign(state: StateCore) -> None:
    """A short answer such as `- 412 [1].` is no list of one item."""
    sign = _SIGN.match(state.src)
    if sign and len(_ITEM.findall(state.src)) == 1:
        state.src = f"{sign[0]}\\{state.src[sign.end() :]}"


def _drop_unused_marks(state: StateCore) -> None:
    """Marks that fell into code stand there as characters."""
    for token in state.tokens:
        for part in [token, *(token.children or [])]:
            part.content = part.content.replace(_MARK_OPENS, "").replace(_MARK_CLOSES, "")


def _put_quotes_on_lines_of_their_own(state: StateCore) -> None:
    """An answer of quotes has one on each line, the first line of a table over the row; Markdown would join them."""
    for token in state.tokens:
        parts = token.children or []
        for part, following in pairwise(parts):
            if part.type == "softbreak" and following.content.startswith("\u201c"):
                part.type = "hardbreak"
