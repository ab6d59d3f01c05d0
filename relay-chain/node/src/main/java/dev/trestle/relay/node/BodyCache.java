package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Bodies of blocks that were proposed lately, for validators that missed the proposal. */
final class BodyCache {
  private final Map<Hash32, Block> blocks = new LinkedHashMap<>();

  void add(Block block) {
    blocks.remove(block.id());
    while (blocks.size() >= ConsensusLimits.MAX_BODIES) {
      blocks.remove(blocks.keySet().iterator().next());
    }
    blocks.put(block.id(), block);
  }

  Optional<Block> find(Hash32 id) {
    return Optional.ofNullable(blocks.get(id));
  }

  void clear() {
    blocks.clear();
  }
}
