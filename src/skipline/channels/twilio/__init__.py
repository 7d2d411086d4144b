"""The provider `twilio`."""
