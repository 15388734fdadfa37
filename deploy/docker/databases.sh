#!/usr/bin/env bash
# Makes the services' databases and roles; harmless when they exist.
set -euo pipefail
. /deploy/local/common.sh
. /deploy/local/settings.sh
create_databases
