import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from skipline.host.lookups.body import BodyRefused, read_body, unpack

TEXT = b'{"loyalty_status": "gold"}' * 20


async def chunked(data: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0), " X-GZIP "),
        (zlib.compress(TEXT), "deflate"),
    ],
)
async def test_a_body_comes_out_as_it_went_in(packed: bytes, encoding: str) -> None:
    assert await read_body(chunked(packed), encoding) == TEXT


async def test_a_body_of_exactly_the_cap_is_taken() -> None:
    assert await read_body(chunked(TEXT), "", cap_bytes=len(TEXT)) == TEXT
    assert await read_body(chunked(gzip.compress(TEXT)), "gzip", cap_bytes=len(TEXT)) == TEXT


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
async def test_a_body_past_the_cap_is_refused(encoding: str) -> None:
    packed = {"": TEXT, "gzip": gzip.compress(TEXT), "deflate": zlib.compress(TEXT)}[encoding]
    with pytest.raises(BodyRefused, match="larger than"):
        await read_body(chunked(packed), encoding, cap_bytes=len(TEXT) - 1)


def test_packed_data_that_breaks_off_is_refused() -> None:
    with pytest.raises(BodyRefused, match="breaks off"):
        unpack(gzip.compress(TEXT)[:-9], "gzip")


def test_unpacking_stops_at_the_cap() -> None:
    bomb = zlib.compress(b"\0" * 50_000_000)
    with pytest.raises(BodyRefused, match=r"larger than 0\.5 MB"):
        unpack(bomb, "deflate", cap_bytes=512 * 1024)
