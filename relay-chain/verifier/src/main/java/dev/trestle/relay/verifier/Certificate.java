package dev.trestle.relay.verifier;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import java.math.BigInteger;
import java.util.List;

/** A commit certificate as bytes, and whether a set has signed it. */
final class Certificate {
  private static final int VERSION = 1;
  private static final int SCHEME_ECDSA = 1;
  private static final DomainTag COMMIT = DomainTag.of("relay", "commit", 1);

  private Certificate() {}

  /** Accepts when more than two thirds of {@code validators} have committed to {@code block}. */
  static Verdict<VerifiedBlock> check(
      Bytes certificate, List<EvmAddress> validators, VerifiedBlock block) {
    try {
      return CanonicalReader.decode(certificate, in -> check(in, validators, block));
    } catch (DecodeException malformed) {
      return Verdict.reject(VerifierCode.MALFORMED, String.valueOf(malformed.getMessage()));
    }
  }

  private static Verdict<VerifiedBlock> check(
      CanonicalReader in, List<EvmAddress> validators, VerifiedBlock block) {
    if (in.u8() != VERSION || in.u8() != SCHEME_ECDSA) {
      throw new DecodeException("unknown certificate version or scheme");
    }
    long height = in.u64();
    long round = in.u32();
    Hash32 id = in.hash();
    int n = in.u16();
    if (n != validators.size()) {
      throw new DecodeException(n + " validators instead of " + validators.size());
    }
    Bytes bitmap = in.fixed((n + 7) / 8);
    Bytes signatures = in.fixed(in.remaining());
    if (height != block.height() || !id.equals(block.id())) {
      return Verdict.reject(VerifierCode.OTHER_BLOCK, id.toHex());
    }
    Hash32 digest = digest(block, round);
    int signers = 0;
    for (int i = 0; i < bitmap.size() * 8; i++) {
      if ((bitmap.at(i / 8) >>> (i % 8) & 1) == 0) {
        continue;
      }
      if (i >= n) {
        return Verdict.reject(VerifierCode.BITS_BEYOND_SET, "bit " + i);
      }
      int from = EcdsaSignature.SIZE * signers++;
      if (signatures.size() < from + EcdsaSignature.SIZE) {
        throw new DecodeException("fewer signatures than bits");
      }
      EcdsaSignature signature =
          new EcdsaSignature(signatures.slice(from, from + EcdsaSignature.SIZE));
      if (!isBy(validators.get(i), signature, digest)) {
        return Verdict.reject(VerifierCode.BAD_SIGNATURE, "validator " + i);
      }
    }
    if (signatures.size() != EcdsaSignature.SIZE * signers) {
      throw new DecodeException("more signatures than bits");
    }
    return 3L * signers > 2L * n
        ? Verdict.accept(block)
        : Verdict.reject(VerifierCode.QUORUM_LOW, signers + " of " + n);
  }

  private static boolean isBy(EvmAddress signer, EcdsaSignature signature, Hash32 digest) {
    return Secp256k1.instance()
        .recover(signature, digest)
        .map(PublicKey::evmAddress)
        .filter(signer::equals)
        .isPresent();
  }

  /** {@code abi.encode} of tag, chain, height, round and block. */
  private static Hash32 digest(VerifiedBlock block, long round) {
    return Digests.keccak256(
        new CanonicalWriter()
            .hash(COMMIT.hash())
            .hash(block.chainId())
            .u256(BigInteger.valueOf(block.height()))
            .u256(BigInteger.valueOf(round))
            .hash(block.id())
            .toBytes());
  }
}
