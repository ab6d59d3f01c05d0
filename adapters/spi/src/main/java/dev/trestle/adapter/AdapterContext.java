package dev.trestle.adapter;

import dev.trestle.base.TimeSource;
import io.vertx.core.Vertx;

/** What the host gives an adapter. */
public record AdapterContext(Vertx vertx, TimeSource time) {}
