"""Rows out of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stepladder.errors import MissingExtraError, TableError
from stepladder.tables.csv_rows import check_names
from stepladder.tables.row import Row, as_text

if TYPE_CHECKING:
    from types import ModuleType


def parquet_rows(path: Path) -> Iterator[Row]:
    """The rows of a Parquet file; raises TableError, MissingExtraError, OSError."""
    parquet = import_parquet()
    from pyarrow import ArrowException

    try:
        with parquet.ParquetFile(path) as file:
            check_names(str(path), file.schema_arrow.names)
            batches = file.iter_batches(batch_size=1024)
            rows = (values for batch in batches for values in batch.to_pylist())
            for line, values in enumerate(rows, start=2):
                yield Row(line, {name: as_text(item) for name, item in values.items()})
    except (ArrowException, ValueError, TypeError, RecursionError) as problem:
        raise TableError(f"{path}: not a readable Parquet file: {problem}") from None


def import_parquet() -> ModuleType:
    """pyarrow.parquet; raises MissingExtraError when it is not installed."""
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise MissingExtraError(
            "Parquet files need pyarrow: pip install 'stepladder[parquet]'"
        ) from None
    module: ModuleType = parquet
    return module
