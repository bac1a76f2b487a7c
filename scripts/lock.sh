#!/usr/bin/env bash
# Lock: which exact files, by their hashes, does an installation consist of?
#
#   scripts/lock.sh              after a change to pyproject.toml; keeps the versions already chosen
#   scripts/lock.sh --upgrade    takes the newest versions that pyproject.toml allows
#
# One lock serves every platform and every Python from 3.11, and holds no address: where packages
# come from is the business of the machine that installs them.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=.tools
export UV_CACHE_DIR="$PWD/$tools/cache"
if [[ ! -x $tools/bin/uv ]]; then
  "$(scripts/python.sh)" -m venv "$tools"
  "$tools/bin/pip" install -qq --no-cache-dir uv
fi

compile() {
  local lock="$1"
  shift
  echo "requirements/$lock"
  "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --no-annotate --output-file "requirements/$lock" "$@" >/dev/null
}

compile build.txt --group build "$@"
compile run.txt pyproject.toml --constraint requirements/build.txt "$@"
compile dev.txt pyproject.toml --all-extras --group dev \
  --constraint requirements/build.txt --constraint requirements/run.txt "$@"
