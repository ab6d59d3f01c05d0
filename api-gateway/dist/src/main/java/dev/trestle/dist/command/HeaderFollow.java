package dev.trestle.dist.command;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A light client with its state in memory, fed from a node that is not trusted: what {@link #head}
 * returns follows from the anchor and the client's own rules alone. Not thread-safe.
 */
final class HeaderFollow {
  /** Headers in one update. */
  static final int BATCH = 500;

  /** Heights whose ids are remembered to find where the node's branch leaves ours. */
  static final int WINDOW = 2_016;

  /** Answers in a row that do not join what the node said a moment before. */
  static final int MAX_UNSTABLE = 10;

  /** Work of one update: {@link #BATCH} scrypt hashes and as much again. */
  private static final long WORK = 2 * BATCH * Budget.SCRYPT;

  private final HeaderSource source;
  private final LightClient client;
  private final TimeSource time;
  private final TreeMap<Bytes, Bytes> state = new TreeMap<>();
  private final TreeMap<Long, Hash32> told = new TreeMap<>();
  private long verified;
  private int unstable;

  /**
   * @throws CliException {@code anchor-rejected} with the client's code
   */
  HeaderFollow(HeaderSource source, LightClient client, Bytes anchor, TimeSource time) {
    this.source = source;
    this.client = client;
    this.time = time;
    write(accepted("anchor-rejected", client.initialize(anchor, new Budget(WORK))));
    HeaderRef first = client.latest(view());
    told.put(first.height(), first.id());
  }

  /** The best header that the client itself has verified, or the anchor's. */
  HeaderRef head() {
    return client.latest(view());
  }

  /** Headers verified so far, those of branches that were left included. */
  long verified() {
    return verified;
  }

  /**
   * Height that the chain's finality rule makes irreversible; empty while none is, and when the
   * node names a block that is not on the verified branch.
   */
  Optional<Long> finalized() {
    HeaderRef head = head();
    if (!head.id().equals(told.get(head.height()))) {
      return Optional.empty(); // two branches of equal work: the node is on the other one
    }
    try {
      HeaderRef last = await(source.finalized()).ref();
      return last.id().equals(told.get(last.height()))
          ? Optional.of(last.height())
          : Optional.empty();
    } catch (AdapterException e) {
      if (e.error() == AdapterError.NOT_FOUND) {
        return Optional.empty(); // a chain this young has no final block
      }
      throw e;
    }
  }

  /**
   * Verifies the next headers of the node's best chain, at most {@link #BATCH}.
   *
   * @return whether the node had any that the client did not know
   * @throws CliException {@code header-rejected} with the client's code when the node's headers
   *     break the chain's rules; {@code reorg-beyond-window} when its branch leaves ours below
   *     every remembered height; {@code node-inconsistent} when its answers contradict each other
   * @throws AdapterException when the node does not answer
   */
  boolean step() {
    RawHeader best = await(source.latest());
    long height = best.ref().height();
    if (best.ref().id().equals(told.get(height)) && height == told.lastKey()) {
      unstable = 0;
      return false;
    }
    long fork = fork(height);
    if (fork == height) {
      return false; // a shorter stretch of what is known
    }
    long to = Math.min(height, fork + BATCH);
    List<RawHeader> headers = await(source.range(fork + 1, to));
    if (headers.size() != to - fork || !headers.getFirst().parent().equals(told.get(fork))) {
      wasUnstable(fork);
      return true;
    }
    feed(headers);
    told.tailMap(fork, false).clear();
    headers.forEach(header -> told.put(header.ref().height(), header.ref().id()));
    while (told.size() > WINDOW) {
      told.pollFirstEntry();
    }
    verified += headers.size();
    unstable = 0;
    return true;
  }

  /** The highest remembered header that is on the node's best chain. */
  private long fork(long nodeHeight) {
    for (long height = Math.min(nodeHeight, told.lastKey()); height >= told.firstKey(); height--) {
      if (await(source.at(height)).ref().id().equals(told.get(height))) {
        return height;
      }
    }
    throw new CliException(
        "reorg-beyond-window",
        Failures.VERIFICATION,
        "the node's chain does not hold any header from " + told.firstKey() + " on that it gave");
  }

  /** A reorganisation between two questions looks like this, but not again and again. */
  private void wasUnstable(long fork) {
    if (++unstable >= MAX_UNSTABLE) {
      throw new CliException(
          "node-inconsistent",
          Failures.VERIFICATION,
          "the headers that the node gives do not join its own header " + fork);
    }
  }

  private void feed(List<RawHeader> headers) {
    Bytes message = client.encodeUpdate(headers.stream().map(RawHeader::raw).toList());
    VerifiedUpdate update =
        accepted(
            "header-rejected", client.verify(view(), message, new Budget(WORK), time.nowSeconds()));
    write(client.apply(view(), update));
  }

  private static <T> T accepted(String code, Verdict<T> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<T>(T value) -> value;
      case Verdict.Ignored<T>(ReasonCode reason, String detail) -> throw no(code, reason, detail);
      case Verdict.Rejected<T>(ReasonCode reason, String detail) -> throw no(code, reason, detail);
      case Verdict.Later<T>(ReasonCode reason, String detail) -> throw no(code, reason, detail);
    };
  }

  private static CliException no(String code, ReasonCode reason, String detail) {
    return new CliException(code, Failures.VERIFICATION, reason.code() + ": " + detail);
  }

  private ClientView view() {
    return key -> Optional.ofNullable(state.get(key));
  }

  private void write(ClientDelta delta) {
    delta
        .writes()
        .forEach(
            (key, value) ->
                value.ifPresentOrElse(bytes -> state.put(key, bytes), () -> state.remove(key)));
  }
}
