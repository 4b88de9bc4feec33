"""The tables of a data set in DuckDB: views over its parts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.corpus import dataset, store

if TYPE_CHECKING:
    import duckdb

DATABASE = "corpus.duckdb"
BETWEEN = "between"
COLUMNS = {**dataset.TABLES, BETWEEN: dataset.BETWEEN}
_TYPES = {"string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN"}


@contextmanager
def opened(out: str, megabytes: int = 128) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which every table of the data set at `out` is a view; what is large goes to the disk."""
    import tempfile

    import duckdb

    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        connection = duckdb.connect()
        try:
            connection.execute(f"SET memory_limit = '{megabytes}MB'")
            connection.execute("SET threads = 1")
            connection.execute(f"SET temp_directory = '{folder}'")
            if store.is_remote(out):
                import fsspec

                connection.register_filesystem(fsspec.core.url_to_fs(out)[0])
                # Its files belong to one thread; newer versions read ahead in threads of their own.
                _set_where_known(connection, "async_threads", 0)
            define(connection, out)
            yield connection
        finally:
            connection.close()


def _set_where_known(connection: duckdb.DuckDBPyConnection, name: str, value: int) -> None:
    if connection.execute("SELECT 1 FROM duckdb_settings() WHERE name = ?", [name]).fetchone():
        connection.execute(f"SET {name} = {value}")


def define(connection: duckdb.DuckDBPyConnection, out: str) -> None:
    """Make the views; a table without any part is an empty one."""
    place = store.at(out)
    for table, columns in COLUMNS.items():
        if any(True for _ in place.names(table)):
            source = reading(out, table, ["*.parquet"])
        else:
            nothing = ", ".join(f'CAST(NULL AS {_sql(kind)}) AS "{name}"' for name, kind in columns.items())
            source = f"SELECT * FROM (SELECT {nothing}) WHERE false"
        connection.execute(f"CREATE OR REPLACE VIEW {table} AS {source}")


def reading(out: str, table: str, parts: Sequence[str], more: str = "") -> str:
    """The query that reads these parts of a table; `more` are options of `read_parquet`."""
    base = out if store.is_remote(out) else os.path.abspath(out)
    names = ", ".join("'" + f"{base}/{table}/{part}".replace("'", "''") + "'" for part in parts)
    return f"SELECT * FROM read_parquet([{names}]{more})"


def write_database(out: str) -> None:
    """`corpus.duckdb` in the folder of the data set: the same views, ready to be opened."""
    import duckdb

    path = Path(out) / DATABASE
    new = path.with_name(".gouji-" + DATABASE)
    new.unlink(missing_ok=True)
    connection = duckdb.connect(str(new))
    try:
        define(connection, out)
    finally:
        connection.close()
    new.replace(path)


def _sql(kind: str) -> str:
    return _sql(kind[5:-1]) + "[]" if kind.startswith("list<") else _TYPES[kind]
