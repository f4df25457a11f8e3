"""The installed command in processes of its own, on the real starter models: the contract as a script sees it."""

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from tests.cli.program import DOCUMENTS, SECONDS_A_COMMAND, Program, write_documents

pytestmark = pytest.mark.models


def test_a_question_gets_a_cited_answer(filled: Program) -> None:
    answer = filled.json("ask", "Who was elected chair of the board?")
    assert answer["refused"] is False
    assert "Bergland" in answer["answer"]
    assert answer["citations"][0]["document"] == "board.txt"
    assert answer["citations"][0]["quote"] in DOCUMENTS["minutes/board.txt"]


def test_a_question_outside_the_documents_is_refused(filled: Program) -> None:
    answer = filled.json("ask", "What is the melting point of gallium arsenide?")
    assert (answer["refused"], answer["citations"]) == (True, [])


def test_the_starter_model_writes_when_told_to(filled: Program) -> None:
    answer = filled.json("ask", "How many vacation days are there?", "--style", "answer", "--max-tokens", "30")
    assert answer["style"] == "answer"
    assert 0 < answer["tokens"]["generated"] <= 30
    assert answer["timings_ms"]["first_evidence"] <= answer["timings_ms"]["first_token"]


def test_a_person_reads_an_answer_and_its_sources(filled: Program) -> None:
    done = filled.run("ask", "Who was elected chair of the board?")
    assert done.returncode == 0
    assert "Astrid Bergland" in done.stdout
    assert "\n[1] board.txt, page 1\n" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_search_finds_by_meaning(filled: Program) -> None:
    hits = filled.json("search", "holiday entitlement", "--mode", "dense", "-k", "1")["hits"]
    assert hits[0]["document"] == "leave-policy.md"


def test_the_seal_is_in_force(filled: Program) -> None:
    assert filled.json("status")["seal"]["level"] == ("kernel" if sys.platform == "linux" else "process")


def test_doctor_finds_a_fresh_library_in_order(filled: Program) -> None:
    found = filled.json("doctor")
    assert found["ok"], [check for check in found["checks"] if not check["ok"]]


def test_everything_is_under_a_private_home(filled: Program) -> None:
    filled.json("ask", "How many vacation days are there?", "--style", "answer", "--max-tokens", "5")
    assert stat.S_IMODE(filled.home.stat().st_mode) == 0o700
    assert [path for path in filled.user.rglob("*") if path.is_file()] == []


def test_forgetting_leaves_no_byte(program: Program, tmp_path: Path) -> None:
    assert program.run("ingest", str(write_documents(tmp_path / "documents"))).returncode == 0
    program.json("ask", "What did the board purchase?", "--style", "answer", "--max-tokens", "20")
    program.json("ask", "What did the board purchase?", "--style", "quote")
    receipt = program.json("documents", "forget", "board.txt")
    assert receipt["verified_absent"] is True
    left = [path for path in program.home.rglob("*") if path.is_file() and b"Sandpiper" in path.read_bytes()]
    assert left == []


def test_a_broken_model_is_refused_and_the_old_one_stays(filled: Program, tmp_path: Path) -> None:
    truncated = tmp_path / "truncated.gguf"
    truncated.write_bytes(b"GGUF\x03\x00\x00\x00" + b"\xff" * 60)
    for path in (truncated, tmp_path / "missing.gguf"):
        done = filled.run("models", "add", str(path))
        assert done.returncode in (1, 4)
        assert done.stderr.startswith("Error: ")
        assert len(done.stderr.splitlines()) == 2
    assert {model["kind"] for model in filled.json("models", "list")["models"] if model["in_use"]} == {
        "llm",
        "embedder",
        "adapter",
    }


def test_models_are_added_used_verified_and_removed(program: Program, tmp_path: Path) -> None:
    starter = next(m for m in program.json("models", "list")["models"] if m["kind"] == "llm")
    copy = Path(shutil.copy(starter["path"], tmp_path / "copy.gguf"))
    added = program.json("models", "add", str(copy), "--as", "mine")
    assert (added["name"], added["kind"], added["sha256"]) == ("mine", "llm", starter["sha256"])
    assert program.run("models", "use", "mine").returncode == 0
    assert program.json("status")["models"]["llm"] == "mine"
    assert program.run("models", "verify", "mine").returncode == 0
    removed = program.run("models", "remove", "mine")
    assert removed.returncode == 0
    assert "`strongroom models use starter`" in removed.stderr
    assert "Language model  missing: " in program.run("status").stdout
    assert program.run("models", "remove", "mine").returncode in (1, 4)
    assert "mine" not in {model["name"] for model in program.json("models", "list")["models"]}


