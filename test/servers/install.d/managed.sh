# shellcheck shell=bash
# Real servers of the managed services (src/probe/services/managed.ts). Sourced by install.sh.
