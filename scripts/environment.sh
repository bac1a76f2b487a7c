#!/usr/bin/env bash
# Environment: is .venv what the locks say?
#
#   scripts/environment.sh run    what it takes to run Shuke
#   scripts/environment.sh dev    that, every extra, and the tools that test it
#
# make calls it when a lock is newer than the stamp that it leaves in .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

kind="$1"
# Nothing outside the checkout is written, so pip keeps no cache.
pip() { .venv/bin/python -m pip -qq --no-cache-dir --no-input "$@"; }

python="$(scripts/python.sh)"
scripts/system.sh venv
echo "Setting up Python in .venv (the first time takes a minute or two) …"

# A virtual environment outlives neither a change of interpreter nor an interrupted beginning.
if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  "$python" -m venv --clear .venv
fi

# The build tools come first, so that what has to be built is built by tools that are locked as well.
pip install --require-hashes -r requirements/build.txt
pip install --require-hashes --no-build-isolation -r "requirements/$kind.txt"
pip install --no-deps --no-build-isolation --editable .

[[ $kind == run ]] || touch .venv/run.stamp
touch ".venv/$kind.stamp"
