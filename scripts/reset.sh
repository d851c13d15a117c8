#!/bin/sh
# Forget the demonstration neighbourhood. Only what `make demo` made in ./var goes.
set -eu
cd "$(dirname "$0")/.."
running=var/demo.pid
if [ -f "$running" ] && kill -0 "$(cat "$running")" 2>/dev/null; then
    echo "The demonstration is running; end it with Ctrl-C first."
    exit 1
fi
rm -rf var
echo "Forgotten. 'make demo' starts over."
