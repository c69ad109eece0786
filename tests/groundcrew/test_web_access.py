"""Who may ask: beyond this machine callers with a key, each as often as the others."""

import asyncio
import logging

import httpx
import pytest
from fake_level import FLIGHT
from fake_level import Level
from fastapi.testclient import TestClient

from groundcrew import callers
from groundcrew import smoke
from groundcrew.errors import UserError
from groundcrew.web import access
from groundcrew.web import rate_limit
from groundcrew.web import server

ELSEWHERE = ("203.0.113.7", 50_000)
PAGES = ["/", "/model", "/docs", "/openapi.json", "/version", "/metrics"]
RATE = 2.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(access.time, "monotonic", clock)
    monkeypatch.setattr(rate_limit.TokenBuckets.__init__, "__defaults__", (clock,))
    return clock


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Applications that are made from now on ask for a key."""
    monkeypatch.setenv("FLIGHTTIME_CALLERS", "keys")


def client(address: tuple[str, int] = ELSEWHERE, **options: object) -> TestClient:
    return TestClient(Level().app(), client=address, **options)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("path", PAGES)
def test_without_a_key_nothing_is_answered(asking: None, path: str) -> None:
    key = callers.add("booking")
    http = client()

    refused = http.get(path)

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert "send Authorization: Bearer KEY, or open a page once" in refused.json()["detail"]
    assert http.get(path, headers=bearer(key)).status_code == 200


def test_a_prediction_needs_a_key_in_its_header(asking: None) -> None:
    key = callers.add("booking")
    http = client()

    refused = http.post("/predict", json=FLIGHT)
    assert (refused.status_code, refused.headers["connection"]) == (401, "close")
    assert http.post(f"/predict?key={key}", json=FLIGHT).status_code == 401
    assert http.post("/predict", json=FLIGHT, headers=bearer(key)).status_code == 200


def test_the_body_of_a_caller_without_a_key_is_not_read(asking: None) -> None:
    sent: list[dict] = []

    async def receive() -> dict:
        raise AssertionError("the body was read")

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": []}
    scope |= {"query_string": b"", "client": ELSEWHERE, "server": ("testserver", 80)}
    asyncio.run(Level().app()(scope, receive, send))

    assert sent[0]["status"] == 401


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/ping"])
def test_health_is_open_and_not_limited(
    asking: None, path: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RATE", f"{RATE}")
    http = client()
    many = 2 * int(RATE * rate_limit.BURST_SECONDS)

    assert {http.get(path).status_code for _ in range(many)} == {200}
    assert {http.get("/version").status_code for _ in range(many)} == {401, 429}


def test_assets_are_open(asking: None) -> None:
    http = client()
    page = http.get("/", headers=bearer(callers.add("booking"))).text
    asset = next(part for part in page.split('"') if part.startswith("/assets/"))

    assert http.get(asset).status_code == 200


def test_an_operator_needs_the_operators_token_only(
    asking: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TOKEN", "secret")

    assert client().put("/admin/drain", headers=bearer("secret")).status_code == 200
    assert client().put("/admin/drain", headers=bearer("another")).status_code == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {key}", "{key}", "Bearer {key}x", "Bearer {digest}"],
)
def test_another_key_is_refused(asking: None, header: str) -> None:
    key = callers.add("booking")
    given = header.format(key=key, digest=callers.digest(key))

    assert client().get("/version", headers={"Authorization": given}).status_code == 401


def test_a_page_that_is_opened_once_with_the_key_needs_it_no_longer_in_its_address(
    asking: None,
) -> None:
    key = callers.add("booking")
    http = client(follow_redirects=False)

    opened = http.get("/model", params={"a": "b c", "key": key, "d": ""})

    assert (opened.status_code, opened.headers["location"]) == (303, "/model?a=b+c&d=")
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith(f"flighttime-key-80={key};")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert http.get(opened.headers["location"]).status_code == 200
    assert http.get("/").status_code == 200


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/%2F/evil.example"])
def test_a_page_leads_to_no_other_site(asking: None, path: str) -> None:
    key = callers.add("booking")
    http = client(follow_redirects=False)

    location = http.get(f"http://testserver{path}?key={key}").headers["location"]

    assert location[0] == "/" and location[1] not in "/\\"


def test_a_wrong_key_in_an_address_sets_no_cookie(asking: None) -> None:
    callers.add("booking")
    response = client(follow_redirects=False).get("/?key=tried")

    assert response.status_code == 401
    assert "set-cookie" not in response.headers and "tried" not in response.text


def test_a_caller_that_was_removed_is_refused_within_a_second(asking: None, clock: Clock) -> None:
    booking, crew = callers.add("booking"), callers.add("crew")
    http = client()
    clock.now = 10.0
    assert http.get("/version", headers=bearer(booking)).status_code == 200

    callers.remove("booking")
    clock.now += access.SECONDS_BETWEEN_READS + 0.01

    assert http.get("/version", headers=bearer(booking)).status_code == 401
    assert http.get("/version", headers=bearer(crew)).status_code == 200


def test_the_callers_are_not_read_for_every_request(
    asking: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, reads, read = callers.add("booking"), [], callers.read
    monkeypatch.setattr(callers, "read", lambda: reads.append(clock.now) or read())
    http = client()

    for clock.now in (10.0, 10.3, 10.6, 11.5):
        assert http.get("/version", headers=bearer(key)).status_code == 200

    assert reads == [10.0, 11.5]


def test_where_no_key_is_asked_none_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_CALLERS", "anyone")
    callers.path().write_text("{", encoding="utf-8")
    http = client(follow_redirects=False)

    assert http.get("/version", headers=bearer("a proxy's own")).status_code == 200
    assert http.get("/?key=word").status_code == 200


def test_if_the_callers_cannot_be_read_no_one_is_answered(asking: None) -> None:
    key = callers.add("booking")
    callers.path().write_text("{", encoding="utf-8")

    refused = client().get("/version", headers=bearer(key))

    assert refused.status_code == 503
    assert "callers.json cannot be read" in refused.json()["detail"]


def test_a_key_is_never_logged(asking: None, caplog: pytest.LogCaptureFixture) -> None:
    key = callers.add("booking")
    http = client()

    with caplog.at_level(logging.DEBUG):
        answers = [
            http.get("/version", headers=bearer(key)),
            http.get("/", params={"key": key}),
            http.get("/version", headers=bearer(f"{key}x")),
            http.get("/nowhere", headers=bearer(key)),
        ]
    logged = [f"{record.__dict__}" for record in caplog.records if record.name == "groundcrew"]

    assert len(logged) >= 4
    assert [line for line in logged if key in line] == []
    assert [answer for answer in answers if key in answer.text] == []
    assert key not in http.get("/metrics", headers=bearer(key)).text


def test_on_this_machine_nothing_is_asked_and_nothing_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RATE", "1")
    app = Level().app()

    assert access.Access not in [each.cls for each in app.user_middleware]


def test_a_caller_beyond_the_rate_waits_and_the_others_do_not(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setenv("FLIGHTTIME_CALLERS", "anyone")
    monkeypatch.setenv("FLIGHTTIME_RATE", f"{RATE}")
    app = Level().app()
    eager, other, local = (
        TestClient(app, client=(host, 1)) for host in (ELSEWHERE[0], "198.51.100.1", "127.0.0.1")
    )
    burst = int(RATE * rate_limit.BURST_SECONDS)

    assert [eager.get("/version").status_code for _ in range(burst + 1)] == [200] * burst + [429]
    assert other.get("/version").status_code == 200
    assert {local.get("/version").status_code for _ in range(3 * burst)} == {200}
    refused = eager.post("/predict", json=FLIGHT)
    assert (refused.headers["retry-after"], refused.headers["connection"]) == ("1", "close")
    assert refused.json()["detail"].startswith("more than 2 requests a second from one caller: try")
    clock.now += 1 / RATE
    assert [eager.get("/version").status_code for _ in range(2)] == [200, 429]


def test_a_caller_with_a_key_is_limited_by_its_name_wherever_it_is(
    asking: None, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RATE", f"{RATE}")
    booking, crew = callers.add("booking"), callers.add("crew")
    app = Level().app()
    clients = [TestClient(app, client=(host, 1)) for host in ("203.0.113.7", "127.0.0.1")]
    burst = int(RATE * rate_limit.BURST_SECONDS)

    for number in range(burst):
        answer = clients[number % 2].get("/version", headers=bearer(booking))
        assert answer.status_code == 200

    for http in clients:
        assert http.get("/version", headers=bearer(booking)).status_code == 429
        assert http.get("/version", headers=bearer(crew)).status_code == 200


def test_keys_cannot_be_tried_without_end(
    asking: None, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RATE", f"{RATE}")
    key = callers.add(ELSEWHERE[0])  # also if it has the name of the address
    http = client()
    burst = int(RATE * rate_limit.BURST_SECONDS)

    tried = [http.get("/", headers=bearer(f"{n}")).status_code for n in range(burst + 2)]

    assert tried == [401] * burst + [429] * 2
    assert http.get("/version", headers=bearer(key)).status_code == 200


def test_the_buckets_of_many_callers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MAX_CALLERS", 100)
    clock = Clock()
    buckets = rate_limit.TokenBuckets(1.0, clock)
    for _ in range(5):
        assert buckets.take("eager") == 0

    for number in range(99):
        buckets.take(f"{number}")
    assert buckets.take("eager") == 1.0  # it was used last, and stays

    for number in range(1000):
        buckets.take(f"another {number}")
    assert len(buckets.buckets) == 100


def test_tokens_come_back_with_time_up_to_a_burst() -> None:
    clock = Clock()
    buckets = rate_limit.TokenBuckets(10.0, clock)
    assert [buckets.take("one") > 0 for _ in range(51)] == [False] * 50 + [True]

    clock.now += 0.2
    assert [buckets.take("one") > 0 for _ in range(3)] == [False, False, True]
    assert buckets.take("one") == pytest.approx(0.1)

    clock.now += 1_000_000
    assert [buckets.take("one") > 0 for _ in range(51)] == [False] * 50 + [True]


@pytest.mark.parametrize(
    ("host", "caller"),
    [
        ("127.0.0.1", ""),
        ("127.8.8.8", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_caller_is_known_by_its_address_or_its_network(host: str, caller: str) -> None:
    assert rate_limit.caller_at(host) == caller


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "many", "1e7"])
def test_a_rate_out_of_range_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_RATE", text)

    with pytest.raises(UserError, match=f"FLIGHTTIME_RATE is '{text}': give the requests a second"):
        server.run("app:create", host="127.0.0.1", port=8000, workers=1)


@pytest.mark.parametrize(
    ("host", "given", "mode"),
    [
        ("127.0.0.1", "", ""),
        ("localhost", "", ""),
        ("::1", "", ""),
        ("127.0.0.1", "keys", "keys"),
        ("127.0.0.1", "anyone", "anyone"),
        ("0.0.0.0", "", "keys"),
        ("::", "", "keys"),
        ("192.0.2.1", "", "keys"),
        ("flights.example", "", "keys"),
        ("0.0.0.0", "anyone", "anyone"),
    ],
)
def test_beyond_this_machine_callers_need_a_key(
    host: str, given: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_CALLERS", given)
    if mode == "keys":
        with pytest.raises(UserError, match=f"on {host} asks callers for a key, and no one has"):
            access.mode(host)
        callers.add("booking")

    assert access.mode(host) == mode


def test_another_choice_of_callers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_CALLERS", "friends")

    with pytest.raises(UserError, match="FLIGHTTIME_CALLERS is 'friends': choose keys or anyone"):
        access.mode("127.0.0.1")


def test_an_application_that_listens_beyond_this_machine_without_a_key_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(UserError, match="make a key with python -m groundcrew.callers add NAME, "):
        server.run("app:create", host="0.0.0.0", port=8000, workers=1)


def test_commands_send_their_key(asking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    key = callers.add("release")
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("authorization"))
        return httpx.Response(200, json={"shadow": "2"})

    transport, make = httpx.MockTransport(answer), httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **options: make(transport=transport, **options))
    smoke.wait_for_shadow("http://app", "2")
    monkeypatch.setenv("FLIGHTTIME_KEY", key)
    smoke.wait_for_shadow("http://app", "2")

    assert asked == [None, f"Bearer {key}"]
