"""Decisions in the ledger as sentences, each with the sign that the chart and the list show."""

from groundcrew import ledger

ALARM, SWITCH, BACK, REFUSED, CALL, OTHER = "alarm", "switch", "back", "refused", "call", "other"
# decision: (sign, sentence)
DECISIONS = {
    "retrain": (ALARM, "Alarm: a new version will be trained"),
    "trained": (OTHER, "Version {version} is trained"),
    "PROMOTE": (OTHER, "The gate lets version {version} pass"),
    "refitted": (OTHER, "Version {version} is trained as the certified one was, on every day"),
    "REJECT": (REFUSED, "The gate refuses version {version}"),
    "TIE": (REFUSED, "The gate refuses version {version}: a tie"),
    "INSUFFICIENT DATA": (REFUSED, "The gate cannot judge version {version}"),
    "shadow": (OTHER, "Version {version} starts as the shadow"),
    "shadow passed": (OTHER, "Version {version} passes its shadow evaluation"),
    "shadow failed": (REFUSED, "Version {version} fails its shadow evaluation"),
    ledger.RELEASING: (OTHER, "Version {version} is being released"),
    ledger.RELEASED: (SWITCH, "Version {version} answers: it is the champion"),
    "confirmed": (OTHER, "Version {version} is confirmed"),
    ledger.ROLLING_BACK: (OTHER, "Version {version} is coming back"),
    ledger.ROLLED_BACK: (BACK, "Back to version {version}"),
    ledger.TAKEN_BACK: (REFUSED, "The release of version {version} is undone"),
    "split": (OTHER, "Version {version} answers a share of the flights"),
    "split ended": (OTHER, "The A/B test of version {version} has ended"),
    "days accepted": (OTHER, "A person accepts days of the feed as they are"),
    "labels quarantined": (ALARM, "Labels are in quarantine"),
    "call": (CALL, "A person is called"),
}
# What is under way, by the loop's next step.
STEPS = {
    "train": "A new version is being trained",
    "certify": "Version {version} is at the gate",
    "refit": "Version {version} has passed the gate, and is being refitted",
    "check": "Version {version} is refitted, and at the gate",
    "begin shadow": "Version {version} has passed the gate",
    "shadow": "Version {version} is the shadow of version {beside}",
    "release": "Version {version} has passed its shadow evaluation, and is being released",
    "confirm": "Version {version} answers, with version {beside} as its shadow",
    "split": "Version {version} answers a share of the flights",
}


def described(entries: list[dict], decisions: dict[str, tuple[str, str]]) -> list[dict]:
    """The entries with number, sign and sentence, without intents whose outcome is recorded."""
    numbered = [{**entry, "number": number} for number, entry in enumerate(entries, start=1)]
    return [
        {**entry, **_words(entry, decisions)}
        for entry in numbered
        if entry["decision"] not in ledger.INTENTS or entry is numbered[-1]
    ]


def _words(entry: dict, decisions: dict[str, tuple[str, str]]) -> dict[str, str]:
    decision, version = entry["decision"], entry["version"]
    sign, sentence = decisions.get(decision, (OTHER, f"{decision}, version {{version}}"))
    return {"sign": sign, "sentence": sentence.replace("{version}", f"{version}")}
