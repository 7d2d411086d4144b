"""Stand-ins of the messaging providers: their wire formats, their checks and their webhooks, on this machine alone.

The demo's customers write through them, and so do the tests, which add faults of their own.
"""
