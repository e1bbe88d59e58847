#!/usr/bin/env python3
"""Do corpuslint and two other validators say the same of entries that were changed at random?

    benches/agreement/run.py RELEASE.json [--count 10000] [--seed 1] [--folder DIR] [--binary PATH]
                             [--freeze FILE]

RELEASE.json is a published release of the framework. The peers are installed from npm and PyPI into the
folder. Two questions are asked of each entry: is it valid by its schema, formats being only notes; and
is it valid where `format: date` is asserted too. A disagreement must be listed, with its reason, in
exceptions.toml beside this file; the exit code is 1 when one is not. Needs Python 3.11, npm and cargo.
"""

import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from mutate import as_json, as_yaml, mixed, mutated

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SOURCEMETA, CHECK_JSONSCHEMA = "@sourcemeta/jsonschema@16.11.0", "check-jsonschema==0.39.0"
KINDS = {"AR": "article", "PV": "prevention", "DT": "detection"}
VERSIONS = ("v1", "v2")


def main() -> None:
    options = arguments()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="agreement-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    install(folder)
    corpus = folder / f"corpus-{options.seed}-{options.count}"
    entries = generate(Path(options.release).resolve(), corpus, options, folder)
    print(f"{len(entries)} entries, seed {options.seed}, in {corpus}")
    verdicts = {"corpuslint": ours(options.binary, corpus, entries)}
    verdicts["sourcemeta"] = sourcemeta(folder, corpus, entries)
    verdicts["check-jsonschema"] = check_jsonschema(folder, corpus, entries)
    if options.freeze:
        freeze(Path(options.freeze), corpus, entries, verdicts)
    sys.exit(compare(corpus, entries, verdicts))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder")
    parser.add_argument("--binary", default=str(ROOT / "target/release/corpuslint"))
    parser.add_argument("--freeze", help="write a sample on which all agree, as JSON lines")
    return parser.parse_args()


def install(folder: Path) -> None:
    """The peers, unless they are there."""
    if not (folder / "npm/node_modules/.bin/jsonschema").exists():
        (folder / "npm").mkdir(exist_ok=True)
        run("npm", "install", "--prefix", folder / "npm", "--no-audit", "--no-fund", SOURCEMETA)
    if not (folder / "python/bin/check-jsonschema").exists():
        run(sys.executable, "-m", "venv", folder / "python")
        run(folder / "python/bin/pip", "install", "--quiet", CHECK_JSONSCHEMA)


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True)


def real_entries(binary: str, release: Path, folder: Path) -> list:
    """The entries of the release, in format versions 1 and 2, with short texts: (schema, entry)."""
    migrated = folder / "migrated"
    if not migrated.exists():
        run(binary, "migrate", "--from", "release", "--to", "json", release, migrated)
    found = []
    for path in sorted(migrated.rglob("*.json")):
        if path.parts[-2] == "schema" or not re.fullmatch(r"[A-Z]{2}[0-9.]+", path.stem):
            continue
        kind = KINDS.get(path.stem[:2]) or ("subsection" if "." in path.stem else "section")
        entry = json.loads(path.read_text())
        # The structure of real entries, with short texts of our own.
        entry["description"] = f"What `{entry['title'][:40]}` is about."
        for number, item in enumerate(entry.get("references", [])):
            item["title"] = f"Source {number}"
        if "references" in entry:
            entry["references"] = entry["references"][:3]
        found.append((f"v2/{kind}", entry))
        found.append((f"v1/{kind}", renamed(entry)))
    return found


def renamed(entry: dict) -> dict:
    """The same in format version 1."""
    old = {{"attack": "mitre"}.get(name, name): value for name, value in entry.items()}
    if "references" in old:
        old["references"] = [
            {{"title": "text"}.get(name, name): value for name, value in item.items()} for item in old["references"]
        ]
    return old


