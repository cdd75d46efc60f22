"""A yardstick that answers SQL: `answer.py chdb|duckdb|URL FOLDER` loads the columns that company.py wrote, prints a line
of JSON, then answers one JSON line `{"sql": …}` with `{"ms": …, "rows": …}` until its input ends. Times are of the
engine's own call in this process: no network, no server in between but PostgreSQL's own.
"""

import json
import pathlib
import struct
import sys
import time

import numpy as np


def columns(folder, table, *names):
    return [np.load(pathlib.Path(folder) / f"{table}.{name}.npy") for name in names]


class Chdb:
    """Rows, and bitmaps of people per tag, per tag and day, per day of an order or a click, and of everybody."""

    def __init__(self, folder, rows):
        from chdb import session

        self.session = session.Session(f"{folder}/chdb")
        self.do("CREATE DATABASE b ENGINE = Atomic")
        for table, names, key in (("pairs", ("tag", "cust", "day"), "tag, cust"), ("orders", ("cust", "day", "fen"), "day, cust"), ("clicks", ("cust", "day"), "day, cust")):
            kinds = ", ".join(f"{n} {'Int32' if n == 'day' else 'UInt32'}" for n in names)
            parts = columns(folder, table, *names)
            together = np.rec.fromarrays(parts, names=",".join(names))
            together.tofile(f"{folder}/{table}.rows")
            self.do(f"CREATE TABLE b.{table} ({kinds}) ENGINE = MergeTree ORDER BY ({key})")
            self.do(f"INSERT INTO b.{table} SELECT * FROM file('{folder}/{table}.rows', 'RowBinary', '{kinds}')")
            self.do(f"OPTIMIZE TABLE b.{table} FINAL")
            pathlib.Path(f"{folder}/{table}.rows").unlink()
        bitmap = "AggregateFunction(groupBitmap, UInt32)"
        for name, table, key, kinds in (("tb", "pairs", "tag", "tag UInt32"), ("tdb", "pairs", "tag, day", "tag UInt32, day Int32"),
                                        ("ob", "orders", "day", "day Int32"), ("cb", "clicks", "day", "day Int32")):
            self.do(f"CREATE TABLE b.{name} ({kinds}, b {bitmap}) ENGINE = AggregatingMergeTree ORDER BY ({key}) SETTINGS index_granularity = {64 if name == 'tdb' else 1}")
            self.do(f"INSERT INTO b.{name} SELECT {key}, groupBitmapState(cust) FROM b.{table} GROUP BY {key}")
            self.do(f"OPTIMIZE TABLE b.{name} FINAL")
        self.do(f"CREATE TABLE b.allb (b {bitmap}) ENGINE = MergeTree ORDER BY tuple()")
        self.do(f"INSERT INTO b.allb SELECT groupBitmapState(toUInt32(number + 1)) FROM numbers({rows})")
        self.do(f"CREATE TABLE b.sb (n UInt32, b {bitmap}) ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 1")

    def do(self, sql):
        return self.session.query(sql, "JSONCompact")

    def answer(self, sql):
        said = self.do(sql)
        return lambda: json.loads(str(said))["data"] if str(said).strip() else []


class Duckdb:
    """Rows in the order of their keys."""

    def __init__(self, folder, rows):
        import duckdb

        self.db = duckdb.connect(f"{folder}/duck.db")
        for table, names, key in (("pairs", ("tag", "cust", "day"), "tag, cust"), ("orders", ("cust", "day", "fen"), "day, cust"), ("clicks", ("cust", "day"), "day, cust")):
            source = dict(zip(names, columns(folder, table, *names)))  # noqa: F841, found by its name
            self.db.execute(f"CREATE TABLE {table} AS SELECT * FROM source ORDER BY {key}")
        self.db.execute(f"CREATE TABLE person AS SELECT CAST(range AS UINTEGER) AS cust FROM range(1, {rows + 1})")
        self.db.execute("CREATE TABLE seg (n UINTEGER, cust UINTEGER)")

    def answer(self, sql):
        said = self.db.execute(sql).fetchall()
        return lambda: [list(row) for row in said]


class Postgres:
    """Rows with indexes, and people with their tags as an array under a GIN index."""

    def __init__(self, url, folder, rows):
        import psycopg

        self.db = psycopg.connect(url, autocommit=True)
        self.do("CREATE EXTENSION intarray")
        for table, names in (("pairs", ("tag", "cust", "day")), ("orders", ("cust", "day", "fen")), ("clicks", ("cust", "day"))):
            self.do(f"CREATE UNLOGGED TABLE {table} ({', '.join(n + ' INT NOT NULL' for n in names)})")
            self.copy(table, names, columns(folder, table, *names))
        self.do(f"CREATE UNLOGGED TABLE person AS SELECT g AS cust FROM generate_series(1, {rows}) g")
        self.do("CREATE UNLOGGED TABLE cust_arr AS SELECT cust, array_agg(tag ORDER BY tag) AS tags FROM pairs GROUP BY cust")
        self.do(f"INSERT INTO cust_arr SELECT cust, '{{}}' FROM person WHERE cust NOT IN (SELECT cust FROM pairs)")
        self.do("CREATE UNLOGGED TABLE seg (n INT NOT NULL, cust INT NOT NULL)")
        for index in ("pairs (tag, cust) INCLUDE (day)", "pairs (cust, tag)", "orders (day, cust) INCLUDE (fen)", "orders (cust, day) INCLUDE (fen)",
                      "clicks (day, cust)", "clicks (cust, day)", "person (cust)", "cust_arr (cust)", "seg (n, cust)", "seg (cust, n)"):
            self.do(f"CREATE INDEX ON {index}")
        self.do("CREATE INDEX ON cust_arr USING gin (tags gin__int_ops)")
        self.do("VACUUM ANALYZE")

    def do(self, sql):
        self.db.execute(sql)

    def copy(self, table, names, parts):
        """In PostgreSQL's binary form, which numpy can lay out."""
        fields = [("n", ">i2")]
        for name in names:
            fields += [(f"{name}_size", ">i4"), (name, ">i4")]
        with self.db.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0))
            for at in range(0, len(parts[0]), 1_000_000):
                rows = np.empty(len(parts[0][at : at + 1_000_000]), np.dtype(fields))
                rows["n"] = len(names)
                for name, part in zip(names, parts):
                    rows[f"{name}_size"], rows[name] = 4, part[at : at + 1_000_000]
                copy.write(rows.tobytes())
            copy.write(struct.pack(">h", -1))

    def answer(self, sql):
        cursor = self.db.execute(sql)
        said = cursor.fetchall() if cursor.description else []
        return lambda: [list(row) for row in said]


def memory():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def main(engine, folder, rows):
    began = time.perf_counter()
    yardstick = {"chdb": Chdb, "duckdb": Duckdb}.get(engine, lambda *rest: Postgres(engine, *rest))(folder, rows)
    print(json.dumps({"loaded_s": time.perf_counter() - began, "rss": memory()}), flush=True)
    for line in sys.stdin:
        sql = json.loads(line)["sql"]
        began = time.perf_counter()
        try:
            said = yardstick.answer(sql)
        except Exception as why:
            print(json.dumps({"error": str(why)}), flush=True)
            continue
        ms = (time.perf_counter() - began) * 1e3
        print(json.dumps({"ms": ms, "rows": said()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
