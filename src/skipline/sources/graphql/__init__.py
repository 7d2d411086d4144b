"""The source `graphql`."""
