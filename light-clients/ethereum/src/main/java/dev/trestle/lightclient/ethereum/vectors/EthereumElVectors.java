package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.ProofError;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Vectors of the execution layer: headers, receipts, receipt and state proofs, generic trie proofs,
 * and the RLP and trie tests of ethereum/tests. A file is recognised by its content.
 */
public final class EthereumElVectors implements VectorFormat {
  private static final Map<String, ProofError> REASONS =
      Map.ofEntries(
          Map.entry("proof too short", ProofError.PROOF_TOO_SHORT),
          Map.entry("empty proof", ProofError.PROOF_TOO_SHORT),
          Map.entry("extra nodes", ProofError.TRAILING_NODES),
          Map.entry("bad hp", ProofError.MALFORMED),
          Map.entry("bad ext child", ProofError.MALFORMED),
          Map.entry("bad node", ProofError.MALFORMED));

  private static final int MAX_DEPTH = 3;

  @Override
  public String family() {
    return "ethereum-el";
  }

  @Override
  public List<String> folders() {
    return List.of("ethereum-el");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    List<VectorCase> cases = new ArrayList<>();
    collect(cases, file.json(), 0);
    if (cases.isEmpty()) {
      cases.addAll(RpcVectors.alone(file.json()));
    }
    if (cases.isEmpty()) {
      cases.addAll(TrieAndRlpVectors.cases(file));
    }
    return cases.isEmpty() ? VectorReading.foreign() : VectorReading.cases(cases);
  }

  /** Adds the cases of every list of a known form, wherever in the file it stands. */
  private static void collect(List<VectorCase> cases, JsonNode node, int depth) {
    if (depth > MAX_DEPTH) {
      return;
    }
    if (node.isArray()) {
      VectorJson.first(node).ifPresent(first -> cases.addAll(listed(node, first)));
    } else if (node.isObject()) {
      if (VectorJson.hasFields(node, "header", "receipts")) {
        cases.addAll(HeaderVectors.receipts(node));
      } else {
        cases.addAll(RpcVectors.cases(node));
      }
      node.forEach(child -> collect(cases, child, depth + 1));
    }
  }

  private static List<VectorCase> listed(JsonNode list, JsonNode first) {
    if (VectorJson.hasFields(first, "rlp", "hash", "fields")) {
      return HeaderVectors.cases(list);
    }
    if (VectorJson.hasFields(first, "receipts_root", "tx_index", "proof")) {
      return each(list, EthereumElVectors::receiptProof);
    }
    if (VectorJson.hasFields(first, "state_root", "get_proof")) {
      return each(list, EthereumElVectors::stateProof);
    }
    if (VectorJson.hasFields(first, "root", "key", "proof")) {
      return each(list, EthereumElVectors::trieProof);
    }
    return List.of();
  }

  private static List<VectorCase> each(
      JsonNode list, java.util.function.Function<JsonNode, Outcome> check) {
    List<VectorCase> cases = new ArrayList<>();
    int number = 0;
    for (JsonNode each : VectorJson.list(list)) {
      cases.add(new VectorCase(number++ + label(each), expected(each), () -> check.apply(each)));
    }
    return cases;
  }

  private static String label(JsonNode node) {
    StringBuilder label = new StringBuilder();
    for (String name : List.of("set", "source", "tx_index", "comment")) {
      VectorJson.optional(node, name).ifPresent(text -> label.append(": ").append(text.asString()));
    }
    return label.toString();
  }

  /** A null says that clients differ and the vector takes no side. */
  private static Expected expected(JsonNode node) {
    if (VectorJson.optional(node, "valid").isEmpty()) {
      return Expected.EITHER;
    }
    if (VectorJson.bool(node, "valid")) {
      return Expected.ACCEPT;
    }
    String reason = VectorJson.optional(node, "reason").map(JsonNode::asString).orElse("");
    if (reason.endsWith("value mismatch")) {
      return Expected.reject(RejectionCode.VALUE_MISMATCH);
    }
    if (reason.startsWith("hash mismatch at ")) {
      return Expected.reject(ProofError.ROOT_MISMATCH);
    }
    if (reason.startsWith("invalid RLP")) {
      return Expected.reject(ProofError.MALFORMED);
    }
    return Optional.ofNullable(REASONS.get(reason)).map(Expected::reject).orElse(Expected.REJECT);
  }

  private static Outcome receiptProof(JsonNode node) {
    Bytes key = ReceiptProof.key(VectorJson.number(node, "tx_index"));
    if (node.has("key") && !VectorJson.hex(node, "key").equals(key)) {
      return Outcome.rejected(RejectionCode.PATH_MISMATCH, "the key is not that of the index");
    }
    Optional<Bytes> stated = VectorJson.optional(node, "receipt").map(VectorJson::hex);
    Verdict<Optional<Bytes>> found =
        MptProof.lookup(BeaconJson.hash(node, "receipts_root"), key, nodes(node));
    return Outcome.of(
        found
            .then(actual -> same(actual, stated))
            .then(
                actual ->
                    actual.isEmpty()
                        ? Verdict.accept(actual)
                        : Verdict.accept(actual.map(each -> EvmReceipt.decode(each).encode())))
            .then(again -> same(again, stated)));
  }

  private static Outcome trieProof(JsonNode node) {
    Optional<Bytes> stated = VectorJson.optional(node, "value").map(VectorJson::hex);
    return Outcome.of(
        MptProof.lookup(BeaconJson.hash(node, "root"), VectorJson.hex(node, "key"), nodes(node))
            .then(actual -> same(actual, stated)));
  }

  private static Verdict<Optional<Bytes>> same(Optional<Bytes> actual, Optional<Bytes> stated) {
    return actual.equals(stated)
        ? Verdict.accept(actual)
        : Verdict.reject(RejectionCode.VALUE_MISMATCH, "the proof shows " + actual);
  }

  private static List<Bytes> nodes(JsonNode node) {
    return StateClaims.nodes(VectorJson.field(node, "proof"));
  }

  private static Outcome stateProof(JsonNode node) {
    Hash32 stateRoot = BeaconJson.hash(node, "state_root");
    Verdict<StateClaims.Found> verdict =
        StateClaims.eip1186(stateRoot, VectorJson.field(node, "get_proof"));
    if (verdict instanceof Verdict.Accepted<StateClaims.Found>(StateClaims.Found found)) {
      VectorJson.optional(node, "expect").ifPresent(expect -> compare(expect, found));
    }
    if (node.has("header")) {
      HeaderVectors.checkHeader(
          VectorJson.hex(node, "header"),
          BeaconJson.optionalHash(node, "block_hash"),
          header -> header.stateRoot().equals(stateRoot));
    }
    return Outcome.of(verdict);
  }

  /**
   * @throws IllegalStateException if presence or absence is not as the vector says
   */
  private static void compare(JsonNode expect, StateClaims.Found found) {
    List<String> slots = found.slots().stream().map(EthereumElVectors::presence).toList();
    List<String> expected =
        VectorJson.optional(expect, "storage").map(VectorJson::list).orElse(List.of()).stream()
            .map(JsonNode::asString)
            .toList();
    String account = VectorJson.text(expect, "account");
    if (!account.equals(presence(found.account())) || !expected.equals(slots)) {
      throw new IllegalStateException("found " + found);
    }
  }

  private static String presence(boolean present) {
    return present ? "present" : "absent";
  }
}
