# shellcheck shell=bash
# Real servers of the database services (src/probe/services/database.ts). Sourced by install.sh.

CASSANDRA=5.0.6  # runs on JDK 17
PYFTPDLIB=2.0.1
PYOPENSSL=25.1.0

# ClickHouse, OpenLDAP, Samba, vsftpd, rsync, PgBouncer and NFS-Ganesha.
database_debian() {
  debian_packages clickhouse-server:clickhouse-server slapd:slapd smbd:samba vsftpd:vsftpd rsync:rsync \
    pgbouncer:pgbouncer ganesha.nfsd:nfs-ganesha '/usr/lib/*/ganesha/libfsalvfs.so':nfs-ganesha-vfs
}

# An FTP server that tells permissions (MLST), which vsftpd does not.
pyftpdlib() {
  if [ -x "$CACHE/pyftpdlib/bin/python" ]; then return; fi
  say "pyftpdlib $PYFTPDLIB"
  rm -rf "$CACHE/pyftpdlib"
  if ! python3 -m venv "$CACHE/pyftpdlib"; then
    rm -rf "$CACHE/pyftpdlib"
    echo "Python has no venv: pyftpdlib is left out" >&2
    return
  fi
  "$CACHE/pyftpdlib/bin/pip" install -q --disable-pip-version-check "pyftpdlib==$PYFTPDLIB" "pyopenssl==$PYOPENSSL"
}

cassandra() { maven_classpath "$CACHE/cassandra" "org.apache.cassandra:cassandra-all:$CASSANDRA"; }

FURTHER+=(database_debian pyftpdlib cassandra)
