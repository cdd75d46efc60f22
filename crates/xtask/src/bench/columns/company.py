"""Makes a company and writes it into the product's own SQLite file while the server is stopped, and as plain columns for
the yardsticks.

`company.py ROWS STORE FOLDER`: people numbered from 1, about ten tags each of a thousand (a few common, most rare, each set
on some day of a year), as many orders over a year, twice as many clicks over ninety days; few people order and click most.
Rows that a column does not need are left out of the columns, and tables that no question asks stay empty in the store.
Prints one line of JSON.
"""

import datetime
import itertools
import json
import pathlib
import sqlite3
import sys

import numpy as np

TAGS, LINKS = 1_000, 10
DAY = 86_400_000
GIVEN = "mei lan ming hua jun yan bo rui fang wei qin tao lei xin yu jie hong ping na li".split()
FAMILY = "wang zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang".split()


def company(rows, today):
    """Columns by name: pairs (tag, cust, day), orders (cust, day, fen), clicks (cust, day, link)."""
    chance = np.random.default_rng(7)
    weights = 1 / (np.arange(TAGS) + 8.0) ** 0.9
    shares = np.minimum(weights * 10 / weights.sum(), 0.5)
    tags, people = [], []
    for tag, share in enumerate(shares):
        # Gaps between members are geometric: as if each person were asked, at the cost of the members alone.
        gaps = chance.geometric(share, int(rows * share * 1.2) + 100)
        members = np.cumsum(gaps)
        members = members[members <= rows]
        people.append(members.astype(np.uint32))
        tags.append(np.full(len(members), tag, np.uint32))
    tags, people = np.concatenate(tags), np.concatenate(people)
    days = chance.integers(today - 364, today + 1, len(people)).astype(np.int32)
    places = chance.permutation(rows).astype(np.uint32) + 1
    pick = lambda count, power: places[(rows * chance.random(count) ** power).astype(np.int64)]
    orders = pick(rows, 2), chance.integers(today - 364, today + 1, rows).astype(np.int32)
    fen = np.minimum(chance.pareto(1.3, rows) * 5_000, 1e8).astype(np.uint32) + 1
    # A person's openings of one link on one day are one click.
    clicks = pick(2 * rows, 1.5).astype(np.int64), chance.integers(0, 90, 2 * rows), chance.integers(0, LINKS, 2 * rows)
    once = np.unique((clicks[0] * 90 + clicks[1]) * LINKS + clicks[2])
    once, link = np.divmod(once, LINKS)
    cust, ago = np.divmod(once, 90)
    return {
        "pairs": {"tag": tags, "cust": people, "day": days},
        "orders": {"cust": orders[0], "day": orders[1], "fen": fen},
        "clicks": {"cust": cust.astype(np.uint32), "day": (today - ago).astype(np.int32), "link": link.astype(np.uint32)},
    }


def written(day):
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=int(day))
    return date.year * 10_000 + date.month * 100 + date.day


def lists(table, order, *names):
    """Columns as Python lists, a million rows at a time."""
    for at in range(0, len(order), 1_000_000):
        part = order[at : at + 1_000_000]
        yield [table[name][part].tolist() for name in names]


