"""Cells of sheets that other programs open: a text that a spreadsheet would carry out gets an apostrophe before it."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), the full-width forms too."""


def harmless(text: str) -> str:
    """`text` as no spreadsheet carries it out. One that has an apostrophe already gets another: both come back."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def as_meant(cell: str) -> str:
    """What `harmless` was given, so that a sheet that we wrote reads as it was."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA_STARTS) else cell
