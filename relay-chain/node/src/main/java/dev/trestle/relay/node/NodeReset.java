package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.relay.ledger.Genesis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an operator does to the store of a node that does not run. Keys and sign guard are never
 * touched; the guard is held meanwhile, so that no node starts with it.
 */
public final class NodeReset {
  private NodeReset() {}

  /**
   * A block that a node stands at.
   *
   * @param bytes of the snapshot's chunks, 0 without one
   */
  public record Place(long height, Hash32 blockId, long bytes) {}

  /**
   * Writes a snapshot of the node's head; while the node runs, of the newest snapshot that it has
   * made itself.
   *
   * @throws TrestleException {@link NodeReason#NOT_FOUND} if there is no block, or the node runs
   *     and has made none; {@link NodeReason#ALREADY_EXISTS} if there is such a file
   */
  public static Place snapshot(NodeConfig config, Path out) {
    Genesis genesis = NodeFiles.readGenesis(config.genesisFile());
    Path folder = NodeFiles.store(config.dataDir());
    if (!Files.isDirectory(folder)) {
      throw new TrestleException(NodeReason.NOT_FOUND, "the node has no store yet");
    }
    try (RocksStore store = RocksStore.open(folder, genesis.chainId())) {
      return place(SnapshotFile.create(out, store, genesis.chainId()));
    } catch (TrestleException e) {
      if (e.code() != NodeReason.NODE_RUNNING) {
        throw e;
      }
      return place(new SnapshotFolder(config.dataDir()).copyNewest(out));
    }
  }

  /**
   * Removes store and write-ahead log: the node fetches everything again, and gives up the heights
   * of which the log may have held something.
   *
   * @throws TrestleException {@link NodeReason#NODE_RUNNING} or {@link NodeReason#GUARD_IN_USE}
   *     while the node runs; {@link NodeReason#GUARD_ROLLED_BACK} if the store, which goes, is what
   *     shows that the guard is too old; {@code forked} if it holds proof of a fork
   */
  public static void run(NodeConfig config) {
    Genesis genesis = NodeFiles.readGenesis(config.genesisFile());
    try (Held held = hold(config)) {
      held.requireNewerThan(NodeFiles.store(config.dataDir()), genesis.chainId());
      removeLog(config.dataDir());
      StoreSwitch stores = new StoreSwitch(config.dataDir());
      stores.settle();
      stores.discard();
    }
  }

  /**
   * As {@link #run(NodeConfig)}, and the node starts at the block of a snapshot.
   *
   * @throws TrestleException also {@link NodeReason#SNAPSHOT_INVALID}, {@link
   *     NodeReason#WRONG_CHAIN} or {@link NodeReason#SNAPSHOT_BELOW_GUARD}: then nothing has
   *     changed
   */
  public static Place run(NodeConfig config, Path snapshot) {
    Genesis genesis = NodeFiles.readGenesis(config.genesisFile());
    try (Held held = hold(config);
        SnapshotFile file = SnapshotFile.open(snapshot)) {
      held.requireNewerThan(NodeFiles.store(config.dataDir()), genesis.chainId());
      restore(config.dataDir(), genesis, file, held.guard());
      removeLog(config.dataDir());
      new StoreSwitch(config.dataDir()).settle();
      return place(file.manifest());
    }
  }

  /** The new store is whole, and waits. */
  static void restore(
      Path dataDir, Genesis genesis, SnapshotFile file, SnapshotRestore.Guard guard) {
    new StoreSwitch(dataDir).settle();
    try (SnapshotRestore restore =
        accepted(SnapshotRestore.begin(dataDir, genesis, file.manifest(), guard))) {
      while (restore.next() < file.manifest().chunks().size()) {
        int _ = accepted(file.chunk(restore.next()).then(restore::add));
      }
      Hash32 _ = accepted(restore.finish());
    }
  }

  /** What an operator handed in is refused by an exception with the same code. */
  static <T> T accepted(Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<T>(T value) -> value;
      case Verdict.Rejected<T>(var reason, String detail) ->
          throw new TrestleException(reason, detail);
      case Verdict.Later<T>(var reason, String detail) ->
          throw new TrestleException(reason, detail);
      case Verdict.Ignored<T>(var reason, String detail) ->
          throw new TrestleException(reason, detail);
    };
  }

  /** A store without its log makes the node abstain where it must; a log alone is refused. */
  private static void removeLog(Path dataDir) {
    StoreSwitch.remove(NodeFiles.writeAheadLog(dataDir));
  }

  private static Place place(SnapshotManifest manifest) {
    return new Place(manifest.height(), manifest.blockId(), manifest.totalBytes());
  }

  /** The guard of a validator, locked. */
  private record Held(Optional<SignGuardFile> file) implements AutoCloseable {
    SnapshotRestore.Guard guard() {
      return file.map(SnapshotRestore.Guard::of).orElse(SnapshotRestore.Guard.NONE);
    }

    void requireNewerThan(Path folder, Hash32 chainId) {
      if (!Files.isDirectory(folder)) {
        return;
      }
      long seen;
      try (RocksStore store = RocksStore.open(folder, chainId)) {
        Misbehaviour.requireNoFork(store); // the only proof that this node has of it
        seen = store.guardSequence();
      } catch (TrestleException e) {
        if (e.code() == NodeReason.STORAGE_FAULT || e.code() == NodeReason.STORAGE_CORRUPT) {
          return; // a broken store is what a reset is for
        }
        throw e;
      }
      if (file.isPresent() && guard().sequence() < seen) {
        throw new TrestleException(
            NodeReason.GUARD_ROLLED_BACK,
            "the sign guard is older than the block store: restored from a backup?");
      }
    }

    @Override
    public void close() {
      file.ifPresent(SignGuardFile::close);
    }
  }

  private static Held hold(NodeConfig config) {
    Optional<Path> guard = config.validator().map(role -> NodeFiles.signGuard(role.keyFile()));
    boolean fresh = config.validator().filter(NodeConfig.Role.Validator::newValidator).isPresent();
    return new Held(guard.filter(file -> !fresh || Files.exists(file)).map(SignGuardFile::open));
  }
}
