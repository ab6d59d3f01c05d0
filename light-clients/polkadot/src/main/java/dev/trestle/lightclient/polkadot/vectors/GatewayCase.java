package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.DigestItem;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.beefy.BinaryMerkle;
import dev.trestle.lightclient.polkadot.beefy.Mmr;
import dev.trestle.lightclient.polkadot.beefy.MmrLeaf;
import dev.trestle.lightclient.polkadot.beefy.ParachainHead;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A call of Snowbridge's gateway: a message, its commitment in the digest of a header of Bridge
 * Hub, that header under the heads of a leaf, and the leaf's way to the root of the mountain range.
 * Where the file names the root ({@code mmrRoot}), it is compared.
 */
final class GatewayCase {
  private static final long BRIDGE_HUB = 1_002;

  private static final Map<Long, DigestItem.Kind> KINDS =
      Map.of(
          0L, DigestItem.Kind.OTHER,
          4L, DigestItem.Kind.CONSENSUS,
          5L, DigestItem.Kind.SEAL,
          6L, DigestItem.Kind.PRE_RUNTIME,
          8L, DigestItem.Kind.RUNTIME_ENVIRONMENT_UPDATED);

  private GatewayCase() {}

  static VectorCase of(JsonNode json) {
    JsonNode input = VectorJson.field(json, "input");
    JsonNode proof = VectorJson.field(input, "headerProof");
    return new VectorCase(
        "message",
        Expected.of(!json.has("valid") || VectorJson.bool(json, "valid")),
        () -> {
          Header header = header(VectorJson.field(proof, "header"));
          return Outcome.of(
              committed(input, header)
                  .then(message -> heads(proof, header))
                  .then(heads -> range(proof, heads))
                  .then(root -> known(json, root)));
        });
  }

  /** The way over the message's neighbours, each pair in ascending order, to the digest. */
  private static Verdict<Hash32> committed(JsonNode input, Header header) {
    Hash32 node = Digests.keccak256(AbiMessage.encode(VectorJson.field(input, "message")));
    for (Hash32 other : TreeCases.hashes(input, "leafProof")) {
      boolean first = node.compareTo(other) < 0;
      node =
          first
              ? Digests.keccak256(node.bytes(), other.bytes())
              : Digests.keccak256(other.bytes(), node.bytes());
    }
    Bytes root = node.bytes();
    boolean named =
        header.digest().stream()
            .filter(item -> item.kind() == DigestItem.Kind.OTHER)
            .filter(item -> item.data().size() == 1 + Hash32.SIZE)
            .anyMatch(item -> item.data().slice(1, 1 + Hash32.SIZE).equals(root));
    return named
        ? Verdict.accept(node)
        : Verdict.reject(RejectionCode.ROOT_MISMATCH, "the digest does not name " + node);
  }

  private static Verdict<Hash32> heads(JsonNode proof, Header header) {
    JsonNode head = VectorJson.field(proof, "headProof");
    return BinaryMerkle.root(
        VectorJson.number(head, "pos"),
        VectorJson.number(head, "width"),
        new ParachainHead(BRIDGE_HUB, header.encode()).hash(),
        TreeCases.hashes(head, "proof"));
  }

  private static Verdict<Hash32> range(JsonNode proof, Hash32 heads) {
    MmrLeaf leaf = BeefyCases.mmrLeaf(VectorJson.field(proof, "leafPartial"), heads);
    return Mmr.fold(
        leaf.hash(),
        TreeCases.hashes(proof, "leafProof"),
        VectorJson.number(proof, "leafProofOrder"));
  }

  private static Verdict<Hash32> known(JsonNode json, Hash32 root) {
    Optional<String> name = List.of("mmrRoot", "mmr_root").stream().filter(json::has).findFirst();
    return name.map(field -> TreeCases.same(root, GrandpaCases.hash(json, field)))
        .orElseGet(() -> Verdict.accept(root));
  }

  private static Header header(JsonNode node) {
    List<DigestItem> digest =
        VectorJson.list(node, "digestItems").stream().map(GatewayCase::item).toList();
    return Header.of(
        GrandpaCases.hash(node, "parentHash"),
        VectorJson.number(node, "number"),
        GrandpaCases.hash(node, "stateRoot"),
        GrandpaCases.hash(node, "extrinsicsRoot"),
        digest);
  }

  private static DigestItem item(JsonNode node) {
    DigestItem.Kind kind = KINDS.get(VectorJson.number(node, "kind"));
    if (kind == null) {
      throw new DecodeException("a digest item of kind " + node.get("kind"));
    }
    return switch (kind) {
      case OTHER -> new DigestItem(kind, Bytes.EMPTY, VectorJson.hex(node, "data"));
      case RUNTIME_ENVIRONMENT_UPDATED -> new DigestItem(kind, Bytes.EMPTY, Bytes.EMPTY);
      case CONSENSUS, SEAL, PRE_RUNTIME ->
          new DigestItem(
              kind, VectorJson.hex(node, "consensusEngineID"), VectorJson.hex(node, "data"));
    };
  }
}
