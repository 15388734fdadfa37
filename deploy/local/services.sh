#!/usr/bin/env bash
# The four services as processes of this machine: services.sh start|stop|status|run
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/settings.sh"

logs=$LOYALTY_HOME/logs
pids=$LOYALTY_HOME/run

program() { echo "$LOYALTY_ROOT/services/$1/bin/Release/net10.0/Loyalty.$1.dll"; }
service_pid() { [ ! -e "$pids/$1.pid" ] || cat "$pids/$1.pid"; }
running() { alive "Loyalty.$1.dll" "$(service_pid "$1")"; }

# with_settings SERVICE COMMAND...: runs it in the service's folder, with the settings that come on standard input.
with_settings() {
  local settings
  mapfile -t settings
  (cd "$(dirname "$(program "$1")")" && env "${settings[@]}" "${@:2}")
}

migrate() {
  { service_settings "$1" && migration_settings "$1"; } |
    with_settings "$1" dotnet "$(program "$1")" migrate >>"$logs/$1.log" 2>&1 ||
    { tail -n 20 "$logs/$1.log" >&2; fail "The migrations of $1 failed; above is the end of $logs/$1.log"; }
}

launch() {
  becomes_free "$(service_port "$1")" || fail "Port $(service_port "$1") of $1 is taken: free it, or choose another (./loyalty help)"
  service_settings "$1" | with_settings "$1" "${daemon[@]}" "$pids/$1.pid" dotnet "$(program "$1")" >>"$logs/$1.log" 2>&1
  until_true 2 running "$1" || true
}

ready() {
  local status
  status=$(ask_whether_ready "$1") && [[ $status == *" 200 "* ]]
}

ask_whether_ready() (
  exec 2>/dev/null
  exec 3<>"/dev/tcp/127.0.0.1/$(service_port "$1")" || exit 1
  printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  timeout 5 head -n 1 <&3
)

ready_or_gone() { ready "$1" || ! running "$1"; }

start() {
  local service
  close_inherited_descriptors
  make_home
  mkdir -p "$logs" "$pids"
  chmod 700 "$logs"
  for service in "${services[@]}"; do
    running "$service" && continue
    [ -e "$(program "$service")" ] || fail "$service is not built: run ./loyalty up"
    migrate "$service"
    launch "$service"
  done
  for service in "${services[@]}"; do
    until_true 60 ready_or_gone "$service" && running "$service" ||
      { tail -n 20 "$logs/$service.log" >&2; fail "$service did not become ready; above is the end of $logs/$service.log"; }
  done
}

stop() {
  local service pid
  for service in "${services[@]}"; do
    ! running "$service" || kill "$(service_pid "$service")"
  done
  for service in "${services[@]}"; do
    pid=$(service_pid "$service")
    running "$service" || continue
    until_true 30 gone "Loyalty.$service.dll" "$pid" || { say "$service did not stop within 30 seconds and is ended"; kill -KILL "$pid"; }
  done
  rm -f "$pids"/*.pid
}

status() {
  local service state all=0
  for service in "${services[@]}"; do
    state=ready
    ready "$service" || { state="not ready"; all=1; }
    running "$service" || { state=down; all=1; }
    printf '%-18s %-10s %s\n' "$service" "$state" "$(service_url "$service")"
  done
  return $all
}

# run SERVICE VERB: another verb of its program, beside the running service.
run() { service_settings "$1" | with_settings "$1" dotnet "$(program "$1")" "$2"; }

case ${1:-} in
  start) start ;;
  run) run "$2" "$3" ;;
  stop) stop ;;
  status) status ;;
  *) fail "usage: services.sh start|stop|status|run SERVICE VERB" ;;
esac
