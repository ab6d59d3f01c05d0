package dev.trestle.relay.ledger.tx;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;

/**
 * A signed request to the ledger: {@code u8 version = 1 | b32 chainId | sender, 33 bytes | u64
 * nonce | u8 type | body | signature, 64 bytes}. The signature is EIP-2098 over {@code
 * keccak256(tag || everything before the signature)}.
 *
 * @param chainId of the relay chain it is meant for: keccak256 of the genesis
 * @param sender compressed public key; any key may send, authority is checked by each body
 * @param nonce how many transactions of this sender are in the chain already
 */
public record Transaction(
    Hash32 chainId, PublicKey sender, long nonce, TransactionBody body, EcdsaSignature signature) {
  private static final int VERSION = 1;
  private static final DomainTag TAG = DomainTag.of("ledger", "transaction", 1);

  /** Largest transaction in bytes that can be decoded at all; genesis may ask for less. */
  public static final int MAX_SIZE = 1_000_000;

  /** Signs {@code body} for {@code chainId} with {@code key}, which becomes the sender. */
  public static Transaction sign(Hash32 chainId, SecretKey key, long nonce, TransactionBody body) {
    PublicKey sender = key.publicKey();
    Hash32 digest = digest(chainId, sender, nonce, body);
    return new Transaction(
        chainId, sender, nonce, body, Secp256k1.instance().signEcdsa(digest, key));
  }

  /** What the sender signs. */
  public static Hash32 digest(Hash32 chainId, PublicKey sender, long nonce, TransactionBody body) {
    return Digests.keccak256(TAG.hash().bytes(), unsigned(chainId, sender, nonce, body));
  }

  /** SHA-256 of the whole encoding. */
  public Hash32 id() {
    return Digests.sha256(encode());
  }

  /** Whether the signature is the sender's; the parity bit is checked as well. */
  public boolean isSigned() {
    return Secp256k1.instance()
        .recover(signature, digest(chainId, sender, nonce, body))
        .filter(sender::equals)
        .isPresent();
  }

  public Bytes encode() {
    return Bytes.concat(unsigned(chainId, sender, nonce, body), signature.bytes());
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a transaction
   */
  public static Transaction decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a transaction of " + encoded.size() + " bytes");
    }
    return CanonicalReader.decode(
        encoded,
        in -> {
          if (in.u8() != VERSION) {
            throw new DecodeException("not a transaction of version " + VERSION);
          }
          return new Transaction(
              in.hash(),
              new PublicKey(in.fixed(PublicKey.SIZE)),
              in.u64(),
              BodyCodec.read(in),
              new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)));
        });
  }

  private static Bytes unsigned(
      Hash32 chainId, PublicKey sender, long nonce, TransactionBody body) {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).hash(chainId);
    out.fixed(sender.compressed()).u64(nonce);
    BodyCodec.write(out, body);
    return out.toBytes();
  }
}
