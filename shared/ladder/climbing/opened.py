"""Show the places where an attendee's edits and the next level's touch the same lines."""

from ladder.climbing import merging
from ladder.climbing import say
from ladder.climbing.merging import Conflict
from ladder.climbing.repository import Repository
from ladder.git import listed

MAX_LINES = 12  # of each side
HOW = (
    "Open the file there. Keep one side, or put both together, and delete the three lines that "
    "begin with <<<<<<<, ======= and >>>>>>>. Save it; then go on."
)


def show(found: Repository) -> bool:
    """Print every open conflict and how to solve it; returns whether there is one."""
    files = files_with_conflicts(found)
    for path, content in files.items():
        places = merging.conflicts(content)
        if not places:
            print(f"{path}: a line that begins with <<<<<<< or >>>>>>> is left: delete it")
        for place in places:
            describe(path, place)
    if files:
        say.paragraph(HOW)
        say.following("climb")
        say.otherwise("climb", "--undo")
    return bool(files)


def files_with_conflicts(found: Repository) -> dict[str, bytes]:
    paths = listed(found.folder, "ls-files", "-z", "-co", "--exclude-standard")
    files = {path: found.folder / path for path in sorted(paths)}
    contents = {path: file.read_bytes() for path, file in files.items() if file.is_file()}
    return {path: content for path, content in contents.items() if merging.is_open(content)}


def describe(path: str, place: Conflict) -> None:
    print(f"\n{path}, line {place.line}: you and {place.name} changed the same lines")
    for name, text in (("yours", place.yours), (place.name, place.theirs)):
        print(f"  {name}:")
        lines = text.splitlines() or ["(nothing)"]
        for line in lines[:MAX_LINES]:
            print(f"    | {line}")
        if len(lines) > MAX_LINES:
            print(f"    | ... {say.counted(len(lines) - MAX_LINES, 'line')} more")
    print()
