package dev.trestle.lightclient.ethereum;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.evm.EvmBlock;
import java.util.Optional;

/**
 * A final beacon block and the execution block that it proves.
 *
 * @param execution empty before Capella
 */
record FinalBlock(long slot, Hash32 root, Optional<EvmBlock> execution) {
  /** The execution block or, before Capella, the beacon block by slot. */
  HeaderRef ref(BeaconNetwork network) {
    return execution
        .map(EvmBlock::ref)
        .orElseGet(() -> new HeaderRef(slot, root, network.timeAt(slot)));
  }

  /**
   * Whether no chain holds both as final: two blocks of one slot, two execution blocks of one
   * number, or numbers that fall while slots rise.
   */
  boolean contradicts(FinalBlock other) {
    if (slot == other.slot) {
      return !root.equals(other.root);
    }
    if (execution.isEmpty() || other.execution.isEmpty()) {
      return false;
    }
    EvmBlock mine = execution.get();
    EvmBlock theirs = other.execution.get();
    if (mine.number() == theirs.number()) {
      return !mine.hash().equals(theirs.hash());
    }
    return (slot < other.slot) != (mine.number() < theirs.number());
  }

  void write(CanonicalWriter out) {
    out.u64(slot).hash(root).optional(execution, (writer, block) -> block.write(writer));
  }

  static FinalBlock read(CanonicalReader in) {
    return new FinalBlock(in.u64(), in.hash(), in.optional(EvmBlock::read));
  }
}
