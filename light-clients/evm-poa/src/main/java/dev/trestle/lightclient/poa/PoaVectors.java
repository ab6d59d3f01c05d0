package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Vectors of permissioned EVM chains: QBFT and IBFT 2.0 headers, Clique headers, and the extra data
 * and messages of Consensys/qbft-tests. A file is recognised by its content.
 */
public final class PoaVectors implements VectorFormat {
  /** The rules for one BFT header. */
  @FunctionalInterface
  interface BftCheck {
    Verdict<BftRules.Sealed> check(
        PoaHeader header, BftExtraData.Dialect dialect, ValidatorSet inForce);
  }

  private final BftCheck bft;

  public PoaVectors() {
    this(BftRules::check);
  }

  /** With rules that a test has spoiled, to see which vectors notice. */
  PoaVectors(BftCheck bft) {
    this.bft = bft;
  }

  @Override
  public String family() {
    return "evm-poa";
  }

  @Override
  public List<String> folders() {
    return List.of("evm-poa");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson() || !file.json().isObject()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    List<VectorCase> cases = new ArrayList<>();
    bftHeaders(cases, json);
    cliqueCases(cases, json);
    if (VectorJson.hasFields(json, "signers", "blocks")) {
      cases.addAll(CliqueReplay.cases(json));
    }
    if (cases.isEmpty()) {
      cases.addAll(QbftRlpVectors.cases(json));
    }
    return cases.isEmpty() ? VectorReading.foreign() : VectorReading.cases(cases);
  }

  private void bftHeaders(List<VectorCase> cases, JsonNode json) {
    int number = 0;
    for (JsonNode each : list(json, "real", "header_rlp")) {
      String source =
          VectorJson.optional(each, "source").map(text -> ": " + text.asString()).orElse("");
      cases.add(new VectorCase("real " + number++ + source, realExpected(each), () -> real(each)));
    }
    number = 0;
    for (JsonNode each : list(json, "cases", "trusted_validators")) {
      cases.add(
          new VectorCase(
              number++ + comment(each),
              expected(each),
              () -> bft(each, addresses(each, "trusted_validators"))));
    }
  }

  private static List<JsonNode> list(JsonNode json, String name, String field) {
    return VectorJson.optional(json, name)
        .filter(
            list ->
                VectorJson.first(list)
                    .filter(item -> VectorJson.hasFields(item, field))
                    .isPresent())
        .map(VectorJson::list)
        .orElse(List.of());
  }

  static String comment(JsonNode node) {
    return VectorJson.optional(node, "comment").map(text -> ": " + text.asString()).orElse("");
  }

  /** Reasons are our own codes; one that we do not have is not compared. */
  private static Expected expected(JsonNode node) {
    if (VectorJson.bool(node, "valid")) {
      return Expected.ACCEPT;
    }
    Optional<ReasonCode> code =
        VectorJson.optional(node, "reason")
            .map(JsonNode::asString)
            .flatMap(
                reason ->
                    Arrays.stream(PoaCode.values())
                        .filter(each -> each.code().equals(reason))
                        .findFirst());
    return code.map(Expected::reject).orElse(Expected.REJECT);
  }

