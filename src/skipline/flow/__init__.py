"""The saved format of a flow, its checks, and how a run walks through it."""
