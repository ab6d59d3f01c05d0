package dev.trestle.relay.relayer;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.ChainId;
import java.util.Optional;

/** The adapters of this process; chains come and go while it runs. */
@FunctionalInterface
public interface ChainDirectory {
  /** A started adapter of {@code chain}, if this process has one. */
  Optional<ChainAdapter> adapter(ChainId chain);
}
