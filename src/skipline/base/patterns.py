"""The shapes of names that travel to other programs: language tags, and sounds of the audio folder."""

import re

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_AUDIO_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}", re.ASCII)


def is_language_tag(text: str) -> bool:
    """Whether `text` looks like a language tag (RFC 5646), such as `en` or `pt-BR`."""
    return _LANGUAGE_TAG.fullmatch(text) is not None


def is_audio_name(text: str) -> bool:
    """Whether `text` may name a sound of the audio folder, without its ending; it can lead nowhere else."""
    return _AUDIO_NAME.fullmatch(text) is not None
