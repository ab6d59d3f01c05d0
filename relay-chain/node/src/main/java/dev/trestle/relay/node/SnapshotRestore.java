package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.proofs.MerkleLog;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerSnapshot;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.node.Tables.Table;
import dev.trestle.relay.node.Tables.Writes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds a store from the chunks of a snapshot, beside the node's own. Who sent them is not
 * trusted: the head is proved from the genesis before the first byte of state is taken, and the
 * state counts only if its root is that of the head.
 */
final class SnapshotRestore implements AutoCloseable {
  private final Genesis genesis;
  private final SnapshotManifest manifest;
  private final Guard guard;
  private final StoreSwitch stores;
  private final RocksStore store;
  private final LedgerSnapshot.Restore state;
  private final List<SnapshotChunk.Change> changes = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private Optional<SnapshotChunk.Head> head = Optional.empty();
  private Optional<SnapshotProof> proof = Optional.empty();
  private int next;

  /**
   * What the node's sign guard remembers.
   *
   * @param height of the newest signature, 0 before the first
   * @param sequence of its newest record, kept in the new store: an older guard is noticed there
   */
  record Guard(long height, long sequence) {
    static final Guard NONE = new Guard(0, 0);

    static Guard of(SignGuardFile file) {
      return new Guard(GuardState.decode(file.payload()).height(), file.sequence());
    }
  }

  private SnapshotRestore(Path dataDir, Genesis genesis, SnapshotManifest manifest, Guard guard) {
    this.genesis = genesis;
    this.manifest = manifest;
    this.guard = guard;
    this.stores = new StoreSwitch(dataDir);
    this.store = RocksStore.open(stores.stage(), genesis.chainId());
    this.state = new LedgerSnapshot.Restore(store.state(), manifest.height());
  }

  /**
   * Whether a snapshot may be taken here: it is of this chain, and the validator has signed nothing
   * above the block after it.
   */
  static Verdict<SnapshotManifest> check(Genesis genesis, SnapshotManifest manifest, Guard guard) {
    if (!manifest.chainId().equals(genesis.chainId())) {
      return Verdict.reject(NodeReason.WRONG_CHAIN, "a snapshot of another chain");
    }
    return manifest.height() < guard.height() - 1
        ? Verdict.reject(
            NodeReason.SNAPSHOT_BELOW_GUARD,
            "height " + manifest.height() + ", this key has signed at " + guard.height())
        : Verdict.accept(manifest);
  }

  /** Starts with an empty store; what an earlier attempt left is dropped. */
  static Verdict<SnapshotRestore> begin(
      Path dataDir, Genesis genesis, SnapshotManifest manifest, Guard guard) {
    return check(genesis, manifest, guard)
        .then(fits -> Verdict.accept(new SnapshotRestore(dataDir, genesis, manifest, guard)));
  }

  SnapshotManifest manifest() {
    return manifest;
  }

  /** Index of the chunk that {@link #add} takes next; the number of chunks after the last. */
  int next() {
    return next;
  }

  /** Whether these bytes are the next chunk of the manifest. */
  boolean expects(Bytes encoded) {
    return next < manifest.chunks().size() && manifest.chunks().get(next).isOf(encoded);
  }

  /**
   * The highest of the blocks that the snapshot proves with a signature of {@code validator}, 0
   * without one. After {@link #finish} has accepted.
   */
  long newestSignatureOf(EvmAddress validator) {
    return proof.map(proved -> proved.newestSignatureOf(validator)).orElse(0L);
  }

  /** The next chunk. After a rejection nothing more may be added. */
  Verdict<Integer> add(Bytes encoded) {
    SnapshotManifest.Item item = manifest.chunks().get(next);
    if (!item.isOf(encoded)) {
      return invalid("not chunk " + next + " of the manifest");
    }
    return SnapshotChunk.decode(encoded)
        .then(chunk -> chunk.kind() == item.kind() ? take(chunk) : invalid("another kind of chunk"))
        .then(
            taken -> {
              next++;
              return Verdict.accept(next);
            });
  }

  private Verdict<Integer> take(SnapshotChunk chunk) {
    switch (chunk) {
      case SnapshotChunk.Head first -> {
        Block block = first.block();
        if (block.height() != manifest.height() || !block.id().equals(manifest.blockId())) {
          return invalid("the head is not the one of the manifest");
        }
        head = Optional.of(first);
      }
      case SnapshotChunk.Changes more -> changes.addAll(more.changes());
      case SnapshotChunk.Links more -> links.addAll(more.links());
      case SnapshotChunk.State more -> {
        return prove().then(proved -> state.add(more.entries()));
      }
    }
    return Verdict.accept(next);
  }

