"""Calls on the wire: SIP legs, trunks, media and prompts, in a process of their own."""
