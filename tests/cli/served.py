"""Runs `strongroom` commands beside a server on this machine, from outside the seal: tests.launcher starts it.

served.py HOME COMMANDS     COMMANDS: JSON list of lists of arguments; prints what each did, and what the server got
"""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from tests.models.house import Request, read_request, says

STRONGROOM = Path(sys.executable).with_name("strongroom")
ANSWER = "Employees accrue 26 days of paid vacation per year [1]."


def main(home: str, commands: list[list[str]]) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port, requests = listener.getsockname()[1], list[Request]()
    threading.Thread(target=serve, args=(listener, requests), daemon=True).start()
    settings = {"STRONGROOM_SERVER__URL": f"http://127.0.0.1:{port}/v1", "STRONGROOM_SERVER__MODEL": "house-70b"}
    results = []
    for arguments in commands:
        done = subprocess.run(
            [STRONGROOM, "--home", home, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | settings,
        )
        results.append({"code": done.returncode, "out": done.stdout, "err": done.stderr, "requests": len(requests)})
    bodies = [request.fields for request in requests]
    print(json.dumps({"port": port, "results": results, "bodies": bodies}))  # noqa: T201  read by the test


def serve(listener: socket.socket, requests: list[Request]) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            requests.append(read_request(connection))
            says(*ANSWER.partition("26"))(connection, requests[-1])


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
