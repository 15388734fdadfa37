#!/usr/bin/env bash
# A private PostgreSQL on loopback, all of it inside LOYALTY_HOME: postgres.sh start|stop|kill|status
# The password of its superuser, postgres, comes in LOYALTY_POSTGRES_PASSWORD and matters at the first start only.
set -euo pipefail
. "$(dirname "$0")/common.sh"

bin=${LOYALTY_POSTGRES_BIN:-$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -1 | xargs -r dirname)}
home=$LOYALTY_HOME/postgres
data=$home/data
log=$home/postgres.log
[ -n "$bin" ] || fail "PostgreSQL is not installed here: run ./loyalty setup"

pg() { (cd "$home" && run_as postgres "$bin/$1" -D "$data" "${@:2}"); }
server_pid() { [ ! -e "$data/postmaster.pid" ] || head -n 1 "$data/postmaster.pid"; }
running() { alive "$data" "$(server_pid)"; }

create_cluster() {
  local password_file=$home/password
  [ -n "${LOYALTY_POSTGRES_PASSWORD:-}" ] || fail "LOYALTY_POSTGRES_PASSWORD is not set: a new database server needs it"
  own_folder postgres "$home"
  run_as postgres test -x "$home" || fail "User postgres cannot reach $LOYALTY_HOME: set LOYALTY_HOME to a folder under /var/tmp"
  (umask 077 && run_as postgres tee "$password_file" <<<"$LOYALTY_POSTGRES_PASSWORD" >/dev/null)
  pg initdb --username=postgres --auth=scram-sha-256 --pwfile="$password_file" --encoding=UTF8 --locale=C.UTF-8 \
    --data-checksums --no-sync >/dev/null
  rm -f "$password_file"
}

start() {
  ! running || return 0
  close_inherited_descriptors
  make_home
  [ -s "$data/PG_VERSION" ] || create_cluster
  becomes_free "$LOYALTY_POSTGRES_PORT" || fail "Port $LOYALTY_POSTGRES_PORT is taken: set LOYALTY_POSTGRES_PORT to a free one"
  # No Unix socket: its path may be at most 107 characters, which a folder of tests easily exceeds.
  pg pg_ctl -s -w -t 60 -l "$log" -o "-p $LOYALTY_POSTGRES_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=300 -c shared_buffers=512MB -c max_wal_size=4GB" start ||
    { tail -n 20 "$log" >&2; fail "PostgreSQL did not start; above is the end of $log"; }
  end_with_owner
}

stop() {
  ! running || pg pg_ctl -s -w -t 60 -m fast stop
}

none_left() {
  local backend
  for backend; do ! alive postgres "$backend" || return 1; done
}

# As a power cut would: no checkpoint, no goodbye. A start fails while an orphaned backend is left, so they go too; the server is
# held still first, or it might start another one meanwhile.
kill_now() {
  running || return 0
  local server children
  server=$(server_pid)
  kill -STOP "$server" 2>/dev/null || true
  children=$(ps -o pid= --ppid "$server" | xargs)
  # shellcheck disable=SC2086 # a list of process ids
  kill -KILL "$server" $children 2>/dev/null || true
  until_true 10 gone "$data" "$server" || fail "PostgreSQL (process $server) does not go away"
  # shellcheck disable=SC2086 # a list of process ids
  [ -z "$children" ] || until_true 10 none_left $children || fail "Processes of PostgreSQL ($children) do not go away"
  # The dead may wait to be buried, and PostgreSQL takes the number in this file for a living server then.
  rm -f "$data/postmaster.pid"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  kill) kill_now ;;
  status) running && say "up, port $LOYALTY_POSTGRES_PORT" || { say down; exit 1; } ;;
  *) fail "usage: postgres.sh start|stop|kill|status" ;;
esac
