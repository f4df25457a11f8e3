"""The house words of the sample company: made documents full of its jargon, with questions, the same every time.

Nobody outside knows what is meant: names of jigs and rooms, abbreviations, numbers of forms, bins and test runs.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SEED = 20_261_128
LEARNT, OTHERS = 90, 50
OPEN_LEARNT, OPEN_OTHERS = 10, 10
"""Questions that no document answers: on things of the same kind that there are not."""

_ONSETS = ("B", "Br", "D", "Dr", "F", "Gl", "H", "K", "Kr", "L", "M", "N", "P", "Qu", "Sk", "St", "T", "Tr", "V", "W")
_MIDDLES = ("and", "arv", "elm", "erd", "ilt", "ind", "olk", "orn", "ost", "und", "urb", "ysk")
_ENDS = ("a", "el", "en", "er", "ic", "in", "le", "o", "ow", "y")
_PEOPLE = (
    *("Dilys Probert", "Amir Rahman", "Joan Tattersall", "Piotr Zielinski", "Ewan Macrae", "Nkechi Obi"),
    *("Lars Holm", "Beryl Cudworth", "Sanjay Mistry", "Rhona Petrie", "Colin Ashworth", "Marta Sobol"),
)
_DESKS = (
    *("the returns desk", "goods inwards", "the metrology cell", "the night lead", "the paint line", "the tool crib"),
    *(
        "the export clerk",
        "the yard office",
        "the board shop",
        "the weighbridge",
        "the label room",
        "the calibration desk",
    ),
)
_TRADES = (
    "shift lead",
    "paint inspector",
    "stock keeper",
    "fitter",
    "crane driver",
    "line auditor",
    "packer",
    "wireman",
)
_USES = (
    *(
        "holds the transducer while it is glued",
        "turns the flow tube under the welding head",
        "keeps the cable clamps apart",
    ),
    *("presses the bearing into the rotor", "lifts the flange off the pallet", "marks the arrow on the housing"),
    *("blows swarf out of the bore", "centres the liner before it is rolled", "checks the thread of the drain plug"),
    *("carries the boards through the varnish", "squares the feet of the stand", "draws old seals out of their groove"),
    *("sets the gap of the coil", "stamps the serial number"),
)
_CASES = (
    *(
        "a meter comes back with a torn seal",
        "a pallet arrives wet",
        "a board fails twice",
        "a crate leaves without a label",
    ),
    *(
        "a gauge is dropped",
        "a customer asks for another flange",
        "a drum of cleaner is opened",
        "a visitor enters the test hall",
    ),
    *("a batch is blended from two suppliers", "a certificate is printed again", "a crane is used after hours"),
    *("a seal number is skipped", "a scale drifts", "a part is borrowed by another line"),
)
_DONE_THERE = (
    *(
        "boards are dried",
        "meters wait for customs",
        "returned goods are opened",
        "samples are weighed",
        "labels are printed",
    ),
    *("drawings are kept", "batteries are charged", "paint is mixed", "apprentices practise", "old stock is counted"),
    *("gauges rest before they are read", "crates are built"),
)
_PARTS = ("clip", "gland", "spider", "collar", "wedge", "ferrule", "saddle", "bush", "latch", "spigot", "shim", "yoke")
_EXPANSIONS = (
    *("pressure release note", "first article sheet", "late stock report", "daily drift log", "customer seal list"),
    *(
        "weld repair order",
        "yard entry slip",
        "gauge loan card",
        "paint hold tag",
        "spare kit count",
        "rig booking form",
    ),
    *("end of batch mark", "night hand-over sheet", "zero flow record"),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What is asked, in one of some ways, and the answer as the document has it; `document` is a file name."""

    questions: tuple[str, ...]
    answer: str
    document: str


@dataclass(frozen=True, slots=True)
class _Section:
    """`open_` are questions on a thing of this kind that is in no document."""

    lines: tuple[str, ...]
    facts: tuple[Fact, ...]
    open_: tuple[str, ...]


