package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.lightclient.HeaderRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** The best chain as more than half of the nodes see it. Methods block. */
final class ChainReader {
  /** Headers of one range. */
  static final int MAX_RANGE = 2_000;

  private final EndpointPool pool;
  private final OptionalInt confirmations;

  /**
   * @param confirmations that make a block final, itself included; empty to ask for the {@code
   *     finalized} tag
   */
  ChainReader(EndpointPool pool, OptionalInt confirmations) {
    this.pool = pool;
    this.confirmations = confirmations;
  }

  EndpointPool pool() {
    return pool;
  }

  /** The highest block that more than half of the nodes have reached. */
  RawHeader tip() {
    return at(quorumHeight(rpc -> Json.integer64(rpc.require("eth_blockNumber"))));
  }

  /** The highest block that is final; the genesis block while none is. */
  RawHeader finalized() {
    if (confirmations.isPresent()) {
      long height = tip().ref().height() - confirmations.getAsInt() + 1;
      return at(Math.max(0, height));
    }
    return at(quorumHeight(rpc -> Json.integer64(block(rpc, "finalized"), "number")));
  }

  RawHeader at(long height) {
    return pool.agree(rpc -> headerAt(rpc, height));
  }

  /**
   * Headers {@code from..to}, linked. The last is agreed on; those below it hang from it by their
   * hashes, so that any node may give them.
   */
  List<RawHeader> range(long from, long to) {
    if (from < 0 || to < from || to - from >= MAX_RANGE) {
      throw new AdapterException(
          AdapterError.NOT_SUPPORTED, "a range has 1 to " + MAX_RANGE + " headers");
    }
    return range(from, at(to));
  }

  List<RawHeader> range(long from, RawHeader last) {
    List<RawHeader> downwards = new ArrayList<>();
    RawHeader header = last;
    downwards.add(header);
    while (header.ref().height() > from) {
      RawHeader above = header;
      header =
          pool.firstValid(
              rpc -> {
                RawHeader below = headerAt(rpc, above.ref().height() - 1);
                if (!below.ref().id().equals(above.parent())) {
                  throw Json.malformed("the chain moved while it was read");
                }
                return below;
              });
      downwards.add(header);
    }
    return downwards.reversed();
  }

  /** How many nodes have {@code block} on their best chain. */
  int agreeing(HeaderRef block) {
    int count = 0;
    for (EndpointPool.Answer<RawHeader> answer : pool.all(rpc -> headerAt(rpc, block.height()))) {
      if (answer instanceof EndpointPool.Answer.Value<RawHeader>(RawHeader header)
          && header.ref().equals(block)) {
        count++;
      }
    }
    return count;
  }

  static RawHeader headerAt(EvmRpc rpc, long height) {
    RawHeader header = HeaderRlp.rebuild(block(rpc, Json.quantity(height)));
    if (header.ref().height() != height) {
      throw Json.malformed("another block than asked for");
    }
    return header;
  }

  private static JsonNode block(EvmRpc rpc, String numberOrTag) {
    return rpc.require("eth_getBlockByNumber", numberOrTag, false);
  }

  /** The highest number that a quorum of nodes reaches. */
  private long quorumHeight(Function<EvmRpc, Long> height) {
    List<Long> heights = new ArrayList<>(pool.values(height));
    heights.sort(Comparator.reverseOrder());
    return heights.get(pool.quorum() - 1);
  }
}
