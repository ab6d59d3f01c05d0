package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Outputs of scripts that are older than the blocks that are searched. */
final class UnspentScan {
  /** A scan of the main network's outputs takes minutes. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Scripts of one scan: the request stays below 3 MB, of the 32 that a node takes. */
  private static final int MAX_DESCRIPTORS = 20_000;

  /** Transactions asked for at once. */
  private static final int BATCH = 100;

  private final EndpointPool pool;

  UnspentScan(EndpointPool pool) {
    this.pool = pool;
  }

  /**
   * Outputs of any of {@code scripts} in blocks below {@code height}, unspent at {@code atLeast} or
   * later. More than half of the nodes must list the same ones. A node goes through all outputs
   * once for {@link #MAX_DESCRIPTORS} scripts: it takes as long as for one.
   */
  List<ScriptIndex.Output> below(long height, long atLeast, Set<Bytes> scripts) {
    List<Bytes> all = scripts.stream().sorted().toList();
    List<ScriptIndex.Output> found = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MAX_DESCRIPTORS) {
      Set<Bytes> part = Set.copyOf(all.subList(from, Math.min(from + MAX_DESCRIPTORS, all.size())));
      found.addAll(pool.agree(rpc -> scan(rpc, height, atLeast, part)));
    }
    return found;
  }

  private static List<ScriptIndex.Output> scan(
      BitcoinRpc rpc, long height, long atLeast, Set<Bytes> scripts) {
    List<Map<String, String>> descriptors =
        scripts.stream().map(script -> Map.of("desc", "raw(" + script.toHex() + ")")).toList();
    BitcoinRpc.Call call = BitcoinRpc.Call.of("scantxoutset", "start", descriptors);
    JsonNode answer = Async.await(rpc.call(LIMIT, call)).orThrow("scantxoutset");
    if (BitcoinRpc.integer(answer, "height") < atLeast) {
      throw new AdapterException(AdapterError.UNREACHABLE, rpc.label() + " is behind");
    }
    JsonNode list = answer.get("unspents");
    if (list == null || !list.isArray()) {
      throw BitcoinRpc.malformed("no list of unspent outputs");
    }
    Map<Hash32, List<JsonNode>> older = new LinkedHashMap<>();
    for (JsonNode entry : list) {
      if (BitcoinRpc.integer(entry, "height") < height) {
        older
            .computeIfAbsent(
                EndpointPool.hash(BitcoinRpc.text(entry, "txid")), absent -> new ArrayList<>())
            .add(entry);
      }
    }
    List<Hash32> ids = List.copyOf(older.keySet());
    List<ScriptIndex.Output> found = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += BATCH) {
      List<Hash32> part = ids.subList(from, Math.min(from + BATCH, ids.size()));
      found.addAll(checked(rpc, part, older, scripts));
    }
    found.sort(Comparator.comparing(ScriptIndex.Output::outPoint));
    return found;
  }

  /** What the node lists, each entry against the transaction that it names. */
  private static List<ScriptIndex.Output> checked(
      BitcoinRpc rpc, List<Hash32> ids, Map<Hash32, List<JsonNode>> entries, Set<Bytes> scripts) {
    List<RpcReply> replies =
        Async.await(
            rpc.batch(
                ids.stream()
                    .map(id -> BitcoinRpc.Call.of("getrawtransaction", id.toReversedHex()))
                    .toList()));
    List<ScriptIndex.Output> found = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      Hash32 id = ids.get(i);
      BitcoinTransaction transaction = read(replies.get(i).orThrow("getrawtransaction"), id);
      for (JsonNode entry : entries.getOrDefault(id, List.of())) {
        found.add(checked(entry, id, transaction, scripts));
      }
    }
    return found;
  }

  private static ScriptIndex.Output checked(
      JsonNode entry, Hash32 id, BitcoinTransaction transaction, Set<Bytes> scripts) {
    long index = BitcoinRpc.integer(entry, "vout");
    if (index < 0 || index >= transaction.outputs().size()) {
      throw BitcoinRpc.malformed("not an output of the transaction");
    }
    var output = transaction.outputs().get((int) index);
    if (!scripts.contains(output.script())
        || output.value() != BitcoinRpc.satoshi(entry.get("amount"))) {
      throw BitcoinRpc.malformed("not the output that was listed");
    }
    return new ScriptIndex.Output(
        new OutPoint(id, (int) index),
        output.script(),
        output.value(),
        BitcoinRpc.integer(entry, "height"),
        0,
        WireTransactions.maturity(transaction));
  }

  /**
   * The output that somebody spent by showing the witness script of {@code script}; empty if that
   * witness is an invention and the output another one. The first node that has the transaction
   * decides: its id commits to the output.
   *
   * @param height given to the output
   */
  Optional<ScriptIndex.Output> spent(OutPoint outPoint, Bytes script, long height) {
    BitcoinTransaction transaction = pool.firstValid(rpc -> transaction(rpc, outPoint.txId()));
    long index = outPoint.index();
    if (index >= transaction.outputs().size()
        || !transaction.outputs().get((int) index).script().equals(script)) {
      return Optional.empty();
    }
    return Optional.of(
        new ScriptIndex.Output(
            outPoint,
            script,
            transaction.outputs().get((int) index).value(),
            height,
            0,
            WireTransactions.maturity(transaction)));
  }

  private static BitcoinTransaction transaction(BitcoinRpc rpc, Hash32 id) {
    JsonNode raw =
        Async.await(rpc.call("getrawtransaction", id.toReversedHex())).orThrow("getrawtransaction");
    return read(raw, id);
  }

  private static BitcoinTransaction read(JsonNode raw, Hash32 id) {
    if (!raw.isString()) {
      throw BitcoinRpc.malformed("a transaction is hex");
    }
    return WireTransactions.read(ChainReader.hex(raw.stringValue()), id)
        .orElseThrow(() -> BitcoinRpc.malformed("not a readable transaction"));
  }
}
