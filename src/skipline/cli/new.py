"""`skipline new`: the folder of a new step, source or channel, with everything a piece needs and a case that fails."""

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import skipline
from skipline.cli import new_channel, new_pieces
from skipline.cli.terminal import fail

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_LANGUAGES = ("en", "es", "pt", "zh", "id")


class Kind(StrEnum):
    """What can be begun."""

    STEP = "step"
    SOURCE = "source"
    CHANNEL = "channel"


_TEMPLATES = {Kind.STEP: new_pieces.STEP, Kind.SOURCE: new_pieces.SOURCE, Kind.CHANNEL: new_channel.CHANNEL}


def new(
    kind: Annotated[Kind, typer.Argument(help="step, source or channel")],
    name: Annotated[str, typer.Argument(help="its type in flow files, such as weather or send_fax")],
    into: Annotated[
        Path | None, typer.Option(help="the package of Skipline to put it in; the one that runs when left out")
    ] = None,
) -> None:
    """Write the folder of a new step, source or channel, with a case that fails until it does its work."""
    if not _NAME.fullmatch(name):
        fail(f"{name!r} cannot be a name: use small letters, digits and _, such as send_fax")
    package = into or Path(skipline.__file__).parent
    room = package / f"{kind.value}s"
    if not room.is_dir():
        fail(f"{package} holds no {room.name}: name the folder `src/skipline` with --into")
    folder = room / name
    if folder.exists():
        fail(f"{folder} is there already: choose another name, or remove it")
    folder.mkdir()
    for file, text in piece_files(kind, name).items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    typer.echo(f"wrote {folder}")
    tests = "tests/channels" if kind is Kind.CHANNEL else "tests/pieces"
    typer.echo(f"its case fails until it does its work: python -m pytest {tests} -k {name}")


def piece_files(kind: Kind, name: str) -> dict[str, str]:
    """Every file of a new piece's folder, by its name."""
    words = {"name": name, "title": name.replace("_", " ").capitalize(), "class": _class_name(name)}
    template = _TEMPLATES[kind]
    files = {
        "__init__.py": f'"""The {kind.value} `{name}`."""\n',
        f"{kind.value}.py": _filled(template.code, words),
        "cases.json": _written(template.cases),
        "page.md": _filled(template.page, words),
    }
    if kind is Kind.CHANNEL:
        files |= {f"wire/{file}": _filled(_written(told), words) for file, told in new_channel.WIRE.items()}
    told = {key: _filled(text, words) for key, text in template.words.items()}
    return files | {f"words.{language}.json": _written(told) for language in _LANGUAGES}


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _filled(text: str, words: dict[str, str]) -> str:
    for key, word in words.items():
        text = text.replace(f"<{key}>", word)
    return text


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
