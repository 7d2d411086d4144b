"""One file for each format that was left behind: `from_1.py` makes a flow of format 1 one of format 2.

A rung is a function `upgrade(flow)` from the plain data of a file to that of the next format. A new key with a default
needs no rung; one that was renamed, moved or means something else does. A rung is never changed once it was released,
and `tests/flows/upgrades/` keeps a flow of each format that has to open for ever.
"""
