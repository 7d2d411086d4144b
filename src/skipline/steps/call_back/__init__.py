"""The step `call_back`."""
