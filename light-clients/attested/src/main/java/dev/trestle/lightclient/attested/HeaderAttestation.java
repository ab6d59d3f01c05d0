package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;

/**
 * "This block is final on this chain", as a committee member signs it (wire format, "Attested EVM
 * headers").
 */
public record HeaderAttestation(
    Hash32 hubId, ChainId chain, long epoch, long height, Hash32 blockHash) {
  public static final DomainTag TAG = DomainTag.of("notary", "attest-header", 1);

  /** What is hashed: the tag, the hub, SHA-256 of the CAIP-2 text, epoch, height, block hash. */
  public Bytes encode() {
    return new CanonicalWriter()
        .hash(TAG.hash())
        .hash(hubId)
        .hash(Digests.sha256(Bytes.utf8(chain.toString())))
        .u64(epoch)
        .u64(height)
        .hash(blockHash)
        .toBytes();
  }

  /** What is signed. */
  public Hash32 digest() {
    return Digests.keccak256(encode());
  }

  public EcdsaSignature sign(SecretKey attestationKey) {
    return Secp256k1.instance().signEcdsa(digest(), attestationKey);
  }
}
