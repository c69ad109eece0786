"""The language that a file is written in, by the name that Markdown and Pygments know."""

NAMES = {"py": "python", "toml": "toml", "yml": "yaml", "md": "markdown"}


def of(path: str) -> str | None:
    return NAMES.get(path.rpartition(".")[2])
