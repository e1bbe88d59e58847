"""What is measured: how each program is installed and called."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NPM = {"sourcemeta": "@sourcemeta/jsonschema@16.11.0", "ajv": "ajv-cli@5.0.0", "v8r": "v8r@5.1.0"}
PYPI = {"check-jsonschema": "check-jsonschema==0.39.0", "yamllint": "yamllint==1.38.0"}
CRATES = {"jsonschema-cli": "0.60.2", "boon": "0.6.2"}
PEERS = ["boon", "jsonschema-cli", "sourcemeta", "ajv", "check-jsonschema", "v8r", "yamllint"]
FLOORS = ["stat", "read", "read and parse"]
OURS = ["corpuslint", "corpuslint cold", "corpuslint again", "corpuslint --base"]

# Bytes of arguments for one process; Linux takes 2 MiB, with the environment.
ARGUMENTS = 1_500_000


@dataclass
class Call:
    """One way to run over a corpus: `commands` one after the other, in `folder`."""

    name: str
    commands: list
    folder: Path
    cold: bool = False
    prime: bool = False  # run once before it is measured


@dataclass
class Corpus:
    """The same entries in a plain folder and in a git repository, in which ten were changed."""

    size: int
    plain: Path
    git: Path

    def files(self) -> list:
        return sorted(str(path.relative_to(self.plain)) for path in (self.plain / "corpus").rglob("*.yaml"))


def install(folder: Path, tools: list) -> None:
    """Peers that are asked for and not there, each in a part of its own."""
    packages = [package for name, package in NPM.items() if name in tools]
    if packages and not all((folder / "npm/node_modules/.bin" / name).exists() for name in binaries(tools)):
        (folder / "npm").mkdir(parents=True, exist_ok=True)
        run("npm", "install", "--prefix", folder / "npm", "--no-audit", "--no-fund", "--loglevel=error", *packages)
    for name in (name for name in PYPI if name in tools):
        if not (folder / "python/bin/pip").exists():
            run(sys.executable, "-m", "venv", folder / "python")
        if not (folder / "python/bin" / name).exists():
            run(folder / "python/bin/pip", "install", "--quiet", PYPI[name])
    for name in (name for name in CRATES if name in tools):
        if not (folder / "bin" / name).exists():
            crate = "boon-cli" if name == "boon" else name
            run("cargo", "install", "--locked", "--quiet", "--root", folder, crate, "--version", CRATES[name])


def binaries(tools: list) -> list:
    return [{"sourcemeta": "jsonschema"}.get(name, name) for name in NPM if name in tools]


def run(*command: object, **more: object) -> None:
    subprocess.run([str(part) for part in command], check=True, **more)


def versions(folder: Path, binary: Path, tools: list) -> dict:
    """What the programs say of themselves."""
    asked = {"corpuslint": [binary, "--version"]}
    asked |= {name: [folder / "bin" / name, "--version"] for name in CRATES if name in tools}
    asked |= {name: [folder / "python/bin" / name, "--version"] for name in PYPI if name in tools}
    found = {name: package.rsplit("@", 1)[1] for name, package in NPM.items() if name in tools}
    for name, command in asked.items():
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        found[name] = done.stdout.strip().split(" ")[-1]
    return found


def calls(folder: Path, binary: Path, floors: Path, corpus: Corpus, tools: list) -> list:
    """Everything that is asked for, in the order of the table."""
    found = [floor(floors, name, corpus) for name in FLOORS if name in tools]
    found += [own(binary, name, corpus) for name in OURS if name in tools]
    found += [peer(folder, name, corpus) for name in PEERS if name in tools]
    return found


def floor(program: Path, name: str, corpus: Corpus) -> Call:
    verb = {"read and parse": "parse"}.get(name, name)
    return Call(name, [[program, verb, corpus.plain]], corpus.plain)


def own(binary: Path, name: str, corpus: Corpus) -> Call:
    check = [binary, "check", "--exit-zero", "--output-format", "json"]
    if name == "corpuslint --base":
        return Call(name, [[*check, "--base", "main"]], corpus.git, prime=True)
    if name == "corpuslint again":
        return Call(name, [check], corpus.git, prime=True)
    # Outside of a repository nothing is kept from run to run.
    return Call(name, [check], corpus.plain, cold=name == "corpuslint cold")


def peer(folder: Path, name: str, corpus: Corpus) -> Call:
    """Each with one schema that every entry fits, so that none has to be started for each kind, or prints."""
    schema, older = corpus.plain / "any.schema.json", corpus.plain / "any-2019.schema.json"
    npm, python, rust = folder / "npm/node_modules/.bin", folder / "python/bin", folder / "bin"
    commands = {
        "boon": lambda: batches([rust / "boon", schema], corpus),
        "jsonschema-cli": lambda: batches([rust / "jsonschema-cli", "validate", schema, "-i"], corpus),
        "sourcemeta": lambda: [[npm / "jsonschema", "validate", schema, "corpus", "--extension", ".yaml", "--fast"]],
        "ajv": lambda: [
            [npm / "ajv", "validate", "--spec=draft2019", "--strict=false", "--validate-formats=false"]
            + ["-s", older, "-d", "corpus/**/*.yaml"]
        ],
        "check-jsonschema": lambda: batches([python / "check-jsonschema", "--schemafile", schema], corpus),
        "v8r": lambda: [[npm / "v8r", "--schema", older, "corpus/**/*.yaml"]],
        "yamllint": lambda: [
            [python / "yamllint", "-d", "{extends: relaxed, rules: {line-length: disable}}", "corpus"]
        ],
    }
    return Call(name, commands[name](), corpus.plain)


def batches(command: list, corpus: Corpus) -> list:
    """The command with all files, in as many processes as the system makes of it."""
    found, size = [], ARGUMENTS
    for file in corpus.files():
        size += len(file) + 9
        if size > ARGUMENTS:
            found.append(list(command))
            size = len(file) + 9
        found[-1].append(file)
    return found
