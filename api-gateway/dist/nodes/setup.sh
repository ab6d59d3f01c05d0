#!/usr/bin/env bash
# Finds or fetches the chain nodes of the demo and the tests, and prints where they are as KEY=VALUE lines on stdout.
#   usage: setup.sh [--tests|--bench]      --tests adds forge, solc, cometbft, geth, spin, the beacon chain's script and a beacon node; --bench cometbft, if it or Go is there
# An executable named by BITCOIND, LITECOIND, ANVIL (FORGE, SOLC_JS, BEACON_CHAIN, BEACON_NODE, COMETBFT, GETH, SPIN with SPIN_PAN) or found on the PATH is preferred. Otherwise the node comes by
# package name into the cache folder outside the repository.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${TRESTLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/trestle}/nodes
tests=no; [ "${1:-}" = "--tests" ] && tests=yes
bench=no; [ "${1:-}" = "--bench" ] && bench=yes
mkdir -p "$cache"
say() { echo "trestle: $*" >&2; }
fail() { say "$1"; say "$2"; exit 1; }

exec 8> "$cache/.lock"; flock 8 # two runs must not unpack the same node at once

bitcoind=${BITCOIND:-$(command -v bitcoind || true)}
if [ -z "$bitcoind" ]; then
  bitcoind=$cache/bitcoin/bin/bitcoind
  if ! "$bitcoind" -version >/dev/null 2>&1; then
    say "fetching bitcoind (Bitcoin Knots, Debian)"
    "$here/debian-node.sh" "$cache/bitcoin" bitcoin-knots '^(29|3[0-9])[.]' 'trixie-backports:trixie forky:forky sid:sid' \
      'libc6 libstdc++6 libgcc-s1 libevent-core-2.1-7t64 libevent-extra-2.1-7t64 libevent-pthreads-2.1-7t64 libsqlite3-0 libzmq5' \
      'usr/bin/bitcoind usr/bin/bitcoin-cli' >&2 \
      || fail "bitcoind could not be had." "Install Bitcoin Core or Knots 29 or newer and set BITCOIND=/path/to/bitcoind."
  fi
fi

# /usr/bin/litecoind of Debian is a wrapper that writes into the home folder; the real one stands under /usr/lib
litecoind=${LITECOIND:-}
[ -z "$litecoind" ] && [ -x /usr/lib/litecoin/litecoind ] && litecoind=/usr/lib/litecoin/litecoind
[ -z "$litecoind" ] && [ ! -e /usr/lib/litecoin ] && litecoind=$(command -v litecoind || true)
if [ -z "$litecoind" ]; then
  litecoind=$cache/litecoin/bin/litecoind
  if ! "$litecoind" -version >/dev/null 2>&1; then
    say "fetching litecoind (Debian)"
    "$here/debian-node.sh" "$cache/litecoin" litecoind '^0[.]21[.]' 'bookworm:bookworm' \
      'libc6 libstdc++6 libgcc-s1 libboost-filesystem1.74.0 libboost-thread1.74.0 libdb5.3++ libevent-2.1-7 libevent-pthreads-2.1-7 libfmt9 libleveldb1d libminiupnpc17 libssl3' \
      'usr/lib/litecoin/litecoind' >&2 \
      || fail "litecoind could not be had." "Install Litecoin Core 0.21 and set LITECOIND=/path/to/litecoind."
  fi
fi

