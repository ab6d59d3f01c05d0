package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches decided blocks from whoever says it has them, each proven by its own certificate against
 * the set of its height. Entered and left at any time: whenever a peer is ahead it asks, one range
 * at a time. What peers claim decides only whom to ask. Runs on the core thread.
 */
final class BlockSync {
  private static final Logger LOG = LoggerFactory.getLogger(BlockSync.class);
  static final long ANSWER_MS = 3_000;

  /** A peer that sent a false block, or nothing where it claimed to have some, is not asked. */
  static final long AVOID_MS = 30_000;

  /** A validator that is one block behind waits this long for consensus to bring it. */
  static final long PATIENCE_MS = 500;

  private final Port port;
  private final boolean follower;
  private final Map<Hash32, Source> sources = new TreeMap<>();
  private Optional<Request> open = Optional.empty();
  private long wanted;
  private long behindSinceMs = -1;
  private long turn;

  /** What sync needs of the node. */
  interface Port {
    ChainHead head();

    void request(Hash32 peer, SyncRequest request);

    /** Checks and stores a block that follows the head. */
    Verdict<Block> apply(Block block, CommitCertificate certificate);

    /** The head moved: called once after a batch. */
    void headMoved();

    void disconnect(Hash32 peer, String reason);
  }

  private record Request(Hash32 peer, long from, long deadlineMs) {}

  private static final class Source {
    private PeerStatus status;
    private long avoidUntilMs;

    private Source(PeerStatus status) {
      this.status = status;
    }
  }

  BlockSync(Port port, boolean follower) {
    this.port = port;
    this.follower = follower;
  }

  void status(Hash32 peer, PeerStatus status, long nowMs) {
    Source source = sources.get(peer);
    if (source == null) {
      sources.put(peer, new Source(status));
    } else {
      source.status = status;
    }
    tick(nowMs);
  }

  void left(Hash32 peer) {
    sources.remove(peer);
    open = open.filter(request -> !request.peer().equals(peer));
  }

  Map<Hash32, PeerStatus> statuses() {
    Map<Hash32, PeerStatus> all = new TreeMap<>();
    sources.forEach((peer, source) -> all.put(peer, source.status));
    return all;
  }

  /** The highest head that any peer claims; nothing is believed because of it. */
  long claimedHead() {
    return sources.values().stream().mapToLong(source -> source.status.head()).max().orElse(0);
  }

  /** Consensus knows that this height is decided. */
  void need(long height, long nowMs) {
    wanted = Math.max(wanted, height);
    tick(nowMs);
  }

  /** Asks the next peer when it is time to. */
  void tick(long nowMs) {
    long head = port.head().height();
    long claimed = claimedHead();
    if (claimed <= head) {
      behindSinceMs = -1;
      return;
    }
    if (behindSinceMs < 0) {
      behindSinceMs = nowMs;
    }
    if (open.filter(request -> nowMs < request.deadlineMs()).isPresent()) {
      return;
    }
    open.ifPresent(late -> avoid(late.peer(), nowMs));
    open = Optional.empty();
    boolean due =
        follower || claimed >= head + 2 || wanted > head || nowMs - behindSinceMs >= PATIENCE_MS;
    if (!due) {
      return;
    }
    List<Hash32> able =
        sources.entrySet().stream()
            .filter(e -> e.getValue().status.head() > head && e.getValue().avoidUntilMs <= nowMs)
            .sorted(Comparator.comparing(Map.Entry::getKey))
            .map(Map.Entry::getKey)
            .toList();
    if (!able.isEmpty()) {
      Hash32 peer = able.get((int) (turn++ % able.size()));
      open = Optional.of(new Request(peer, head + 1, nowMs + ANSWER_MS));
      port.request(peer, new SyncRequest(head + 1, SyncRequest.MAX_BLOCKS));
    }
  }

  /** Blocks that were asked for, or that a peer sent because it saw that we are behind. */
  void blocks(Hash32 peer, Bytes payload, long nowMs) {
    boolean answer = open.filter(request -> request.peer().equals(peer)).isPresent();
    if (answer) {
      open = Optional.empty();
    }
    long before = port.head().height();
    Optional<String> fault = applyAll(payload);
    long after = port.head().height();
    if (after > before) {
      behindSinceMs = -1;
      port.headMoved();
    }
    if (fault.isPresent()) {
      LOG.warn("blocks from {} refused: {}", peer, fault.get());
      avoid(peer, nowMs);
      port.disconnect(peer, fault.get());
    } else if (answer && after == before) {
      avoid(peer, nowMs);
    }
    tick(nowMs);
  }

  private Optional<String> applyAll(Bytes payload) {
    SyncResponse response;
    try {
      response = SyncResponse.decode(payload);
    } catch (DecodeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    for (SyncResponse.Item item : response.items()) {
      Verdict<Block> applied =
          Block.decode(item.block())
              .then(
                  block ->
                      CommitCertificate.decode(item.certificate())
                          .then(certificate -> applyOne(block, certificate)));
      switch (applied) {
        case Verdict.Accepted<Block> _, Verdict.Ignored<Block> _ -> {}
        case Verdict.Later<Block> _ -> {
          return Optional.empty();
        }
        case Verdict.Rejected<Block>(var reason, String detail) -> {
          return Optional.of(reason.code() + ": " + detail);
        }
      }
    }
    return Optional.empty();
  }

  private Verdict<Block> applyOne(Block block, CommitCertificate certificate) {
    long next = port.head().height() + 1;
    if (block.height() < next) {
      return Verdict.ignore(NodeReason.DUPLICATE, "known already");
    }
    if (block.height() > next) {
      return Verdict.later(NodeReason.BAD_BLOCK, "a gap before " + block.height());
    }
    return port.apply(block, certificate);
  }

  private void avoid(Hash32 peer, long nowMs) {
    Source source = sources.get(peer);
    if (source != null) {
      source.avoidUntilMs = nowMs + AVOID_MS;
    }
  }
}
