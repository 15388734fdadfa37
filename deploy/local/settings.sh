# shellcheck shell=bash
# Who runs where and with which secrets; sourced, never run. The containers of deploy/docker use it too, with other hosts.
services=(CoalitionPartners Customers Cards PointsLedger)

POSTGRES_HOST=${POSTGRES_HOST:-127.0.0.1}
POSTGRES_PORT=${POSTGRES_PORT:-$LOYALTY_POSTGRES_PORT}
RABBITMQ_HOST=${RABBITMQ_HOST:-127.0.0.1}
RABBITMQ_PORT=${RABBITMQ_PORT:-$LOYALTY_RABBITMQ_PORT}

# PointsLedger -> points-ledger (its name on the broker and in telemetry), points_ledger (its database).
dashed() { sed 's/\B[A-Z]/-&/g; s/.*/\L&/' <<<"$1"; }
underscored() { dashed "$1" | tr - _; }

service_port() {
  case $1 in
    CoalitionPartners) echo "${LOYALTY_PARTNERS_PORT:-5101}" ;;
    Customers) echo "${LOYALTY_CUSTOMERS_PORT:-5102}" ;;
    Cards) echo "${LOYALTY_CARDS_PORT:-5103}" ;;
    PointsLedger) echo "${LOYALTY_LEDGER_PORT:-5104}" ;;
  esac
}

# Where the other services and the clients find it.
service_host() { echo 127.0.0.1; }
service_url() { echo "http://$(service_host "$1"):$(service_port "$1")"; }

# secret NAME [BYTES]: what was drawn the first time somebody asked; only its owner can read the file. It is base64 without
# the two signs that mean something in a URI.
secret() {
  local file=$LOYALTY_HOME/secrets/$1
  if [ ! -s "$file" ]; then
    make_home
    (umask 077 && mkdir -p "$LOYALTY_HOME/secrets" && head -c "${2:-24}" /dev/urandom | base64 -w 0 | tr '+/' 'Az' >"$file")
  fi
  cat "$file"
}

connection_string() {
  echo "Host=$POSTGRES_HOST;Port=$POSTGRES_PORT;Database=$(underscored "$1");Username=$2;Password=$3;Maximum Pool Size=50"
}

broker_uri() { echo "amqp://$1:$2@$RABBITMQ_HOST:$RABBITMQ_PORT/loyalty"; }

# service_settings SERVICE: its environment, a line each.
service_settings() {
  local database user
  database=$(underscored "$1")
  user=$(dashed "$1")
  echo "ASPNETCORE_URLS=http://${LISTEN_ADDRESS:-127.0.0.1}:$(service_port "$1")"
  echo "ConnectionStrings__Database=$(connection_string "$1" "$database" "$(secret "$user-database")")"
  echo "Broker__Uri=$(broker_uri "$user" "$(secret "$user-broker")")"
  echo "Auth__Authority=$(service_url CoalitionPartners)"
  case $1 in
    CoalitionPartners)
      echo "Operator__ClientSecret=$(secret operator)"
      echo "Approver__ClientSecret=$(secret approver)"
      ;;
    # As precious as the database: without it no member's profile can be read again.
    Customers) echo "Customers__MasterKey=$(secret customers-master-key 32)" ;;
  esac
  # Of another programme than the real one: it says so in every answer, and each refuses the other's tokens.
  if [ -n "${LOYALTY_PROGRAMME:-}" ]; then
    echo "Programme__Name=$LOYALTY_PROGRAMME"
    echo "Auth__Audience=loyalty-$LOYALTY_PROGRAMME"
  fi
  [ -z "${LOYALTY_OTLP:-}" ] || echo "Telemetry__Otlp=$LOYALTY_OTLP"
}

# Only migrations run as the owner of the tables.
migration_settings() {
  echo "ConnectionStrings__Owner=$(connection_string "$1" "$(underscored "$1")_owner" "$(secret "$(dashed "$1")-owner")")"
}

# The environment of deploy/cli, which acts as the coalition's operator.
client_settings() {
  echo "LOYALTY_PARTNERS_URL=$(service_url CoalitionPartners)"
  echo "LOYALTY_CUSTOMERS_URL=$(service_url Customers)"
  echo "LOYALTY_CARDS_URL=$(service_url Cards)"
  echo "LOYALTY_LEDGER_URL=$(service_url PointsLedger)"
  echo "LOYALTY_OPERATOR_SECRET=$(secret operator)"
  echo "LOYALTY_APPROVER_SECRET=$(secret approver)"
  echo "LOYALTY_BROKER_URI=$(broker_uri loyalty "$(secret rabbitmq)")"
}

create_databases() {
  local service user
  for service in "${services[@]}"; do
    user=$(dashed "$service")
    PGHOST=$POSTGRES_HOST PGPORT=$POSTGRES_PORT PGUSER=postgres PGPASSWORD=$(secret postgres) \
      OWNER_PASSWORD=$(secret "$user-owner") SERVICE_PASSWORD=$(secret "$user-database") \
      "$LOYALTY_ROOT/deploy/local/create-database.sh" "$(underscored "$service")"
  done
}

# RabbitMQ keeps a salted SHA-256: base64(salt + sha256(salt + password)).
password_hash() {
  local salt digest
  salt=$(head -c 32 /dev/urandom | sha256sum | head -c 4)
  digest=$(printf '%s%s' "$salt" "$1" | sha256sum | head -c 64)
  # shellcheck disable=SC2001
  printf '%s%b' "$salt" "$(sed 's/../\\x&/g' <<<"$digest")" | base64 -w 0
}

# The broker's users as RabbitMQ reads them at every start. A service declares and reads its own queues and the contracts'
# exchanges, and publishes only its own contracts: no service can speak in the name of another.
broker_definitions() {
  local service user own users permissions
  users='{"name": "loyalty", "password_hash": "'$(password_hash "$(secret rabbitmq)")'", "tags": ["administrator"]}'
  permissions='{"user": "loyalty", "vhost": "loyalty", "configure": ".*", "write": ".*", "read": ".*"}'
  for service in "${services[@]}"; do
    user=$(dashed "$service")
    own="$user\\\\..*|Loyalty\\\\.Contracts\\\\."
    users+=$',\n    {"name": "'$user'", "password_hash": "'$(password_hash "$(secret "$user-broker")")'", "tags": []}'
    permissions+=$',\n    {"user": "'$user'", "vhost": "loyalty", "configure": "^('$own'.*)$", "read": "^('$own'.*)$", '
    permissions+='"write": "^('$own$service'\\..*)$"}'
  done
  cat <<JSON
{
  "users": [
    $users
  ],
  "vhosts": [{"name": "loyalty"}],
  "permissions": [
    $permissions
  ]
}
JSON
}
