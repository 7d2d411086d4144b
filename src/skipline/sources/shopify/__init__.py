"""The source `shopify`."""
