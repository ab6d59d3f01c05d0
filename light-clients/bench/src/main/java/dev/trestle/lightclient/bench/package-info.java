/** JMH benchmarks: what a light client costs, beside the bare library calls it is made of. */
@NullMarked
package dev.trestle.lightclient.bench;

import org.jspecify.annotations.NullMarked;
