package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
  static final long AVOID_MS = 10_000;

  static final int MAX_AVOIDED = 1_000;

  /** A validator that is one block behind waits this long for consensus to bring it. */
  static final long PATIENCE_MS = 500;

  private final Port port;
  private final BooleanSupplier follows;
  private final Supplier<Set<Hash32>> validators;
  private final Map<Hash32, PeerStatus> sources = new TreeMap<>();
  private final Map<Hash32, Long> avoided = new TreeMap<>();
  private Optional<Request> open = Optional.empty();
  private long wanted;
  private long behindSinceMs = -1;
  private boolean paused;
  private boolean unserved;
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

  /** A block that somebody says is decided. */
  record Offer(Block block, CommitCertificate certificate) {}

  private record Request(Hash32 peer, long from, long deadlineMs) {}

  BlockSync(Port port, boolean follower) {
    this(port, () -> follower, Set::of);
  }

  /**
   * @param follows whether no consensus of this node brings the next block
   * @param validators asked before anybody else: strangers that claim to have blocks and stay
   *     silent cost a turn each, and there may be many of them
   */
  BlockSync(Port port, BooleanSupplier follows, Supplier<Set<Hash32>> validators) {
    this.port = port;
    this.follows = follows;
    this.validators = validators;
  }

  void status(Hash32 peer, PeerStatus status, long nowMs) {
    sources.put(peer, status);
    tick(nowMs);
  }

  void left(Hash32 peer) {
    sources.remove(peer);
    open = open.filter(request -> !request.peer().equals(peer));
  }

  Map<Hash32, PeerStatus> statuses() {
    return new TreeMap<>(sources);
  }

  /**
   * The highest head that more than {@code liars} of these peers claim to have reached, so that at
   * least one of them is honest; 0 if so many are not connected.
   */
  long certainHead(Set<Hash32> validators, int liars) {
    return sources.entrySet().stream()
        .filter(source -> validators.contains(source.getKey()))
        .map(source -> source.getValue().head())
        .sorted(Comparator.reverseOrder())
        .skip(liars)
        .findFirst()
        .orElse(0L);
  }

  /** Whether a peer that is ahead had none of the next blocks, and nobody has sent any since. */
  boolean isUnserved() {
    return unserved;
  }

  /** The highest head that any peer claims; nothing is believed because of it. */
  long claimedHead() {
    return sources.values().stream().mapToLong(PeerStatus::head).max().orElse(0);
  }

  /** Consensus knows that this height is decided. */
  void need(long height, long nowMs) {
    wanted = Math.max(wanted, height);
    tick(nowMs);
  }

  /** While it is paused nothing is asked for and nothing is stored. */
  void pause(boolean now) {
    paused = now;
    if (now) {
      open = Optional.empty();
      behindSinceMs = -1;
    }
  }

  /** Asks the next peer when it is time to. */
  void tick(long nowMs) {
    if (paused) {
      return;
    }
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
        follows.getAsBoolean()
            || claimed >= head + 2
            || wanted > head
            || nowMs - behindSinceMs >= PATIENCE_MS;
    if (!due) {
      return;
    }
    List<Hash32> able =
        sources.entrySet().stream()
            .filter(source -> source.getValue().head() > head)
            .filter(source -> avoided.getOrDefault(source.getKey(), 0L) <= nowMs)
            .sorted(Comparator.comparing(Map.Entry::getKey))
            .map(Map.Entry::getKey)
            .toList();
    List<Hash32> known = able.stream().filter(validators.get()::contains).toList();
    List<Hash32> asked = known.isEmpty() ? able : known;
    if (!asked.isEmpty()) {
      Hash32 peer = asked.get((int) (turn++ % asked.size()));
      open = Optional.of(new Request(peer, head + 1, nowMs + ANSWER_MS));
      port.request(peer, new SyncRequest(head + 1, SyncRequest.MAX_BLOCKS));
    }
  }

  /** Blocks and certificates of a response, decoded but not verified; may run on any thread. */
  static Verdict<List<Offer>> decode(Bytes payload) {
    SyncResponse response;
    try {
      response = SyncResponse.decode(payload);
    } catch (DecodeException e) {
      return Verdict.reject(NodeReason.BAD_FRAME, String.valueOf(e.getMessage()));
    }
    List<Offer> offers = new ArrayList<>();
    for (SyncResponse.Item item : response.items()) {
      Verdict<Offer> offer =
          Block.decode(item.block())
              .then(
                  block ->
                      CommitCertificate.decode(item.certificate())
                          .then(certificate -> Verdict.accept(new Offer(block, certificate))));
      if (!(offer instanceof Verdict.Accepted<Offer>(Offer decoded))) {
        return offer.then(never -> Verdict.accept(List.of()));
      }
      offers.add(decoded);
    }
    return Verdict.accept(List.copyOf(offers));
  }

  /**
   * Blocks that were asked for, or that a validator sent because it saw that we are behind. From
   * others unasked ones are not looked at.
   */
  void blocks(Peer peer, List<Offer> offers, long nowMs) {
    Hash32 from = peer.fingerprint();
    boolean answer = open.filter(request -> request.peer().equals(from)).isPresent();
    if (paused) {
      return;
    }
    if (!answer && !peer.validator()) {
      return;
    }
    if (answer) {
      open = Optional.empty();
    }
    long before = port.head().height();
    Optional<String> fault = applyAll(offers);
    long after = port.head().height();
    if (after > before) {
      behindSinceMs = -1;
      unserved = false;
      port.headMoved();
    }
    if (fault.isPresent()) {
      NodeEvent.BLOCKS_REFUSED
          .on(LOG)
          .addKeyValue("peer", from)
          .log("blocks of a peer do not verify: {}", fault.get());
      avoid(from, nowMs);
      port.disconnect(from, fault.get());
    } else if (answer && after == before) {
      unserved |= offers.isEmpty();
      avoid(from, nowMs);
    }
    tick(nowMs);
  }

  private Optional<String> applyAll(List<Offer> offers) {
    for (Offer offer : offers) {
      switch (applyOne(offer.block(), offer.certificate())) {
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

  /** Remembered beyond the connection, so that reconnecting does not help. */
  private void avoid(Hash32 peer, long nowMs) {
    avoided.values().removeIf(until -> until <= nowMs);
    if (avoided.size() < MAX_AVOIDED) {
      avoided.put(peer, nowMs + AVOID_MS);
    }
  }
}
