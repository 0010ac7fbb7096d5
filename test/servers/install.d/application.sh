# shellcheck shell=bash
# Real servers of the application services (src/probe/services/application.ts). Sourced by install.sh.
