"""Runners apply one pure function to many batches, here or in other processes."""
