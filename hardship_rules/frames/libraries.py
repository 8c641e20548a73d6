"""The libraries of data frames; without them the import says which extra to install."""

from hardship_rules.core.extras import not_installed

try:
    import narwhals as nw
    import polars as pl
    import polars.selectors as cs
except ModuleNotFoundError as error:
    raise not_installed(error, "frames") from None

__all__ = ["cs", "nw", "pl"]
