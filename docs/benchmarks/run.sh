#!/bin/sh
# Measures what tracer promises and writes docs/benchmarks.md. Run it as root, in the repository's root, on Linux. On
# Debian it installs the programs that tracer is compared with. Missing ones are left out, and the reason is given.
set -eu
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	apt-get update -qq && apt-get install -y -qq --no-install-recommends iproute2 iptables tcpdump tshark >/dev/null
fi
table=$(mktemp)
trap 'rm -f "$table"' EXIT
go run ./docs/benchmarks "$@" >"$table"
cat "$table" docs/benchmarks/notes.md >docs/benchmarks.md
