"""Stories: what a caller meets in a flow, told in a file and played offline on the real centre."""
