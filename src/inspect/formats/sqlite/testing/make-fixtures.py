"""Makes utf8.db, utf16le.db and utf16be.db beside this file: python3 make-fixtures.py"""
import os
import sqlite3

HERE = os.path.dirname(os.path.abspath(__file__))
for encoding in ("utf8", "utf16le", "utf16be"):
    path = os.path.join(HERE, encoding + ".db")
    if os.path.exists(path):
        os.remove(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA encoding = '%s'" % encoding.replace("utf", "UTF-"))
    db.execute("PRAGMA page_size = 1024")
    db.execute("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT DEFAULT 'https://default.bluemarket-shop.com/')")
    db.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, at REAL, url TEXT)")
    db.execute("CREATE INDEX log_url ON log (url)")
    db.execute("CREATE TABLE pages (body TEXT, extra BLOB)")
    db.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, user TEXT, password TEXT)")
    db.execute("CREATE TABLE pairs (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID")
    db.execute("CREATE TABLE computed (a TEXT, twice TEXT AS (a || a), after TEXT)")
    db.execute("CREATE VIEW urls AS SELECT url FROM log")
    db.execute("INSERT INTO settings VALUES ('base', 'https://api.bluemarket-shop.com/v2/\u00fcn\u00ef'), ('n', '7')")
    for i in range(100):
        db.execute("INSERT INTO log (at, url) VALUES (?, ?)", (i / 7, "https://h%d.bluemarket-shop.com/" % i))
    db.execute("INSERT INTO pages VALUES (?, NULL)", ("x" * 5000 + "https://end.bluemarket-shop.com/",))
    db.execute("INSERT INTO pages VALUES ('', ?)", (b'{"url":"https://blob.bluemarket-shop.com/"}',))
    for i in range(40):
        db.execute("INSERT INTO pages VALUES (?, NULL)", ("https://deleted.bluemarket-shop.com/%d" % i,))
    db.execute("INSERT INTO account VALUES (1, 'mia', 'tomatoes')")
    for i in range(5):
        db.execute("INSERT INTO pairs VALUES (?, ?)", ("k%d" % i, "https://pairs.bluemarket-shop.com/"))
    db.execute("INSERT INTO computed (a, after) VALUES ('a', 'https://after.bluemarket-shop.com/')")
    db.execute("DELETE FROM pages WHERE body LIKE 'https://deleted%'")
    db.commit()
    db.close()
