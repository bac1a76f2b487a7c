#!/usr/bin/env bash
# System: which programs does this machine lack, and can it get them?
#
#   scripts/system.sh venv                            what `make demo` needs
#   scripts/system.sh browser java postgres fonts     what `make test` needs besides
#
# Installs what is missing from the distribution with apt-get, as root or through sudo. Where nothing
# is missing, nothing is asked of the network and nothing is printed.
set -euo pipefail

# Each need is a test, and the packages that meet it, the best first: a release has one or another.
# The name of the venv package follows the interpreter, for a machine may have several.
has_venv()     { "$python" -c 'import ensurepip, venv'; }
has_browser()  { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_java()     { [[ "$(java -version 2>&1)" =~ version\ \"(1[7-9]|2[0-9]) ]]; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; }
has_fonts()    { [[ -n "$(fc-list :lang=zh-cn)" ]] || compgen -G '/usr/share/fonts/truetype/wqy/*.ttc'; }

packages_for() {
  case "$1" in
    venv) "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2], "python3-venv")' ;;
    browser) echo chromium ;;
    java) echo openjdk-17-jre-headless openjdk-21-jre-headless default-jre-headless ;;
    postgres) echo postgresql ;;
    # Chinese glyphs, without which a screenshot of the console shows boxes; 5 MB, where Noto has 60.
    fonts) echo fonts-wqy-microhei fonts-wqy-zenhei fonts-noto-cjk ;;
  esac
}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# Quiet while all goes well; everything it said when it did not.
apt() {
  local said
  said="$(as_root apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" 2>&1)" || fail "$said"
}

first_available() {
  local package
  for package in $(packages_for "$1"); do
    # `apt-cache show` knows a package that is only mentioned; a candidate is one that can be had.
    if [[ "$(apt-cache policy "$package")" =~ Candidate:\ [^\(] ]]; then
      echo "$package"
      return
    fi
  done
  fail "This release has none of: $(packages_for "$1"). Please install one by hand ($1), then run make again."
}

python="$(scripts/python.sh)"
missing=()
for need in "$@"; do
  "has_$need" >/dev/null 2>&1 || missing+=("$need")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

wanted=""
for need in "${missing[@]}"; do
  read -r package _ <<<"$(packages_for "$need")"
  wanted+="${wanted:+ }$package"
done
command -v apt-get >/dev/null ||
  fail "Missing here: $wanted (names of Debian packages). This is no Debian or Ubuntu: please install them" \
    "with the package manager of this system, then run make again."
[[ "$(id -u)" == 0 ]] || command -v sudo >/dev/null ||
  fail "Missing here: $wanted. Neither root nor sudo is at hand; please have somebody run, once:" \
    "  apt-get update && apt-get install --no-install-recommends $wanted"

echo "Installing from the distribution: $wanted …"
(apt update) || echo "apt-get update did not succeed; going on with the lists that are here." >&2
packages=()
for need in "${missing[@]}"; do packages+=("$(first_available "$need")"); done
apt install --yes --no-install-recommends "${packages[@]}"
for need in "${missing[@]}"; do
  "has_$need" >/dev/null 2>&1 || fail "${packages[*]} installed, and still no $need here. Please look into it."
done
