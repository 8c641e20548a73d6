"""The version of the library, as records of its verdicts name it."""

__version__ = "0.1.0"
