"""Service level, occupancy, Erlang formulas: pure functions over records."""
