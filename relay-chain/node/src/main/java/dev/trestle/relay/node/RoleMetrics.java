package dev.trestle.relay.node;

import io.micrometer.core.instrument.MeterRegistry;

/** Figures of the role that a node serves, shown beside the node's own. */
public interface RoleMetrics {
  /** Makes the meters; once, before anything is shown. */
  void bind(MeterRegistry registry);

  /** Called before they are shown, one call at a time, on a thread that may block for a moment. */
  void refresh();
}
