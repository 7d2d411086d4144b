"""The doctor: what on this machine, in the data folder and at the carriers would keep calls from going well."""
