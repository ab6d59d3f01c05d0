package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CompactBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Puts the block of a proposal together: from the mempool, and from what a peer sends of the rest.
 * One block at a time, the one that was proposed last. Runs on the core thread.
 */
final class Assembler {
  private final Function<Hash32, Optional<Bytes>> pool;
  private final SortedMap<Integer, Bytes> found = new TreeMap<>();
  private volatile Optional<CompactBlock> wanted = Optional.empty();

  /**
   * @param pool a waiting transaction by its id
   */
  Assembler(Function<Hash32, Optional<Bytes>> pool) {
    this.pool = pool;
  }

  /** Those of an answer that are transactions of the wanted block. Any thread may ask. */
  List<BlockTransactions.Item> wanted(BlockTransactions answer) {
    List<Hash32> ids =
        wanted
            .filter(block -> block.id().equals(answer.blockId()))
            .map(CompactBlock::transactionIds)
            .orElse(List.of());
    return answer.items().stream()
        .filter(each -> each.place() < ids.size())
        .filter(each -> Digests.sha256(each.transaction()).equals(ids.get(each.place())))
        .toList();
  }

  /** Whether this block was asked for before and is not whole yet. */
  boolean isWanted(Hash32 blockId) {
    return wanted.filter(block -> block.id().equals(blockId)).isPresent();
  }

  /** The block, if all of it is here by now. */
  Optional<Block> take(CompactBlock block) {
    if (!isWanted(block.id())) {
      wanted = Optional.of(block);
      found.clear();
    }
    List<Hash32> ids = block.transactionIds();
    for (int place = 0; place < ids.size(); place++) {
      if (!found.containsKey(place)) {
        Optional<Bytes> known = pool.apply(ids.get(place));
        if (known.isPresent()) {
          found.put(place, known.get());
        }
      }
    }
    return whole(block);
  }

  /** Places in the wanted block whose transactions are not here; empty if none is wanted. */
  List<Integer> missing() {
    List<Integer> places = new ArrayList<>();
    int count = wanted.map(block -> block.transactionIds().size()).orElse(0);
    for (int place = 0; place < count; place++) {
      if (!found.containsKey(place)) {
        places.add(place);
      }
    }
    return places;
  }

  /** The block, if this was what it lacked. What is not a transaction of it is ignored. */
  Optional<Block> receive(BlockTransactions answer) {
    if (!isWanted(answer.blockId())) {
      return Optional.empty();
    }
    wanted(answer).forEach(each -> found.put(each.place(), each.transaction()));
    return whole(wanted.orElseThrow());
  }

  private Optional<Block> whole(CompactBlock block) {
    if (found.size() < block.transactionIds().size()) {
      return Optional.empty();
    }
    Optional<Block> whole = Optional.empty();
    try {
      whole = Optional.of(block.with(List.copyOf(found.values())));
    } catch (IllegalArgumentException tooLarge) {
      // over the limit of a block: nobody can propose it, and nobody will miss it
    }
    clear();
    return whole;
  }

  /** The height is over. */
  void clear() {
    wanted = Optional.empty();
    found.clear();
  }
}
