package dev.trestle.lightclient.corda.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.x509.X509PublicKey;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.corda.PartialTree;
import dev.trestle.lightclient.corda.SignableForm;
import dev.trestle.lightclient.corda.SignatureScheme;
import dev.trestle.lightclient.corda.SignedId;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A notary's signature over a transaction, or over a batch that includes it. */
final class NotaryCases {
  /** DER up to the 32 bytes of an Ed25519 key (RFC 8410 4). */
  private static final Bytes ED25519_INFO = Bytes.fromHex("302a300506032b6570032100");

  private NotaryCases() {}

  static List<VectorCase> of(JsonNode json) {
    List<VectorCase> cases = new ArrayList<>();
    if (!json.has("notary_cases")) {
      return cases;
    }
    X509PublicKey key =
        X509PublicKey.decode(
            Bytes.concat(ED25519_INFO, VectorJson.hex(json, "notary_key_ed25519")));
    for (JsonNode each : VectorJson.list(json, "notary_cases")) {
      cases.add(
          new VectorCase(
              "notary " + cases.size() + ComponentCases.name(each),
              Expected.of(VectorJson.bool(each, "valid")),
              () -> outcome(key, each)));
    }
    return cases;
  }

  private static Outcome outcome(X509PublicKey key, JsonNode node) {
    try {
      SignableForm form =
          new SignableForm(
              0,
              SignatureScheme.EDDSA_ED25519_SHA512,
              VectorJson.hex(node, "signable_prefix"),
              VectorJson.hex(node, "signable_suffix"));
      Hash32 id = JsonTree.hash(VectorJson.hex(node, "tx_id"));
      Optional<PartialTree> batch = VectorJson.optional(node, "partial_tree").map(JsonTree::read);
      return Outcome.of(SignedId.verify(key, form, id, batch, VectorJson.hex(node, "signature")));
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }
}
