package dev.trestle.relay.node;

/** How log lines look; one event is one line in both. */
public enum LogFormat {
  /** For people. */
  TEXT,
  /** One JSON object a line. */
  JSON
}
