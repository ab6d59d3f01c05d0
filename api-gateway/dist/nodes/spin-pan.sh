#!/usr/bin/env bash
# Writes PREFIX/bin/pan, which compiles the verifier that spin wrote, in memory, and runs it: no compiler of the system is needed.
#   usage: spin-pan.sh PREFIX      (filled by debian-node.sh with tcc and the headers of libc6-dev)
#   then:  PREFIX/bin/pan [-DNAME ...] pan.c [options of the verifier]
set -euo pipefail
prefix=$(cd "$1" && pwd) root=$(cd "$1/root" && pwd)
tcc=$(dirname "$(find "$root/usr/lib" -name libtcc1.a -path '*/tcc/*' | head -n 1)")
libc=$(find "$root" -name 'libc.so.6' | head -n 1)
echo "GROUP ( $libc )" > "$tcc/libc.so" # Debian's own names files of a whole system
cat > "$prefix/bin/pan.tmp" <<WRAP
#!/bin/sh
exec '$prefix/bin/tcc' -B'$tcc' -nostdinc -I'$tcc/include' -I'$root/usr/include' -I'$root/usr/include/x86_64-linux-gnu' -run "\$@"
WRAP
chmod +x "$prefix/bin/pan.tmp"
mv "$prefix/bin/pan.tmp" "$prefix/bin/pan"
