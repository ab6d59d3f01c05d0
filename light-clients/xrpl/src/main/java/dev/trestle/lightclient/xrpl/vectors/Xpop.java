package dev.trestle.lightclient.xrpl.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.xrpl.LedgerHeader;
import dev.trestle.lightclient.xrpl.ShaMap;
import dev.trestle.lightclient.xrpl.SignedList;
import dev.trestle.lightclient.xrpl.Validation;
import dev.trestle.lightclient.xrpl.ValidatorList;
import dev.trestle.lightclient.xrpl.XrplCode;
import dev.trestle.lightclient.xrpl.XrplKey;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * A proof of payment (XLS-41): a ledger's header, a transaction under it, validations of the
 * ledger, and the signed list of the validators, in JSON. A validation counts if its signer is
 * listed, it is the first of that signer, and it is a full one of this ledger with a good
 * signature; others are passed over. The list must be in force when the ledger closed.
 */
final class Xpop {
  private static final long AMPLE = 100_000_000L;
  private static final int LIST_VERSION = 1;

  /** What a proof came to, however far it holds. */
  record Facts(
      Hash32 ledger,
      boolean proofRoot,
      boolean leafInProof,
      int validations,
      int good,
      int members,
      long listSequence) {}

  private final JsonNode json;
  private final LedgerHeader header;
  private final Facts facts;
  private final Verdict<SignedList.Verified> list;

  private Xpop(JsonNode json) {
    this.json = json;
    this.header = header(VectorJson.field(json, "ledger"));
    JsonNode transaction = VectorJson.field(json, "transaction");
    XpopProof proof = XpopProof.of(VectorJson.field(transaction, "proof"));
    Bytes blob = VectorJson.hex(transaction, "blob");
    Hash32 id = ShaMap.transactionId(blob);
    Bytes item = ShaMap.transactionItem(blob, VectorJson.hex(transaction, "meta"));
    this.list = list();
    JsonNode data = VectorJson.field(VectorJson.field(json, "validation"), "data");
    this.facts =
        new Facts(
            header.hash(),
            proof.root().equals(Optional.of(header.transactions())),
            proof.holds(id, ShaMap.transactionLeaf(id, item)),
            data.size(),
            list instanceof Verdict.Accepted<SignedList.Verified>(var verified)
                ? good(data, verified.list())
                : 0,
            list instanceof Verdict.Accepted<SignedList.Verified>(var verified)
                ? verified.list().members().size()
                : 0,
            list instanceof Verdict.Accepted<SignedList.Verified>(var verified)
                ? verified.list().sequence()
                : 0);
  }

  /** Rejects with {@code malformed} what is no such proof. */
  static Verdict<Xpop> read(JsonNode json) {
    try {
      return Verdict.accept(new Xpop(json));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  Facts facts() {
    return facts;
  }

  /** Whether the transaction is proved. */
  Verdict<Facts> verify() {
    if (!facts.proofRoot()) {
      return Verdict.reject(RejectionCode.ROOT_MISMATCH, "the proof has another root");
    }
    if (!facts.leafInProof()) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "the proof is of another transaction");
    }
    return list.then(
        verified -> {
          ValidatorList members = verified.list();
          if (header.closeSeconds() >= members.expiration()) {
            return Verdict.reject(XrplCode.UNL_EXPIRED, "when the ledger closed");
          }
          if (header.closeSeconds() < members.effective()) {
            return Verdict.reject(XrplCode.UNL_NOT_EFFECTIVE, "when the ledger closed");
          }
          return facts.good() >= members.quorum()
              ? Verdict.accept(facts)
              : Verdict.reject(
                  RejectionCode.QUORUM_LOW, facts.good() + " of " + facts.members() + " validated");
        });
  }

  private Verdict<SignedList.Verified> list() {
    JsonNode unl = VectorJson.field(VectorJson.field(json, "validation"), "unl");
    if (unl.has("version") && VectorJson.number(unl, "version") != LIST_VERSION) {
      throw new DecodeException("a list of version " + unl.get("version"));
    }
    SignedList signed =
        new SignedList(
            base64(unl, "manifest"), base64(unl, "blob"), VectorJson.hex(unl, "signature"));
    XrplKey publisher = checked(() -> new XrplKey(VectorJson.hex(unl, "public_key")));
    return signed.verify(publisher, new Budget(AMPLE));
  }

  private int good(JsonNode data, ValidatorList list) {
    Set<XrplKey> counted = new HashSet<>();
    for (Map.Entry<String, JsonNode> each : data.properties()) {
      validation(each.getKey(), each.getValue(), list).ifPresent(counted::add);
    }
    return counted.size();
  }

  /** The signing key, if the validation counts. It may be filed under the master key. */
  private Optional<XrplKey> validation(String name, JsonNode value, ValidatorList list) {
    try {
      Validation validation = Validation.decode(VectorJson.hex(value));
      Optional<XrplKey> filed = NodeAddress.decode(name);
      boolean member =
          list.members().stream()
              .filter(each -> each.signingKey().equals(Optional.of(validation.key())))
              .anyMatch(
                  each ->
                      filed.equals(each.signingKey()) || filed.equals(Optional.of(each.master())));
      boolean good =
          member
              && validation.isFull()
              && validation.ledger().equals(header.hash())
              && validation.index() == header.index()
              && validation.isSigned();
      return good ? Optional.of(validation.key()) : Optional.empty();
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }

  private static LedgerHeader header(JsonNode node) {
    return checked(
        () ->
            new LedgerHeader(
                u32(node, "index"),
                VectorJson.integer(node, "coins"),
                new Hash32(VectorJson.hex(node, "phash")),
                new Hash32(VectorJson.hex(node, "txroot")),
                new Hash32(VectorJson.hex(node, "acroot")),
                u32(node, "pclose"),
                u32(node, "close"),
                u8(node, "cres"),
                u8(node, "flags")));
  }

  private static long u32(JsonNode node, String name) {
    return bounded(node, name, 0xffff_ffffL);
  }

  private static int u8(JsonNode node, String name) {
    return (int) bounded(node, name, 0xff);
  }

  private static long bounded(JsonNode node, String name, long most) {
    long value = VectorJson.number(node, name);
    if (value > most) {
      throw new DecodeException(name + " is out of range");
    }
    return value;
  }

  private static Bytes base64(JsonNode node, String name) {
    return checked(() -> Bytes.wrap(Base64.getDecoder().decode(VectorJson.text(node, name))));
  }

  static <T> T checked(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }
}