  private Verdict<SnapshotProof> prove() {
    if (proof.isEmpty()) {
      Verdict<SnapshotProof> checked =
          SnapshotProof.of(genesis, head.orElseThrow(), changes, links);
      if (!(checked instanceof Verdict.Accepted<SnapshotProof>(SnapshotProof proved))) {
        return checked;
      }
      proof = Optional.of(proved);
    }
    return Verdict.accept(proof.get());
  }

  /**
   * After the last chunk. Accepted: the store is whole and takes the place of the node's own at its
   * next start. Rejected: nothing has changed.
   */
  Verdict<Hash32> finish() {
    if (next != manifest.chunks().size()) {
      return invalid("chunks are missing");
    }
    Verdict<Hash32> done =
        prove()
            .then(
                proved ->
                    state
                        .finish(proved.header().timeMs(), proved.header().stateRoot())
                        .then(
                            root -> {
                              store.write(to -> write(proved, to));
                              return Verdict.accept(manifest.blockId());
                            }));
    close();
    if (done.isAccepted()) {
      stores.commit();
    }
    return done;
  }

  @Override
  public void close() {
    store.close();
  }

  private void write(SnapshotProof proved, Writes to) {
    Block block = proved.head().block();
    long height = block.height();
    to.put(Table.BLOCKS, RocksStore.at('b', height), block.encode());
    to.put(Table.BLOCKS, RocksStore.at('c', height), proved.head().certificate().encode());
    to.put(Table.INDEX, RocksStore.under('i', block.id().bytes()), RocksStore.number(height));
    for (SnapshotChunk.Change change : proved.changes()) {
      Retention.keepChange(change.header(), to);
      to.put(
          Table.BLOCKS,
          RocksStore.at('c', change.header().height()),
          change.certificate().encode());
    }
    for (ValidatorsRecord era : eras(proved)) {
      to.put(Table.INDEX, RocksStore.at('v', era.since()), era.encode());
    }
    for (Link link : proved.links()) {
      to.put(Table.BLOCKS, RocksStore.at('r', link.height()), link.encode());
    }
    history(proved, to);
    to.put(Table.META, StoreKeys.ROTATION, proved.rotation().encode());
    to.put(Table.META, StoreKeys.GUARD, RocksStore.number(guard.sequence()));
    to.put(Table.META, StoreKeys.LOWEST, RocksStore.number(height));
    to.put(Table.META, StoreKeys.HEAD, RocksStore.number(height));
  }

  /** The newest set as it stands in the state, which proves its transport keys too. */
  private List<ValidatorsRecord> eras(SnapshotProof proved) {
    List<ValidatorsRecord> eras = new ArrayList<>(proved.eras());
    ValidatorsRecord current =
        LedgerSnapshot.values(store.state())
            .get(StateKeys.validators())
            .map(ValidatorsRecord::decode)
            .orElseThrow(
                () -> new TrestleException(NodeReason.SNAPSHOT_INVALID, "no validators in it"));
    if (!eras.isEmpty() && eras.getLast().since() == current.since()) {
      eras.set(eras.size() - 1, current);
    }
    return eras;
  }

  /** The complete subtrees that later blocks and proofs build on. */
  private static void history(SnapshotProof proved, Writes to) {
    Map<MerkleLog.Node, Hash32> known = new HashMap<>();
    MerkleFrontier frontier = proved.history();
    long count = frontier.count();
    int peak = 0;
    for (int level = 63 - Long.numberOfLeadingZeros(count); level >= 0; level--) {
      if ((count >>> level & 1) == 1) {
        put(
            new MerkleLog.Node(level, (count >>> level) - 1, frontier.peaks().get(peak++)),
            known,
            to);
      }
    }
    MerkleLog log =
        new MerkleLog(
            (level, index) ->
                Optional.ofNullable(known.get(new MerkleLog.Node(level, index, Hash32.ZERO))));
    List<Hash32> ids = new ArrayList<>();
    proved.links().forEach(link -> ids.add(link.header().id()));
    ids.add(proved.head().block().id());
    for (Hash32 id : ids) {
      for (MerkleLog.Node node : log.append(frontier.count(), id.bytes())) {
        put(node, known, to);
      }
      frontier = frontier.append(id.bytes());
    }
    CanonicalWriter out = new CanonicalWriter();
    frontier.write(out);
    to.put(Table.META, StoreKeys.HISTORY, out.toBytes());
  }

  private static void put(MerkleLog.Node node, Map<MerkleLog.Node, Hash32> known, Writes to) {
    known.put(new MerkleLog.Node(node.level(), node.index(), Hash32.ZERO), node.hash());
    to.put(Table.INDEX, RocksStore.historyKey(node.level(), node.index()), node.hash().bytes());
  }

  private static <T> Verdict<T> invalid(String what) {
    return Verdict.reject(NodeReason.SNAPSHOT_INVALID, what);
  }
}
