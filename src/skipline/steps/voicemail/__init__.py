"""The step `voicemail`."""
