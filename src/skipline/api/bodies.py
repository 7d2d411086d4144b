"""Bodies of requests as the bytes that they came as."""

from starlette.requests import Request


async def read_body(request: Request, most_bytes: int) -> bytes | None:
    """The body as it came, read no further than what is allowed; None when it is larger than that."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            return None
    return bytes(body)
