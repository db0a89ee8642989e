#!/bin/sh
# Records every scenario anew, for "tracer replay NAME". Run it where the repository is, on Linux:
#
#	sh scenarios/recordings/make.sh
set -eu
tracer=$(mktemp)
trap 'rm -f "$tracer"' EXIT
go build -trimpath -o "$tracer" ./cmd/tracer
for file in scenarios/*.yaml; do
	name=$(basename "$file" .yaml)
	"$tracer" run "$name" --view json >"scenarios/recordings/$name.json"
	gzip -9nf "scenarios/recordings/$name.json"
done
