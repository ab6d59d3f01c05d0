package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;

/**
 * The witness script of a hash-time-lock (BIP-199 with the 32-byte rule; the same bytes as COMIT
 * RFC-005). The payee and the refunder are bound by key hash; the refund is valid from an absolute
 * Unix time on (BIP-65), which is compared with median time past (BIP-113).
 *
 * <pre>
 * IF SIZE 32 EQUALVERIFY SHA256 hash EQUALVERIFY DUP HASH160 claimer
 * ELSE expiry CHECKLOCKTIMEVERIFY DROP DUP HASH160 refunder
 * ENDIF EQUALVERIFY CHECKSIG
 * </pre>
 *
 * @param claimerHash HASH160 of the claimer's compressed public key
 * @param refunderHash HASH160 of the refunder's
 */
record HtlcScript(Hash32 hash, Bytes claimerHash, Bytes refunderHash, long expirySeconds) {
  /** Bytes of the script. */
  static final int SIZE = 97;

  /** Below, a lock time is a block height. */
  static final long MIN_EXPIRY = Broadcaster.LOCK_TIME_THRESHOLD;

  /** A script number of four bytes cannot be larger: 19 January 2038. */
  static final long MAX_EXPIRY = 0x7fff_ffffL;

  /** What the terms lock, if this network can express them. */
  static Verdict<HtlcScript> of(HtlcTerms terms, UtxoNetwork network) {
    if (!terms.asset().equals(network.coin())) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "only " + network.coin());
    }
    Amount least = Amount.of(network.family().smallestLock());
    if (terms.amount().isLessThan(least)
        || terms.amount().isMoreThan(Amount.of(network.family().maxMoney()))) {
      return Verdict.reject(
          AdapterError.INVALID_AMOUNT, terms.amount() + " satoshi; the least is " + least);
    }
    if (terms.expirySeconds() < MIN_EXPIRY || terms.expirySeconds() > MAX_EXPIRY) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "expiry " + terms.expirySeconds());
    }
    if (terms.hash().isZero() || terms.claimer().equals(terms.refunder())) {
      return Verdict.reject(
          AdapterError.INVALID_ADDRESS, "no hash, or claimer and refunder are one");
    }
    try {
      return Verdict.accept(
          new HtlcScript(
              terms.hash(),
              Digests.hash160(new PublicKey(terms.claimer()).compressed()),
              Digests.hash160(new PublicKey(terms.refunder()).compressed()),
              terms.expirySeconds()));
    } catch (IllegalArgumentException e) {
      return Verdict.reject(AdapterError.INVALID_ADDRESS, String.valueOf(e.getMessage()));
    }
  }

  /** The witness script. */
  Bytes script() {
    return Bytes.concat(
        Bytes.fromHex("6382012088a820"),
        hash.bytes(),
        Bytes.fromHex("8876a914"),
        claimerHash,
        Bytes.fromHex("6704"),
        littleEndian(expirySeconds),
        Bytes.fromHex("b17576a914"),
        refunderHash,
        Bytes.fromHex("6888ac"));
  }

  /** P2WSH output script. */
  Bytes outputScript() {
    return Addresses.witnessScriptHash(script());
  }

  private static Bytes littleEndian(long seconds) {
    return Bytes.of(
        new byte[] {
          (byte) seconds, (byte) (seconds >> 8), (byte) (seconds >> 16), (byte) (seconds >> 24)
        });
  }
}