def fill(store, rows, columns, tenant, today):
    noon = lambda day: day * DAY + 4 * 3_600_000
    ids = [f"psn_{no:08}" for no in range(rows + 1)]
    tag_ids = [f"t{tag}" for tag in range(TAGS)]
    names = [f"{g} {f}" for g in GIVEN for f in FAMILY]
    run = store.executemany
    people = ((ids[no], no, (name := f"{names[no * 31 % len(names)]} {no}"), name.replace(" ", ""), noon(today - 365)) for no in range(1, rows + 1))
    run(f"INSERT INTO people_person (tenant_id, id, person_no, name, name_search, kind, first_seen_at, provenance) VALUES ('{tenant}', ?, ?, ?, ?, 'customer', ?, 'import')", people)
    store.execute("INSERT OR REPLACE INTO people_counter VALUES (?, ?)", (tenant, rows))
    store.execute("INSERT INTO tags_group (tenant_id, id, account_id, platform_id, name, place) VALUES (?, 'tgg_bench', '', '', 'bench', 0)", (tenant,))
    run(f"INSERT INTO tags_tag (tenant_id, id, account_id, group_id, platform_id, name, place, name_search) VALUES ('{tenant}', ?, '', 'tgg_bench', '', ?, ?, ?)",
        ((i, i, n, i) for n, i in enumerate(tag_ids)))
    pairs = columns["pairs"]
    order = np.lexsort((pairs["tag"], pairs["cust"]))
    for cust, tag, day in lists(pairs, order, "cust", "tag", "day"):
        rows_of = zip(map(ids.__getitem__, cust), map(tag_ids.__getitem__, tag), map(noon, day))
        run(f"INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at) VALUES ('{tenant}', ?, ?, 'import', ?)", rows_of)
    dates = {day: written(day) for day in range(today - 400, today + 1)}
    number = itertools.count()
    orders = columns["orders"]
    for cust, day, fen in lists(orders, np.arange(len(orders["cust"])), "cust", "day", "fen"):
        rows_of = ((f"ord_{(n := next(number)):08}", str(n), ids[c], f, f, noon(d), dates[d]) for c, d, f in zip(cust, day, fen))
        run(f"INSERT INTO orders_order VALUES ('{tenant}', ?, 'bench', ?, ?, '', '', '', ?, ?, 0, ?, 0, ?, '[]', 'paid', '', 0)", rows_of)
    run("INSERT INTO links_link (tenant_id, id, code, account_id, surface, target_url, title, created_at) VALUES (?, ?, ?, '', 'other', 'https://example.com/', ?, 0)",
        ((tenant, f"lnk_{n}", f"bench{n}", f"link {n}") for n in range(LINKS)))
    clicks = columns["clicks"]
    order = np.lexsort((clicks["day"], clicks["cust"], clicks["link"]))
    for link, cust, day in lists(clicks, order, "link", "cust", "day"):
        rows_of = zip((f"lnk_{n}" for n in link), map(ids.__getitem__, cust), map(dates.__getitem__, day), map(noon, day))
        run(f"INSERT INTO links_first VALUES ('{tenant}', ?, ?, ?, ?)", rows_of)


def main(rows, path, folder):
    store = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "temp_store = FILE", "locking_mode = EXCLUSIVE"):
        store.execute(f"PRAGMA {setting}").fetchall()
    tenant, zone, cut = store.execute("SELECT id, zone, day_cut_minutes FROM tenants_tenant").fetchone()
    assert zone == "Asia/Shanghai", zone
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8, minutes=-cut)
    today = (now.date() - datetime.date(1970, 1, 1)).days
    columns = company(rows, today)
    tables = ("people_person", "tags_person_tag", "orders_order", "links_first")
    # Indexes are quicker made at once at the end; what the store says about them goes with them and must be kept.
    marks = ",".join("?" * len(tables))
    kept = store.execute("SELECT tbl, idx, stat FROM sqlite_stat1").fetchall()
    indexes = store.execute(f"SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})", tables).fetchall()
    for name, _ in indexes:
        store.execute(f"DROP INDEX {name}")
    store.execute("BEGIN")
    # A first start wrote down the index of nobody.
    store.execute("DELETE FROM segments_index")
    fill(store, rows, columns, tenant, today)
    store.execute("COMMIT")
    for _, sql in indexes:
        store.execute(sql)
    store.execute("DELETE FROM sqlite_stat1")
    store.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", kept)
    store.close()
    for table, parts in columns.items():
        for name, values in parts.items():
            np.save(pathlib.Path(folder) / f"{table}.{name}.npy", values)
    print(json.dumps({"tenant": tenant, "today": today, "pairs": len(columns["pairs"]["tag"])}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
