"""Whether the process lives, and whether it takes calls. Open to everyone, and telling no more than that."""

from fastapi import APIRouter, Response

from skipline.api.access import is_open
from skipline.api.services import Running

router = APIRouter(tags=["health"])


@router.get("/healthz")
@is_open("monitors ask whether the process lives")
async def is_alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
@is_open("balancers ask whether calls can be taken")
async def is_ready(services: Running, response: Response) -> dict[str, str]:
    """Calls can be taken: the voice worker is connected. 503 while it is not."""
    voice = services.host.voice
    if voice is not None and voice.ready.is_set():
        return {"status": "ready"}
    response.status_code = 503
    return {"status": "waiting for the voice worker"}
