package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.cometbft.CometAnchor;
import dev.trestle.lightclient.cometbft.Header;
import dev.trestle.lightclient.cometbft.HeaderRules;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.TrustedHeader;
import dev.trestle.lightclient.cometbft.UpdateHeader;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An ICS-07 update of a real chain with the states that verify it. Where a file has no clock, it is
 * just after the time of the header.
 */
final class UpdateCases {
  private static final long AMPLE = 100_000_000;

  private UpdateCases() {}

  static VectorCase of(String name, JsonNode node) {
    return new VectorCase(
        name, Expected.of(VectorJson.bool(node, "valid")), () -> Outcome.of(judge(node)));
  }

  private static Verdict<SignedHeader> judge(JsonNode node) {
    IbcProto.ClientState client;
    IbcProto.ConsensusState trusted;
    UpdateHeader update;
    try {
      client = IbcProto.clientState(VectorJson.hex(node, "client_state"));
      trusted = IbcProto.consensusState(VectorJson.hex(node, "consensus_state"));
      update = UpdateHeader.decode(VectorJson.hex(node, "client_message"));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (client.frozen()) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    if (update.trustedHeight() != VectorJson.number(node, "trusted_height")) {
      return Verdict.reject(
          RejectionCode.UNKNOWN_HEIGHT, "trusted height " + update.trustedHeight());
    }
    if (update.trustedRevision() != CometAnchor.revisionOf(client.chainId())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "revision " + update.trustedRevision());
    }
    return verify(node, client, trusted, update)
        .then(
            signed -> {
              same(node, update);
              return Verdict.accept(signed);
            });
  }

  private static Verdict<SignedHeader> verify(
      JsonNode node,
      IbcProto.ClientState client,
      IbcProto.ConsensusState trusted,
      UpdateHeader update) {
    Header header = update.signedHeader().header();
    TrustedHeader from =
        new TrustedHeader(
            client.chainId(), update.trustedHeight(), trusted.time(), trusted.nextValidatorsHash());
    Instant now = node.hasNonNull("now") ? CometJson.time(node, "now") : header.time().plusNanos(1);
    return new HeaderRules(client.options(), from)
        .verify(
            update.signedHeader(),
            update.validators(),
            update.trustedValidators(),
            Optional.empty(),
            now,
            new Budget(AMPLE));
  }

  /** What the file says of an accepted header must be what we read. */
  private static void same(JsonNode node, UpdateHeader update) {
    Header header = update.signedHeader().header();
    check(node, "header_hash", header.hash().bytes());
    check(node, "validators_hash", update.validators().hash().bytes());
    VectorJson.optional(node, "decoded")
        .ifPresent(
            decoded -> {
              boolean equal =
                  CometJson.header(VectorJson.field(decoded, "header")).equals(header)
                      && CometJson.commit(VectorJson.field(decoded, "commit"))
                          .equals(update.signedHeader().commit())
                      && CometJson.validators(VectorJson.field(decoded, "validators"))
                          .equals(update.validators())
                      && CometJson.validators(VectorJson.field(decoded, "trusted_validators"))
                          .equals(update.trustedValidators());
              if (!equal) {
                throw new IllegalStateException("decoded is " + update.signedHeader());
              }
            });
  }

  private static void check(JsonNode node, String name, Bytes actual) {
    if (node.hasNonNull(name) && !VectorJson.hex(node, name).equals(actual)) {
      throw new IllegalStateException(name + " is " + actual);
    }
  }
}
