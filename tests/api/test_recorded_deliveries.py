"""Everything that was recorded of providers, delivered over real HTTP: acknowledged once it is kept, and kept whole."""

import json
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from api_client import client_of
from channel_cases import account, delivery_of, recordings, secrets_of, settings_of, sign_of
from inside_server import PUBLIC_URL, inside
from yarl import URL

from skipline.base.clock import system_clock
from skipline.model.messaging import Delivery
from skipline.store.message_schema import channel_deliveries, channel_events


def _workspace(provider: str) -> dict[str, str]:
    told = account(provider)["with"]
    entry = {"name": "shop", "type": provider, "base_url": "http://127.0.0.1:9", "allow_private": True, **told}
    return {"skipline.yaml": f"channels: [{json.dumps(entry)}]"}


def _signed(provider: str, recording: dict[str, object]) -> Delivery:
    """A recording as the provider delivers it to this server, now."""
    came = delivery_of(provider, recording)
    query = came.url.partition("?")[2]
    url = f"{PUBLIC_URL}/hooks/{provider}/shop{'?' + query if query else ''}"
    fresh = msgspec.structs.replace(came, url=url, received_at=system_clock())
    sign = sign_of(provider)
    return fresh if sign is None else sign(fresh, settings_of(provider), secrets_of(provider))


@pytest.mark.parametrize("provider", ["meta", "twilio", "bird", "vonage"])
async def test_every_recording_is_acknowledged_and_kept(provider: str, tmp_path: Path) -> None:
    secrets = {f"SKIPLINE_SECRET_{name.upper()}": value for name, value in account(provider)["secrets"].items()}
    expected: set[str] = set()
    delivered = 0
    async with inside(tmp_path, _workspace(provider), environ=secrets) as room, client_of(room) as client:
        for name, recording in recordings(provider).items():
            delivery = _signed(provider, recording)
            path = delivery.url.removeprefix(PUBLIC_URL)
            async with client.session.request(
                delivery.method, URL(client.url + path, encoded=True), headers=delivery.headers, data=delivery.body
            ) as answer:
                assert answer.status == 200, f"{name}: {answer.status}"
            expected |= {one.key for one in settings_of(provider).read(delivery)}
            delivered += 1
        kept = set(
            await room.database.read(lambda transaction: list(transaction.scalars(sa.select(channel_events.c.dedup))))
        )
        bodies = await room.database.read(
            lambda transaction: transaction.scalar(sa.select(sa.func.count()).select_from(channel_deliveries))
        )
    assert delivered > 5
    assert (kept, bodies) == (expected, delivered)
