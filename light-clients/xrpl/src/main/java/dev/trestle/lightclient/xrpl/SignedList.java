package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A list of validators as a publisher signs it (validator list, version 1).
 *
 * <p>Reasons of {@link #verify}: {@code malformed}, {@code budget-exceeded} (before each
 * signature), {@code publisher-manifest} (of another master key, revoked or not signed by both
 * keys), {@code unl-signature}. A member whose manifest is missing signs with its master key; one
 * whose manifest is wrong, of another key or revoked stays a member and cannot sign, so that it
 * counts for the quorum.
 *
 * <p>{@code rippled}: {@code ValidatorList.cpp}, {@code Manifest.cpp}.
 *
 * @param manifest names the publisher's signing key
 * @param blob JSON, which is what is signed
 * @param signature of the publisher's signing key over the blob
 */
public record SignedList(Bytes manifest, Bytes blob, Bytes signature) {
  /** Largest blob in bytes: a thousand validators. */
  public static final int MAX_BLOB = 600_000;

  private static final int MAX_SIGNATURE = 80;

  void write(CanonicalWriter out) {
    out.bytes(manifest).bytes(blob).bytes(signature);
  }

  static SignedList read(CanonicalReader in) {
    return new SignedList(in.bytes(Manifest.MAX_SIZE), in.bytes(MAX_BLOB), in.bytes(MAX_SIGNATURE));
  }

  /**
   * What a good list says.
   *
   * @param publisher its publisher's manifest
   */
  public record Verified(Manifest publisher, ValidatorList list) {}

  /** See the class. */
  public Verdict<Verified> verify(XrplKey publisher, Budget budget) {
    Manifest decoded;
    try {
      decoded = Manifest.decode(manifest);
    } catch (DecodeException e) {
      return malformed(e);
    }
    if (!decoded.master().equals(publisher)) {
      return Verdict.reject(XrplCode.PUBLISHER_MANIFEST, "of " + decoded.master());
    }
    Optional<XrplKey> signingKey = decoded.signingKey();
    if (signingKey.isEmpty()) {
      return Verdict.reject(XrplCode.PUBLISHER_MANIFEST, "the publisher's key is revoked");
    }
    if (!budget.charge(3 * Budget.SIGNATURE + units(blob))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before the list's signatures");
    }
    if (!decoded.isSigned()) {
      return Verdict.reject(XrplCode.PUBLISHER_MANIFEST, "is not signed by both keys");
    }
    if (!signingKey.get().verify(blob, signature)) {
      return Verdict.reject(XrplCode.UNL_SIGNATURE, "not by " + signingKey.get());
    }
    try {
      return members(budget).then(list -> Verdict.accept(new Verified(decoded, list)));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  private static long units(Bytes blob) {
    return Budget.HASH * (blob.size() / 16 + 1L);
  }

  private Verdict<ValidatorList> members(Budget budget) {
    JsonNode json = VectorJson.parse(blob);
    List<JsonNode> validators = VectorJson.list(json, "validators");
    if (validators.size() > ValidatorList.MAX_MEMBERS) {
      throw new DecodeException(validators.size() + " validators");
    }
    if (!budget.charge(2 * Budget.SIGNATURE * validators.size())) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before the manifests' signatures");
    }
    List<ValidatorList.Member> members = new ArrayList<>();
    Set<XrplKey> keys = new HashSet<>();
    for (JsonNode each : validators) {
      members.add(member(each, keys));
    }
    try {
      return Verdict.accept(
          new ValidatorList(
              time(json, "sequence", 0),
              json.has("effective") ? time(json, "effective", LedgerHeader.EPOCH) : 0,
              time(json, "expiration", LedgerHeader.EPOCH),
              members));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  private static long time(JsonNode json, String name, long epoch) {
    long value = VectorJson.number(json, name);
    if (value > 0xffff_ffffL) {
      throw new DecodeException(name + " is over 2^32-1");
    }
    return epoch + value;
  }

  private static ValidatorList.Member member(JsonNode node, Set<XrplKey> keys) {
    XrplKey master = master(node);
    if (!keys.add(master)) {
      throw new DecodeException("a validator twice: " + master);
    }
    if (!node.has("manifest")) {
      return new ValidatorList.Member(master, 0, Optional.of(master));
    }
    Optional<Manifest> manifest = manifest(node).filter(each -> each.master().equals(master));
    Optional<XrplKey> signingKey = manifest.flatMap(Manifest::signingKey).filter(keys::add);
    return new ValidatorList.Member(
        master, manifest.map(Manifest::sequence).orElse(0L), signingKey);
  }

  private static XrplKey master(JsonNode node) {
    try {
      return new XrplKey(VectorJson.hex(node, "validation_public_key"));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Manifest> manifest(JsonNode node) {
    try {
      Bytes encoded = Bytes.wrap(Base64.getDecoder().decode(VectorJson.text(node, "manifest")));
      return Optional.of(Manifest.decode(encoded)).filter(Manifest::isSigned);
    } catch (DecodeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static <T> Verdict<T> malformed(DecodeException e) {
    return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
  }
}
