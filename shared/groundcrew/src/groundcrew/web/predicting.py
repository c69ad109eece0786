"""Answer flights with the champion, with a challenger for its share, and silently with a shadow."""

from collections.abc import Iterable
from collections.abc import Sequence
from time import perf_counter

from prometheus_client import Counter

from groundcrew import commands
from groundcrew.serving import Model
from groundcrew.serving import Serving
from groundcrew.serving import prediction_ids
from groundcrew.serving import unseen
from groundcrew.web.schemas import Flight
from groundcrew.web.services import Answer
from groundcrew.web.services import Services
from groundcrew.web.threads import use_one_thread

CHAMPION, CHALLENGER, SHADOW = "champion", "challenger", "shadow"
FLIGHTS = Counter("flighttime_flights", "Flights answered, by model", ["model"])
MINUTES = Counter("flighttime_minutes", "Sum of the predicted minutes in the air", ["model"])


def answer(services: Services, serving: Serving, flights: list[Flight]) -> list[Answer]:
    """The answers in the order of the flights; they are recorded before this returns.

    Raises UserError if they cannot be recorded.
    """
    use_one_thread()
    ids = [flight.get("flight_id") for flight in flights]
    rows = [tuple(map(flight.get, services.features)) for flight in flights]
    began = perf_counter()
    predicted = [
        (model, places, model.predict_rows([rows[place] for place in places]))
        for model, places in by_model(services, serving, flights)
    ]
    milliseconds = 1000 * (perf_counter() - began)
    answers: dict[int, Answer] = {}
    for model, places, minutes in predicted:
        role = CHAMPION if model is serving.champion else CHALLENGER
        names = prediction_ids(model, len(minutes))
        for place, name, value in zip(places, names, minutes, strict=True):
            about = (ids[place], rows[place], value)
            answers[place] = Answer(name, *about, model.version, role, milliseconds)
    given = [answers[place] for place in range(len(flights))]
    if services.record:
        services.record([*given, *shadow_answers(serving.shadow, ids, rows)])
    for model, _, minutes in predicted:
        FLIGHTS.labels(model.version).inc(len(minutes))
        MINUTES.labels(model.version).inc(max(0.0, sum(minutes)))
    return given


def unseen_inputs(services: Services, serving: Serving, given: Answer) -> list[str]:
    """The inputs of an answer that the model which gave it has never seen."""
    others = (serving.challenger,) if serving.challenger else ()
    models = {model.version: model for model in (*others, serving.champion)}
    return unseen(models[given.model], services.features, given.features)


def by_model(
    services: Services, serving: Serving, flights: list[Flight]
) -> Iterable[tuple[Model, Sequence[int]]]:
    """Each model with the places of the flights that it answers."""
    if services.arm is None or serving.challenger is None:
        return [(serving.champion, range(len(flights)))]
    groups: dict[str, tuple[Model, list[int]]] = {}
    for place, flight in enumerate(flights):
        model = services.arm(serving, dict(flight))
        groups.setdefault(model.version, (model, []))[1].append(place)
    return groups.values()


def shadow_answers(shadow: Model | None, ids: list, rows: list[tuple]) -> list[Answer]:
    """The shadow's predictions, to be recorded and never sent; it must not fail a request."""
    if shadow is None:
        return []
    began = perf_counter()
    try:
        minutes = shadow.predict_rows(rows)
        milliseconds = 1000 * (perf_counter() - began)
        names = prediction_ids(shadow, len(rows))
        about = (shadow.version, SHADOW, milliseconds)
        columns = zip(names, ids, rows, minutes, strict=True)
        return [Answer(*values, *about) for values in columns]
    except Exception as error:
        commands.warning(f"the shadow, version {shadow.version}, does not answer: {error}")
        return []
