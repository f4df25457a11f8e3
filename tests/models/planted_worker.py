"""The model's worker as it is, but for one thing: asked to count tokens, it tries every way out to the network."""

from config.serving import reply
from models.llama import worker
from tests.config.planted import try_every_way


def try_to_get_out(self: worker.Worker, request: dict[str, object]) -> None:
    if request["do"] != "count":
        real_answer(self, request)
        return
    reply({"id": request["id"], "outcomes": try_every_way()})


real_answer = worker.Worker._answer
worker.Worker._answer = try_to_get_out  # type: ignore[method-assign]  # what is planted

if __name__ == "__main__":
    worker.main()
