#!/bin/sh
# Makes the album of the course in a directory, and the pictures of README.md and docs/page.md
# from it: the real pages in a real browser (chromium), made small (pngquant, optipng). Run it in
# the repository's root: docs/album/make.sh DIR
set -eu
album=${1:?usage: docs/album/make.sh DIR}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go run ./cmd/tracer export --all --format html --out "$album"
album=$(cd "$album" && pwd)

# picture NAME WIDTH HEIGHT PAGE [FLAG...]
picture() {
	name=$1 width=$2 height=$3 page=$4
	shift 4
	chromium --headless --no-sandbox --user-data-dir="$work/profile" --hide-scrollbars --force-device-scale-factor=1 \
		--window-size="$width,$height" --virtual-time-budget=5000 "$@" --screenshot="$work/$name.png" "file://$album/$page" 2>/dev/null
	pngquant --speed 1 --strip --output "$work/$name.small.png" 64 "$work/$name.png"
	optipng -quiet -o5 "$work/$name.small.png"
	cp "$work/$name.small.png" "docs/album/$name.png"
	echo "docs/album/$name.png"
}

picture page 1200 700 flask-demo.html#3.7
picture course 1200 700 index.html
picture phone 412 800 flask-demo.html#6.10 --blink-settings=preferredColorScheme=0
