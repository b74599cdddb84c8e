"""Annotations become a dataset folder."""
