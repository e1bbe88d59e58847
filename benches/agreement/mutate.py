"""Entries to disagree about: real ones, changed in ways that a schema may mind, from a seed."""

import copy
import json
import random

DATES = ("created", "updated", "retired")
TEXTS = [
    "", " ", "x", "Windows", "windows", "MT012", "mt012", "ΜΤ012", "PV0590", "DT045 ", "T1078.004", "TA1",
    "12 kg", "12  kg", "null", "true", "1", "2024-05-22", "2024-5-22", "22nd May 2024", "2024-02-30",
    "é", "e\u0301", "ﬁ", "\U0001f600" * 3, "\u200b", "ß", "İ", "日本語", "a\nb", "tab\there", "retired",
    "https://example.org/", "example", "x" * 61, "x" * 101, "é" * 100, "\U0001f600" * 100, "x" * 201,
    "\U0001f600" * 60, "point", "line", "circle", "~", "yes", "0x10", "1e3", ".5", "'", '"', "#", "- a", "a: b",
]
NUMBERS = [
    0, 1, 2, -1, 9, 10, 999, 1000, 0.25, 0.5, 1.0, 1.5, 2.0, 0.3, 1e3, 1e-7, -0.0, 123456789012345678,
    2**53, 2**53 + 1, 1e16, 1e300,
]
OTHERS = [None, True, False, [], {}, [[]], [None], {"a": 1}, [{}], ["x", "x"], [1, 1.0], [0, False], [1, True]]


def mixed(number: int, chance: random.Random) -> dict:
    """A valid entry of mixed.schema.json."""
    entry = {"id": f"MX{number % 10000:04}", "title": chance.choice(["Abc", "Éclair", "日本語", "Long title"])}
    parts = {
        "share": [0.25, 0.5, 1],
        "step": [0, 0.5, 2, -1.5, 2.0],
        "flag": [True, False, None],
        "shape": [
            "point",
            {"kind": "circle", "radius": 1.5},
            {"kind": "box", "width": 1, "height": 2},
        ],
        "amount": [10, "12 kg", [1, 2], 11.0],
        "words": [["A"], ["A", "b", "C"], ["A", 1, True, None], ["Z", 0, False]],
        "labels": [{"a": True}, {"n-a": 1, "s-b": "x"}, {"a-b": False}],
        "other": [1, True, [], {}, 0.5],
        "tree": [{"name": "a"}, {"name": "a", "below": [{"name": "b", "below": []}]}],
    }
    for name, values in parts.items():
        if chance.random() < 0.6:
            entry[name] = copy.deepcopy(chance.choice(values))
    if chance.random() < 0.5:
        entry.update({"version": 2, "count": chance.choice([0, 7, 999, 7.0]), "step": 0.5})
        if chance.random() < 0.6:
            entry["pair"] = copy.deepcopy(chance.choice([["a", 1], ["a", 1, True], ["", 0, False, True]]))
    return entry


def mutated(entry: dict, chance: random.Random, pool: list) -> dict:
    """The entry with none to four changes; `pool` has values from anywhere in real entries."""
    entry = copy.deepcopy(entry)
    for _ in range(chance.choice([0, 0, 1, 1, 1, 1, 2, 3, 4])):
        entry = change(entry, chance, pool)
    return entry


def places(value: object, path: tuple = ()) -> list:
    """Every place in a value, the root too."""
    found = [path]
    if isinstance(value, dict):
        for name, inner in value.items():
            found += places(inner, (*path, name))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


def change(entry: dict, chance: random.Random, pool: list) -> dict:
    path = chance.choice(places(entry))
    if not path:
        return root_changed(entry, chance, pool)
    holder = entry
    for step in path[:-1]:
        holder = holder[step]
    last, value = path[-1], holder[path[-1]]
    kind = chance.randrange(10)
    if kind == 0:
        del holder[last]
    elif kind == 1:
        holder[last] = [value]
    elif kind == 2:
        holder[last] = {chance.choice(["id", "name", "x", "title"]): value}
    elif kind == 3:
        holder[last] = other_spelling(value, chance)
    elif kind == 4 and isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(value))
    elif kind == 4 and isinstance(value, list):
        value.append(copy.deepcopy(chance.choice(value or pool)))
    elif kind == 5 and isinstance(holder, dict):
        holder[misspelt(last, chance)] = holder.pop(last)
    elif kind == 6 and isinstance(value, (list, dict)):
        holder[last] = type(value)()
    else:
        holder[last] = any_value(chance, pool)
    return entry


def root_changed(entry: dict, chance: random.Random, pool: list) -> dict:
    """A field more, mostly one that some schema knows."""
    names = ["extra", "mitre", "text", "status", "replaced_by", "retired", "reason", "theme", "platforms", "attack"]
    entry[chance.choice(names + ["", "a b", "Title", "x-id", "version", "pair", "count"])] = any_value(chance, pool)
    return entry


def any_value(chance: random.Random, pool: list) -> object:
    sources = [TEXTS, TEXTS, NUMBERS, OTHERS, pool]
    return copy.deepcopy(chance.choice(chance.choice(sources)))


def misspelt(name: str, chance: random.Random) -> str:
    return chance.choice([name + "s", name[:-1], name.upper(), name.capitalize(), name + " ", "x"])


def other_spelling(value: object, chance: random.Random) -> object:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, (int, float)):
        return chance.choice([value + 1, -value, value * 1000, float(value), str(value)])
    if isinstance(value, str):
        return chance.choice([value.upper(), value + "\n", value * 40, value[:2], value[::-1], " " + value, value + "é"])
    if isinstance(value, list):
        return chance.choice([value + value, value[:1] * 2, value[::-1], dict(enumerate_names(value))])
    return list(value.values())


def enumerate_names(value: list) -> list:
    return [(str(index), inner) for index, inner in enumerate(value)]


def as_json(value: object, chance: random.Random) -> str:
    return json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 2]))


def as_yaml(value: object, chance: random.Random, indent: int = 0) -> str:
    """Block style, with plain scalars where YAML 1.1 and 1.2 read them alike, and dates."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{scalar(name, chance)}:{inner(item, chance, indent)}" for name, item in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}-{inner(item, chance, indent)}" for item in value)
    return f"{pad}{scalar(value, chance)}\n"


def inner(value: object, chance: random.Random, indent: int) -> str:
    if isinstance(value, (dict, list)) and value:
        return "\n" + as_yaml(value, chance, indent + 1)
    return f" {scalar(value, chance)}\n"


def scalar(value: object, chance: random.Random) -> str:
    if isinstance(value, str) and (plain(value) or is_date(value)) and chance.random() < 0.8:
        return value
    return json.dumps(value, ensure_ascii=False)


def plain(text: str) -> bool:
    words = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
    safe = all(c.isascii() and (c.isalnum() or c in " ()-_./") for c in text)
    return safe and text[:1].isalpha() and text[-1:] != " " and text.lower() not in words


def is_date(text: str) -> bool:
    parts = text.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isascii() and part.isdigit() for part in parts)
