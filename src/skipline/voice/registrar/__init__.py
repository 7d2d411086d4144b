"""Agents' phones: who may register, who is there, and how each is rung."""

from skipline.voice.registrar.registrar import Registrar

__all__ = ["Registrar"]
