# shellcheck shell=bash disable=SC2034 # what is set here is used by the scripts that source it
# Settings and words shared by the scripts of this folder; sourced, never run.
LOYALTY_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOYALTY_HOME=${LOYALTY_HOME:-/var/tmp/loyalty-$(id -un)}
LOYALTY_POSTGRES_PORT=${LOYALTY_POSTGRES_PORT:-55432}
LOYALTY_RABBITMQ_PORT=${LOYALTY_RABBITMQ_PORT:-55672}
LOYALTY_RABBITMQ_API_PORT=${LOYALTY_RABBITMQ_API_PORT:-$((LOYALTY_RABBITMQ_PORT + 10))}
LOYALTY_RABBITMQ_DIST_PORT=${LOYALTY_RABBITMQ_DIST_PORT:-$((LOYALTY_RABBITMQ_PORT + 20))}
LOYALTY_RABBITMQ_EPMD_PORT=${LOYALTY_RABBITMQ_EPMD_PORT:-$((LOYALTY_RABBITMQ_PORT + 30))}
export LOYALTY_HOME LOYALTY_POSTGRES_PORT LOYALTY_RABBITMQ_PORT LOYALTY_RABBITMQ_API_PORT LOYALTY_RABBITMQ_DIST_PORT LOYALTY_RABBITMQ_EPMD_PORT

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# step TITLE COMMAND...: says what is going on, and at the end how long it took.
step() {
  local began=$SECONDS
  printf '%-52s' "$1"
  "${@:2}"
  printf '%4d s\n' $((SECONDS - began))
}

# quietly COMMAND...: its output is worth reading only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || { printf '\n%s\n' "$output" >&2; return 1; }
}

# alive TEXT PID: whether the process runs and has the text in its command line; after a restart of the machine the number may be
# a stranger's. A process that only waits to be buried has no command line any more.
alive() { [ -n "${2:-}" ] && grep -qsaF -e "$1" "/proc/$2/cmdline"; }

# until_true SECONDS COMMAND...: polls ten times a second; false when the time is over.
until_true() {
  local tries=$(($1 * 10))
  shift
  while ! "$@"; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}

gone() { ! alive "$@"; }

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
silent() { ! listening "$1"; }

# becomes_free PORT: a process that was killed loses its memory, and with it its command line, a moment before its sockets.
becomes_free() { until_true 10 silent "$1"; }

# A daemon that inherits the caller's descriptors keeps its pipes and locks open: the caller would then wait for ever.
close_inherited_descriptors() {
  local path fd
  for path in "/proc/$BASHPID/fd/"*; do
    fd=${path##*/}
    if ((fd > 2 && fd < 255)); then eval "exec $fd>&-"; fi
  done
}

# PostgreSQL refuses to run as root and RabbitMQ should not, so root runs them as the users their packages made.
run_as() {
  local user=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$user" --regid="$user" --init-groups --reset-env -- "$@"
  else
    "$@"
  fi
}

# daemon PIDFILE COMMAND... (through run_as): goes on without its caller, and its process id can be relied on.
daemon=(setsid --fork sh -c 'echo $$ >"$0"; exec "$@" </dev/null')

# Everybody may walk through the home, for the servers run as users of their own; what lies in it is private.
make_home() {
  [ -d "$LOYALTY_HOME" ] || { mkdir -p "$LOYALTY_HOME" && chmod 711 "$LOYALTY_HOME"; }
}

# own_folder USER FOLDER: a private folder of the user a server runs as.
own_folder() {
  mkdir -p "$2"
  [ "$(id -u)" != 0 ] || chown "$1:$1" "$2"
  chmod 700 "$2"
}

# Tests name the process a server belongs to; when that process is gone, however it ended, so are the server and its folder.
end_with_owner() {
  [ -n "${LOYALTY_OWNER_PID:-}" ] || return 0
  env -u LOYALTY_OWNER_PID setsid bash -c 'tail --pid="$1" -f /dev/null; "$2" kill; rm -rf "$3"' \
    end-with-owner "$LOYALTY_OWNER_PID" "$(realpath "$0")" "$LOYALTY_HOME" </dev/null >/dev/null 2>&1 &
}
