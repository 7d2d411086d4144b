"""A small telephone with real calls and real audio, for the demo, for `skipline call` and for tests."""

from skipline.voice.phone.agent_phone import AgentPhone
from skipline.voice.phone.call import PhoneCall
from skipline.voice.phone.hearing import Stretch, hear, loudness, pitch
from skipline.voice.phone.phone import Manners, Phone
from skipline.voice.phone.timeline import Moment, Timeline

__all__ = ["AgentPhone", "Manners", "Moment", "Phone", "PhoneCall", "Stretch", "Timeline", "hear", "loudness", "pitch"]
