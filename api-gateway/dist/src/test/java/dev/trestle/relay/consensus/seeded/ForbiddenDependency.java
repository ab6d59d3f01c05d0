package dev.trestle.relay.consensus.seeded;

import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Vertx;

/** Breaks two architecture rules on purpose; {@code ArchitectureTest} must notice. */
record ForbiddenDependency(Vertx vertx, HeaderRef header) {}
