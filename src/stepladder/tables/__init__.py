"""Rows in and out of CSV, JSONL and Parquet files; the ending chooses the format."""

from stepladder.tables.reading import Row, columns_of, read_rows

__all__ = ["Row", "columns_of", "read_rows"]
