#!/usr/bin/env python3
"""Measures corpuslint beside other validators and beside what reading alone costs.

    benches/peers/run.py RELEASE.json [--sizes 574,10332,103320] [--tools NAME,…] [--rounds 5]
                         [--folder DIR] [--budget 3] [--binary PATH] [--floors PATH]
                         [--json FILE] [--plot FILE.svg] [--install-only]

RELEASE.json is a published release of the framework; corpora are made of it, of 574 entries each. Peers
are installed from npm, PyPI and crates.io into the folder. In each round every program runs once, one
after the other; a ratio is taken within a round, and the table gives the medians with the least and the
most. A program that would need more than `--budget` minutes for a corpus is left out, and that is said;
one that needs over 10 seconds runs once. Needs Python 3.9, git, cargo, npm; root, to drop the page cache.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import plot
from tools import FLOORS, OURS, PEERS, Call, Corpus, calls, install, run, versions

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = 574
SLOW = 10.0
OWN_MEMORY = 32.0
# What takes so long that the page cache does not matter.
UNHURRIED = ("check-jsonschema", "v8r", "yamllint")


def main() -> None:
    options = arguments()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="peers-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    tools = options.tools.split(",") if options.tools else FLOORS + OURS + PEERS
    tools = [name.strip() for name in tools]
    unknown = set(tools) - set(FLOORS + OURS + PEERS)
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(FLOORS + OURS + PEERS)}")
    binary = Path(options.binary or build("--bin", "corpuslint", "corpuslint")).resolve()
    floors = Path(options.floors or build("--bench", "corpora", "deps/corpora-*")).resolve()
    install(folder, tools)
    sizes = [int(size) for size in options.sizes.split(",")]
    corpora = [generated(folder, floors, Path(options.release).resolve(), size) for size in sizes]
    if options.install_only:
        return
    result = {"about": about(folder, binary, tools), "rounds": options.rounds, "sizes": {}}
    for corpus in corpora:
        known = result["sizes"]
        known[str(corpus.size)] = measured(folder, binary, floors, corpus, tools, options, known)
    report(result)
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    if options.plot:
        Path(options.plot).write_text(plot.svg(result))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release")
    parser.add_argument("--sizes", default="574,10332,103320")
    parser.add_argument("--tools", help="all, unless named: " + ", ".join(FLOORS + OURS + PEERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where peers and corpora are kept from run to run")
    parser.add_argument("--budget", type=float, default=3.0, help="minutes for one run of one program")
    parser.add_argument("--binary", help="corpuslint; it is built otherwise")
    parser.add_argument("--floors", help="the program of benches/corpora.rs; it is built otherwise")
    parser.add_argument("--json")
    parser.add_argument("--plot")
    parser.add_argument("--install-only", action="store_true")
    return parser.parse_args()


def build(kind: str, name: str, at: str) -> Path:
    run("cargo", "build", "--release", "--locked", kind, name, cwd=ROOT)
    found = [path for path in (ROOT / "target/release").glob(at) if path.suffix != ".d"]
    return max(found, key=lambda path: path.stat().st_mtime)


def generated(folder: Path, floors: Path, release: Path, size: int) -> Corpus:
    """The corpus of a size, made unless it is there."""
    if size % ENTRIES:
        sys.exit(f"{size} is no multiple of {ENTRIES}, the entries of a release")
    plain, git = folder / f"corpora/{size}", folder / f"corpora/{size}-git"
    if not (plain / "any-2019.schema.json").exists():
        shutil.rmtree(plain, ignore_errors=True)
        plain.mkdir(parents=True)
        run(floors, "generate", release, plain, size // ENTRIES)
        write_schemas(plain)
    if not (git / ".git/ready").exists():
        shutil.rmtree(git, ignore_errors=True)
        shutil.copytree(plain, git)
        repository(git)
        (git / ".git/ready").touch()
    return Corpus(size, plain, git)


def write_schemas(folder: Path) -> None:
    """One schema that every entry fits; and one for validators that do not know 2020-12 and read dates as dates."""
    schema = json.loads((folder / "schema/itm/v2/section.schema.json").read_text())
    schema["properties"]["id"]["pattern"] = "^[A-Z]{2}[0-9]{1,7}(\\.[0-9]{3})?$"
    schema["properties"]["theme"] = {"type": "string", "minLength": 1}
    (folder / "any.schema.json").write_text(json.dumps(schema, indent=1))
    schema["$schema"] = "https://json-schema.org/draft/2019-09/schema"
    for name in ("created", "updated", "retired"):
        schema["properties"][name] = {}
    (folder / "any-2019.schema.json").write_text(json.dumps(schema, indent=1))


def repository(folder: Path) -> None:
    """A base, and a branch with ten changed entries."""
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", folder]
    run(*git, "init", "--quiet", "-b", "main")
    run(*git, "add", "--all")
    run(*git, "commit", "--quiet", "--message", "base")
    run(*git, "repack", "-adq")
    run(*git, "switch", "--quiet", "--create", "branch")
    files = sorted((folder / "corpus").rglob("*.yaml"))
    for file in files[5 :: max(1, len(files) // 10)][:10]:
        file.write_text(file.read_text().replace("\ntitle: '", "\ntitle: 'Changed ", 1))
    run(*git, "commit", "--quiet", "--all", "--message", "ten")
    # Files that are as new as the index are read again each time, until git looks at them once more.
    time.sleep(1.1)
    run(*git, "update-index", "--refresh")


def about(folder: Path, binary: Path, tools: list) -> dict:
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "date": datetime.date.today().isoformat(),
        "cores": os.cpu_count(),
        "processor": model[0].split(": ")[1] if model else platform.processor(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "load before": os.getloadavg()[0],
        "bytes of the binary": binary.stat().st_size,
        "versions": versions(folder, binary, tools),
    }


def measured(folder: Path, binary: Path, floors: Path, corpus: Corpus, tools: list, options, smaller: dict) -> dict:
    """Per program a list of runs, one a round; None where it is left out."""
    found = {call.name: [] for call in calls(folder, binary, floors, corpus, tools)}
    for number in range(options.rounds):
        for call in calls(folder, binary, floors, corpus, tools):
            runs = found[call.name]
            expected = estimate(call.name, corpus.size, smaller)
            if runs is None or (runs and runs[0]["wall"] > SLOW):
                continue
            if call.cold and not drop_caches():
                say(corpus, f"{call.name}: left out, only root can drop the page cache")
                found[call.name] = None
            elif expected > options.budget * 60:
                say(corpus, f"{call.name}: left out, about {expected / 60:.0f} minutes")
                found[call.name] = None
            else:
                found[call.name] = timed(call, options.budget * 60, runs, corpus)
    return found


def estimate(name: str, size: int, smaller: dict) -> float:
    """Seconds, from the largest corpus that it was measured on; infinite where it was left out of one."""
    expected = 0.0
    for known, runs in smaller.items():
        if runs.get(name, []) is None:
            return float("inf")
        if runs.get(name):
            expected = runs[name][0]["wall"] * size / int(known)
    return expected


def timed(call: Call, limit: float, runs: list, corpus: Corpus) -> list:
    if not runs and not call.cold:
        # One run before is for the page cache, and for what is kept from run to run.
        first = execute(call, limit) if call.prime or call.name not in UNHURRIED else None
        if first and first["wall"] > SLOW and not call.prime:
            return [first]
    one = execute(call, limit)
    if one is None:
        say(corpus, f"{call.name}: not done after {limit / 60:.0f} minutes")
        return None
    if one["failed"]:
        # It did not do its work, so its time says nothing.
        say(corpus, f"{call.name}: left out, exit code {one['failed']}")
        return None
    return [*runs, one]


def execute(call: Call, limit: float) -> dict:
    """Runs all commands of a call: seconds, and the largest of them in MiB. None where it takes too long."""
    total = {"wall": 0.0, "cpu": 0.0, "memory": 0.0, "failed": 0}
    for command in call.commands:
        begin = time.monotonic()
        words = [str(word) for word in command]
        child = subprocess.Popen(
            words, cwd=call.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(child.pid, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, max(limit - total["wall"], 0.01))
        _, status, used = os.wait4(child.pid, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        total["wall"] += time.monotonic() - begin
        if child.returncode == -signal.SIGKILL and total["wall"] >= limit:
            return None
        total["cpu"] += used.ru_utime + used.ru_stime
        total["memory"] = max(total["memory"], used.ru_maxrss / 1024)
        total["failed"] = total["failed"] or child.returncode
    return total


def drop_caches() -> bool:
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3")
        return True
    except OSError:
        return False


def say(corpus: Corpus, text: str) -> None:
    print(f"{corpus.size}: {text}", file=sys.stderr)


def report(result: dict) -> None:
    """The tables, in Markdown."""
    about = result["about"]
    print(f"{about['date']}, {about['cores']} cores ({about['processor']}), {about['system']}, "
          f"load before {about['load before']:.1f}, {result['rounds']} rounds")  # fmt: skip
    print(", ".join(f"{name} {version}" for name, version in about["versions"].items()))
    for size, found in result["sizes"].items():
        print(f"\n| {int(size):,} entries | wall s | CPU s | peak MiB | files/s | CPU of corpuslint against it |")
        print("|---|---|---|---|---|---|")
        for name, runs in found.items():
            print(row(name, runs, found.get("corpuslint"), int(size)))


def row(name: str, runs: list, own: list, size: int) -> str:
    if not runs:
        return f"| {name} | left out | | | | |"
    wall, cpu, memory = (middle([one[part] for one in runs]) for part in ("wall", "cpu", "memory"))
    ratios = [mine["cpu"] / max(one["cpu"], 1e-6) for mine, one in zip(own or [], runs)]
    text = "" if name == "corpuslint" or not ratios else spread(ratios)
    # A process begins with the memory of the one that starts it, which is this one.
    peak = f"{memory:.0f}" if memory > OWN_MEMORY else f"under {OWN_MEMORY:.0f}"
    return f"| {name} | {wall:.3g} | {cpu:.3g} | {peak} | {size / wall:,.0f} | {text} |"


def middle(values: list) -> float:
    return statistics.median(values)


def spread(values: list) -> str:
    if len(values) == 1:
        return f"{values[0]:.3g}"
    return f"{middle(values):.3g} ({min(values):.3g} to {max(values):.3g})"


if __name__ == "__main__":
    main()
