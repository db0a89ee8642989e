#!/bin/sh
# Creates the pictures of docs/tui.md: the real program in a real terminal (tmux),
# with the keys that lead to each screen. Run it in the repository's root.
set -eu
export LC_ALL=C.UTF-8 # without a UTF-8 locale, the walk draws ASCII

work=$(mktemp -d)
socket=
trap 'tmux -S "$socket" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/tracer" ./cmd/tracer
go build -o "$work/screens" ./docs/screens
printf 'set -g default-terminal tmux-256color\nset -g status off\n' >"$work/conf"

# screen NAME WIDTH HEIGHT TRACE KEYS...
screen() {
	name=$1 width=$2 height=$3 trace=$4
	shift 4
	socket=$work/$name # a separate server: the last one may still be exiting
	tmux -u -S "$socket" -f "$work/conf" new-session -d -x "$width" -y "$height" \
		"'$work/tracer' replay '$trace'; exec sleep 60"
	await 'hop \|any key'
	for key in "$@"; do
		tmux -S "$socket" send-keys "$key"
	done
	settle
	tmux -S "$socket" capture-pane -e -p | "$work/screens" -w "$width" -h "$height" >"docs/screens/$name.svg"
	tmux -S "$socket" kill-server
	echo "docs/screens/$name.svg"
}

# await TEXT: wait until it is on the screen.
await() {
	for _ in $(seq 200); do
		if tmux -S "$socket" capture-pane -p | grep -q "$1"; then return; fi
		sleep 0.05
	done
	echo "no '$1' on the screen" >&2
	exit 1
}

# settle: wait until the screen has not changed for a while.
settle() {
	before=
	for _ in $(seq 50); do
		sleep 0.2
		now=$(tmux -S "$socket" capture-pane -e -p)
		if [ "$now" = "$before" ]; then return; fi
		before=$now
	done
}

screen story 80 24 flask-demo
screen dnat 120 30 flask-demo Enter n
screen reply 120 30 flask-demo Enter n n n n
screen stage 80 24 flask-demo Enter s n ]
screen rules 80 24 flask-demo Enter n ] Tab
screen layers 80 24 flask-demo Enter n n n n ] Tab Tab Tab
screen requests 120 30 flush-nat Enter '>' End
screen dropped 120 30 tui/testdata/unpublished.json n
screen vast 200 50 flask-demo Enter n n n n
screen small 60 16 flask-demo Enter n n n n
