"""Carriers and aggregators that speak SMPP 3.4."""
