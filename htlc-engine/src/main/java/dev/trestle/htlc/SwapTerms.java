package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.util.List;

/**
 * Everything the parties agree on. Party {@code k} pays leg {@code k} to party {@code k+1} (the
 * last one to the first); the first party is the initiator. Whether the terms make sense is said by
 * {@link TermsCheck}.
 *
 * @param hash SHA-256 of the 32-byte secret; the same on all legs
 * @param legs in the order in which they are locked; they are redeemed in the reverse order
 * @param parties identities for signing the terms, in the order of the legs they pay
 */
public record SwapTerms(Hash32 hash, List<SwapLeg> legs, List<PublicKey> parties) {
  /** Version of the canonical form of a swap of two legs. */
  public static final int VERSION = 1;

  /** Version of the canonical form of a longer cycle, which programs of version 1 refuse. */
  public static final int CYCLE_VERSION = 2;

  /** Most legs that the canonical form can hold. */
  public static final int MAX_LEGS = 8;

  private static final int TWO = 2;
  private static final String ID_TAG = "TRESTLE/htlc/swap-terms/v1";
  private static final String CYCLE_ID_TAG = "TRESTLE/htlc/swap-terms/v2";
  private static final DomainTag SIGNATURE_TAG = DomainTag.of("htlc", "agree-swap", 1);

  public SwapTerms {
    legs = List.copyOf(legs);
    parties = List.copyOf(parties);
  }

  /** The ordinary swap: the initiator pays {@code first}, the participant {@code second}. */
  public static SwapTerms of(
      Hash32 hash, SwapLeg first, SwapLeg second, PublicKey initiator, PublicKey participant) {
    return new SwapTerms(hash, List.of(first, second), List.of(initiator, participant));
  }

  public PublicKey initiatorKey() {
    return parties.getFirst();
  }

  /** The other party of a swap of two legs; the last one of a longer cycle. */
  public PublicKey participantKey() {
    return parties.getLast();
  }

  /** Identifies the swap: a tagged SHA-256 of the canonical bytes of all terms. */
  public Hash32 swapId() {
    return Digests.tagged(version() == VERSION ? ID_TAG : CYCLE_ID_TAG, toBytes());
  }

  /** What both parties sign. */
  public Hash32 signingDigest() {
    return Digests.keccak256(SIGNATURE_TAG.hash().bytes(), swapId().bytes());
  }

  public EcdsaSignature sign(SecretKey key) {
    return Secp256k1.instance().signEcdsa(signingDigest(), key);
  }

  /** Whether {@code signature} is by the party of {@code role} over exactly these terms. */
  public boolean isSignedBy(Role role, EcdsaSignature signature) {
    return role.party() < parties.size()
        && Secp256k1.instance().verifyEcdsa(signature, signingDigest(), parties.get(role.party()));
  }

  /** Index of the leg that the party of {@code role} pays. */
  public int paidBy(Role role) {
    return role.party();
  }

  /** Index of the leg that pays the party of {@code role}. */
  public int paysTo(Role role) {
    return (role.party() + legs.size() - 1) % legs.size();
  }

  /** Leg {@code index} as its chain's adapter wants it. */
  public HtlcTerms htlcTerms(int index) {
    return legs.get(index).htlcTerms(hash);
  }

  private int version() {
    return legs.size() == TWO ? VERSION : CYCLE_VERSION;
  }

  /** The canonical form: version 1 for two legs, version 2 for every other number. */
  public Bytes toBytes() {
    CanonicalWriter out = new CanonicalWriter().u8(version()).hash(hash);
    out.list(legs, (to, leg) -> leg.write(to));
    out.list(parties, (to, key) -> to.fixed(key.compressed()));
    return out.toBytes();
  }

  /** Reads the canonical form; rejects every other encoding. */
  public static Verdict<SwapTerms> parse(Bytes canonical) {
    try {
      return Verdict.accept(CanonicalReader.decode(canonical, SwapTerms::read));
    } catch (DecodeException e) {
      return Verdict.reject(SwapRejection.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  static SwapTerms read(CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION && version != CYCLE_VERSION) {
      throw new DecodeException("version " + version + " of swap terms is unknown");
    }
    SwapTerms terms =
        new SwapTerms(
            in.hash(),
            in.list(MAX_LEGS, SwapLeg::read),
            in.list(MAX_LEGS, from -> new PublicKey(from.fixed(PublicKey.SIZE))));
    if (terms.version() != version) {
      throw new DecodeException(
          terms.legs.size() + " legs are not of version " + version + " of swap terms");
    }
    return terms;
  }
}