_Maker = Callable[[random.Random, str, Sequence[str]], _Section]


def write(folder: Path) -> tuple[Path, Path, Path]:
    """Write documents and questions; returns the folder of the documents, the questions to learn, and the others."""
    chance = random.Random(SEED)  # noqa: S311  the same words each time
    documents = folder / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    facts: list[Fact] = []
    open_: list[str] = []
    names = _names(chance)
    for file, (title, maker) in _DOCUMENTS.items():
        section = maker(chance, file, [next(names) for _ in range(14)])
        (documents / file).write_text(f"# {title}\n\n" + "\n\n".join(section.lines) + "\n", encoding="utf-8")
        facts += section.facts
        open_ += section.open_
    chance.shuffle(facts)
    chance.shuffle(open_)
    rows = [_row(fact, chance) for fact in facts[: LEARNT + OTHERS]]
    refused = [{"question": question, "answerable": False} for question in open_[: OPEN_LEARNT + OPEN_OTHERS]]
    learnt = _write_rows(folder / "learnt.jsonl", [*rows[:LEARNT], *refused[:OPEN_LEARNT]])
    others = _write_rows(folder / "others.jsonl", [*rows[LEARNT:], *refused[OPEN_LEARNT:]])
    return documents, learnt, others


def _row(fact: Fact, chance: random.Random) -> dict[str, object]:
    return {"question": chance.choice(fact.questions), "docs": [fact.document], "answers": [fact.answer]}


def _write_rows(file: Path, rows: Sequence[dict[str, object]]) -> Path:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def _names(chance: random.Random) -> Iterator[str]:
    """Made-up words, none twice."""
    words = [onset + middle + end for onset in _ONSETS for middle in _MIDDLES for end in _ENDS]
    return iter(chance.sample(words, len(words)))


def _abbreviations(chance: random.Random, file: str, names: Sequence[str]) -> _Section:
    lines, facts = [], []
    for words in chance.sample(_EXPANSIONS, len(_EXPANSIONS)):
        short = "".join(word[0] for word in words.split()).upper() + str(chance.randint(2, 9))
        who, days = chance.choice(_TRADES), chance.randint(3, 90)
        lines.append(f"{short} is short for {words}. A {short} is written by the {who} and kept for {days} days.")
        facts += [
            Fact((f"What does {short} stand for?", f"What is a {short}?"), words, file),
            Fact((f"Who writes a {short}?", f"By whom is a {short} written?"), f"the {who}", file),
            Fact((f"How long is a {short} kept?", f"For how many days is a {short} kept?"), f"{days} days", file),
        ]
    return _Section(
        tuple(lines), tuple(facts), tuple(f"What does {name[:3].upper()}1 stand for?" for name in names[:4])
    )


def _jigs(chance: random.Random, file: str, names: Sequence[str]) -> _Section:
    lines, facts = [], []
    for name, use, bay in zip(names, _USES, chance.sample(range(2, 60), len(names)), strict=False):
        kilos = f"{chance.randint(3, 80) / 2:g} kg"
        lines.append(f"The {name} is the jig that {use}. It hangs in bay {bay} and weighs {kilos}.")
        facts += [
            Fact((f"Where does the {name} hang?", f"In which bay is the {name}?"), f"bay {bay}", file),
            Fact((f"What does the {name} weigh?", f"How heavy is the {name}?"), kilos, file),
            Fact((f"Which jig {use}?", f"What is the jig called that {use}?"), f"the {name}", file),
        ]
    return _Section(tuple(lines), tuple(facts), tuple(f"Where does the {name}ox hang?" for name in names[:4]))


