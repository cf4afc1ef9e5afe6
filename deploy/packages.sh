#!/usr/bin/env bash
# Installs the Debian packages Linkway is built from (Debian 12, 13, Ubuntu 24.04), as root or through sudo.
#
#   deploy/packages.sh           what building, running and testing need
#   deploy/packages.sh checks    also what CI's further checks need (clang: format, tidy, sanitizers, fuzzing)
#   deploy/packages.sh browser   also what tests/pages/browser.sh opens pages in (Debian; Ubuntu has it as a snap only)
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config ca-certificates
  libpoco-dev rapidjson-dev libyaml-cpp-dev libpugixml-dev libre2-dev
  libboost-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev libarchive-dev libgpgme-dev gnupg
  catch2 curl jq openssl zip
)
if [ "${1:-}" = checks ]; then
  packages+=(clang clang-format clang-tidy llvm)
fi
if [ "${1:-}" = browser ]; then
  packages+=(chromium chromium-driver fonts-liberation)
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo)
fi

install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
  fi
}

install_missing "${packages[@]}"
if [ "${1:-}" = checks ]; then
  # The sanitizers' runtime is packaged by clang's version.
  install_missing "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
fi
