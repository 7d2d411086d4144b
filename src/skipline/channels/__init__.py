"""Translators between a provider's wire format and our events, one folder each."""
