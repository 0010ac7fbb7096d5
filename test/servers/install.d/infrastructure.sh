# shellcheck shell=bash
# Real servers of the infrastructure services (src/probe/services/infrastructure.ts). Sourced by install.sh.
