"""The provider `bird`, and MessageBird before it was called so."""
