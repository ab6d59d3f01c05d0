package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * {@code spv/bitcoin-spv-*.json}: whole proofs and headers of Summa's library, whose single
 * functions are in {@link SpvFunctions}; and the one proof of its on-demand relay.
 */
final class SpvCases implements BitcoinVectors.Reader {
  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    if (VectorJson.hasFields(json, "badSPVProofs", "badHeaders")) {
      return VectorReading.cases(proofs(json));
    }
    if (VectorJson.hasFields(json, "OP_RETURN_TX", "OP_RETURN_PROOF")) {
      return VectorReading.cases(onDemand(json));
    }
    return VectorJson.hasFields(json, "verifyHash256Merkle", "retargetAlgorithm")
        ? VectorReading.cases(SpvFunctions.cases(json))
        : VectorReading.foreign();
  }

  private static List<VectorCase> proofs(JsonNode json) {
    List<VectorCase> out = new ArrayList<>();
    int number = 0;
    for (JsonNode each : VectorJson.list(json, "valid")) {
      JsonNode proof = text(each);
      out.add(new VectorCase("valid " + number++, Expected.ACCEPT, () -> proof(proof)));
    }
    number = 0;
    for (JsonNode each : VectorJson.list(json, "validHeader")) {
      JsonNode header = text(each);
      out.add(new VectorCase("validHeader " + number++, Expected.ACCEPT, () -> header(header)));
    }
    for (JsonNode each : VectorJson.list(json, "badHeaders")) {
      JsonNode header = VectorJson.field(each, "header");
      out.add(
          new VectorCase(VectorJson.text(each, "comment"), Expected.REJECT, () -> header(header)));
    }
    for (JsonNode each : VectorJson.list(json, "badSPVProofs")) {
      JsonNode proof = VectorJson.field(each, "proof");
      out.add(
          new VectorCase(VectorJson.text(each, "comment"), Expected.REJECT, () -> proof(proof)));
    }
    for (String name : json.propertyNames()) {
      if (name.startsWith("err")) {
        JsonNode broken = json.get(name);
        out.add(new VectorCase(name, Expected.REJECT, () -> broken(broken)));
      }
    }
    return out;
  }

  /** JSON in a string, as upstream has it. */
  private static JsonNode text(JsonNode node) {
    return node.isString() ? VectorJson.parse(Bytes.utf8(node.asString())) : node;
  }

  /** A proof, or a single hash, of which some part cannot even be read. */
  private static Outcome broken(JsonNode node) {
    try {
      if (node.isString() && !node.asString().startsWith("{")) {
        Bytes hash = VectorJson.hex(node);
        return Outcome.check(hash.size() == 20, RejectionCode.MALFORMED, hash.size() + " bytes");
      }
      return proof(text(node));
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static Outcome header(JsonNode node) {
    BlockHeader header = Checks.header(node, "raw");
    return new Checks()
        .same("hash", VectorJson.hex(node, "hash"), header.id().bytes())
        .same("parent", VectorJson.hex(node, "prevhash"), header.previous().bytes())
        .same("root", VectorJson.hex(node, "merkle_root"), header.merkleRoot().bytes())
        .outcome();
  }

  private static Outcome proof(JsonNode proof) {
    Outcome header = header(VectorJson.field(proof, "confirming_header"));
    if (!header.accepted()) {
      return header;
    }
    Bytes nodes = VectorJson.hex(proof, "intermediate_nodes");
    return included(
        transaction(
            VectorJson.hex(proof, "version"),
            VectorJson.hex(proof, "vin"),
            VectorJson.hex(proof, "vout"),
            VectorJson.hex(proof, "locktime")),
        Checks.hash(VectorJson.hex(proof, "tx_id")),
        Checks.header(VectorJson.field(proof, "confirming_header"), "raw"),
        VectorJson.number(proof, "index"),
        nodes);
  }

  private static List<VectorCase> onDemand(JsonNode json) {
    Bytes parts =
        transaction(
            VectorJson.hex(json, "OP_RETURN_VERSION"),
            VectorJson.hex(json, "OP_RETURN_VIN"),
            VectorJson.hex(json, "OP_RETURN_VOUT"),
            VectorJson.hex(json, "OP_RETURN_LOCKTIME"));
    Hash32 id = Checks.hash(VectorJson.hex(json, "OP_RETURN_TX_ID_LE"));
    BlockHeader header = Checks.header(json, "OP_RETURN_HEADER");
    Bytes nodes = VectorJson.hex(json, "OP_RETURN_PROOF");
    long index = VectorJson.number(json, "OP_RETURN_INDEX");
    Bytes whole = VectorJson.hex(json, "OP_RETURN_TX");
    return List.of(
        new VectorCase(
            "inclusion", Expected.ACCEPT, () -> included(parts, id, header, index, nodes)),
        new VectorCase(
            "transaction with witness",
            Expected.ACCEPT,
            () ->
                new Checks()
                    .same("id", id, BitcoinTransaction.parse(whole).orThrow().txId())
                    .outcome()));
  }

  static Bytes transaction(Bytes version, Bytes inputs, Bytes outputs, Bytes lockTime) {
    return Bytes.concat(version, inputs, outputs, lockTime);
  }

  private static Outcome included(
      Bytes raw, Hash32 id, BlockHeader header, long index, Bytes nodes) {
    Verdict<BitcoinTransaction> parsed = BitcoinTransaction.parse(raw);
    if (!(parsed instanceof Verdict.Accepted<BitcoinTransaction>(var transaction))) {
      return Outcome.of(parsed);
    }
    if (!transaction.txId().equals(id)) {
      return Outcome.rejected(RejectionCode.PATH_MISMATCH, "the transaction has another id");
    }
    if (nodes.size() % Hash32.SIZE != 0) {
      return Outcome.rejected(RejectionCode.MALFORMED, nodes.size() + " bytes of branch");
    }
    return Outcome.of(
        new MerkleBranch(index, Checks.cut(nodes))
            .verify(header.merkleRoot(), id, OptionalLong.empty()));
  }
}
