# shellcheck shell=bash
# Real servers of the database services (src/probe/services/database.ts). Sourced by install.sh.

CASSANDRA=5.0.6  # runs on JDK 17
PYFTPDLIB=2.0.1
PYOPENSSL=25.1.0

# ClickHouse, OpenLDAP, Samba, vsftpd, rsync, PgBouncer and NFS-Ganesha.
database_debian() {
  local wanted=() one
  for one in clickhouse-server:clickhouse-server slapd:slapd smbd:samba vsftpd:vsftpd rsync:rsync pgbouncer:pgbouncer \
    ganesha.nfsd:nfs-ganesha; do
    command -v "${one%%:*}" >/dev/null || [ -x "/usr/sbin/${one%%:*}" ] || wanted+=("${one##*:}")
  done
  compgen -G '/usr/lib/*/ganesha/libfsalvfs.so' >/dev/null || wanted+=(nfs-ganesha-vfs)
  if [ "${#wanted[@]}" -eq 0 ]; then return; fi
  say "Debian packages: ${wanted[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    echo "not root: install these packages yourself" >&2
    return 1
  fi
  # No server of theirs is to run on this machine: the tests start their own on free ports.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends "${wanted[@]}" >/dev/null
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

cassandra() { maven_classpath "org.apache.cassandra:cassandra-all:$CASSANDRA" "$CACHE/cassandra"; }

FURTHER+=(database_debian pyftpdlib cassandra)
