"""Frozen values that every room shares: people, calls, commands, events, configuration."""
