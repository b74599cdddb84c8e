"""The report on a dataset: one HTML page that needs no network."""
