package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.LightClient;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** What the contract's parts share: one instance for all tests of a family. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LightClientContractBase {
  private Optional<Run> run = Optional.empty();

  @BeforeEach
  void play() {
    if (run.isEmpty()) {
      run = Optional.of(new Run(client(), scenario()));
    }
  }

  /** The client under test, as its family's {@code client()} returns it. */
  protected abstract LightClient client();

  /** The family's main honest run. */
  protected abstract Scenario scenario();

  /** The anchor of another chain of the same family. */
  protected abstract Bytes foreignAnchor();

  /**
   * Whether two different inputs may both be accepted because they mean the same: what the chain
   * itself does not commit to (a witness, for example), or a proof of absence that covers another
   * path as well. Their effect must be the same in any case, that other path aside.
   */
  protected boolean sameMeaning(Input original, Input mutant) {
    return false;
  }

  /** The main run, played once: states are immutable, and clients keep nothing. */
  final Run run() {
    return run.orElseThrow();
  }
}
