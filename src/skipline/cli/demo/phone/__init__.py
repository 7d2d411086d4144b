"""A customer's phone as a page: write to the demo company, see its answers, tap its buttons."""
