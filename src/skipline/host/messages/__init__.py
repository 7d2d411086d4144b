"""Messages between contacts, flows and people: taken in, kept, sent, and never twice."""
