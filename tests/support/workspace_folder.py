"""Reads a folder into the texts that `read_workspace` takes."""

from pathlib import Path


def files_of(folder: Path) -> dict[str, str]:
    """The YAML and CSV files below `folder`, by their path with `/`."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".yaml", ".yml", ".csv")
    }
