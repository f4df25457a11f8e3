"""How a server is asked: for which model, and in which form, where the first one is refused."""

import pytest

from config.errors import ServerError
from tests.models.house import LABEL, Behaviour, House, answers, generate, model_at, says, text_of


def lists(name: str) -> Behaviour:
    return answers("200 OK", {"data": [{"id": name}]})


def test_the_first_model_that_the_server_lists_is_asked_once() -> None:
    listed = answers("200 OK", {"data": [{"id": "llama-70b"}, {"id": "other"}]})
    house = House(listed, says("Yes."), says("No."))
    model = model_at(house, model="")
    assert model.information.name == f"the model of {LABEL}"
    assert text_of(generate(model)) == "Yes."
    assert model.information.name == "llama-70b"
    assert text_of(generate(model)) == "No."
    assert [request.line.split()[1] for request in house.requests] == [
        "/v1/models",
        "/v1/chat/completions",
        "/v1/chat/completions",
    ]
    assert house.requests[1].fields["model"] == "llama-70b"
    house.join()


def test_a_server_that_has_another_model_by_now_is_asked_for_its_list_again() -> None:
    gone = answers("404 Not Found", {"error": {"message": "The model `a` does not exist."}})
    house = House(lists("a"), says("No."), gone, lists("b"), says("Yes."))
    model = model_at(house, model="")
    generate(model)
    assert text_of(generate(model)) == "Yes."
    assert model.information.name == "b"
    house.join()


@pytest.mark.parametrize(("named", "connections"), [("", 4), ("house-70b", 1)])
def test_a_server_that_knows_no_address_is_asked_twice_at_most(named: str, connections: int) -> None:
    missing = answers("404 Not Found")
    house = House(lists("a"), missing, lists("a"), missing) if not named else House(missing)
    with pytest.raises(ServerError, match="does not know the address or the model"):
        generate(model_at(house, model=named))
    assert house.connections == connections
    house.join()


def test_what_a_server_calls_its_model_is_no_order_to_the_terminal() -> None:
    house = House(lists("\x1b]0;gone\x07" + "m" * 500), says("Yes."))
    model = model_at(house, model="")
    assert text_of(generate(model)) == "Yes."
    assert model.information.name.isprintable()
    assert len(model.information.name) <= 80
    house.join()


@pytest.mark.parametrize(
    "refusal",
    [
        {"error": {"message": "System role not supported", "type": "BadRequestError", "code": 400}},
        {"object": "error", "message": "System role not supported", "code": 400},
    ],
)
def test_a_model_that_knows_no_system_role_is_told_with_the_question(refusal: object) -> None:
    """As vLLM says it of Gemma 2. It is remembered for the next question."""
    house = House(answers("400 Bad Request", refusal), says("Six."), says("Seven."))
    model = model_at(house)
    assert text_of(generate(model)) == "Six."
    assert text_of(generate(model)) == "Seven."
    folded = [{"role": "user", "content": "Be brief.\n\nHow many days?"}]
    assert [request.fields["messages"] == folded for request in house.requests] == [False, True, True]
    house.join()


def test_a_question_that_is_refused_in_both_forms_is_an_error() -> None:
    house = House(answers("400 Bad Request", {"error": "The role of system messages is unclear"}))
    with pytest.raises(ServerError, match="cannot answer this"):
        generate(model_at(house))
    assert house.connections == 2
    house.join()
