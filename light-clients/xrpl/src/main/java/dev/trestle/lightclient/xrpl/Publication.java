package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The list of validators in force and how far its publisher's manifests have come.
 *
 * <p>{@code rippled}: {@code ValidatorList.cpp}, {@code Manifest.cpp}.
 *
 * @param manifestSequence of the publisher's manifest; older ones are refused
 * @param signingKey of the publisher's manifest
 */
record Publication(long manifestSequence, XrplKey signingKey, ValidatorList list) {
  void write(CanonicalWriter out) {
    out.u32(manifestSequence).fixed(signingKey.bytes());
    list.write(out);
  }

  static Publication read(CanonicalReader in) {
    return new Publication(in.u32(), new XrplKey(in.fixed(XrplKey.SIZE)), ValidatorList.read(in));
  }

  /** The first list. Rejects with the reasons of {@link SignedList}. */
  static Verdict<Publication> first(XrplRules rules, SignedList signed, Budget budget) {
    return signed.verify(rules.publisher(), budget).then(Publication::of);
  }

  private static Verdict<Publication> of(SignedList.Verified verified) {
    return verified
        .publisher()
        .signingKey()
        .<Verdict<Publication>>map(
            key ->
                Verdict.accept(
                    new Publication(verified.publisher().sequence(), key, verified.list())))
        .orElseGet(() -> Verdict.reject(XrplCode.PUBLISHER_MANIFEST, "is revoked"));
  }

  /**
   * A newer list. Rejects with the reasons of {@link SignedList}, {@code publisher-manifest} (older
   * than one seen, or of the same number and another key) and {@code unl-sequence} (not newer).
   * Members keep a newer manifest that is known already.
   */
  Verdict<Publication> replaced(XrplRules rules, SignedList signed, Budget budget) {
    return first(rules, signed, budget)
        .then(
            next -> {
              boolean older = next.manifestSequence() < manifestSequence;
              boolean other =
                  next.manifestSequence() == manifestSequence
                      && !next.signingKey().equals(signingKey);
              if (older || other) {
                return Verdict.reject(
                    XrplCode.PUBLISHER_MANIFEST, "number " + next.manifestSequence());
              }
              return next.list().sequence() > list.sequence()
                  ? keepNewer(next)
                  : Verdict.reject(XrplCode.UNL_SEQUENCE, "list " + next.list().sequence());
            });
  }

  private Verdict<Publication> keepNewer(Publication next) {
    List<ValidatorList.Member> members = new ArrayList<>();
    for (ValidatorList.Member member : next.list().members()) {
      members.add(
          list.members().stream()
              .filter(known -> known.master().equals(member.master()))
              .filter(known -> known.manifestSequence() > member.manifestSequence())
              .findFirst()
              .orElse(member));
    }
    return with(next, members);
  }

  private static Verdict<Publication> with(Publication of, List<ValidatorList.Member> members) {
    try {
      return Verdict.accept(
          new Publication(
              of.manifestSequence(),
              of.signingKey(),
              new ValidatorList(
                  of.list().sequence(), of.list().effective(), of.list().expiration(), members)));
    } catch (IllegalArgumentException e) {
      return Verdict.reject(XrplCode.VALIDATOR_MANIFEST, String.valueOf(e.getMessage()));
    }
  }

  /**
   * After a member's manifest. Rejects with {@code malformed}, {@code validator-manifest} (of no
   * member, not newer, not signed, or with a key of another member) and {@code budget-exceeded}.
   */
  Verdict<Publication> with(Bytes encoded, Budget budget) {
    Manifest manifest;
    try {
      manifest = Manifest.decode(encoded);
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
    List<ValidatorList.Member> members = new ArrayList<>(list.members());
    for (int i = 0; i < members.size(); i++) {
      ValidatorList.Member member = members.get(i);
      if (!member.master().equals(manifest.master())) {
        continue;
      }
      if (manifest.sequence() <= member.manifestSequence()) {
        return Verdict.reject(XrplCode.VALIDATOR_MANIFEST, "number " + manifest.sequence());
      }
      if (!budget.charge(2 * Budget.SIGNATURE)) {
        return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a manifest's signatures");
      }
      if (!manifest.isSigned()) {
        return Verdict.reject(XrplCode.VALIDATOR_MANIFEST, "is not signed by both keys");
      }
      Optional<XrplKey> key = manifest.signingKey();
      members.set(i, new ValidatorList.Member(member.master(), manifest.sequence(), key));
      return with(this, members);
    }
    return Verdict.reject(XrplCode.VALIDATOR_MANIFEST, "of no member: " + manifest.master());
  }

  /** Rejects with {@code unl-expired} and {@code unl-not-effective}. */
  Verdict<Publication> inForce(long seconds) {
    if (seconds >= list.expiration()) {
      return Verdict.reject(XrplCode.UNL_EXPIRED, "at " + list.expiration());
    }
    return seconds < list.effective()
        ? Verdict.reject(XrplCode.UNL_NOT_EFFECTIVE, "before " + list.effective())
        : Verdict.accept(this);
  }
}
