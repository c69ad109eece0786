"""The environment variables that groundcrew, and a project that uses it, obeys."""

VARIABLES = {
    "FLIGHTTIME_ACCENT": "colours above the pages, on light and on dark screens (default: red)",
    "FLIGHTTIME_ALLOWED_HOSTS": "hosts that a request may name (set for the server's workers)",
    "FLIGHTTIME_APP": "address of the running application, which commands wait for and ask",
    "FLIGHTTIME_CALLERS": "keys or anyone: who may ask (default: anyone on loopback, else keys)",
    "FLIGHTTIME_ENVIRONMENT": "environment of this process: staging or production (the default)",
    "FLIGHTTIME_FEED": "folder or URL of the published tables",
    "FLIGHTTIME_FRAMED_BY": "address of the one site that may show the pages in a frame",
    "FLIGHTTIME_KEY": "key that commands send to an application which asks for one",
    "FLIGHTTIME_OBSERVED": "SQLAlchemy URL of the prediction store (default: SQLite)",
    "FLIGHTTIME_RATE": "requests a second that one caller may send from elsewhere (default: 100)",
    "FLIGHTTIME_RUNS": "state folder: everything that a command writes",
    "FLIGHTTIME_SIGNING_KEY": "file with the private key that signs packages",
    "FLIGHTTIME_STAGING": "address of a running staging application (default: start one)",
    "FLIGHTTIME_TODAY": "simulated day, such as 2013-03-01, or @FILE with the day in it",
    "FLIGHTTIME_TOKEN": "token that a request must carry (default: none)",
    "MLFLOW_TRACKING_URI": "address of tracking store and registry (default: SQLite in the state)",
}
