package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.sync.HeaderSync;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all peers have told, verified by our own light client, which decides by work alone. A branch
 * that leaves the best chain too deep to be followed in place is taken from one peer at a time into
 * a chain of its own, and takes the other's place when it has more work: so that who comes first
 * with a cheap chain does not keep the honest one out. Thread-safe.
 */
final class HeaderForest implements HeaderReader {
  private static final Logger LOG = LoggerFactory.getLogger(HeaderForest.class);

  /** Ids at the beginning of a locator that follow each other; then in growing steps. */
  private static final int LOCATOR_DENSE = 10;

  private final ChainParameters network;
  private final HeaderRules rules;
  private final int maxReorgDepth;
  private HeaderSync best;
  private Optional<Challenge> challenge = Optional.empty();

  /** A chain that one peer says has more work. */
  private record Challenge(int peer, HeaderSync chain) {}

  /**
   * @param maxReorgDepth blocks that a reorganisation disconnects in place
   */
  HeaderForest(ChainParameters network, int maxReorgDepth) {
    this.network = network;
    this.rules = new HeaderRules(network);
    this.maxReorgDepth = maxReorgDepth;
    this.best = HeaderSync.fromGenesis(network, maxReorgDepth);
  }

  /**
   * Verifies headers of a peer, a parent before its child.
   *
   * @param headers at least one
   * @throws PeerException BAD_HEADERS with the client's code in its text; FROM_THE_FUTURE; BUSY
   *     when the branch would need a chain of its own and another peer has it
   */
  synchronized PeerSession.Fed feed(int peer, List<Bytes> headers, long nowSeconds) {
    HeaderSync chain = of(peer);
    List<Bytes> fresh = unknown(chain, headers);
    if (fresh.isEmpty()) {
      return PeerSession.Fed.KNOWN;
    }
    Verdict<Integer> verdict = chain.add(Bytes.concat(fresh.toArray(Bytes[]::new)), nowSeconds);
    promote(peer);
    return switch (verdict) {
      case Verdict.Accepted<Integer>(Integer added) ->
          added >= least(headers.size()) ? PeerSession.Fed.TAKEN : PeerSession.Fed.KNOWN;
      case Verdict.Ignored<Integer> _ -> PeerSession.Fed.KNOWN;
      case Verdict.Later<Integer>(var reason, String detail) ->
          throw new PeerException(PeerFault.FROM_THE_FUTURE, reason.code() + ": " + detail);
      case Verdict.Rejected<Integer>(var reason, String detail) -> {
        if (reason == RejectionCode.BAD_PREV) {
          yield PeerSession.Fed.UNCONNECTED;
        }
        if (reason == RejectionCode.REORG_TOO_DEEP || reason == RejectionCode.BUDGET_EXCEEDED) {
          yield openChallenge(peer, BlockHeader.of(fresh.getFirst()), detail);
        }
        throw new PeerException(PeerFault.BAD_HEADERS, reason.code() + ": " + detail);
      }
    };
  }

  /**
   * New headers that make a message useful. Of a full one half: who gives them one by one would be
   * asked on for years while others wait.
   */
  private static int least(int headers) {
    return headers < PeerSession.MAX_HEADERS ? 1 : PeerSession.MAX_HEADERS / 2;
  }

  /** What the best chain does not hold already: to look again would cost their work. */
  private static List<Bytes> unknown(HeaderSync chain, List<Bytes> headers) {
    int known = 0;
    while (known < headers.size()
        && chain.heightOf(BlockHeader.of(headers.get(known)).id()).isPresent()) {
      known++;
    }
    return headers.subList(known, headers.size());
  }

  private HeaderSync of(int peer) {
    return challenge.filter(each -> each.peer() == peer).map(Challenge::chain).orElse(best);
  }

  private PeerSession.Fed openChallenge(int peer, BlockHeader first, String detail) {
    if (!rules.hasProofOfWork(first)) {
      // a branch that leaves too deep is refused unseen: the one place must cost something
      throw new PeerException(PeerFault.BAD_HEADERS, RejectionCode.HIGH_HASH.code() + ": " + first);
    }
    if (challenge.isPresent()) {
      throw new PeerException(
          challenge.get().peer() == peer ? PeerFault.BAD_HEADERS : PeerFault.BUSY, detail);
    }
    challenge = Optional.of(new Challenge(peer, HeaderSync.fromGenesis(network, maxReorgDepth)));
    return PeerSession.Fed.FROM_THE_START;
  }

  private void promote(int peer) {
    challenge
        .filter(each -> each.peer() == peer)
        .filter(each -> each.chain().chainWork().compareTo(best.chainWork()) > 0)
        .ifPresent(
            each -> {
              LOG.warn(
                  "a branch of {} with more work than {} leaves it more than {} blocks below",
                  each.chain().head(),
                  best.head(),
                  maxReorgDepth);
              best = each.chain();
              challenge = Optional.empty();
            });
  }

  /**
   * The peer has given all that it has.
   *
   * @throws PeerException LESS_WORK if that was a chain of its own with less work than ours
   */
  synchronized void upToDate(int peer) {
    if (hasChallenge(peer)) {
      challenge = Optional.empty();
      throw new PeerException(PeerFault.LESS_WORK, "its branch ends with less work than ours");
    }
  }

  /** Whether a chain of its own is taken from the peer. */
  synchronized boolean hasChallenge(int peer) {
    return challenge.filter(each -> each.peer() == peer).isPresent();
  }

  /** The peer is gone, and a chain of its own with it. */
  synchronized void left(int peer) {
    challenge = challenge.filter(each -> each.peer() != peer);
  }

  /** Ids of the chain that is fed by a peer, from its tip down to genesis, wire order. */
  synchronized List<Hash32> locator(int peer) {
    HeaderSync chain = of(peer);
    List<Hash32> ids = new ArrayList<>();
    long step = 1;
    for (long height = chain.head().height(); height > 0; height -= step) {
      chain.header(height).map(BlockHeader::id).ifPresent(ids::add);
      if (ids.size() >= LOCATOR_DENSE) {
        step *= 2;
      }
    }
    ids.add(network.genesis().id());
    return ids;
  }

  synchronized HeaderRef head() {
    return best.head();
  }

  @Override
  public synchronized RawHeader tip() {
    return at(best.head().height());
  }

  @Override
  public synchronized RawHeader at(long height) {
    return best.header(height)
        .map(header -> raw(height, header))
        .orElseThrow(
            () -> new AdapterException(AdapterError.NOT_FOUND, "no header at height " + height));
  }

  @Override
  public Hash32 hashAt(long height) {
    return at(height).ref().id();
  }

  @Override
  public synchronized List<RawHeader> range(long from, RawHeader to) {
    List<RawHeader> headers = new ArrayList<>();
    for (long height = from; height <= to.ref().height(); height++) {
      headers.add(at(height));
    }
    if (headers.isEmpty() || !headers.getLast().ref().id().equals(to.ref().id())) {
      throw new AdapterException(
          AdapterError.NODE_ERROR, "headers do not lead to the wanted one; a reorganisation?");
    }
    return headers;
  }

  @Override
  public synchronized Optional<BlockHeader> byHash(Hash32 id) {
    return best.heightOf(id).flatMap(best::header);
  }

  private static RawHeader raw(long height, BlockHeader header) {
    return new RawHeader(
        new HeaderRef(height, header.id(), header.time()), header.previous(), header.raw());
  }
}
