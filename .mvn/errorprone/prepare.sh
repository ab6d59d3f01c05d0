#!/usr/bin/env bash
# Prints the options for Maven's JVM with which a whole strict build takes half the time; see ErrorProneOnce.java.
# Run in the project's root, with JAVA_HOME set. A build without these options checks the same.
set -euo pipefail
here=.mvn/errorprone
out=target/errorprone
mkdir -p "$out"
mvn -B -ntp -q -Dstyle.color=never -f "$here/pom.xml" dependency:build-classpath -Dmdep.outputFile="$PWD/$out/class-path" >&2
"$JAVA_HOME/bin/javac" -d "$out" "$here/ErrorProneOnce.java"
echo 'Premain-Class: ErrorProneOnce' > "$out/manifest"
"$JAVA_HOME/bin/jar" --create --file "$out/once.jar" --manifest "$out/manifest" -C "$out" ErrorProneOnce.class
echo "-javaagent:$out/once.jar=$out/class-path"
