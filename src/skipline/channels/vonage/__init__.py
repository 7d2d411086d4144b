"""The provider `vonage`."""
