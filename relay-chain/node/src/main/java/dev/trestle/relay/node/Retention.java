package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.node.Tables.Table;
import dev.trestle.relay.node.Tables.Writes;
import java.util.Optional;

/**
 * Removes old blocks with their receipts, packets and indexes, as part of the batch that stores a
 * new one. What stays: the last header and certificate of every era, which prove the next set; the
 * links of the rotation's period; the tree over all block ids; and evidence, by its offender.
 */
final class Retention {
  /** Blocks that one later block removes; more than one, to catch up with a new setting. */
  static final int MAX_AT_ONCE = 4;

  private final Tables tables;

  Retention(Tables tables) {
    this.tables = tables;
  }

  /** The last header of an era stays, and its certificate: they prove the next set. */
  static void keepChange(RelayHeader header, Writes to) {
    to.put(Table.BLOCKS, RocksStore.at('d', header.height()), header.encode());
  }

  /**
   * Adds to the batch of block {@code height} what goes with it.
   *
   * @param keptFrom the lowest block to be kept
   */
  void prune(long height, long keptFrom, Writes to) {
    long next = height + 1;
    if (Rotation.periodStart(next) == next) {
      forgetLinks(to);
    }
    long lowest = tables.get(Table.META, StoreKeys.LOWEST).map(RocksStore::number).orElse(1L);
    long end = Math.min(Math.min(keptFrom, height), lowest + MAX_AT_ONCE);
    if (end <= lowest) {
      return;
    }
    for (long old = lowest; old < end; old++) {
      Bytes key = RocksStore.at('b', old);
      Optional<Bytes> stored = tables.get(Table.BLOCKS, key);
      if (stored.isPresent()) {
        remove(RocksStore.whole(Block.decode(stored.get())), Rotation.periodStart(next), to);
        to.delete(Table.BLOCKS, key);
      }
    }
    to.put(Table.META, StoreKeys.LOWEST, RocksStore.number(end));
  }

  private void remove(Block block, long periodStart, Writes to) {
    long height = block.height();
    RelayHeader header = block.header();
    if (header.validatorsHash().equals(header.nextValidatorsHash())) {
      to.delete(Table.BLOCKS, RocksStore.at('c', height));
    } else {
      keepChange(header, to);
    }
    if (height >= periodStart) {
      to.put(Table.BLOCKS, RocksStore.at('r', height), Link.of(block).encode());
    }
    to.delete(Table.INDEX, RocksStore.under('i', block.id().bytes()));
    for (Bytes transaction : block.transactions()) {
      to.delete(Table.INDEX, RocksStore.under('t', Digests.sha256(transaction).bytes()));
    }
    Bytes outbox = RocksStore.at('o', height);
    tables
        .get(Table.BLOCKS, outbox)
        .ifPresent(
            packets -> {
              RocksStore.packets(packets)
                  .forEach(
                      packet -> to.delete(Table.INDEX, RocksStore.under('p', packet.id().bytes())));
              to.delete(Table.BLOCKS, outbox);
            });
  }

  /** A new period needs none of those before it. */
  private void forgetLinks(Writes to) {
    for (StateReader.Entry link :
        tables.scan(
            Table.BLOCKS,
            RocksStore.under('r', Bytes.EMPTY),
            Bytes.EMPTY,
            ConsensusLimits.ROTATION_PERIOD)) {
      to.delete(Table.BLOCKS, link.key());
    }
  }
}
