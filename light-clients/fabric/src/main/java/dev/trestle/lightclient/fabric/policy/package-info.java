/** Policies: which signatures suffice (Fabric, "Policies"). */
@NullMarked
package dev.trestle.lightclient.fabric.policy;

import org.jspecify.annotations.NullMarked;
