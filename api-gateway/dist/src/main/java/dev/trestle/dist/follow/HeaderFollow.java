package dev.trestle.dist.follow;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A light client with its state in memory, fed from a node that is not trusted: what {@link #head}
 * returns follows from the anchor and the client's own rules alone. Not thread-safe.
 */
final class HeaderFollow implements Follow {
  /** Headers in one update. */
  static final int BATCH = 500;

  /** Heights whose ids are remembered to find where the node's branch leaves ours. */
  static final int WINDOW = 2_016;

  /** Answers in a row that do not join what the node said a moment before. */
  static final int MAX_UNSTABLE = 10;

  /** Work of one update: {@link #BATCH} scrypt hashes and as much again. */
  private static final long WORK = 2 * BATCH * Budget.SCRYPT;

  private final HeaderSource source;
  private final ClientMemory memory;
  private final TreeMap<Long, Hash32> told = new TreeMap<>();
  private long verified;
  private long best;
  private int unstable;

  /**
   * @throws CliException {@code anchor-rejected} with the client's code
   */
  HeaderFollow(HeaderSource source, LightClient client, Bytes anchor, TimeSource time) {
    this.source = source;
    this.memory = new ClientMemory(client, anchor, WORK, time);
    HeaderRef first = memory.head();
    told.put(first.height(), first.id());
  }

  @Override
  public HeaderRef head() {
    return memory.head();
  }

  @Override
  public String id() {
    return head().id().toReversedHex();
  }

  @Override
  public long verified() {
    return verified;
  }

  @Override
  public long best() {
    return best;
  }

  /** Empty also when the node names a block that is not on the verified branch. */
  @Override
  public Optional<Long> finalized() {
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
   * At most {@link #BATCH} headers of the node's best chain.
   *
   * @throws CliException {@code header-rejected}; {@code reorg-beyond-window} when the node's
   *     branch leaves ours below every remembered height; {@code node-inconsistent} when its
   *     answers contradict each other
   */
  @Override
  public boolean step() {
    HeaderRef latest = await(source.latest()).ref();
    long height = latest.height();
    best = height;
    if (latest.id().equals(told.get(height)) && height == told.lastKey()) {
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
    memory.update(memory.client().encodeUpdate(headers.stream().map(RawHeader::raw).toList()));
  }
}
