# shellcheck shell=bash
# Real servers of the search services (src/probe/services/search.ts). Sourced by install.sh.
