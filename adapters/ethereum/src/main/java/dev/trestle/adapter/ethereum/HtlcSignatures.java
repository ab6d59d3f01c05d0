package dev.trestle.adapter.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.math.BigInteger;
import org.web3j.abi.datatypes.StaticStruct;
import org.web3j.abi.datatypes.generated.Uint256;

/**
 * What the claimer of a lock signs for {@code TrestleHtlc} (EIP-712). A signature is good for one
 * lock at one place of one contract on one chain.
 */
final class HtlcSignatures {
  private static final Hash32 DOMAIN =
      HtlcCalls.topic(
          "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
  private static final Hash32 NAME = HtlcCalls.topic("TrestleHtlc");
  private static final Hash32 VERSION = HtlcCalls.topic("1");
  private static final Hash32 CLAIM =
      HtlcCalls.topic("Claim(bytes32 key,address to,uint256 fee,address sponsor,uint256 deadline)");
  private static final Hash32 REFUND = HtlcCalls.topic("CooperativeRefund(bytes32 key)");
  private static final int HALF = 32;

  private final long chainId;
  private final EvmAddress contract;

  HtlcSignatures(long chainId, EvmAddress contract) {
    this.chainId = chainId;
    this.contract = contract;
  }

  /**
   * A claim that pays elsewhere.
   *
   * @param to is paid the amount less the fee
   * @param fee is paid to the sender, smallest units, at most half of the amount
   * @param sponsor who alone may send it; zero for anyone
   * @param deadline last second of the chain's clock
   */
  record Redirection(EvmAddress to, BigInteger fee, EvmAddress sponsor, long deadline) {}

  /** {@code Redirection} with the claimer's signature. */
  record Signed(Redirection claim, EcdsaSignature signature) {
    /** The contract's struct {@code Sponsorship}. */
    StaticStruct struct() {
      return new StaticStruct(
          Abi.address(claim.to()),
          new Uint256(claim.fee()),
          Abi.address(claim.sponsor()),
          new Uint256(BigInteger.valueOf(claim.deadline())),
          Abi.word(r(signature)),
          Abi.word(vs(signature)));
    }
  }

  Hash32 domainSeparator() {
    return Digests.keccak256(
        new CanonicalWriter()
            .hash(DOMAIN)
            .hash(NAME)
            .hash(VERSION)
            .u256(BigInteger.valueOf(chainId))
            .fixed(HtlcCalls.padded(contract))
            .toBytes());
  }

  Signed redirect(Hash32 key, Redirection claim, SecretKey claimer) {
    Hash32 struct =
        Digests.keccak256(
            new CanonicalWriter()
                .hash(CLAIM)
                .hash(key)
                .fixed(HtlcCalls.padded(claim.to()))
                .u256(claim.fee())
                .fixed(HtlcCalls.padded(claim.sponsor()))
                .u256(BigInteger.valueOf(claim.deadline()))
                .toBytes());
    return new Signed(claim, sign(struct, claimer));
  }

  /** Gives a lock back before its expiry. Never sign it while a claim of that lock may follow. */
  EcdsaSignature refund(Hash32 key, SecretKey claimer) {
    return sign(refundStruct(key), claimer);
  }

  /** Whether {@code claimer} has signed that the lock be refunded. */
  boolean isRefundOf(Hash32 key, EvmAddress claimer, EcdsaSignature signature) {
    return Secp256k1.instance()
        .recoverAddress(signature, digest(refundStruct(key)))
        .filter(claimer::equals)
        .isPresent();
  }

  static Hash32 r(EcdsaSignature signature) {
    return new Hash32(signature.bytes().slice(0, HALF));
  }

  static Hash32 vs(EcdsaSignature signature) {
    return new Hash32(signature.bytes().slice(HALF, EcdsaSignature.SIZE));
  }

  private static Hash32 refundStruct(Hash32 key) {
    return HtlcBatch.pair(REFUND, key);
  }

  private EcdsaSignature sign(Hash32 struct, SecretKey key) {
    return Secp256k1.instance().signEcdsa(digest(struct), key);
  }

  private Hash32 digest(Hash32 struct) {
    return Digests.keccak256(
        Bytes.concat(Bytes.fromHex("1901"), domainSeparator().bytes(), struct.bytes()));
  }
}
