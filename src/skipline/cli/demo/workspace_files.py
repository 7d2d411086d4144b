"""Writes the demo company's workspace with the addresses of the moment.

The files under `workspace/` are templates with holes: `${company_url}` is the API's base URL, `${vip_address}` and
`${general_address}` are `host:port` of the two lines, `${meta_url}` is where the stand-in for Meta listens and
`${phone_number_id}` the company's number there.
"""

from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the demo's parts listen; each field fills the hole of its name."""

    company_url: str
    vip_address: str
    general_address: str
    meta_url: str = "http://127.0.0.1:9"
    phone_number_id: str = "106540352242922"


def write_workspace(folder: Path, places: Places) -> None:
    """Lay out the demo workspace in `folder`, replacing files of the same names. `KeyError` names an unknown hole."""
    _write(files("skipline.cli.demo") / "workspace", folder, asdict(places))


def _write(template: Traversable, target: Path, values: dict[str, str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in template.iterdir():
        if entry.is_dir():
            _write(entry, target / entry.name, values)
        elif entry.name.endswith(".yaml"):
            text = Template(entry.read_text(encoding="utf-8")).substitute(values)
            (target / entry.name).write_text(text, encoding="utf-8")
