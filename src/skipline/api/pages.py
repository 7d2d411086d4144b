"""Serves the web app that the wheel brings, with the headers that keep it to itself.

The page is asked for anew each time; what it loads has its content in its name and is kept for good. A checkout without
the built app says so on one plain page.
"""

import os
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from skipline.api.access import Declared, is_open

FOLDER = Path(str(files("skipline"))) / "_web"
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No script but our own files. Styles may be inline, because components place themselves by them."""

_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
}
_FOR_GOOD = "public, max-age=31536000, immutable"
_NOT_BUILT = """This installation of Skipline has no web app in it: it was made from a checkout without building it.

Build it: python -m pip install .    (needs the npm registry once)
Or install a released wheel, which brings it.
"""


class Assets(StaticFiles):
    """Files that never change under their names, as they were packed beforehand where the browser takes that."""

    declared = Declared(why_open="the page with which one signs in is made of them")

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        packed = Path(f"{full_path}.gz")
        if "gzip" in Headers(scope=scope).get("accept-encoding", "") and packed.is_file():
            response: Response = FileResponse(packed, status_code, media_type=guess_type(full_path)[0])
            response.headers["content-encoding"] = "gzip"
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update({"cache-control": _FOR_GOOD, "vary": "accept-encoding", **_ASIDE})
        return response


_ASIDE = {"x-content-type-options": "nosniff"}


def add_pages(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the built app in `folder` at the top of `app`."""

    @is_open("one signs in with this page")
    async def page(request: Request) -> Response:
        if not (folder / "index.html").is_file():
            return PlainTextResponse(_NOT_BUILT, 503, _HEADERS)
        return FileResponse(folder / "index.html", headers=_HEADERS)

    @is_open("the picture of the page")
    async def mark(request: Request) -> Response:
        return FileResponse(folder / "mark.svg", headers=_HEADERS)

    app.add_route("/", page, methods=["GET", "HEAD"], include_in_schema=False)
    if (folder / "assets").is_dir():
        app.add_route("/mark.svg", mark, methods=["GET", "HEAD"], include_in_schema=False)
        app.mount("/assets", Assets(directory=folder / "assets"))