npm_packages() { # NAME: the lock file beside the package list pins versions and checksums
  command -v npm >/dev/null || fail "npm is missing." "Install Node.js 20 or newer with npm, or set ANVIL (and FORGE, SOLC_JS)."
  mkdir -p "$cache/$1"
  cp -R "$here/$1/." "$cache/$1/"
  if ! cmp -s "$here/$1/package-lock.json" "$cache/$1/.installed"; then
    say "fetching $1 packages (npm)"
    (cd "$cache/$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel error >&2) \
      || fail "npm could not install $here/$1/package.json." "See the message above."
    cp "$here/$1/package-lock.json" "$cache/$1/.installed"
  fi
}
go_program() { command -v go || { [ ! -x /usr/local/go/bin/go ] || echo /usr/local/go/bin/go; }; } # nothing where there is no Go
go_node() { # NAME PACKAGE: builds it; go.mod beside the lock file go.sum pins versions and checksums of all that is compiled
  local out=$cache/go/$1 go
  if ! cmp -s "$here/$1/go.sum" "$out/.installed" || [ ! -x "$out/$1" ]; then
    go=$(go_program)
    [ -n "$go" ] || fail "Go is missing: it builds $1, which the tests follow." "Install Go 1.24 or newer, or set ${1^^}=/path/to/$1."
    say "building $1 (Go; the first time takes some minutes)"
    mkdir -p "$out"
    (cd "$here/$1" && "$go" build -mod=readonly -o "$out/$1" "$2" >&2) \
      || fail "Go could not build $2 at the versions of $here/$1/go.mod." "See the message above."
    cp "$here/$1/go.sum" "$out/.installed"
  fi
  echo "$out/$1"
}
anvil=${ANVIL:-$(command -v anvil || true)}
if [ -z "$anvil" ]; then
  npm_packages evm
  # the platform binary itself: the .bin launcher adds a process that a signal would not reach
  anvil=$cache/evm/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil
fi
[ -x "$anvil" ] || fail "anvil is not executable: $anvil" "Set ANVIL=/path/to/anvil."

echo "BITCOIND=$bitcoind"
echo "LITECOIND=$litecoind"
echo "ANVIL=$anvil"
if [ $tests = yes ]; then
  forge=${FORGE:-$(command -v forge || true)} solc=${SOLC_JS:-}
  if [ -z "$forge" ] || [ -z "$solc" ]; then
    npm_packages evm
    [ -n "$forge" ] || forge=$cache/evm/node_modules/@foundry-rs/forge-linux-amd64/bin/forge
    [ -n "$solc" ] || solc=$cache/evm/node_modules/solc
  fi
  [ -x "$forge" ] || fail "forge is not executable: $forge" "Set FORGE=/path/to/forge."
  [ -f "$solc/package.json" ] || fail "npm's solc is not at $solc" "Set SOLC_JS=/path/to/node_modules/solc."
  beacon=${BEACON_CHAIN:-} lodestar=${BEACON_NODE:-} fetching=
  if [ -z "$lodestar" ]; then
    lodestar=$cache/lodestar
    npm_packages lodestar & fetching=$! # mostly waits for the network, while Go builds
  fi
  cometbft=${COMETBFT:-$(command -v cometbft || true)}
  [ -n "$cometbft" ] || cometbft=$(go_node cometbft github.com/cometbft/cometbft/cmd/cometbft)
  [ -x "$cometbft" ] || fail "cometbft is not executable: $cometbft" "Set COMETBFT=/path/to/cometbft."
  geth=${GETH:-$(command -v geth || true)}
  [ -n "$geth" ] || geth=$(go_node geth github.com/ethereum/go-ethereum/cmd/geth)
  [ -x "$geth" ] || fail "geth is not executable: $geth" "Set GETH=/path/to/geth."
  spin=${SPIN:-} pan=${SPIN_PAN:-}
  if [ -z "$spin" ] || [ -z "$pan" ]; then
    spin=$cache/spin/bin/spin pan=$cache/spin/bin/pan
    if [ ! -x "$pan" ] || ! "$spin" -V >/dev/null 2>&1; then
      say "fetching spin and a small C compiler for what it writes (Debian)"
      "$here/debian-node.sh" "$cache/spin" spin '^6[.]5' 'bookworm:bookworm' 'libc6 libc6-dev tcc' 'usr/bin/spin usr/bin/tcc' >&2 \
        || fail "spin could not be had." "Set SPIN=/path/to/spin and SPIN_PAN to a program that compiles and runs pan.c with the options it is given."
      "$here/spin-pan.sh" "$cache/spin"
    fi
  fi
  if [ -z "$beacon" ]; then
    npm_packages beacon
    beacon=$cache/beacon
  fi
  [ -z "$fetching" ] || wait "$fetching"
  [ -d "$beacon/node_modules/@lodestar/state-transition" ] || fail "Lodestar's state transition is not in $beacon" "Unset BEACON_CHAIN."
  [ -d "$lodestar/node_modules/@lodestar/beacon-node" ] || fail "Lodestar's beacon node is not in $lodestar" "Unset BEACON_NODE."
  echo "BEACON_CHAIN=$beacon"
  echo "BEACON_NODE=$lodestar"
  echo "COMETBFT=$cometbft"
  echo "GETH=$geth"
  echo "SPIN=$spin"
  echo "SPIN_PAN=$pan"
  echo "FORGE=$forge"
  echo "SOLC_JS=$solc"
fi
if [ $bench = yes ]; then # a peer to measure beside: the table says so where it is missing
  cometbft=${COMETBFT:-$(command -v cometbft || true)}
  if [ -z "$cometbft" ] && { [ -x "$cache/go/cometbft/cometbft" ] || [ -n "$(go_program)" ]; }; then
    cometbft=$(go_node cometbft github.com/cometbft/cometbft/cmd/cometbft)
  fi
  if [ -n "$cometbft" ]; then echo "COMETBFT=$cometbft"; else say "neither cometbft nor Go is here: no peer is measured"; fi
fi
"$bitcoind" -version | head -n 1 >&2
"$litecoind" -version | head -n 1 >&2
"$anvil" --version | head -n 1 >&2
[ $tests = no ] || { echo "cometbft $("$cometbft" version)"; "$geth" --version; } >&2
