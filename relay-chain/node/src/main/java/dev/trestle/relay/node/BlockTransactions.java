package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * Some transactions of a proposed block: {@code b32 blockId | list of (u32 place | bytes)}.
 *
 * @param items in the order of the question
 */
record BlockTransactions(Hash32 blockId, List<Item> items) {
  /** A transaction and its place in the block, from 0. */
  record Item(int place, Bytes transaction) {}

  /** Asks for them: {@code b32 blockId | list of u32 place}. */
  record Request(Hash32 blockId, List<Integer> places) {
    Request {
      places = List.copyOf(places);
    }

    Bytes encode() {
      return new CanonicalWriter()
          .hash(blockId)
          .list(places, (to, place) -> to.u32(place))
          .toBytes();
    }

    static Request decode(Bytes bytes) {
      return CanonicalReader.decode(
          bytes,
          in ->
              new Request(
                  in.hash(), in.list(ConsensusLimits.MAX_TRANSACTIONS, BlockTransactions::place)));
    }
  }

  BlockTransactions {
    items = List.copyOf(items);
  }

  /** What of the question {@code block} has. */
  static BlockTransactions of(Block block, Request request) {
    List<Item> items = new ArrayList<>();
    long bytes = 0;
    for (int place : request.places()) {
      if (place < block.transactions().size()) {
        Bytes transaction = block.transactions().get(place);
        bytes += transaction.size();
        if (bytes > ConsensusLimits.MAX_BLOCK_BYTES) {
          break; // the same place asked for again and again
        }
        items.add(new Item(place, transaction));
      }
    }
    return new BlockTransactions(block.id(), items);
  }

  Bytes encode() {
    return new CanonicalWriter()
        .hash(blockId)
        .list(items, (to, each) -> to.u32(each.place()).bytes(each.transaction()))
        .toBytes();
  }

  static BlockTransactions decode(Bytes bytes) {
    return CanonicalReader.decode(
        bytes,
        in ->
            new BlockTransactions(
                in.hash(),
                in.list(
                    ConsensusLimits.MAX_TRANSACTIONS,
                    from ->
                        new Item(place(from), from.bytes(ConsensusLimits.MAX_TRANSACTION_BYTES)))));
  }

  private static int place(CanonicalReader in) {
    return (int) Math.min(in.u32(), Integer.MAX_VALUE);
  }
}
