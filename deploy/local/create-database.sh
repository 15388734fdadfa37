#!/usr/bin/env bash
# create-database.sh NAME: a service's database with two roles, as often as you like.
#   NAME_owner  owns the database and its tables; only migrations use it (password in OWNER_PASSWORD)
#   NAME        what the service runs as; it may make schemas for its projections, nothing more (password in SERVICE_PASSWORD)
# The server is named by psql's own variables: PGHOST, PGPORT, PGUSER, PGPASSWORD.
set -euo pipefail
name=${1:?usage: create-database.sh NAME}
export PGOPTIONS='-c client_min_messages=warning' PGDATABASE=${PGDATABASE:-postgres}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="$name" --set owner="${name}_owner" \
  --set owner_password="${OWNER_PASSWORD:?}" --set service_password="${SERVICE_PASSWORD:?}" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest(ARRAY[:'owner', :'name']) AS role
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE :"owner" PASSWORD :'owner_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE :"name" PASSWORD :'service_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE :"name" SET idle_in_transaction_session_timeout = '60s';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE :"name" TO :"name";
SQL
