"""Small tools with no domain words: clock, ids, durations, YAML with line numbers, folders of pieces."""
