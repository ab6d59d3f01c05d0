package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a snapshot every so many blocks, at the same heights on all nodes, and gives the newest two
 * to whoever asks. Written by a thread of its own from a frozen view of the store; served from any.
 */
final class SnapshotService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotService.class);

  /** A peer that has begun with one can end while the next one is made. */
  static final int KEPT = 2;

  private final RocksStore store;
  private final Hash32 chainId;
  private final SnapshotFolder folder;
  private final long every;
  private final ExecutorService maker =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().name("relay-snapshots").daemon(true).unstarted(task));
  private volatile List<Held> held = List.of();

  private record Held(SnapshotManifest manifest, Bytes encoded, Hash32 id, Path file) {
    static Held of(Path file) {
      try (SnapshotFile open = SnapshotFile.open(file)) {
        SnapshotManifest manifest = open.manifest();
        return new Held(manifest, manifest.encode(), manifest.id(), file);
      }
    }
  }

  /**
   * @param every blocks between two snapshots, 0 for none
   */
  SnapshotService(RocksStore store, Hash32 chainId, SnapshotFolder folder, long every) {
    this.store = store;
    this.chainId = chainId;
    this.folder = folder;
    this.every = every;
    if (every > 0) {
      refresh();
    }
  }

  /** After a block was stored, on the thread that stores. */
  void stored(long height) {
    if (every == 0 || height % every != 0) {
      return;
    }
    Tables.Frozen frozen = store.freeze();
    maker.execute(() -> make(frozen, height));
  }

  /** Height of the newest one, 0 without one: what is above is not pruned. */
  long newest() {
    return held.stream().findFirst().map(each -> each.manifest().height()).orElse(0L);
  }

  /** The newest one, if it is above a height. */
  SnapshotMessages.Offer offer(long above) {
    return new SnapshotMessages.Offer(
        store.lowest(),
        held.stream()
            .findFirst()
            .filter(each -> each.manifest().height() > above)
            .map(Held::encoded));
  }

  /** Empty if there is no such chunk any more. */
  Bytes chunk(Hash32 id, long index) {
    Optional<Held> found =
        held.stream()
            .filter(each -> each.id().equals(id) && index < each.manifest().chunks().size())
            .findFirst();
    if (found.isEmpty() || !Files.exists(found.get().file())) {
      return Bytes.EMPTY;
    }
    try (SnapshotFile open = SnapshotFile.open(found.get().file())) {
      return open.chunk((int) index) instanceof Verdict.Accepted<Bytes>(Bytes chunk)
          ? chunk
          : Bytes.EMPTY;
    } catch (TrestleException e) {
      LOG.warn("a snapshot cannot be read", e);
      return Bytes.EMPTY;
    }
  }

  @Override
  public void close() {
    maker.shutdownNow(); // what it reads from is closed next
  }

  /** A snapshot that fails is one less to serve; the store will say if the disk is broken. */
  private void make(Tables.Frozen frozen, long height) {
    try (frozen) {
      Path file = folder.file(height);
      if (!Files.exists(file)) {
        SnapshotManifest made = SnapshotFile.create(file, frozen, chainId);
        NodeEvent.SNAPSHOT_MADE
            .on(LOG)
            .addKeyValue("height", height)
            .addKeyValue("bytes", made.totalBytes())
            .log("a snapshot was made");
      }
      folder.keep(KEPT);
      refresh();
    } catch (TrestleException e) {
      LOG.warn("no snapshot of height {}", height, e);
    }
  }

  private void refresh() {
    List<Held> found = new ArrayList<>();
    for (Path file : folder.newestFirst().stream().limit(KEPT).toList()) {
      try {
        found.add(Held.of(file));
      } catch (TrestleException e) {
        LOG.warn("not a snapshot: {}", file, e);
      }
    }
    held = List.copyOf(found);
  }
}
