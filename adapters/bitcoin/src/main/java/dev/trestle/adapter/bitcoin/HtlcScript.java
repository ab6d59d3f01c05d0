package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;

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
record HtlcScript(Hash32 hash, Bytes claimerHash, Bytes refunderHash, long expirySeconds)
    implements LockContract {
  /** Bytes of the script. */
  static final int SIZE = 97;

  /** What the terms lock, if this network can express them. */
  static Verdict<HtlcScript> of(HtlcTerms terms, UtxoNetwork network) {
    return LockContract.check(terms, network).then(HtlcScript::ofChecked);
  }

  private static Verdict<HtlcScript> ofChecked(HtlcTerms terms) {
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
  @Override
  public Bytes outputScript() {
    return Addresses.witnessScriptHash(script());
  }

  @Override
  public Bytes detail() {
    return script();
  }

  @Override
  public SignedTransaction claim(
      HtlcSigner signer,
      HtlcSigner.Lock lock,
      Hash32 preimage,
      SecretKey claimer,
      HtlcSigner.Fees fees) {
    return signer.claim(this, lock, preimage, claimer, fees);
  }

  @Override
  public SignedTransaction refund(
      HtlcSigner signer, HtlcSigner.Lock lock, SecretKey refunder, HtlcSigner.Fees fees) {
    return signer.refund(this, lock, refunder, fees);
  }

  private static Bytes littleEndian(long seconds) {
    return Bytes.of(
        new byte[] {
          (byte) seconds, (byte) (seconds >> 8), (byte) (seconds >> 16), (byte) (seconds >> 24)
        });
  }
}
