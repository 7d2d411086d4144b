"""The source `sql`."""
