#!/usr/bin/env bash
# Builds what runs: the services and the command line, for release. Prints only what is wrong.
set -euo pipefail
. "$(dirname "$0")/common.sh"

cd "$LOYALTY_ROOT/deploy/local"
say "Restoring packages (the first time takes a few minutes)"
dotnet restore running.slnf --locked-mode -v q --nologo
say "Building"
dotnet build running.slnf -c Release --no-restore -v q --nologo -clp:ErrorsOnly
