#!/usr/bin/env bash
# From an empty checkout to the whole loop on real images, unattended; see README.md.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: deploy/quickstart.sh [--data DIR] [--short] [--keep] [--verbose]
  --data DIR  folder of the four IDX files of Fashion-MNIST (default: the Debian package
              dataset-fashion-mnist, installed where allowed; else downloaded once)
  --short     fewer images and epochs, the same steps
  --keep      keep the data, models and worker state in target/quickstart/run
  --verbose   show logs and stack traces
TEXT
}

fail() { # CODE MESSAGE
    echo "error: $2" >&2
    exit "$1"
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jar=$root/deploy/target/plumbline.jar
debian=/usr/share/datasets/fashion-mnist
cache=${XDG_CACHE_HOME:-${HOME:-$root/target}/.cache}/plumbline/fashion-mnist
public=https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion
files=(train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte)
data=
options=()

while [ $# -gt 0 ]; do
    case $1 in
        --data)
            [ $# -ge 2 ] || { usage >&2; fail 2 "data: none (expected: a folder)"; }
            data=$2
            shift
            ;;
        --short | --keep | --verbose) options+=("$1") ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            usage >&2
            fail 2 "option: $1 (expected: one of the above)"
            ;;
    esac
    shift
done

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null 2>&1 || fail 4 "java: missing (expected: JDK 17 or newer)"
version=$("$java" -XshowSettings:properties -version 2>&1 |
    sed -n 's/^ *java\.specification\.version = //p')
[ "${version%%.*}" -ge 17 ] 2>/dev/null || fail 4 "java: ${version:-unknown} (expected: 17 or newer)"
[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    fail 4 "platform: $(uname -s) $(uname -m) (expected: Linux x86_64)"

complete() { # DIR: all four files are there, packed or not
    local name
    for name in "${files[@]}"; do
        [ -s "$1/$name.gz" ] || [ -s "$1/$name" ] || return 1
    done
}

download() {
    local name
    mkdir -p "$cache"
    for name in "${files[@]}"; do
        [ -s "$cache/$name.gz" ] && continue
        echo "downloading $name.gz" >&2
        if command -v curl >/dev/null 2>&1; then
            curl --fail --silent --show-error --location --retry 3 \
                --output "$cache/$name.part" "$public/$name.gz" || return 1
        elif command -v wget >/dev/null 2>&1; then
            wget --quiet --tries=3 --output-document="$cache/$name.part" "$public/$name.gz" ||
                return 1
        else
            return 1
        fi
        gzip --test "$cache/$name.part" 2>/dev/null || return 1
        mv "$cache/$name.part" "$cache/$name.gz"
    done
}

find_data() {
    if [ -n "$data" ]; then
        complete "$data" ||
            fail 3 "data: $data (expected: the four IDX files of Fashion-MNIST)"
        return
    fi
    if ! complete "$debian" && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing dataset-fashion-mnist" >&2
        { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
            --no-install-recommends dataset-fashion-mnist; } >/dev/null 2>&1 || true
    fi
    if complete "$debian"; then
        data=$debian
    elif complete "$cache" || download; then
        data=$cache
    else
        fail 4 "data: unavailable (expected: the Debian package dataset-fashion-mnist, a network, or --data DIR)"
    fi
}

stale() { # is the jar missing or older than what it is made of?
    [ ! -f "$jar" ] || [ -n "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main \
        "$root"/plugin/*/src/main -newer "$jar" -type f -print -quit 2>/dev/null)" ]
}

find_data
cd "$root"
if stale; then
    command -v mvn >/dev/null 2>&1 || fail 4 "mvn: missing (expected: Maven 3.8.7 or newer)"
    echo "building, the first time also downloading libraries (a few minutes)" >&2
    mvn -B -q -DskipTests package || fail 4 "build: failed (expected: mvn -B -DskipTests package passes)"
fi
# one native thread each: worker, server and client share the cores
export PLUMBLINE_JAVA_OPTS="${PLUMBLINE_JAVA_OPTS:-} -Dai.djl.pytorch.num_threads=1"
exec "$root/deploy/plumbline" quickstart --data "$data" \
    --skeleton "$root/deploy/models/fashion_cnn.pt" --out "$root/target/quickstart" \
    ${options[@]+"${options[@]}"}
