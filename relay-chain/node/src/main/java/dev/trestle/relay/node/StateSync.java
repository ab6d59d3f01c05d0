package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a snapshot when blocks alone would take too long or are not to be had: asks one peer
 * after the other for an offer, takes the chunks of one that fits from whoever has them, and hands
 * the finished store over. Everything is verified by {@link SnapshotRestore}; a peer that sends a
 * false chunk or offers a false snapshot is cut off and another one is asked. Runs on the core
 * thread, the work on the store does not.
 */
final class StateSync {
  private static final Logger LOG = LoggerFactory.getLogger(StateSync.class);
  static final long ANSWER_MS = 10_000;

  /** A peer with a false or no fitting snapshot is not asked. */
  static final long AVOID_MS = 30_000;

  static final int MAX_AVOIDED = 1_000;

  private final Port port;
  private final long farBlocks;
  private final Map<Hash32, Long> avoided = new TreeMap<>();
  private Phase phase = new Phase.Idle();
  private long turn;

  /** What state sync needs of the node. */
  interface Port {
    long nowMs();

    /** Height of the newest block here. */
    long head();

    /** What connected peers say of their heads, best sources first. */
    List<Map.Entry<Hash32, Long>> sources();

    /** Whether peers that are ahead had no blocks for us. */
    boolean isUnserved();

    void ask(Hash32 peer, SnapshotMessages.Ask ask);

    void ask(Hash32 peer, SnapshotMessages.AskChunk ask);

    Verdict<SnapshotRestore> begin(SnapshotManifest manifest);

    /** Does work off the core thread, and goes on with the result on it. */
    <T> void work(Supplier<T> task, Consumer<T> then);

    void disconnect(Hash32 peer, String reason);

    /** The new store is whole and takes the place of the node's own now. */
    void ready(SnapshotRestore restored);
  }

  private sealed interface Phase {
    record Idle() implements Phase {}

    record Asked(Hash32 peer, long deadlineMs) implements Phase {}

    /**
     * @param offeredBy who is blamed if the whole is false
     * @param from who is asked for the next chunk
     */
    record Fetching(
        SnapshotRestore restore, Hash32 id, Hash32 offeredBy, Hash32 from, long deadlineMs)
        implements Phase {}

    /** A chunk or the whole is being worked on. */
    record Working(SnapshotRestore restore) implements Phase {}

    record Done() implements Phase {}
  }

  /**
   * @param farBlocks a node that is further behind takes a snapshot although blocks can be had
   */
  StateSync(Port port, long farBlocks) {
    this.port = port;
    this.farBlocks = farBlocks;
  }

  void tick(long nowMs) {
    switch (phase) {
      case Phase.Idle idle -> look(nowMs);
      case Phase.Asked(Hash32 peer, long deadline) -> {
        if (nowMs >= deadline) {
          avoid(peer, nowMs);
          phase = new Phase.Idle();
        }
      }
      case Phase.Fetching fetching -> {
        if (port.head() >= fetching.restore().manifest().height()) {
          abort(fetching.restore());
        } else if (nowMs >= fetching.deadlineMs()) {
          avoid(fetching.from(), nowMs);
          next(fetching.restore(), fetching.id(), fetching.offeredBy(), nowMs);
        }
      }
      case Phase.Working working -> {}
      case Phase.Done done -> {}
    }
  }

  private void look(long nowMs) {
    long head = port.head();
    long claimed = port.sources().stream().mapToLong(Map.Entry::getValue).max().orElse(0);
    if (claimed <= head || !(claimed - head > farBlocks || port.isUnserved())) {
      return;
    }
    Optional<Hash32> peer = choose(head, nowMs);
    if (peer.isPresent()) {
      phase = new Phase.Asked(peer.get(), nowMs + ANSWER_MS);
      port.ask(peer.get(), new SnapshotMessages.Ask(head));
    }
  }

  private Optional<Hash32> choose(long above, long nowMs) {
    List<Hash32> able =
        port.sources().stream()
            .filter(source -> source.getValue() > above)
            .map(Map.Entry::getKey)
            .filter(peer -> avoided.getOrDefault(peer, 0L) <= nowMs)
            .toList();
    return able.isEmpty() ? Optional.empty() : Optional.of(able.get((int) (turn++ % able.size())));
  }

  /** An answer that was not asked for is not looked at. */
  void offer(Hash32 peer, SnapshotMessages.Offer offer, long nowMs) {
    if (!(phase instanceof Phase.Asked(Hash32 asked, long deadline)) || !asked.equals(peer)) {
      return;
    }
    phase = new Phase.Idle();
    Optional<Verdict<SnapshotManifest>> decoded = offer.manifest().map(SnapshotManifest::decode);
    if (decoded.isEmpty()) {
      avoid(peer, nowMs);
      return;
    }
    switch (decoded.get()) {
      case Verdict.Accepted<SnapshotManifest>(SnapshotManifest manifest) ->
          consider(peer, offer.lowest(), manifest, nowMs);
      case Verdict.Rejected<SnapshotManifest>(var reason, String detail) ->
          blame(peer, reason.code() + ": " + detail, nowMs);
      case Verdict.Ignored<SnapshotManifest> _, Verdict.Later<SnapshotManifest> _ -> {}
    }
  }