def _forms(chance: random.Random, file: str, names: Sequence[str]) -> _Section:
    lines, facts = [], []
    for case in chance.sample(_CASES, len(_CASES)):
        form = f"{chance.choice(('QF', 'RF', 'SF'))}-{chance.randint(100, 989)}"
        desk, copies = chance.choice(_DESKS), chance.randint(2, 9)
        lines.append(f"{form} is filled in when {case}. It goes to {desk} in {copies} copies.")
        facts += [
            Fact((f"Which form is filled in when {case}?", f"What form is it when {case}?"), form, file),
            Fact((f"Where does {form} go?", f"Who gets {form}?"), desk, file),
            Fact(
                (f"In how many copies does {form} go in?", f"How many copies of {form} are needed?"),
                f"{copies} copies",
                file,
            ),
        ]
    return _Section(
        tuple(lines), tuple(facts), tuple(f"Where does {name[0]}Z-{1000 + len(name)} go?" for name in names[:4])
    )


def _rooms(chance: random.Random, file: str, names: Sequence[str]) -> _Section:
    lines, facts = [], []
    for name, done in zip(names, _DONE_THERE, strict=False):
        room, person = f"{chance.randint(0, 4)}.{chance.randint(10, 48)}", chance.choice(_PEOPLE)
        lines.append(f"The {name} is room {room}, where {done}. {person} has its key.")
        facts += [
            Fact((f"Which room is the {name}?", f"What is the number of the {name}?"), f"room {room}", file),
            Fact((f"Who has the key of the {name}?", f"Who can open the {name}?"), person, file),
            Fact((f"What is the room called where {done}?",), f"the {name}", file),
        ]
    return _Section(tuple(lines), tuple(facts), tuple(f"Who has the key of the {name}ard?" for name in names[:4]))


def _parts(chance: random.Random, file: str, names: Sequence[str]) -> _Section:
    lines, facts = ["| Part | Code | Bin | Least stock |", "| --- | --- | --- | --- |"], []
    for name, part in zip(names, _PARTS, strict=False):
        code, place = (
            f"V{chance.choice('XYZ')}-{chance.randint(11, 98)}",
            f"{chance.choice('ABCDEF')}-{chance.randint(10, 60)}",
        )
        least = str(chance.randint(11, 400))
        lines.append(f"| {name} {part} | {code} | {place} | {least} |")
        facts += [
            Fact((f"In which bin is the {name} {part}?", f"Where is the {name} {part} kept?"), place, file),
            Fact((f"What is the code of the {name} {part}?",), code, file),
            Fact((f"What is the least stock of the {name} {part}?",), least, file),
        ]
    table = "\n".join(lines)
    return _Section((table,), tuple(facts), tuple(f"In which bin is the {name}um spring?" for name in names[:4]))


def _runs(chance: random.Random, file: str, names: Sequence[str]) -> _Section:
    lines, facts = [], []
    for name in names[:12]:
        bar, minutes = f"{chance.randint(4, 60) / 2:g} bar", f"{chance.randint(4, 95)} minutes"
        drift = f"{chance.randint(1, 19) / 10:g} %"
        lines.append(
            f"A {name} run is a test at {bar} for {minutes}. A meter that drifts by more than {drift} has not passed."
        )
        facts += [
            Fact((f"How long is a {name} run?", f"How long does a {name} run take?"), minutes, file),
            Fact((f"At what pressure is a {name} run done?", f"What is the pressure of a {name} run?"), bar, file),
            Fact((f"How much drift is allowed in a {name} run?", f"What drift fails a {name} run?"), drift, file),
        ]
    return _Section(tuple(lines), tuple(facts), tuple(f"How long is a {name}ish run?" for name in names[:4]))


_DOCUMENTS: dict[str, tuple[str, _Maker]] = {
    "calderwick-abbreviations.md": ("Calderwick: our abbreviations", _abbreviations),
    "calderwick-jigs.md": ("Calderwick: jigs of the assembly hall", _jigs),
    "calderwick-forms.md": ("Calderwick: register of forms", _forms),
    "calderwick-rooms.md": ("Calderwick: rooms and keys", _rooms),
    "calderwick-spare-parts.md": ("Calderwick: small parts", _parts),
    "calderwick-test-runs.md": ("Calderwick: test runs", _runs),
}
