#!/usr/bin/env bash
# Installs what Loyalty needs on this machine and does not find: PostgreSQL, RabbitMQ, two small tools and the typeface of statements in PDF. Runs again without doing anything.
set -euo pipefail
. "$(dirname "$0")/common.sh"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && command -v psql >/dev/null || echo postgresql
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || echo rabbitmq-server
  command -v ps >/dev/null || echo procps
  command -v curl >/dev/null || echo curl
  [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name DejaVuSans-Bold.ttf -print -quit 2>/dev/null)" ] || echo fonts-dejavu-core
}

# The system's own lists may be locked by an update that runs by itself on a fresh machine, and networks hiccup.
apt() {
  local try
  for try in 1 2 3 4 5; do
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq "$@" && return
    say "apt-get $1 did not succeed (attempt $try of 5)"
    sleep $((try * 3))
  done
  return 1
}

# Loyalty starts servers of its own, so the system's must neither start now nor with the machine. Debian asks policy-rc.d first.
install_without_starting() {
  local policy=/usr/sbin/policy-rc.d ours='' service
  if [ ! -e $policy ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt install --yes --no-install-recommends "$@"
  if [ -n "$ours" ] && command -v systemctl >/dev/null; then
    for service in "${@/procps/}"; do
      [ -z "$service" ] || as_root systemctl disable --quiet "$service" 2>/dev/null || true
    done
  fi
}

command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
mapfile -t packages < <(missing)
[ ${#packages[@]} -gt 0 ] || exit 0
command -v apt-get >/dev/null || fail "Please install ${packages[*]}: this script knows only Debian's package manager"
[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || fail "Please install ${packages[*]}, or run this as root: sudo is missing"

log=$(mktemp -t loyalty-setup.XXXXXX)
say "Installing ${packages[*]} ..."
{ apt update && install_without_starting "${packages[@]}"; } >"$log" 2>&1 </dev/null ||
  { tail -n 30 "$log" >&2; fail "Installing ${packages[*]} failed; above is the end of $log"; }
rm -f "$log"
