"""The step `connect_owner`."""
