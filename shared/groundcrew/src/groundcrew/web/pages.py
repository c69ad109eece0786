"""The pages for people: ask about one flight, and read about the model that answers."""

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response

from groundcrew.errors import UserError
from groundcrew.web import forecast
from groundcrew.web import form
from groundcrew.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/")
def ask(request: Request) -> Response:
    """The form and, once it is filled in, its answer."""
    try:
        return answer_form(request)
    except UserError as error:
        return render(request, "unavailable.html", 503, error=error)


@router.get("/model")
def model(request: Request) -> Response:
    """Everything that is known about the model that answers."""
    services = request.app.state.services
    try:
        serving = services.serving()
        about = services.about(serving)
    except UserError as error:
        return render(request, "unavailable.html", 503, error=error)
    return render(request, "model.html", about=about, card=serving.champion.card)


def answer_form(request: Request) -> Response:
    """Raises UserError if there are no recent flights; without a model, the form is still shown."""
    services, state = request.app.state.services, request.app.state
    recent = state.recent_flights()
    parameters = request.query_params.multi_items()
    filled_in = any(name in form.FIELDS for name, _ in parameters)
    entered = form.read(parameters, recent) if filled_in else form.default(recent)
    values: dict[str, object] = dict.fromkeys(["forecast", "about", "error"])
    values |= {"form": entered, "recent": recent}
    try:
        serving = services.serving()
        values["about"] = services.about(serving)
        if filled_in and not entered.mistakes:
            values["forecast"] = forecast.make(services, serving, entered, recent)
    except UserError as error:
        return render(request, "page.html", 503, **{**values, "error": error})
    return render(request, "page.html", entered.status, **values)
