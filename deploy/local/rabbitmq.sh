#!/usr/bin/env bash
# A private RabbitMQ node on loopback, all of it inside LOYALTY_HOME: rabbitmq.sh start|stop|kill|status
# Its users come from the file LOYALTY_RABBITMQ_DEFINITIONS; without one there is a single administrator, loyalty, whose
# password comes in LOYALTY_RABBITMQ_PASSWORD and matters at the first start only.
set -euo pipefail
. "$(dirname "$0")/common.sh"

# Not /usr/sbin/rabbitmq-server: that wrapper changes user and writes to /var.
bin=${LOYALTY_RABBITMQ_BIN:-/usr/lib/rabbitmq/bin}
home=$LOYALTY_HOME/rabbitmq
log=$home/log/server.log
[ -x "$bin/rabbitmq-server" ] || fail "RabbitMQ is not installed here: run ./loyalty setup"

environment=(
  HOME="$home" PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
  ERL_EPMD_PORT="$LOYALTY_RABBITMQ_EPMD_PORT" ERL_EPMD_ADDRESS=127.0.0.1
  RUNNING_UNDER_SYSTEMD=1 # makes the server replace its wrapper, so that signals reach it
  RABBITMQ_NODENAME=loyalty@localhost
  RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$LOYALTY_RABBITMQ_PORT" RABBITMQ_DIST_PORT="$LOYALTY_RABBITMQ_DIST_PORT"
  RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" RABBITMQ_PID_FILE="$home/server.pid"
  RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config"
  RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_GENERATED_CONFIG_DIR="$home/generated"
  RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_FEATURE_FLAGS_FILE="$home/feature_flags"
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
)

rabbit() { (cd "$home" && run_as rabbitmq env "${environment[@]}" "$@"); }
pid_in() { [ ! -e "$home/$1.pid" ] || cat "$home/$1.pid"; }
running() { alive "$home" "$(pid_in server)"; }

# The broker says "AMQP" or starts to talk only when it is really up; a listening port alone says too little.
answers() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$LOYALTY_RABBITMQ_PORT"
    printf 'AMQP\0\0\11\1' >&3
    head -c 1 <&3 | grep -q .
  ) 2>/dev/null
}

configure() {
  own_folder rabbitmq "$home"
  run_as rabbitmq test -x "$home" || fail "User rabbitmq cannot reach $LOYALTY_HOME: set LOYALTY_HOME to a folder under /var/tmp"
  rabbit mkdir -p "$home/log"
  local users="default_user = loyalty"$'\n'"default_pass = ${LOYALTY_RABBITMQ_PASSWORD:-}"
  if [ -n "${LOYALTY_RABBITMQ_DEFINITIONS:-}" ]; then
    users="load_definitions = $home/definitions.json"
    (umask 077 && rabbit tee "$home/definitions.json" <"$LOYALTY_RABBITMQ_DEFINITIONS" >/dev/null)
  elif [ -z "${LOYALTY_RABBITMQ_PASSWORD:-}" ]; then
    fail "Neither LOYALTY_RABBITMQ_DEFINITIONS nor LOYALTY_RABBITMQ_PASSWORD is set: a broker needs users"
  fi
  (umask 077 && rabbit tee "$home/rabbitmq.conf" >/dev/null) <<CONF
$users
listeners.tcp.1 = 127.0.0.1:$LOYALTY_RABBITMQ_PORT
management.tcp.ip = 127.0.0.1
management.tcp.port = $LOYALTY_RABBITMQ_API_PORT
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 200MB
log.file.level = warning
log.console = false
CONF
  rabbit tee "$home/enabled_plugins" <<<'[rabbitmq_management].' >/dev/null
}

# Erlang's port mapper would otherwise start by itself, on a port shared by every node of the machine, and never end.
start_port_mapper() {
  ! alive epmd "$(pid_in epmd)" || return 0
  rabbit "${daemon[@]}" "$home/epmd.pid" epmd >"$home/epmd.log" 2>&1
  until_true 10 listening "$LOYALTY_RABBITMQ_EPMD_PORT" || fail "Erlang's port mapper did not start: $(cat "$home/epmd.log")"
}

start() {
  ! running || return 0
  close_inherited_descriptors
  make_home
  becomes_free "$LOYALTY_RABBITMQ_PORT" || fail "Port $LOYALTY_RABBITMQ_PORT is taken: set LOYALTY_RABBITMQ_PORT to a free one"
  configure
  start_port_mapper
  rabbit "${daemon[@]}" "$home/server.pid" "$bin/rabbitmq-server" >"$log" 2>&1
  until_true 2 running # the process id is written a moment after the fork
  answers_or_gone() { answers || ! running; }
  until_true 90 answers_or_gone && running || { tail -n 20 "$log" >&2; fail "RabbitMQ did not start; above is the end of $log"; }
  end_with_owner
}

# end SIGNAL: stop is the signal TERM, on which the node closes its queues; kill is KILL.
end() {
  local server mapper
  server=$(pid_in server)
  mapper=$(pid_in epmd)
  if alive "$home" "$server"; then
    kill -s "$1" "$server"
    until_true 60 gone "$home" "$server" || fail "RabbitMQ (process $server) does not go away"
  fi
  rm -f "$home/server.pid" "$home/epmd.pid"
  if alive epmd "$mapper"; then kill "$mapper"; fi
}

case ${1:-} in
  start) start ;;
  stop) end TERM ;;
  kill) end KILL ;;
  status) running && answers && say "up, port $LOYALTY_RABBITMQ_PORT" || { say down; exit 1; } ;;
  *) fail "usage: rabbitmq.sh start|stop|kill|status" ;;
esac
