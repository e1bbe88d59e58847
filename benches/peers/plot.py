"""Time against the size of the corpus, both logarithmic, as an SVG that reads on light and dark pages."""

import json
import math
import statistics
import sys
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 56, 56
LINE = 15  # the least distance between two names

# Our own in one colour; others and the floors stay behind.
KINDS = {
    "corpuslint": "own",
    "corpuslint again": "own part",
    "corpuslint --base": "own part",
    "read": "floor",
    "stat": "floor",
}
NAMES = {
    "corpuslint": "corpuslint, every rule",
    "corpuslint again": "corpuslint, unchanged",
    "corpuslint --base": "corpuslint --base, 10 new",
    "read": "read all bytes",
    "stat": "stat only",
}
LEFT_OUT = ("corpuslint cold", "read and parse")

STYLE = """
svg { color: #1f2328; --paper: #ffffff; --own: #0969da; --peer: #8c4b00; --quiet: #6e7781; --grid: #d8dee4 }
@media (prefers-color-scheme: dark) {
  svg { color: #e6edf3; --paper: #0d1117; --own: #58a6ff; --peer: #e3a35f; --quiet: #8b949e; --grid: #30363d }
}
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: currentColor }
.title { font-size: 15px; font-weight: 600 }
.page { fill: var(--paper) }
.grid { stroke: var(--grid); stroke-width: 1 }
.quiet { fill: var(--quiet) }
.line { fill: none; stroke-width: 1.6 }
.own .line { stroke: var(--own); stroke-width: 3 }
.part .line { stroke-width: 1.8; stroke-dasharray: 6 3 }
.peer .line { stroke: var(--peer) }
.floor .line { stroke: var(--quiet); stroke-dasharray: 2 3 }
.own circle, .own text { fill: var(--own) }
.own text { font-weight: 600 }
.part text { font-weight: 400 }
.peer circle, .peer text { fill: var(--peer) }
.floor circle, .floor text { fill: var(--quiet) }
.thread { stroke: var(--quiet); stroke-width: 0.7 }
"""


def svg(result: dict) -> str:
    lines = series(result)
    sizes = [int(size) for size in result["sizes"]]
    seconds = [second for points in lines.values() for _, second in points]
    scale = Scale(sizes, seconds)
    about = result["about"]
    subtitle = f"{about['date']}, {about['cores']} cores, files in memory, medians; lower is faster"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(described(lines))}</title><style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        f'<text class="title" x="{LEFT}" y="24">Time for a corpus, by its size</text>',
        f'<text class="quiet" x="{LEFT}" y="42">{escape(subtitle)}</text>',
        *grid(scale, sizes),
    ]
    drawn = [(name, [(scale.x(size), scale.y(second)) for size, second in points]) for name, points in lines.items()]
    heights = spread([(name, points[-1]) for name, points in drawn])
    parts += [curve(name, points, heights[name]) for name, points in drawn]
    return "\n".join([*parts, "</svg>"]) + "\n"


def series(result: dict) -> dict:
    """Per program its points (entries, seconds); peers below our own, so that ours is drawn last."""
    found = {}
    for size, programs in result["sizes"].items():
        for name, runs in programs.items():
            if runs and name not in LEFT_OUT:
                median = statistics.median(one["wall"] for one in runs)
                found.setdefault(name, []).append((int(size), max(median, 1e-4)))
    return dict(sorted(found.items(), key=lambda item: KINDS.get(item[0], "peer").startswith("own")))


def described(lines: dict) -> str:
    ends = (f"{NAMES.get(name, name)} {points[-1][1]:.2g} s for {points[-1][0]:,}" for name, points in lines.items())
    return "Seconds against entries. " + "; ".join(ends) + "."


class Scale:
    """From entries and seconds to places."""

    def __init__(self, sizes: list, seconds: list) -> None:
        self.left, self.right = math.log10(min(sizes)), math.log10(max(sizes)) or 1
        if self.left == self.right:
            self.left, self.right = self.left - 0.5, self.right + 0.5
        self.low = math.floor(math.log10(min(seconds)))
        self.high = math.ceil(math.log10(max(seconds)))

    def x(self, size: float) -> float:
        return LEFT + (math.log10(size) - self.left) / (self.right - self.left) * (WIDTH - LEFT - RIGHT)

    def y(self, second: float) -> float:
        part = (math.log10(second) - self.low) / max(self.high - self.low, 1)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)


def grid(scale: Scale, sizes: list) -> list:
    parts = []
    for power in range(scale.low, scale.high + 1):
        y = scale.y(10.0**power)
        label = f"{10**power:,} s" if power >= 0 else f"{10 ** (power + 3)} ms" if power >= -3 else "0.1 ms"
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="quiet" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for size in sizes:
        x = scale.x(size)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(
            f'<text class="quiet" x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{size:,}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text class="quiet" x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">entries</text>')
    return parts


def spread(ends: list) -> dict:
    """Heights of names, so that those whose lines end at one place do not lie over each other."""
    heights = {}
    for x in {round(point[0]) for _, point in ends}:
        here = sorted((point[1], name) for name, point in ends if round(point[0]) == x)
        places = [y for y, _ in here]
        for _ in range(200):
            for at in range(1, len(places)):
                lack = LINE - (places[at] - places[at - 1])
                if lack > 0:
                    places[at - 1] -= lack / 2
                    places[at] += lack / 2
        heights |= {name: place for (_, name), place in zip(here, places)}
    return heights


def curve(name: str, points: list, height: float) -> str:
    kind = KINDS.get(name, "peer")
    path = " ".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(points))
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3.5 if kind == "own" else 2.5}"/>' for x, y in points)
    x, y = points[-1]
    thread = ""
    if abs(height - y) > 3:
        thread = f'<line class="thread" x1="{x + 4:.1f}" y1="{y:.1f}" x2="{x + 14:.1f}" y2="{height:.1f}"/>'
    text = f'<text x="{x + 17:.1f}" y="{height + 4:.1f}">{escape(NAMES.get(name, name))}</text>'
    return f'<g class="{kind}"><path class="line" d="{path}"/>{dots}{thread}{text}</g>'


if __name__ == "__main__":
    # plot.py RESULT.json FILE.svg: draws a result of run.py again.
    Path(sys.argv[2]).write_text(svg(json.loads(Path(sys.argv[1]).read_text())))
