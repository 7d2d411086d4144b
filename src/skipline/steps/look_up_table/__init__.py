"""The step `look_up_table`."""
