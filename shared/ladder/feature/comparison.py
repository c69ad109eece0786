"""The errors of a person's own features beside the published ones, for the terminal."""

from ladder.feature.tables import RULES


def of_yours(yours: dict, published: dict) -> str:
    """The errors of a person's own features, beside the published ones."""
    rows = {
        "today's features": published["real"]["today"],
        "the solution's": published["real"]["fresh"],
        "yours": yours["fresh"],
    }
    lines = [f"{'':<20}" + "".join(f"{name:>12}" for name in RULES)]
    for name, judged in rows.items():
        lines.append(f"{name:<20}" + "".join(f"{judged[rule]['error']:>12.2f}" for rule in RULES))
    asked = yours["fresh"]["policy"]["retrainings"]
    lines.append(
        "Mean error in minutes, March to December, by how often the model is retrained. "
        f"With yours Level 4's policy asked for {asked} retrainings."
    )
    if yours["skew"]:
        lines.append(
            f"TRAINING-SERVING SKEW: for {yours['skew']:.0%} of the flights training sees other "
            "values than production saw. One of your functions looks at landings that were not "
            "published on that morning."
        )
    return "\n".join(lines) + "\n"
