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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Outputs of a script that are older than the blocks that are searched. */
final class UnspentScan {
  /** A scan of the main network's outputs takes minutes. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Transactions asked for at once. */
  private static final int BATCH = 100;

  private final EndpointPool pool;

  UnspentScan(EndpointPool pool) {
    this.pool = pool;
  }

  /**
   * Outputs in blocks below {@code height}, unspent at {@code atLeast} or later. More than half of
   * the nodes must list the same ones.
   */
  List<ScriptIndex.Output> below(long height, long atLeast, Bytes script) {
    return pool.agree(rpc -> scan(rpc, height, atLeast, script));
  }

  private static List<ScriptIndex.Output> scan(
      BitcoinRpc rpc, long height, long atLeast, Bytes script) {
    BitcoinRpc.Call call =
        BitcoinRpc.Call.of(
            "scantxoutset", "start", List.of(Map.of("desc", "raw(" + script.toHex() + ")")));
    JsonNode answer = Async.await(rpc.call(LIMIT, call)).orThrow("scantxoutset");
    if (BitcoinRpc.integer(answer, "height") < atLeast) {
      throw new AdapterException(AdapterError.UNREACHABLE, rpc.label() + " is behind");
    }
    JsonNode list = answer.get("unspents");
    if (list == null || !list.isArray()) {
      throw BitcoinRpc.malformed("no list of unspent outputs");
    }
    List<JsonNode> older = new ArrayList<>();
    for (JsonNode entry : list) {
      if (BitcoinRpc.integer(entry, "height") < height) {
        older.add(entry);
      }
    }
    List<ScriptIndex.Output> found = new ArrayList<>();
    for (int from = 0; from < older.size(); from += BATCH) {
      found.addAll(checked(rpc, older.subList(from, Math.min(from + BATCH, older.size())), script));
    }
    found.sort(Comparator.comparing(ScriptIndex.Output::outPoint));
    return found;
  }

  /** What the node lists, each entry against the transaction that it names. */
  private static List<ScriptIndex.Output> checked(
      BitcoinRpc rpc, List<JsonNode> entries, Bytes script) {
    List<Hash32> ids =
        entries.stream().map(entry -> EndpointPool.hash(BitcoinRpc.text(entry, "txid"))).toList();
    List<RpcReply> replies =
        Async.await(
            rpc.batch(
                ids.stream()
                    .map(id -> BitcoinRpc.Call.of("getrawtransaction", id.toReversedHex()))
                    .toList()));
    List<ScriptIndex.Output> found = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      JsonNode raw = replies.get(i).orThrow("getrawtransaction");
      found.add(checked(entries.get(i), ids.get(i), raw, script));
    }
    return found;
  }

  private static ScriptIndex.Output checked(JsonNode entry, Hash32 id, JsonNode raw, Bytes script) {
    BitcoinTransaction transaction = read(raw, id);
    long index = BitcoinRpc.integer(entry, "vout");
    if (index < 0 || index >= transaction.outputs().size()) {
      throw BitcoinRpc.malformed("not an output of the transaction");
    }
    var output = transaction.outputs().get((int) index);
    if (!output.script().equals(script)
        || output.value() != BitcoinRpc.satoshi(entry.get("amount"))) {
      throw BitcoinRpc.malformed("not the output that was listed");
    }
    return new ScriptIndex.Output(
        new OutPoint(id, (int) index),
        script,
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
