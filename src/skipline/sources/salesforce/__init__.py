"""The source `salesforce`."""
