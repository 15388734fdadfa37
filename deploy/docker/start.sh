#!/bin/sh
# Starts the program of this image with the settings that were drawn for it at the first run, a KEY=VALUE line each.
set -eu
if [ -r /settings/environment ]; then
  while IFS= read -r setting; do
    export "${setting?}"
  done </settings/environment
fi
program=$(echo /app/*.runtimeconfig.json)
exec dotnet "${program%.runtimeconfig.json}.dll" "$@"