def test_a_question_to_a_model_that_is_gone_exits_4(filled: Program) -> None:
    gone = {**filled.environment, "STRONGROOM_MODELS__LLM": "gone"}
    done = filled.run("ask", "Who is chair?", "--style", "answer", env=gone)
    assert done.returncode == 4
    assert "gone" in done.stderr


def test_a_home_that_cannot_be_made_is_an_error(tmp_path: Path, program: Program) -> None:
    program.home = tmp_path / "file" / "home"
    program.home.parent.write_text("")
    done = program.run("status")
    assert done.returncode == 1
    assert "--home" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_home_is_an_error(program: Program) -> None:
    program.home.chmod(0o500)
    done = program.run("status", preexec_fn=obey_permissions)
    program.home.chmod(0o700)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: The home {program.home} cannot be written.\n")
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_an_error_and_the_library_stays_whole(program: Program, tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "documents")
    assert program.run("ingest", str(folder)).returncode == 0
    before = program.json("status")["collections"]
    (folder / "large.md").write_text("\n\n".join(f"Paragraph {n} is about berth {n * 7}." for n in range(20_000)))

    room = (program.home / "library.sqlite").stat().st_size + 100_000

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = program.run("ingest", str(folder), preexec_fn=no_room)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "inside Strongroom" not in done.stderr
    assert "Traceback" not in done.stderr
    assert program.json("status")["collections"] == before
    assert program.json("search", "ferry Sandpiper")["hits"][0]["document"] == "board.txt"


def test_ctrl_c_exits_130_and_leaves_no_process(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.md").write_text(
            f"# Berth {number}\n\nBerth {number} took {number * 7} ferries that day.\n"
        )
    with program.start("--quiet", "ingest", str(folder), "--json") as process:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], SECONDS_A_COMMAND)
        assert ready
        workers = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "Interrupted.\n")
    assert workers
    assert all(is_gone(worker) for worker in workers)
    assert program.run("ingest", str(folder)).returncode == 0
    assert program.json("status")["collections"][0]["documents"] == 60


def test_ctrl_c_in_an_answer_exits_130_and_leaves_no_process(filled: Program) -> None:
    with filled.start("ask", "How many vacation days are there?", "--style", "answer") as process:
        while not (workers := children_of(process.pid)):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "Interrupted.\n")
    assert all(is_gone(worker) for worker in workers)


def test_a_reader_that_goes_away_is_no_error_to_talk_about(filled: Program) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = filled.run("search", "vacation", stdout=writing)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 1


def test_a_terminal_without_unicode_gets_question_marks(program: Program, tmp_path: Path) -> None:
    (tmp_path / "ærlig.md").write_text("# Ærlig\n\nÅrsmøtet holdes i Tromsø — «som vanlig».\n", encoding="utf-8")
    ascii_only = {**program.environment, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert program.run("ingest", str(tmp_path / "ærlig.md"), env=ascii_only).returncode == 0
    done = program.run("search", "årsmøtet", env=ascii_only)
    assert done.returncode == 0
    assert "?rsm?tet" in done.stdout
    as_json = program.run("search", "årsmøtet", "--json", env=ascii_only)
    assert "Årsmøtet" in json.loads(as_json.stdout)["hits"][0]["text"]


def obey_permissions() -> None:
    """Let the kernel check file permissions for root too, by giving CAP_DAC_OVERRIDE up for good."""
    pr_capbset_drop, cap_dac_override = 24, 1
    ctypes.CDLL(None).prctl(pr_capbset_drop, cap_dac_override, 0, 0, 0)


def children_of(pid: int) -> list[int]:
    """Processes below `pid`, by /proc."""
    tasks = Path(f"/proc/{pid}/task")
    children = [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
    return children + [below for child in children for below in children_of(child)]


def is_gone(pid: int) -> bool:
    """Whether the process ends within two seconds."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False
