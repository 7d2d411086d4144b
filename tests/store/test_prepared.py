"""Statements that are worked out once do the same as those that SQLAlchemy carries out itself, on either database."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_values import NOON

from skipline.store import Database
from skipline.store.message_schema import contact_changes, contacts
from skipline.store.prepared import Changes, Prepared, insertion

ADD = insertion(contacts, "id", "created_at", "name", "tags", tier=sa.literal("go") + sa.literal("ld"))
FIND = Prepared(sa.select(contacts).where(contacts.c.id == sa.bindparam("named"), contacts.c.tier == "gold"))
NOTE = insertion(contact_changes, "contact_id", "at", "deed", "body")
RETAG = Prepared(
    sa.update(contacts).where(contacts.c.name == sa.bindparam("who")).values(tags=["new"]).returning(contacts.c.id)
)


def add(transaction: sa.Connection, id_: str, name: str = "Ann") -> None:
    ADD.do(transaction, id=id_, created_at=NOON, name=name, tags=["a", {"b": "\0"}])


async def test_values_come_back_as_they_were_given(database: Database) -> None:
    await database.write(add, "c1")
    row = await database.read(lambda transaction: FIND.first(transaction, named="c1"))
    assert (row.id, row.created_at, row.name, row.tags) == ("c1", NOON, "Ann", ["a", {"b": "\0"}])
    assert row.tier == "gold", "what the database works out is worked out there"
    assert await database.read(lambda transaction: FIND.first(transaction, named="c2")) is None
    assert await database.read(lambda transaction: FIND.value(transaction, named="c2")) is None
    assert await database.read(lambda transaction: FIND.value(transaction, named="c1")) == "c1"


async def test_they_read_as_sqlalchemy_reads(database: Database) -> None:
    await database.write(add, "c1")

    def both(transaction: sa.Connection) -> tuple[object, ...]:
        by_hand = transaction.execute(sa.select(contacts)).one()
        prepared = FIND.first(transaction, named="c1")
        return tuple(by_hand), tuple(getattr(prepared, column.key) for column in contacts.c)

    by_hand, prepared = await database.read(both)
    assert by_hand == prepared


async def test_what_changes_tells_which_rows_it_met(database: Database) -> None:
    for number in range(3):
        await database.write(add, f"c{number}", "Ann" if number else "Bob")
    found = await database.write(lambda transaction: RETAG.all(transaction, who="Ann"))
    assert sorted(row.id for row in found) == ["c1", "c2"]
    assert (await database.read(lambda transaction: FIND.first(transaction, named="c1"))).tags == ["new"]


async def test_rows_are_written_together(database: Database) -> None:
    rows = [{"contact_id": "c", "at": NOON + timedelta(hours=one), "deed": "d", "body": {"n": one}} for one in range(3)]
    await database.write(NOTE.do_all, rows)
    await database.write(NOTE.do_all, [])
    kept = sa.select(contact_changes.c.at, contact_changes.c.body).order_by(contact_changes.c.at)
    found = await database.read(lambda transaction: [tuple(one) for one in transaction.execute(kept)])
    assert found == [(row["at"], row["body"]) for row in rows]


async def test_one_row_is_changed_by_its_key(database: Database) -> None:
    await database.write(add, "c1")
    await database.write(add, "c2")
    changes = Changes(contacts)
    await database.write(changes.do, ("c1",), {"name": "Eve", "tier": "gold"})
    await database.write(changes.do, ("c2",), {"name": "Una", "tier": "gold"})
    rows = await database.read(lambda transaction: [FIND.first(transaction, named=id_) for id_ in ("c1", "c2")])
    assert [row.name for row in rows] == ["Eve", "Una"]


async def test_a_mistake_is_raised_as_everywhere_and_undoes_its_work_alone(database: Database) -> None:
    await database.write(add, "c1")
    refused, kept = database.write(add, "c1"), database.write(add, "c2")
    with pytest.raises(sa.exc.IntegrityError):
        await refused
    await kept
    assert await database.read(lambda transaction: FIND.value(transaction, named="c2")) == "c2"


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await database.write(
            lambda transaction: NOTE.do(transaction, contact_id="c", at=NOON.replace(tzinfo=None), deed="d", body={})
        )


async def test_a_value_that_is_missing_is_our_mistake(database: Database) -> None:
    with pytest.raises(KeyError, match="named"):
        await database.read(lambda transaction: FIND.first(transaction))


async def test_text_with_nul_is_kept_without_it_where_the_database_has_none(database: Database) -> None:
    await database.write(add, "c1", "A\0nn")
    row = await database.read(lambda transaction: FIND.first(transaction, named="c1"))
    assert row.name in ("A\0nn", "A\N{SYMBOL FOR NULL}nn")