def generate(release: Path, corpus: Path, options: argparse.Namespace, folder: Path) -> list:
    """Writes the entries, one folder a schema and notation; gives (path, schema)."""
    chance = random.Random(options.seed)
    real = real_entries(options.binary, release, folder)
    pool = values_of([entry for _, entry in real[:200]])
    entries, kinds = [], set()
    for number in range(options.count):
        if number % 4 == 3:
            schema, entry = "mixed", mixed(number, chance)
        else:
            schema, entry = chance.choice(real)
        entry = mutated(entry, chance, pool)
        notation, write = chance.choice([("yaml", as_yaml), ("yaml", as_yaml), ("json", as_json)])
        path = Path("corpus") / schema.replace("/", "-") / notation / f"E{number:05}.{notation}"
        (corpus / path.parent).mkdir(parents=True, exist_ok=True)
        (corpus / path).write_text(write(entry, chance), encoding="utf-8")
        entries.append((path, schema))
        kinds.add(schema)
    profile(corpus, sorted(kinds))
    return entries


def values_of(value: object) -> list:
    if isinstance(value, dict):
        return [value, *(inner for item in value.values() for inner in values_of(item))]
    if isinstance(value, list):
        return [value, *(inner for item in value for inner in values_of(item))]
    return [value]


def profile(corpus: Path, kinds: list) -> None:
    text = 'version = 1\nroot = "corpus"\n'
    for schema in kinds:
        name = schema.replace("/", "-")
        source = HERE / "mixed.schema.json" if schema == "mixed" else ROOT / f"schema/itm/{schema}.schema.json"
        # What an address is has a rule with an idea of its own, and check-jsonschema does not look at it.
        plain = source.read_text().replace('"format": "uri",', "")
        (corpus / f"{name}.schema.json").write_text(plain)
        text += f'[kind.{schema.split("/")[-1] if schema == "mixed" else name}]\n'
        text += f'files = ["{name}/*/*.{{yaml,json}}"]\nschema = "{name}.schema.json"\n'
    (corpus / "corpuslint.toml").write_text(text)


# What JSON Schema says, by whichever rule says it: the form of an ID and of a date has rules of its own.
SCHEMA = re.compile(r"schema-|id-format$|id-lookalike$")
BROKEN = re.compile(r"syntax$|duplicate-key$|not-utf8$|multiple-documents$|anchor-or-tag$|too-large$")
DATE = re.compile(r"date-format$|date-impossible$")


