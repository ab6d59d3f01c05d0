/**
 * Light client whose headers are signed by a committee quorum. Depends on {@code lightclient} only.
 */
@NullMarked
package dev.trestle.lightclient.attested;

import org.jspecify.annotations.NullMarked;
