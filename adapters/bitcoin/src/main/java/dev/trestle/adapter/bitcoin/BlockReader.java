package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.TransactionInclusion;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Reads whole blocks and checks them against their headers: the transaction ids against the Merkle
 * root, every transaction against its id. Witnesses are not covered by that; see {@link
 * HtlcSpends}. Keeps the last blocks, for scripts that are watched later.
 */
final class BlockReader {
  /** Bytes of JSON text whose blocks are kept. */
  private static final long CACHE_BYTES = 32L * 1024 * 1024;

  /** What a block costs in the cache at least, bytes. */
  private static final long BLOCK_OVERHEAD = 512;

  private final EndpointPool pool;
  private final int batch;
  private final Map<Hash32, Block> cache = new LinkedHashMap<>();
  private long cachedBytes;

  /**
   * @param batch blocks fetched with one request
   */
  BlockReader(EndpointPool pool, int batch) {
    this.pool = pool;
    this.batch = batch;
  }

  /**
   * @param ids in the order of the block
   * @param transactions the same, the coinbase first
   */
  record Block(
      RawHeader header, List<Hash32> ids, List<BitcoinTransaction> transactions, long size) {}

  /** The blocks of {@code headers}, in their order. */
  List<Block> read(List<RawHeader> headers) {
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < headers.size(); from += batch) {
      blocks.addAll(readBatch(headers.subList(from, Math.min(from + batch, headers.size()))));
    }
    return blocks;
  }

  private List<Block> readBatch(List<RawHeader> headers) {
    Map<Hash32, Block> found = cached(headers);
    List<RawHeader> missing =
        headers.stream().filter(header -> !found.containsKey(header.ref().id())).toList();
    if (!missing.isEmpty()) {
      List<Block> fetched = pool.firstValid(rpc -> fetch(rpc, missing));
      fetched.forEach(block -> found.put(block.header().ref().id(), block));
      keep(fetched);
    }
    return headers.stream()
        .map(header -> Objects.requireNonNull(found.get(header.ref().id())))
        .toList();
  }

  private Map<Hash32, Block> cached(List<RawHeader> headers) {
    Map<Hash32, Block> found = new HashMap<>();
    synchronized (cache) {
      for (RawHeader header : headers) {
        Block known = cache.get(header.ref().id());
        if (known != null) {
          found.put(header.ref().id(), known);
        }
      }
    }
    return found;
  }

  private void keep(List<Block> blocks) {
    synchronized (cache) {
      for (Block block : blocks) {
        if (cache.put(block.header().ref().id(), block) == null) {
          cachedBytes += block.size();
        }
      }
      var oldest = cache.values().iterator();
      while (cachedBytes > CACHE_BYTES && oldest.hasNext()) {
        cachedBytes -= oldest.next().size();
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
                            BitcoinRpc.Call.of("getblock", header.ref().id().toReversedHex(), 2))
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
    List<BitcoinTransaction> transactions = new ArrayList<>();
    long size = BLOCK_OVERHEAD;
    for (JsonNode entry : list) {
      Hash32 id = EndpointPool.hash(BitcoinRpc.text(entry, "txid"));
      String hex = BitcoinRpc.text(entry, "hex");
      size += hex.length();
      ids.add(id);
      transactions.add(
          WireTransactions.read(ChainReader.hex(hex), id)
              .orElseThrow(() -> BitcoinRpc.malformed("unreadable " + id.toReversedHex())));
    }
    check(header, ids, transactions.getFirst());
    return new Block(header, List.copyOf(ids), List.copyOf(transactions), size);
  }

  private static void check(RawHeader header, List<Hash32> ids, BitcoinTransaction first) {
    if (!MerkleBranch.root(ids).equals(BlockHeader.of(header.raw()).merkleRoot())) {
      throw BitcoinRpc.malformed("the transactions are not those of the block");
    }
    // a list lengthened by repeating its end has the same root (CVE-2012-2459)
    if (ids.stream().distinct().count() != ids.size()) {
      throw BitcoinRpc.malformed("a transaction twice");
    }
    // inner nodes of the tree cannot pass for the transactions: none of them is a coinbase
    if (!first.isCoinbase()
        || first.serializeStripped().size() == TransactionInclusion.INNER_NODE_SIZE) {
      throw BitcoinRpc.malformed("a block begins with a coinbase");
    }
  }
}
