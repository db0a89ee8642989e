#!/bin/sh
# Records every scenario anew, for "tracer replay NAME", and each with its faults. Run it at the
# root of the repository, on Linux, for all scenarios or for some:
#
#	sh scenarios/recordings/make.sh [NAME...]
set -eu
tracer=$(mktemp)
trap 'rm -f "$tracer"' EXIT
go build -trimpath -o "$tracer" ./cmd/tracer

# record FILE ARGUMENT...
record() {
	file=scenarios/recordings/$1.json
	shift
	"$tracer" run "$@" --view json >"$file"
	gzip -9nf "$file"
}

if [ $# -eq 0 ]; then
	for file in scenarios/*.yaml; do
		set -- "$@" "$(basename "$file" .yaml)"
	done
fi
for name; do
	record "$name" "$name"
	for fault in $("$tracer" __complete run "$name" --fault "" 2>/dev/null | sed '/^:/d'); do
		record "$name@$fault" "$name" --fault "$fault"
	done
done