def ours(binary: str, corpus: Path, entries: list) -> dict:
    """For each file: valid by the schema, and valid with dates asserted."""
    command = [binary, "check", "--output-format", "jsonl", "--exit-zero"]
    done = subprocess.run(command, cwd=corpus, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    found = {str(path): [True, True] for path, _ in entries}
    for line in done.stdout.splitlines():
        item = json.loads(line)
        rule, path = item.get("rule", ""), item.get("path")
        # A mixed or real schema has a pattern at /id only; elsewhere the form of an ID is no matter of JSON Schema.
        of_schema = SCHEMA.match(rule) and (rule.startswith("schema-") or item["pointer"] == "/id")
        if of_schema or BROKEN.match(rule):
            found[path] = [False, False]
        elif DATE.match(rule):
            found[path][1] = False
    return {path: tuple(both) for path, both in found.items()}


def groups(corpus: Path, entries: list) -> dict:
    found = collections.defaultdict(list)
    for path, schema in entries:
        found[corpus / f"{schema.replace('/', '-')}.schema.json", path.parent].append(path)
    return found


def sourcemeta(folder: Path, corpus: Path, entries: list) -> dict:
    program = folder / "npm/node_modules/.bin/jsonschema"
    both = []
    for assertion in ([], ["--format-assertion"]):
        verdicts = {str(path): True for path, _ in entries}
        for (schema, where), paths in groups(corpus, entries).items():
            command = [program, "validate", schema, where, "--continue", "--verbose", *assertion]
            done = subprocess.run(command, cwd=corpus, capture_output=True, text=True)
            said = dict(reversed(m) for m in re.findall(r"^(ok|fail): (\S+)", done.stdout + done.stderr, re.M))
            for path in paths:
                told = said.get(str(path)) or said.get(str(corpus / path))
                verdicts[str(path)] = {"ok": True, "fail": False}.get(told)
        both.append(verdicts)
    return {path: (both[0][path], both[1][path]) for path in both[0]}


def check_jsonschema(folder: Path, corpus: Path, entries: list) -> dict:
    program = folder / "python/bin/check-jsonschema"
    both = []
    for assertion in (["--disable-formats", "*"], []):
        verdicts = {str(path): True for path, _ in entries}
        for (schema, _), paths in groups(corpus, entries).items():
            command = [program, "--schemafile", schema, "--output-format", "json", *assertion, *paths]
            done = subprocess.run(command, cwd=corpus, capture_output=True, text=True)
            try:
                report = json.loads(done.stdout)
            except json.JSONDecodeError:
                sys.exit(f"check-jsonschema: {done.stdout[-500:]} {done.stderr[-2000:]}")
            for item in report.get("errors", []) + report.get("parse_errors", []):
                verdicts[item["filename"]] = False
        both.append(verdicts)
    return {path: (both[0][path], both[1][path]) for path in both[0]}


def compare(corpus: Path, entries: list, verdicts: dict) -> int:
    exceptions = tomllib.loads((HERE / "exceptions.toml").read_text())["exception"]
    used, open_cases = collections.Counter(), 0
    for index, question in enumerate(("by the schema", "with dates")):
        own = [verdicts["corpuslint"][str(path)][index] for path, _ in entries]
        print(f"{question}: corpuslint finds {own.count(True)} valid and {own.count(False)} invalid")
        for peer in ("sourcemeta", "check-jsonschema"):
            differ = [
                (str(path), mine, verdicts[peer][str(path)][index])
                for (path, _), mine in zip(entries, own)
                if verdicts[peer][str(path)][index] != mine
            ]
            unlisted = []
            for path, mine, theirs in differ:
                at = excused(exceptions, peer, question, (corpus / path).read_text(), mine)
                used.update([at] if at is not None else [])
                unlisted += [(path, mine, theirs)] if at is None else []
            print(f"  {peer}: {len(differ)} differ, {len(differ) - len(unlisted)} of them listed")
            for path, mine, theirs in unlisted[:20]:
                print(f"    {path}: corpuslint {said(mine)}, {peer} {said(theirs)}")
            open_cases += len(unlisted)
    for at, item in enumerate(exceptions):
        print(f"exception {at + 1}: {used[at]} times: {item['reason'].strip()}")
    return 1 if open_cases else 0


def said(verdict: object) -> str:
    return {True: "valid", False: "invalid", None: "nothing"}[verdict]


def excused(exceptions: list, peer: str, question: str, text: str, mine: bool) -> object:
    for at, item in enumerate(exceptions):
        fits = peer in item["peers"] and item["corpuslint"] == said(mine) and re.search(item["text"], text, re.M)
        if fits and item.get("question", question) == question:
            return at
    return None


def freeze(to: Path, corpus: Path, entries: list, verdicts: dict) -> None:
    """Small ones on which all three agree, valid and invalid, of every schema."""
    taken, lines = collections.Counter(), []
    for path, schema in entries:
        said_by_all = {verdicts[who][str(path)][0] for who in verdicts}
        text = (corpus / path).read_text()
        key = (schema, path.suffix, *said_by_all)
        if len(said_by_all) == 1 and len(text) < 900 and taken[key] < (12 if schema == "mixed" else 5):
            taken[key] += 1
            item = {"schema": schema, "format": path.suffix[1:], "valid": said_by_all.pop(), "text": text}
            lines.append(json.dumps(item, ensure_ascii=False))
    to.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} frozen in {to}")


os.environ["NO_COLOR"] = "1"
main()
