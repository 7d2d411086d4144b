"""The channel provider `meta`: WhatsApp, Messenger and Instagram."""
