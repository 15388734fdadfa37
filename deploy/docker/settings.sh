#!/usr/bin/env bash
# Draws the secrets at the first run and gives every container its own settings and nobody else's, each in a volume of its own.
set -euo pipefail
. /deploy/local/common.sh
. /deploy/local/settings.sh

app_user=1654      # of the .NET images
postgres_user=999  # of the PostgreSQL image
rabbitmq_user=999  # of the RabbitMQ image
service_host() { dashed "$1"; }

# give VOLUME FILE USER: standard input becomes a file that only that user can read.
give() {
  (umask 077 && cat >"/settings/$1/$2")
  chown -R "$3" "/settings/$1"
  chmod 500 "/settings/$1"
}

give postgres password "$postgres_user" <<<"$(secret postgres)"
broker_definitions | give rabbitmq definitions.json "$rabbitmq_user"
for service in "${services[@]}"; do
  service_settings "$service" | give "$(dashed "$service")" environment "$app_user"
  { service_settings "$service" && migration_settings "$service"; } | give "$(dashed "$service")-migration" environment "$app_user"
done
client_settings | give demo environment "$app_user"
