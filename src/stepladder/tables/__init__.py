"""Rows in and out of CSV, JSONL and Parquet files; the ending chooses the format."""

from stepladder.tables.formulas import restored
from stepladder.tables.reading import columns_of, read_rows
from stepladder.tables.row import Row
from stepladder.tables.writing import DecisionWriter, check_decisions

__all__ = ["DecisionWriter", "Row", "check_decisions", "columns_of", "read_rows", "restored"]
