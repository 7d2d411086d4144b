"""The changes in order. A file here never changes once it was released; it names its own tables and types."""
