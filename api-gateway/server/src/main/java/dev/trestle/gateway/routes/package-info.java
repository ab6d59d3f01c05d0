/** The routes of the API, one class a subject. Each holds against {@code openapi.json}. */
@NullMarked
package dev.trestle.gateway.routes;

import org.jspecify.annotations.NullMarked;
