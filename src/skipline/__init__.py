"""Skipline takes a company's most important callers to the right people first."""

__version__ = "0.1.0"
