/** HTTP conventions of the gateway: problems, strict JSON, pages. Knows nothing of the hub. */
@NullMarked
package dev.trestle.gateway.http;

import org.jspecify.annotations.NullMarked;
