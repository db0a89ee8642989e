#!/bin/sh
# Measures what tracer promises and writes docs/benchmarks.md. Run it as root where the repository is, on Linux; on
# Debian it installs what tracer is compared with. What is not there is left out, with the reason.
set -eu
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	apt-get update -qq && apt-get install -y -qq --no-install-recommends iproute2 iptables tcpdump tshark >/dev/null
fi
table=$(mktemp)
trap 'rm -f "$table"' EXIT
go run ./docs/benchmarks "$@" >"$table"
cat "$table" docs/benchmarks/notes.md >docs/benchmarks.md
