"""A company whose shop calls a webhook, and what the shop sends."""

import asyncio
import json
from datetime import datetime
from typing import Any

from api_client import Answer, Client
from inside_server import Inside

from skipline.model.ids import RunId
from skipline.model.run import Run
from skipline.store import runs
from skipline.triggers.webhook.signature import sign

SECRET = "a secret of sixteen and more"
ENVIRON = {"SKIPLINE_SECRET_ORDERS_KEY": SECRET}
ORDER = {
    "customer": {"phone": "+31611111111", "name": "Ana", "email": "ana@example.com"},
    "order": {"total": "12.50", "lines": [{"sku": "a/b", "count": 2}], "note": None},
    "at": "2026-05-04T12:00:00Z",
}

CONFIGURATION = """
tiers: [{{name: gold, target: 10s}}]
sources: [{{name: shop, type: http, base_url: "{shop}", allow_private: true, time_limit: 5s, cache: 0s}}]
tables: [{{name: vip_list, key: phone, columns: {{tier: text}}, rows: [{{phone: "+31611111111", tier: gold}}]}}]
hours: [{{name: office, zone: UTC, week: {{monday-sunday: ["00:00-24:00"]}}}}]
"""

ORDERS = """
format: 1
name: Orders
triggers:
  - type: webhook
    name: orders
    secret: orders_key
    phone_from: /customer/phone
    name_from: /customer/name
    keep:
      - {from: /order/total, as: total, type: number, default: 0}
      - {from: /customer/email, as: email, type: text, personal: true}
      - {from: /customer/segment, as: contact.tier, type: text, default: standard}
start: known
steps:
  known:
    type: branch
    with: {paths: [{id: mail, all: [{variable: email, operator: contains, value: "@"}]}]}
    next: {mail: greet, else: greet}
  greet: {type: note, with: {text: "Order of {{ total }} by {{ contact.name }}"}}
"""


def shop_files(flow: str = ORDERS, *, shop: str = "http://127.0.0.1:9", **more: str) -> dict[str, str]:
    """The workspace with this flow as `orders`; `more` are other flows by their keys."""
    flows = {f"flows/{name}.yaml": text for name, text in {"orders": flow, **more}.items()}
    return {"skipline.yaml": CONFIGURATION.format(shop=shop), **flows}


def signed(body: bytes, now: datetime, *, delivery: str = "d1", secret: str = SECRET) -> dict[str, str]:
    """The headers of a delivery as a sender makes them."""
    stamp = str(int(now.timestamp()))
    return {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{sign(delivery, stamp, body, secret)}",
    }


async def deliver(
    client: Client,
    now: datetime,
    payload: Any = ORDER,
    *,
    delivery: str = "d1",
    name: str = "orders",
    body: bytes | None = None,
    **headers: str,
) -> Answer:
    """Deliver `payload` (or the bytes `body`) as the shop does; `headers`, with _ for -, replace the right ones."""
    sent = json.dumps(payload).encode() if body is None else body
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.ask(
        "POST", f"/hooks/webhook/{name}", token="", data=sent, extra=signed(sent, now, delivery=delivery) | given
    )


async def until_over(room: Inside, run: str) -> Run:
    """The record of a run once it is over; the test's own limit ends a vain wait."""
    while True:
        found = await room.database.read(runs.read, RunId(run))
        if found is not None and found.ended_at is not None:
            return found
        await asyncio.sleep(0.02)
