#!/usr/bin/env python3
"""Packs a program with what must go with it, the same bytes each time.

    pack.py FOLDER TARGET DESTINATION

FOLDER holds the program. The archive also has the README, the licence, the notice, and the licences of
all crates that the program is made of, because most of them ask for that. Needs Python 3.9 and cargo.
"""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("licen", "copying", "notice", "unlicense")


def main() -> None:
    folder, target, destination = sys.argv[1:]
    windows = "windows" in target
    program = "corpuslint.exe" if windows else "corpuslint"
    metadata = resolved(target)
    version = next(p["version"] for p in metadata["packages"] if p["name"] == "corpuslint")
    top = f"corpuslint-{version}-{target}"
    files = {program: ((Path(folder) / program).read_bytes(), 0o755)}
    for name in ("README.md", "LICENSE", "NOTICE"):
        files[name] = ((ROOT / name).read_bytes().replace(b"\r\n", b"\n"), 0o644)
    files["THIRD-PARTY.txt"] = (third_parties(metadata).encode(), 0o644)
    when = int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))
    data = zipped(top, files, when) if windows else tarred(top, files, when)
    Path(destination).mkdir(parents=True, exist_ok=True)
    path = Path(destination) / (top + (".zip" if windows else ".tar.gz"))
    path.write_bytes(data)
    print(path)


def resolved(target: str) -> dict:
    """What cargo knows of the dependencies for a target."""
    command = ["cargo", "metadata", "--format-version=1", "--locked", f"--filter-platform={target}"]
    return json.loads(subprocess.check_output(command, cwd=ROOT))


def third_parties(metadata: dict) -> str:
    """The licences of every crate whose code is in the program. Each text is there once."""
    packages = {package["id"]: package for package in metadata["packages"]}
    parts = ["What corpuslint is made of, and the terms that each part comes under.\n"]
    seen = {}
    for identity in sorted(linked(metadata), key=lambda i: (packages[i]["name"], packages[i]["version"])):
        package = packages[identity]
        title = f"{package['name']} {package['version']}"
        parts.append(f"{'=' * 100}\n{title}: {package['license']}\n{package['repository'] or ''}\n")
        for path in texts(Path(package["manifest_path"]).parent):
            text = path.read_text(encoding="utf-8", errors="replace").strip()
            first = seen.setdefault(" ".join(text.split()), f"{path.name} of {title}")
            again = f"the same as {first}"
            parts.append(f"--- {path.name}\n{text if first == f'{path.name} of {title}' else again}\n")
    return "\n".join(parts).replace("\r\n", "\n")


def linked(metadata: dict) -> set:
    """Dependencies of dependencies, but not those of tests, build scripts or macros."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found, pending = set(), [metadata["resolve"]["root"]]
    while pending:
        for dependency in nodes[pending.pop()]["deps"]:
            identity = dependency["pkg"]
            kinds = (target["kind"] for target in packages[identity]["targets"])
            normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if normal and ["proc-macro"] not in kinds and identity not in found:
                found.add(identity)
                pending.append(identity)
    return found


def texts(folder: Path) -> list:
    """The licences of a crate, and of the C code in it."""
    found = [path for path in folder.glob("*") if is_text(path)]
    found += [path for path in folder.glob("*/*") if is_text(path)]
    found += [path for path in folder.glob("c_src/*/*/*") if is_text(path)]
    return sorted(set(found))


def is_text(path: Path) -> bool:
    return path.is_file() and path.name.lower().startswith(NAMES) and path.suffix != ".rs"


def tarred(top: str, files: dict, when: int) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, (data, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mode, entry.mtime = len(data), mode, when
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), compresslevel=9, mtime=0)


def zipped(top: str, files: dict, when: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (data, mode) in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}", time.gmtime(when)[:6])
            entry.external_attr, entry.create_system = mode << 16, 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


main()
