package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerSnapshot;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.node.Tables.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Cuts a store into the chunks of a snapshot at its head. The cuts depend on the chain alone: every
 * node makes the same snapshot of a height, so that chunks of one can be had from many.
 */
final class SnapshotExport {
  private static final int PAGE = 1_000;

  private final Tables.Reads from;
  private final Consumer<Bytes> sink;
  private final List<SnapshotManifest.Item> items = new ArrayList<>();

  private SnapshotExport(Tables.Reads from, Consumer<Bytes> sink) {
    this.from = from;
    this.sink = sink;
  }

  /**
   * @param from one version of a store
   * @param sink gets the encoded chunks, in order
   * @throws TrestleException {@link NodeReason#NOT_FOUND} if there is no block yet, {@link
   *     NodeReason#STORAGE_CORRUPT} if something is missing
   */
  static SnapshotManifest run(Tables.Reads from, Hash32 chainId, Consumer<Bytes> sink) {
    SnapshotExport export = new SnapshotExport(from, sink);
    long height = from.get(Table.META, StoreKeys.HEAD).map(RocksStore::number).orElse(0L);
    Block block =
        export
            .block(height)
            .orElseThrow(
                () -> new TrestleException(NodeReason.NOT_FOUND, "the chain has no block yet"));
    long first = Math.min(Rotation.periodStart(height + 1), height);
    export.add(
        new SnapshotChunk.Head(block, export.certificate(height), export.frontier(first - 1)));
    export.changes();
    export.links(first, height);
    export.state();
    return new SnapshotManifest(chainId, height, block.id(), export.items);
  }

  private void add(SnapshotChunk chunk) {
    Bytes encoded = chunk.encode();
    items.add(new SnapshotManifest.Item(chunk.kind(), encoded.size(), Digests.sha256(encoded)));
    if (items.size() > SnapshotManifest.MAX_CHUNKS || encoded.size() > SnapshotChunk.MAX_BYTES) {
      throw new TrestleException(NodeReason.TOO_LARGE, "more than a snapshot may hold");
    }
    sink.accept(encoded);
  }

  private void changes() {
    List<SnapshotChunk.Change> changes = new ArrayList<>();
    int bytes = 0;
    Bytes prefix = RocksStore.under('v', Bytes.EMPTY);
    for (StateReader.Entry entry :
        from.scan(Table.INDEX, prefix, Bytes.EMPTY, SnapshotProof.MAX_CHANGES)) {
      ValidatorsRecord era = ValidatorsRecord.decode(entry.value());
      SnapshotChunk.Change change =
          new SnapshotChunk.Change(
              header(era.since() - 1),
              certificate(era.since() - 1),
              era.members().stream().map(Genesis.Validator::key).toList());
      changes.add(change);
      bytes += RelayHeader.SIZE + change.certificate().encode().size() + 33 * change.keys().size();
      if (bytes > SnapshotChunk.SOFT_BYTES) {
        add(new SnapshotChunk.Changes(changes));
        changes.clear();
        bytes = 0;
      }
    }
    if (!changes.isEmpty()) {
      add(new SnapshotChunk.Changes(changes));
    }
  }

  private void links(long first, long end) {
    List<Link> links = new ArrayList<>();
    int bytes = 0;
    for (long height = first; height < end; height++) {
      Link link = link(height);
      links.add(link);
      bytes += link.encode().size();
      if (bytes > SnapshotChunk.SOFT_BYTES) {
        add(new SnapshotChunk.Links(links));
        links.clear();
        bytes = 0;
      }
    }
    if (!links.isEmpty()) {
      add(new SnapshotChunk.Links(links));
    }
  }

  private void state() {
    StateReader values = LedgerSnapshot.values(stateTable());
    List<StateReader.Entry> entries = new ArrayList<>();
    long bytes = 0;
    Bytes after = Bytes.EMPTY;
    while (true) {
      List<StateReader.Entry> page = values.scan(Bytes.EMPTY, after, PAGE);
      if (page.isEmpty()) {
        break;
      }
      after = page.getLast().key();
      for (StateReader.Entry entry : page) {
        entries.add(entry);
        bytes += 8L + entry.key().size() + entry.value().size();
        if (bytes > SnapshotChunk.SOFT_BYTES || entries.size() == SnapshotChunk.MAX_ITEMS) {
          add(new SnapshotChunk.State(entries));
          entries.clear();
          bytes = 0;
        }
      }
    }
    if (!entries.isEmpty()) {
      add(new SnapshotChunk.State(entries));
    }
  }

  private StateReader stateTable() {
    return new StateReader() {
      @Override
      public Optional<Bytes> get(Bytes key) {
        return from.get(Table.STATE, key);
      }

      @Override
      public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
        return from.scan(Table.STATE, prefix, after, limit);
      }
    };
  }

  /** The tree over the first {@code count} ids, from the subtrees that the store keeps. */
  private MerkleFrontier frontier(long count) {
    List<Hash32> peaks = new ArrayList<>();
    for (int level = 63 - Long.numberOfLeadingZeros(count); level >= 0; level--) {
      if ((count >>> level & 1) == 1) {
        Bytes key = RocksStore.historyKey(level, (count >>> level) - 1);
        peaks.add(
            from.get(Table.INDEX, key)
                .map(Hash32::new)
                .orElseThrow(() -> missing("history", count)));
      }
    }
    return new MerkleFrontier(count, peaks);
  }

  private Optional<Block> block(long height) {
    return from.get(Table.BLOCKS, RocksStore.at('b', height))
        .map(bytes -> RocksStore.whole(Block.decode(bytes)));
  }

  private CommitCertificate certificate(long height) {
    return from.get(Table.BLOCKS, RocksStore.at('c', height))
        .map(bytes -> RocksStore.whole(CommitCertificate.decode(bytes)))
        .orElseThrow(() -> missing("certificate", height));
  }

  private RelayHeader header(long height) {
    return block(height)
        .map(Block::header)
        .or(
            () ->
                from.get(Table.BLOCKS, RocksStore.at('d', height))
                    .map(bytes -> RocksStore.whole(RelayHeader.decode(bytes))))
        .orElseThrow(() -> missing("header", height));
  }

  private Link link(long height) {
    return block(height)
        .map(Link::of)
        .or(() -> from.get(Table.BLOCKS, RocksStore.at('r', height)).map(Link::decode))
        .orElseThrow(() -> missing("block", height));
  }

  private static TrestleException missing(String what, long height) {
    return new TrestleException(NodeReason.STORAGE_CORRUPT, "no " + what + " of " + height);
  }
}
