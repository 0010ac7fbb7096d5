# shellcheck shell=bash
# Real servers of the database services (src/probe/services/database.ts). Sourced by install.sh.
