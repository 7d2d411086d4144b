"""Conditions (rows), formulas (CEL) and texts with {{ holes }}: compiled once, bounded, no flows known here."""
