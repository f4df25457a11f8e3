"""A process from before the seal, which starts programs that are not sealed.

The process that runs the tests is sealed as a whole, and so is everything it starts. A test of the seal has to show
that what is refused under the seal works without it; only a process that was there before can start such a program.

Run as a program it reads one request per line and answers each with one line; `Launcher` is the tests' end of it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, cast


class Launcher:
    """Start this before the seal; `run` then starts programs without it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(
        self,
        arguments: Sequence[str | Path],
        *,
        input: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Like subprocess.run with captured text; `environment` is set on top of the one at the start of the tests."""
        command = [str(argument) for argument in arguments]
        request = {
            "arguments": command,
            "input": input,
            "environment": dict(environment or {}),
            "timeout": timeout,
        }
        requests, answers = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        requests.write(json.dumps(request) + "\n")
        requests.flush()
        answer = json.loads(answers.readline())
        return subprocess.CompletedProcess(command, **answer)

    def run_python(self, code: str, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        return self.run([sys.executable, "-c", code, *arguments], timeout=timeout)

    def close(self) -> None:
        with self._process:
            cast(IO[str], self._process.stdin).close()


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)  # noqa: T201  the protocol


def _answer(request: Mapping[str, object]) -> dict[str, object]:
    try:
        done = subprocess.run(
            cast(list[str], request["arguments"]),
            input=cast(str, request["input"] or ""),
            env=os.environ | cast(dict[str, str], request["environment"]),
            timeout=cast(float, request["timeout"]),
            capture_output=True,
            text=True,
        )
    except subprocess.TimeoutExpired as error:
        return {"returncode": -9, "stdout": "", "stderr": str(error)}
    return {"returncode": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


if __name__ == "__main__":
    main()
