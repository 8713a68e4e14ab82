#!/bin/sh
# Installs what the system tests need and this machine lacks. Quiet and repeatable; elsewhere than as root on Debian or
# Ubuntu it says so and changes nothing: the tests then name what is missing.
set -eu

missing=''
need() { # need PROGRAM PACKAGE
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need gnome-keyring-daemon gnome-keyring
need dbus-daemon dbus
need secret-tool libsecret-tools
need tmux tmux
need strace strace
need faketime faketime
need bash bash
need zsh zsh
need fish fish
need git git
need jq jq
need curl curl

if [ -z "$missing" ]; then
  echo 'setup-system: everything is here'
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "setup-system: not root on Debian or Ubuntu; not installed:$missing"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The list is of plain words: it is meant to be split.
# shellcheck disable=SC2086
if apt-get update -qq >"$log" 2>&1 && apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1; then
  echo "setup-system: installed$missing"
else
  tail -n 20 "$log" >&2
  exit 1
fi
