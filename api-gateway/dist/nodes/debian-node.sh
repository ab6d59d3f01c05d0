#!/usr/bin/env bash
# Unpacks one node from Debian's signed archive into a private prefix: nothing on the system is changed, no root is needed.
#   usage: debian-node.sh PREFIX PACKAGE VERSION_PATTERN "suite[:base] ..." "library packages ..." "path/to/binary ..."
# The whole library closure comes from the same release as the node and is run through its own loader, so the host's libc does
# not matter. Trust is apt's check of the signed release file; what was used is written to PREFIX/SHA256SUMS.
set -euo pipefail
prefix=$1 package=$2 wanted=$3 suites=$4 libraries=$5 binaries=$6

need() { command -v "$1" >/dev/null || { echo "trestle: '$1' is missing; a Debian-like machine with apt is needed to fetch $package." >&2; exit 1; }; }
need apt-get; need dpkg-deb
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keyring" ] || { echo "trestle: $keyring is missing (package debian-archive-keyring)." >&2; exit 1; }
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1)}

mkdir -p "$prefix"; prefix=$(cd "$prefix" && pwd); work=$prefix/.apt
trap 'rm -rf "$work"' EXIT
version=
for pair in $suites; do
  suite=${pair%%:*} base=${pair##*:}
  rm -rf "$work"; mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs"; : > "$work/status"
  {
    echo "deb [signed-by=$keyring] $mirror $base main"
    [ "$suite" = "$base" ] || echo "deb [signed-by=$keyring] $mirror $suite main"
  } > "$work/sources.list"
  cat > "$work/apt.conf" <<CONF
Dir::State "$work"; Dir::State::lists "$work/lists"; Dir::State::status "$work/status"; Dir::Cache "$work/cache";
Dir::Etc::sourcelist "$work/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
APT::Architectures "amd64"; APT::Install-Recommends "false"; Acquire::Languages "none"; APT::Sandbox::User ""; Acquire::Retries "3";
CONF
  export APT_CONFIG=$work/apt.conf
  apt-get update -qq >&2 || continue
  version=$(apt-cache madison "$package" | awk -F'|' -v s="$suite/" -v w="$wanted" 'index($3,s){gsub(/ /,"",$2); if ($2 ~ w) {print $2; exit}}')
  [ -n "$version" ] || continue
  closure=$(apt-get install -qq -y --print-uris $libraries | sed -n "s/^'[^']*' \([^_]*\)_.*/\1/p")
  (cd "$work/debs" && apt-get download -qq "$package=$version" $closure >&2) && break
  version=
done
[ -n "$version" ] || { echo "trestle: no $package matching /$wanted/ in: $suites" >&2; exit 1; }

rm -rf "$prefix/root" "$prefix/bin"; mkdir -p "$prefix/root" "$prefix/bin"
(cd "$work/debs" && sha256sum -- *.deb) > "$prefix/SHA256SUMS"
for deb in "$work"/debs/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -C "$prefix/root" --exclude='./usr/share/*' --exclude='*/gconv/*' -xf -
done
loader=$(find "$prefix/root" -name 'ld-linux-x86-64.so.2' | head -n 1)
for binary in $binaries; do
  name=${binary##*/}
  cat > "$prefix/bin/$name" <<WRAP
#!/bin/sh
root='$prefix/root'
exec '$loader' --inhibit-cache --library-path "\$root/usr/lib/x86_64-linux-gnu:\$root/lib/x86_64-linux-gnu" --argv0 $name "\$root/$binary" "\$@"
WRAP
  chmod +x "$prefix/bin/$name"
done
echo "$package $version"
