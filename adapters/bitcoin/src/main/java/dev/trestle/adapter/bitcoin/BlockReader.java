package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Reads whole blocks and checks them against their headers: the transaction ids against the Merkle
 * root, every transaction against its id. Witnesses are not covered by that; see {@link
 * HtlcSpends}. Keeps the last blocks, for scripts that are watched later.
 */
final class BlockReader {
  /** Blocks fetched with one request. */
  private static final int BATCH = 25;

  /** Bytes of JSON text whose blocks are kept. */
  private static final long CACHE_BYTES = 32L * 1024 * 1024;

  /** What a block costs in the cache at least, bytes. */
  private static final long BLOCK_OVERHEAD = 512;

  private final EndpointPool pool;
  private final Map<Hash32, Block> cache = new LinkedHashMap<>();
  private long cached;

  BlockReader(EndpointPool pool) {
    this.pool = pool;
  }

  /**
   * @param ids all, in the order of the block
   * @param readable with their position in the block; without those of which only Litecoin can read
   *     the form
   */
  record Block(RawHeader header, List<Hash32> ids, List<Positioned> readable, long size) {}

  /**
   * @param index in the block; 0 is the coinbase
   */
  record Positioned(int index, Hash32 id, BitcoinTransaction transaction) {}

  /** The blocks of {@code headers}, in their order. */
  List<Block> read(List<RawHeader> headers) {
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < headers.size(); from += BATCH) {
      blocks.addAll(readBatch(headers.subList(from, Math.min(from + BATCH, headers.size()))));
    }
    return blocks;
  }

  private List<Block> readBatch(List<RawHeader> headers) {
    Map<Hash32, Block> found = new LinkedHashMap<>();
    List<RawHeader> missing = new ArrayList<>();
    synchronized (cache) {
      for (RawHeader header : headers) {
        Block known = cache.get(header.ref().id());
        if (known == null) {
          missing.add(header);
        } else {
          found.put(header.ref().id(), known);
        }
      }
    }
    if (!missing.isEmpty()) {
      List<Block> fetched = pool.firstValid(rpc -> fetch(rpc, missing));
      fetched.forEach(block -> found.put(block.header().ref().id(), block));
      keep(fetched);
    }
    List<Block> inOrder = new ArrayList<>();
    for (RawHeader header : headers) {
      inOrder.add(found.get(header.ref().id()));
    }
    return inOrder;
  }

  private void keep(List<Block> blocks) {
    synchronized (cache) {
      for (Block block : blocks) {
        if (cache.put(block.header().ref().id(), block) == null) {
          cached += block.size();
        }
      }
      var oldest = cache.values().iterator();
      while (cached > CACHE_BYTES && oldest.hasNext()) {
        cached -= oldest.next().size();
        oldest.remove();
      }
    }
  }

  private static List<Block> fetch(BitcoinRpc rpc, List<RawHeader> headers) {
    List<RpcReply> replies =
        Async.await(
            rpc.batch(
                headers.stream()
                    .map(
                        header ->
                            BitcoinRpc.Call.of(
                                "getblock", header.ref().id().toReversedHex(), 2))
                    .toList()));
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      blocks.add(parse(headers.get(i), replies.get(i).orThrow("getblock")));
    }
    return blocks;
  }

  /**
   * @throws AdapterException NODE_ERROR unless it is the block of {@code header}
   */
  static Block parse(RawHeader header, JsonNode block) {
    JsonNode list = block.get("tx");
    if (list == null || !list.isArray() || list.isEmpty()) {
      throw BitcoinRpc.malformed("a block without transactions");
    }
    List<Hash32> ids = new ArrayList<>();
    List<Positioned> readable = new ArrayList<>();
    long size = BLOCK_OVERHEAD;
    for (int i = 0; i < list.size(); i++) {
      JsonNode entry = list.get(i);
      Hash32 id = EndpointPool.hash(BitcoinRpc.text(entry, "txid"));
      String hex = BitcoinRpc.text(entry, "hex");
      ids.add(id);
      size += hex.length();
      Optional<BitcoinTransaction> transaction =
          WireTransactions.read(ChainReader.hex(hex), id);
      if (transaction.isPresent()) {
        readable.add(new Positioned(i, id, transaction.get()));
      }
    }
    if (!merkleRoot(ids).equals(BlockHeader.of(header.raw()).merkleRoot())) {
      throw BitcoinRpc.malformed("the transactions are not those of the block");
    }
    return new Block(header, List.copyOf(ids), List.copyOf(readable), size);
  }

  /**
   * Bitcoin's Merkle root; refuses a list that was lengthened by repeating its end (CVE-2012-2459).
   */
  static Hash32 merkleRoot(List<Hash32> ids) {
    List<Hash32> level = ids;
    while (level.size() > 1) {
      List<Hash32> above = new ArrayList<>((level.size() + 1) / 2);
      for (int i = 0; i < level.size(); i += 2) {
        Hash32 left = level.get(i);
        boolean last = i + 1 == level.size();
        Hash32 right = last ? left : level.get(i + 1);
        if (!last && left.equals(right)) {
          throw BitcoinRpc.malformed("a repeated subtree");
        }
        above.add(Digests.sha256d(left.bytes(), right.bytes()));
      }
      level = above;
    }
    return level.getFirst();
  }
}
