"""The outlines of nodes: a cylinder, a pill, a leaning box, a hexagon, a box."""

from ladder.look.svg import short


def outline(shape: str, left: float, top: float, right: float, bottom: float) -> str:
    """Path data; a box for a program."""
    if shape == "stored":
        rim, wide = 6, (right - left) / 2
        return (
            f"M{path(left, top)}a{wide:.1f} {rim} 0 0 1 {right - left:.1f} 0V{short(bottom)}"
            f"a{wide:.1f} {rim} 0 0 1 {left - right:.1f} 0ZM{path(left, top)}"
            f"a{wide:.1f} {rim} 0 0 0 {right - left:.1f} 0"
        )
    if shape == "person":
        half = (bottom - top) / 2
        turn = f"a{half:.1f} {half:.1f} 0 0 1 0"
        return (
            f"M{path(left + half, top)}H{short(right - half)}{turn} {short(bottom - top)}"
            f"H{short(left + half)}{turn} {short(top - bottom)}Z"
        )
    middle, lean = (top + bottom) / 2, 9
    corners = {
        "file": [(left + lean, top), (right, top), (right - lean, bottom), (left, bottom)],
        "decision": [
            (left, middle),
            (left + lean, top),
            (right - lean, top),
            (right, middle),
            (right - lean, bottom),
            (left + lean, bottom),
        ],
    }.get(shape, [(left, top), (right, top), (right, bottom), (left, bottom)])
    return "M" + "L".join(path(*corner) for corner in corners) + "Z"


def path(x: float, y: float) -> str:
    return f"{short(float(x))} {short(float(y))}"
