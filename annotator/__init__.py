"""Articles in any language become claim units that people label in Label Studio, and a dataset comes out."""

__version__ = "0.1.0"
__all__ = ["__version__"]
