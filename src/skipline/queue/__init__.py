"""Who waits, who may take it, in what order, and why. Pure: no clock, no I/O.

    state = QueueState(prefix="a-")              # the prefix of this centre's reservations
    decisions = handle(state, event, now)        # events in, decisions out, both in `model.queue_events`
    wake_at = next_wake_at(state)                # hand in `TimePassed` then, or nothing expires, relaxes or overflows

Begin with `QueuesConfigured`, then `AgentPaused` and `AgentCame` for those who are there; after a restart
`EntryRestored` for every entry before any agent comes, so that nobody is served out of turn. Each event leaves the
state settled: every agent who may take an entry that waits has been offered one. An `OfferMade` is answered by
`ReservationAccepted` or `ReservationDeclined`, or it expires with an `OfferWithdrawn`. `EntryClosed` gives the record
of a stay, wrap-up and all; `EntryOverflowed` with an empty `to` hands the entry back to its flow.

`state.stays[entry_id]` is what is known of an entry, `state.seats[name]` of an agent, `state.halls[name]` of a queue.
Views (they change nothing): `figures` for conditions and wallboards, `explain` for one entry.
"""
