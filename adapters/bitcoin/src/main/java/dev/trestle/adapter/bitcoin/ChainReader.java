package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the best chain. Which block is the tip is agreed by more than half of the nodes; everything
 * below follows from its hash and is checked against it, so that any one node can serve it.
 *
 * <p>Methods block: they are for virtual threads.
 */
final class ChainReader implements HeaderReader {
  /** Block times whose median is a block's median time past (BIP-113). */
  static final int MEDIAN_SPAN = 11;

  private final EndpointPool pool;

  ChainReader(EndpointPool pool) {
    this.pool = pool;
  }

  /** The highest block that more than half of the nodes have on their best chain. */
  @Override
  public RawHeader tip() {
    return pool.firstValid(headerOf(agreedTip()));
  }

  private HeightAndId agreedTip() {
    List<EndpointPool.Answer<HeightAndId>> tips = pool.all(ChainReader::bestBlock);
    EndpointPool.refuseWrongChain(tips);
    List<Long> heights = new ArrayList<>();
    tips.forEach(tip -> tip.value().ifPresent(value -> heights.add(value.height())));
    if (heights.size() < pool.quorum()) {
      return pool.majority(tips); // throws: too few answers
    }
    heights.sort(Collections.reverseOrder());
    long height = heights.get(pool.quorum() - 1);
    if (tips.stream().filter(tip -> isAt(tip, height)).count() == pool.size()) {
      return pool.majority(tips); // the usual case: all are at one height
    }
    return new HeightAndId(height, hashAt(height));
  }

  private static boolean isAt(EndpointPool.Answer<HeightAndId> tip, long height) {
    return tip.value().map(value -> value.height() == height).orElse(false);
  }

  private static HeightAndId bestBlock(BitcoinRpc rpc) {
    var info = Async.await(rpc.call("getblockchaininfo")).orThrow("getblockchaininfo");
    return new HeightAndId(
        BitcoinRpc.integer(info, "blocks"),
        EndpointPool.hash(BitcoinRpc.text(info, "bestblockhash")));
  }

  /** The block at {@code height} on the best chain; fails with NOT_FOUND above the tip. */
  @Override
  public Hash32 hashAt(long height) {
    return pool.agree(rpc -> blockHash(rpc, height));
  }

  static Hash32 blockHash(BitcoinRpc rpc, long height) {
    RpcReply reply = Async.await(rpc.call("getblockhash", height));
    if (reply instanceof RpcReply.Failure(int code, String message)
        && code == RpcReply.INVALID_PARAMETER) {
      throw new AdapterException(
          AdapterError.NOT_FOUND, "no block at height " + height + ": " + message);
    }
    return EndpointPool.hash(BitcoinRpc.text(reply.orThrow("getblockhash")));
  }

  @Override
  public RawHeader at(long height) {
    return pool.firstValid(headerOf(new HeightAndId(height, hashAt(height))));
  }

  private static Function<BitcoinRpc, RawHeader> headerOf(HeightAndId block) {
    return rpc ->
        checked(
            block.height(),
            block.id(),
            Async.await(rpc.call("getblockheader", block.id().toReversedHex(), false)));
  }

  /**
   * The header with this hash on whatever branch, without its height; empty if the node does not
   * know it.
   */
  @Override
  public Optional<BlockHeader> byHash(Hash32 id) {
    try {
      return Optional.of(
          pool.firstValid(
              rpc ->
                  header(id, Async.await(rpc.call("getblockheader", id.toReversedHex(), false)))));
    } catch (AdapterException e) {
      if (e.error() == AdapterError.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Headers {@code from..to} below and including the block {@code to}, linked by their parents;
   * {@code to} must be on the best chain.
   */
  @Override
  public List<RawHeader> range(long from, RawHeader to) {
    if (from == to.ref().height()) {
      return List.of(to);
    }
    return pool.firstValid(rpc -> linked(rpc, from, to));
  }

  private static List<RawHeader> linked(BitcoinRpc rpc, long from, RawHeader to) {
    List<RawHeader> headers = new ArrayList<>();
    for (long first = from; first < to.ref().height(); first += BitcoinRpc.MAX_BATCH) {
      long end = Math.min(first + BitcoinRpc.MAX_BATCH, to.ref().height());
      headers.addAll(batch(rpc, first, end));
    }
    headers.add(to);
    for (int i = 1; i < headers.size(); i++) {
      if (!headers.get(i).parent().equals(headers.get(i - 1).ref().id())) {
        throw new AdapterException(
            AdapterError.NODE_ERROR, "headers do not lead to the agreed block; a reorganisation?");
      }
    }
    return headers;
  }

  private static List<RawHeader> batch(BitcoinRpc rpc, long first, long end) {
    List<BitcoinRpc.Call> wanted = new ArrayList<>();
    for (long height = first; height < end; height++) {
      wanted.add(BitcoinRpc.Call.of("getblockhash", height));
    }
    List<Hash32> ids =
        Async.await(rpc.batch(wanted)).stream()
            .map(reply -> EndpointPool.hash(BitcoinRpc.text(reply.orThrow("getblockhash"))))
            .toList();
    List<RpcReply> replies =
        Async.await(
            rpc.batch(
                ids.stream()
                    .map(id -> BitcoinRpc.Call.of("getblockheader", id.toReversedHex(), false))
                    .toList()));
    List<RawHeader> headers = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      headers.add(checked(first + i, ids.get(i), replies.get(i)));
    }
    return headers;
  }

  /** Median time past of {@code tip}, Unix seconds: the clock of lock times (BIP-113). */
  long medianTimePast(RawHeader tip) {
    long from = Math.max(0, tip.ref().height() - MEDIAN_SPAN + 1);
    return median(
        range(from, tip).stream().map(RawHeader::ref).map(HeaderRef::timestampSeconds).toList());
  }

  /** As consensus computes it: the upper of the two middle ones where the count is even. */
  static long median(List<Long> times) {
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static RawHeader checked(long height, Hash32 id, RpcReply reply) {
    BlockHeader header = header(id, reply);
    return new RawHeader(new HeaderRef(height, id, header.time()), header.previous(), header.raw());
  }

  private static BlockHeader header(Hash32 id, RpcReply reply) {
    Bytes raw = hex(BitcoinRpc.text(reply.orThrow("getblockheader")));
    if (raw.size() != BlockHeader.SIZE) {
      throw BitcoinRpc.malformed("a header has 80 bytes");
    }
    BlockHeader header = BlockHeader.of(raw);
    if (!header.id().equals(id)) {
      throw BitcoinRpc.malformed("the header is another block's");
    }
    return header;
  }

  /** Hex as a node writes it. */
  static Bytes hex(String text) {
    try {
      return Bytes.fromHex(text);
    } catch (IllegalArgumentException e) {
      throw new AdapterException(AdapterError.NODE_ERROR, "malformed answer: not hex", e);
    }
  }

  /** How many nodes have {@code block} on their best chain. */
  int agreeing(HeaderRef block) {
    return (int)
        pool.all(rpc -> blockHash(rpc, block.height())).stream()
            .filter(answer -> answer.value().equals(Optional.of(block.id())))
            .count();
  }

  private record HeightAndId(long height, Hash32 id) {}
}
