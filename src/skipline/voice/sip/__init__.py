"""SIP signalling (RFC 3261) on asyncio: sippy's messages and transactions below, our own dialogs and legs above."""
