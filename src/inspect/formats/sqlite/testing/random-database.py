"""Writes a random database and prints, as JSON, [table.column, text] of every text that SQLite gives back.

random-database.py PATH PAGE_SIZE SEED ENCODING
"""
import json
import random
import sqlite3
import sys

path, page_size, seed, encoding = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
random.seed(seed)
db = sqlite3.connect(path)
db.execute("PRAGMA encoding = '%s'" % encoding)
db.execute("PRAGMA page_size = %d" % page_size)
if seed % 2:
    db.execute("PRAGMA auto_vacuum = FULL")
alphabet = "abcdefghijklmnopqrstuvwxyz0123456789/-_?=&\u00e4\u00f6\u20ac\u4f60\U0001f600"


def text():
    length = int(random.choice([5, 20, 80, 300, 3000, 9000]) * random.random())
    return "https://" + "".join(random.choice(alphabet) for _ in range(length)) + ".example/"


tables = {}
for number in range(6):
    table = "t%d" % number
    columns = ["c%d" % c for c in range(random.randint(1, 9))]
    db.execute("CREATE TABLE %s (%s)" % (table, ", ".join(columns)))
    if number % 2:
        db.execute("CREATE INDEX i%d ON %s (%s)" % (number, table, columns[0]))
    tables[table] = columns
for _ in range(500):
    table = random.choice(list(tables))
    columns = tables[table]
    values = [
        random.choice([None, random.randint(-(2 ** 62), 2 ** 62), random.random(), 0, 1, b"\x00\xff\x01\x02", text()])
        for _ in columns
    ]
    db.execute("INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(columns))), values)
    if random.random() < 0.1:
        db.execute("DELETE FROM %s WHERE rowid = (SELECT rowid FROM %s ORDER BY random() LIMIT 1)" % (table, table))
    if random.random() < 0.1:
        db.execute("UPDATE %s SET c0 = ? WHERE rowid = (SELECT max(rowid) FROM %s)" % (table, table), (text(),))
db.commit()
found = []
for table, columns in tables.items():
    for row in db.execute("SELECT * FROM %s" % table):
        for column, value in zip(columns, row):
            if isinstance(value, str):
                found.append(["%s.%s" % (table, column), value])
json.dump(found, sys.stdout)
