#!/bin/sh
# Fetches the third-party files under static/vendor: pinned versions, checked sums, no source maps.
# The files are committed; run this only to renew them, or with --check to see that they are what was pinned.
set -eu
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # package, version, sha256 of the npm tarball
  (cd "$work" && npm pack --silent "$1@$2" >tarball)
  tarball=$work/$(cat "$work/tarball")
  sum=$(sha256sum "$tarball" | cut -d' ' -f1)
  if [ "$sum" != "$3" ]; then
    echo "$1@$2: sha256 is $sum, pinned is $3" >&2
    exit 1
  fi
  mkdir "$work/$1x" 2>/dev/null || mkdir -p "$work/$1x"
  tar -xzf "$tarball" -C "$work/$1x" --strip-components=1
}

take() { # package, file in it, file under vendor/
  mkdir -p "$work/out/$(dirname "$3")"
  sed -e '/^\/[/*]# sourceMappingURL=/d' -e 's,/\*# sourceMappingURL=[^*]*\*/,,' "$work/$1x/$2" >"$work/out/$3"
}

fetch @tabler/core 1.6.1 d02d679e51f6c179b21f035e154c13cdcb2ae8b18579e56ea606408ba7fc7a87
take @tabler/core dist/css/tabler.min.css tabler/tabler.min.css

fetch htmx.org 2.0.11 165a2655073e9e6e55e307a7c74e8ebcdb76afb7701f9c16cfd106a13add408e
take htmx.org dist/htmx.min.js htmx/htmx.min.js
take htmx.org LICENSE htmx/LICENSE

fetch echarts 6.1.0 681aff88cc1038c3fa941a3a53d1b177a52250b05335efc607d6105ae13be481
take echarts dist/echarts.common.min.js echarts/echarts.common.min.js
take echarts LICENSE echarts/LICENSE
take echarts NOTICE echarts/NOTICE

# The outlines themselves are in web/ui/icons.go.
fetch @tabler/icons 3.51.0 b30108713d3fa60aee862c2a133225da8e0f309be0708fe2925763ff810c766c
take @tabler/icons LICENSE tabler-icons/LICENSE

if [ "${1:-}" = --check ]; then
  # Tabler's npm package has no licence file; ours is from its repository.
  diff -r -x LICENSE "$work/out/tabler" "$here/vendor/tabler"
  for d in htmx echarts tabler-icons; do diff -r "$work/out/$d" "$here/vendor/$d"; done
  echo "static/vendor is as pinned"
else
  cp -R "$work/out/." "$here/vendor/"
fi
