# shellcheck shell=bash
# Real servers of the managed services (src/probe/services/managed.ts). Sourced by install.sh.

AZURITE=3.37.0
FAKE_GCS_SERVER=v1.56.1
MINIO=v0.0.0-20260212201848-7aac2a2c5b7c

# Azure Blob Storage, as Microsoft's own emulator answers.
azurite() {
  if [ -d "$CACHE/azurite/node_modules/azurite" ]; then return; fi
  say "Azurite $AZURITE"
  mkdir -p "$CACHE/azurite"
  echo '{"private":true}' >"$CACHE/azurite/package.json"
  npm install --prefix "$CACHE/azurite" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    "azurite@$AZURITE"
}

# Google Cloud Storage's JSON API, without access control.
fake_gcs_server() {
  if [ -x "$CACHE/bin/fake-gcs-server" ]; then return; fi
  say "fake-gcs-server $FAKE_GCS_SERVER"
  if ! command -v go >/dev/null; then
    echo "Go is not installed: fake-gcs-server is left out" >&2
    return
  fi
  mkdir -p "$CACHE/bin"
  GOBIN="$CACHE/bin" go install "github.com/fsouza/fake-gcs-server@$FAKE_GCS_SERVER"
}

# What Moto needs to answer as S3 does, beside KMS.
moto_s3() {
  if [ ! -x "$CACHE/moto/bin/pip" ] || "$CACHE/moto/bin/python" -c 'import py_partiql_parser' 2>/dev/null; then return; fi
  say "Moto $MOTO for S3"
  "$CACHE/moto/bin/pip" install -q --disable-pip-version-check "moto[server,kms,s3]==$MOTO"
}

# Not part of the whole: it builds for more than three minutes. `bash test/servers/install.sh minio`
minio() {
  if [ -x "$CACHE/bin/minio" ]; then return; fi
  say "MinIO $MINIO"
  mkdir -p "$CACHE/bin"
  CGO_ENABLED=0 GOBIN="$CACHE/bin" go install "github.com/minio/minio@$MINIO"
}

FURTHER+=(azurite fake_gcs_server moto_s3)