  private Outcome bft(JsonNode node, List<EvmAddress> trusted) {
    PoaHeader header;
    try {
      header = PoaHeader.decode(VectorJson.hex(node, "header_rlp"));
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    BftExtraData.Dialect dialect = BftExtraData.dialectOf(header.extraData());
    Verdict<BftRules.Sealed> verdict = bft.check(header, dialect, ValidatorSet.of(trusted));
    if (verdict instanceof Verdict.Accepted<BftRules.Sealed>(BftRules.Sealed passed)) {
      same(node, "block_hash", passed.hash());
    }
    return Outcome.of(verdict);
  }

  /**
   * A header with everything that can be computed from it. Besu's own fixture for IBFT 2.0 is
   * sealed by strangers: such an entry speaks of hashes and signers only.
   */
  private Outcome real(JsonNode node) {
    PoaHeader header = PoaHeader.decode(VectorJson.hex(node, "header_rlp"));
    BftExtraData.Dialect dialect = BftExtraData.dialectOf(header.extraData());
    BftExtraData extra = BftExtraData.decode(header.extraData(), dialect).orThrow();
    Hash32 commitHash = BftRules.commitHash(header, dialect);
    same(node, "commit_hash", commitHash);
    same(node, "block_hash", BftRules.blockHash(header, dialect));
    same(node, "state_root", header.withHash(Hash32.ZERO).stateRoot());
    List<EvmAddress> signers =
        extra.seals().stream()
            .map(seal -> Seal.signer(seal, commitHash).orElseThrow(IllegalStateException::new))
            .toList();
    boolean fits =
        (!node.has("seal_signers") || signers.equals(addresses(node, "seal_signers")))
            && (!node.has("validators") || extra.validators().equals(addresses(node, "validators")))
            && (!node.has("round") || extra.round() == VectorJson.number(node, "round"));
    if (!fits) {
      throw new IllegalStateException("the extra data are " + extra + " sealed by " + signers);
    }
    return extra.validators().containsAll(signers) ? bft(node, extra.validators()) : Outcome.ok();
  }

  private static Expected realExpected(JsonNode node) {
    return node.has("valid") ? expected(node) : Expected.ACCEPT;
  }

  private static void cliqueCases(List<VectorCase> cases, JsonNode json) {
    int number = 0;
    for (JsonNode each : list(json, "cases", "recent_signers")) {
      cases.add(new VectorCase(number++ + comment(each), expected(each), () -> clique(json, each)));
    }
  }

  private static Outcome clique(JsonNode json, JsonNode node) {
    TreeMap<Long, EvmAddress> recent = new TreeMap<>();
    for (JsonNode each : VectorJson.list(node, "recent_signers")) {
      recent.put(VectorJson.number(each, "number"), address(VectorJson.hex(each, "signer")));
    }
    PoaHeader header;
    try {
      header = PoaHeader.decode(VectorJson.hex(node, "header_rlp"));
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (node.has("parent_hash") && !header.parentHash().equals(hash(node, "parent_hash"))) {
      return Outcome.rejected(PoaCode.NOT_A_CHILD, "parent " + header.parentHash());
    }
    ValidatorSet signers = ValidatorSet.of(addresses(json, "signers"));
    Verdict<CliqueRules.Signed> verdict =
        CliqueRules.check(header, VectorJson.number(json, "epoch"), signers, recent);
    if (verdict instanceof Verdict.Accepted<CliqueRules.Signed>(CliqueRules.Signed passed)) {
      same(node, "hash", passed.hash());
      checkSigner(node, passed.signer());
    }
    return Outcome.of(verdict);
  }

  static void checkSigner(JsonNode node, EvmAddress signer) {
    if (node.has("signer") && !address(VectorJson.hex(node, "signer")).equals(signer)) {
      throw new IllegalStateException("signed by " + signer);
    }
  }

  static void same(JsonNode node, String name, Hash32 actual) {
    if (node.has(name) && !hash(node, name).equals(actual)) {
      throw new IllegalStateException(name + " is " + actual);
    }
  }

  static Hash32 hash(JsonNode node, String name) {
    Bytes bytes = VectorJson.hex(node, name);
    if (bytes.size() != Hash32.SIZE) {
      throw new DecodeException(name + " has " + bytes.size() + " bytes");
    }
    return new Hash32(bytes);
  }

  static List<EvmAddress> addresses(JsonNode node, String name) {
    return VectorJson.list(node, name).stream()
        .map(VectorJson::hex)
        .map(PoaVectors::address)
        .toList();
  }

  static EvmAddress address(Bytes bytes) {
    if (bytes.size() != EvmAddress.SIZE) {
      throw new DecodeException("an address of " + bytes.size() + " bytes");
    }
    return new EvmAddress(bytes);
  }
}
