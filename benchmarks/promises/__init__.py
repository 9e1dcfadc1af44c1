"""Promises about the error of machines' labels: the product's procedure and those of its peers."""