  /** A snapshot must be worth it: blocks are not to be had, or there would be many. */
  private void consider(Hash32 peer, long lowest, SnapshotManifest manifest, long nowMs) {
    long gain = manifest.height() - port.head();
    if (gain <= 0 || (gain <= farBlocks && lowest <= port.head() + 1)) {
      avoid(peer, nowMs);
      return;
    }
    switch (port.begin(manifest)) {
      case Verdict.Accepted<SnapshotRestore>(SnapshotRestore restore) -> {
        NodeEvent.STATE_SYNC
            .on(LOG)
            .addKeyValue("height", manifest.height())
            .addKeyValue("bytes", manifest.totalBytes())
            .addKeyValue("peer", peer)
            .log("fetching a snapshot");
        request(restore, manifest.id(), peer, peer, nowMs);
      }
      case Verdict.Rejected<SnapshotRestore>(var reason, String detail) -> {
        LOG.info("snapshot of {} not taken: {}: {}", peer, reason.code(), detail);
        avoid(peer, nowMs);
      }
      case Verdict.Ignored<SnapshotRestore> _, Verdict.Later<SnapshotRestore> _ -> {}
    }
  }

  private void request(
      SnapshotRestore restore, Hash32 id, Hash32 offeredBy, Hash32 from, long nowMs) {
    phase = new Phase.Fetching(restore, id, offeredBy, from, nowMs + ANSWER_MS);
    port.ask(from, new SnapshotMessages.AskChunk(id, restore.next()));
  }

  /** Asks somebody else for the chunk; gives up if nobody is left. */
  private void next(SnapshotRestore restore, Hash32 id, Hash32 offeredBy, long nowMs) {
    Optional<Hash32> other = choose(port.head(), nowMs);
    if (other.isPresent()) {
      request(restore, id, offeredBy, other.get(), nowMs);
    } else {
      abort(restore);
    }
  }

  void chunk(Hash32 peer, SnapshotMessages.Chunk chunk, long nowMs) {
    if (!(phase instanceof Phase.Fetching fetching)
        || !fetching.from().equals(peer)
        || !fetching.id().equals(chunk.id())
        || chunk.index() != fetching.restore().next()) {
      return;
    }
    SnapshotRestore restore = fetching.restore();
    if (chunk.bytes().isEmpty()) {
      avoid(peer, nowMs);
      next(restore, fetching.id(), fetching.offeredBy(), nowMs);
      return;
    }
    phase = new Phase.Working(restore);
    port.work(
        () -> {
          if (!restore.expects(chunk.bytes())) {
            return Optional.<Verdict<Integer>>empty();
          }
          return Optional.of(restore.add(chunk.bytes()));
        },
        added -> taken(fetching, added, port.nowMs()));
  }

  private void taken(Phase.Fetching fetching, Optional<Verdict<Integer>> added, long nowMs) {
    SnapshotRestore restore = fetching.restore();
    if (added.isEmpty()) { // not the one of the manifest: it is the sender's fault
      blame(fetching.from(), NodeReason.SNAPSHOT_INVALID.code() + ": a false chunk", nowMs);
      next(restore, fetching.id(), fetching.offeredBy(), nowMs);
      return;
    }
    switch (added.get()) {
      case Verdict.Accepted<Integer>(Integer index) -> {
        if (index < restore.manifest().chunks().size()) {
          request(restore, fetching.id(), fetching.offeredBy(), fetching.from(), nowMs);
        } else {
          port.work(restore::finish, done -> finished(fetching, done, port.nowMs()));
        }
      }
      case Verdict.Rejected<Integer>(var reason, String detail) ->
          fail(fetching, reason.code() + ": " + detail, nowMs);
      case Verdict.Ignored<Integer> _, Verdict.Later<Integer> _ -> abort(restore);
    }
  }

  private void finished(Phase.Fetching fetching, Verdict<Hash32> done, long nowMs) {
    switch (done) {
      case Verdict.Accepted<Hash32> _ -> {
        phase = new Phase.Done();
        port.ready(fetching.restore());
      }
      case Verdict.Rejected<Hash32>(var reason, String detail) ->
          fail(fetching, reason.code() + ": " + detail, nowMs);
      case Verdict.Ignored<Hash32> _, Verdict.Later<Hash32> _ -> abort(fetching.restore());
    }
  }

  /** The whole is false: who offered it is to blame, whoever sent the chunks. */
  private void fail(Phase.Fetching fetching, String why, long nowMs) {
    abort(fetching.restore());
    blame(fetching.offeredBy(), why, nowMs);
  }

  private void abort(SnapshotRestore restore) {
    restore.close();
    phase = new Phase.Idle();
  }

  private void blame(Hash32 peer, String why, long nowMs) {
    NodeEvent.SNAPSHOT_REFUSED
        .on(LOG)
        .addKeyValue("peer", peer)
        .log("a snapshot of a peer does not verify: {}", why);
    avoid(peer, nowMs);
    port.disconnect(peer, why);
  }

  private void avoid(Hash32 peer, long nowMs) {
    avoided.values().removeIf(until -> until <= nowMs);
    if (avoided.size() < MAX_AVOIDED) {
      avoided.put(peer, nowMs + AVOID_MS);
    }
  }

  /** Ends; what was fetched so far is dropped at the next start. */
  void close() {
    switch (phase) {
      case Phase.Fetching fetching -> abort(fetching.restore());
      case Phase.Working(SnapshotRestore restore) -> abort(restore);
      case Phase.Idle _, Phase.Asked _, Phase.Done _ -> {}
    }
  }

  /** Validators first, then by fingerprint: the order in which sources are asked in turn. */
  static List<Map.Entry<Hash32, Long>> ordered(
      Map<Hash32, PeerStatus> statuses, java.util.Set<Hash32> validators) {
    return statuses.entrySet().stream()
        .map(each -> Map.entry(each.getKey(), each.getValue().head()))
        .sorted(
            Comparator.comparing(
                    (Map.Entry<Hash32, Long> each) -> !validators.contains(each.getKey()))
                .thenComparing(Map.Entry::getKey))
        .toList();
  }
}
