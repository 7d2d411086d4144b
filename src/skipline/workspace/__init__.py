"""A company's workspace folder: reading it with every mistake at its line, writing it, and telling two apart."""
