#!/usr/bin/env bash
# A second installation beside this one, in which partners may try everything: sandbox.sh up [CODE]|down|status|settings
# It is ./loyalty itself with a home, and with it databases, a broker and secrets, of its own, and with other ports and another
# name. The two share the built programs and nothing else.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/settings.sh"

apart=${LOYALTY_SANDBOX_PORTS:-100}
[ "$apart" -gt 0 ] 2>/dev/null || fail "LOYALTY_SANDBOX_PORTS is '$apart': set it to how far the sandbox's ports are from the real ones, such as 100"

settings() {
  echo "LOYALTY_PROGRAMME=sandbox"
  echo "LOYALTY_HOME=${LOYALTY_SANDBOX_HOME:-$LOYALTY_HOME-sandbox}"
  echo "LOYALTY_POSTGRES_PORT=$((LOYALTY_POSTGRES_PORT + apart))"
  echo "LOYALTY_RABBITMQ_PORT=$((LOYALTY_RABBITMQ_PORT + apart))"
  echo "LOYALTY_RABBITMQ_API_PORT=$((LOYALTY_RABBITMQ_API_PORT + apart))"
  echo "LOYALTY_RABBITMQ_DIST_PORT=$((LOYALTY_RABBITMQ_DIST_PORT + apart))"
  echo "LOYALTY_RABBITMQ_EPMD_PORT=$((LOYALTY_RABBITMQ_EPMD_PORT + apart))"
  echo "LOYALTY_PARTNERS_PORT=$(($(service_port CoalitionPartners) + apart))"
  echo "LOYALTY_CUSTOMERS_PORT=$(($(service_port Customers) + apart))"
  echo "LOYALTY_CARDS_PORT=$(($(service_port Cards) + apart))"
  echo "LOYALTY_LEDGER_PORT=$(($(service_port PointsLedger) + apart))"
}

inside() {
  local own
  mapfile -t own < <(settings)
  env "${own[@]}" "$LOYALTY_ROOT/loyalty" "$@"
}

[ "${LOYALTY_PROGRAMME:-}" != sandbox ] || fail "This is the sandbox already"
case ${1:-} in
  up)
    inside up
    inside seed "${@:2}"
    ;;
  down | status) inside "$1" ;;
  settings) settings ;;
  *) fail "usage: ./loyalty sandbox up [CODE]|down|status" ;;
esac
