package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;

/**
 * A signed transfer between accounts of {@link TransferMachine}: {@code 33-byte sender | u64 nonce
 * | 33-byte recipient | u64 amount | bytes memo | 64-byte signature}.
 */
record Transfer(PublicKey sender, long nonce, Bytes recipient, long amount, Bytes encoded) {
  /** Of every transfer. */
  static final int BYTES = 1_024;

  private static final DomainTag TAG = DomainTag.of("bench", "transfer", 1);
  private static final int FIXED = PublicKey.SIZE + 8 + PublicKey.SIZE + 8 + 4;
  private static final int MEMO = BYTES - FIXED - EcdsaSignature.SIZE;

  static Bytes sign(SecretKey key, long nonce, Bytes recipient, long amount) {
    Bytes unsigned =
        new CanonicalWriter()
            .fixed(key.publicKey().compressed())
            .u64(nonce)
            .fixed(recipient)
            .u64(amount)
            .bytes(Bytes.wrap(new byte[MEMO]))
            .toBytes();
    return Bytes.concat(unsigned, Secp256k1.instance().signEcdsa(digest(unsigned), key).bytes());
  }

  private static Hash32 digest(Bytes unsigned) {
    return Digests.keccak256(TAG.hash().bytes(), unsigned);
  }

  /**
   * @throws dev.trestle.base.DecodeException unless it is one
   */
  static Transfer decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          PublicKey sender = new PublicKey(in.fixed(PublicKey.SIZE));
          long nonce = in.u64();
          Bytes recipient = in.fixed(PublicKey.SIZE);
          long amount = in.u64();
          in.bytes(BYTES);
          in.fixed(EcdsaSignature.SIZE);
          return new Transfer(sender, nonce, recipient, amount, encoded);
        });
  }

  boolean isSigned() {
    int end = encoded.size() - EcdsaSignature.SIZE;
    EcdsaSignature signature = new EcdsaSignature(encoded.slice(end, encoded.size()));
    return Secp256k1.instance().verifyEcdsa(signature, digest(encoded.slice(0, end)), sender);
  }
}
