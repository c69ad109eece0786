"""Check the library beneath the levels: it knows no level, nor this tool, and has no cycle."""

from pathlib import Path

from ladder import imports
from ladder import limits
from ladder import standalone
from ladder.copies import files

FORBIDDEN = {
    "flighttime": "groundcrew knows no level: let the level pass in the function or the value",
    "ladder": "groundcrew works without this tool: let the tool call groundcrew instead",
}
TEXT = (".py", ".html", ".css", ".js", ".md", ".toml")


def findings(package: Path, limit: dict[str, int]) -> list[str]:
    """Every rule that the package breaks: the file, what is wrong, the remedy."""
    content = {f"{package.name}/{path}": text for path, text in files(package).items()}
    modules = {path: text for path, text in content.items() if path.endswith(".py")}
    found = limits.too_long(content, limit)
    found += imports.cycle_findings(package.name, modules)
    for path, code in modules.items():
        names = {imported.split(".")[0] for imported in imports.imports(path, code)}
        found += [
            f"{path}: imports {name}: {FORBIDDEN[name]}"
            for name in sorted(names & FORBIDDEN.keys())
        ]
    for path, text in content.items():
        if path.endswith(TEXT):
            found += standalone.names(path, text.decode(errors="replace"))
    return found
