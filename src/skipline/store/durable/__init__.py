"""Durable runs: rows that wait, instead of processes that remember.

A run is a position in a drawn flow and its variables, so it is saved where it waits and nothing is ever replayed.
Eight rules keep it right however often a process dies; `tests/chaos` tries to break them.

1. `due_at` drives everything: a ready run is due now, a waiting one at its time-out, a running one at the end of its
   lease, a finished one never (NULL). One index over it serves the queue, the timers and the recovery; a second one
   lets each conversation have one live run. A parked run is due in the year 9999.
2. An arriving event is kept first, then the run is locked; a turn that ends locks the run first, then looks for events.
   Whichever comes second sees the other, so no event is lost.
3. A turn is saved by comparing and setting `(id, rev, owner)`. Who lost its lease saves nothing, its commands included.
4. Commands go to the outbox with the turn that issued them. Their id counts the commands of the run (`RUN:NUMBER`),
   so a turn that is taken again issues the same ones, and they are there once.
5. Keeping an event and claiming the run it wakes is one transaction: who received it takes the turn at once. Polling
   is for recovery.
6. `UNIQUE (channel, dedup)` tells a second delivery.
7. Commits are shared: on SQLite by all works that wait together, on PostgreSQL one round trip carries a batch, sorted
   by conversation so that two nodes lock in one order.
8. Migrations are a command on PostgreSQL; a node that starts changes no table.

Times are the database's own, so nodes whose clocks differ agree on leases and time-outs.
"""

from skipline.store.durable.run_store import RunStore, open_run_store

__all__ = ["RunStore", "open_run_store"]
