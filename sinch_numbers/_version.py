"""The version of this package, as it is installed."""

__version__ = "0.1.0"
