#!/usr/bin/env bash
# Builds what runs: the services and the command line, for release. Prints only what is wrong.
set -euo pipefail
. "$(dirname "$0")/common.sh"

cd "$LOYALTY_ROOT/deploy/local"
step "Restoring packages (minutes, the first time)" quietly dotnet restore running.slnf --locked-mode -v q --nologo
step "Building" quietly dotnet build running.slnf -c Release --no-restore -v q --nologo
