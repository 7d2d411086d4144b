"""Who waits, who may take it, and in what order. Pure: `handle(state, event, now)`; no clock, no I/O."""
