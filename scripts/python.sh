#!/usr/bin/env bash
# Python: which interpreter of this machine is new enough?
#
# Prints its path. Set PYTHON to choose another one: make test PYTHON=python3.13
set -euo pipefail

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
  if command -v "$candidate" >/dev/null && new_enough "$candidate"; then
    command -v "$candidate"
    exit 0
  fi
done
found="$(python3 --version 2>/dev/null || echo 'no Python')"
echo "Shuke needs Python 3.11 or later; found ${PYTHON:-$found}. Please install python3.11, then run make again." >&2
exit 1
