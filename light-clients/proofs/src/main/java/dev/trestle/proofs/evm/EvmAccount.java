package dev.trestle.proofs.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.math.BigInteger;
import java.util.List;

/**
 * An account of the state trie (Yellow Paper, section 4.1).
 *
 * @param nonce transactions sent or contracts created
 * @param balance in wei
 * @param storageRoot of the account's own trie
 * @param codeHash keccak256 of the code; that of no bytes for an account without code
 */
public record EvmAccount(
    BigInteger nonce, BigInteger balance, Hash32 storageRoot, Hash32 codeHash) {
  /** keccak256 of no bytes. */
  public static final Hash32 NO_CODE = Digests.keccak256(Bytes.EMPTY);

  /** What an address without an entry stands for. */
  public static final EvmAccount EMPTY =
      new EvmAccount(BigInteger.ZERO, BigInteger.ZERO, MptProof.EMPTY_ROOT, NO_CODE);

  private static final int NONCE_BITS = 64;
  private static final int BALANCE_BITS = 256;

  public EvmAccount {
    if (nonce.signum() < 0
        || nonce.bitLength() > NONCE_BITS
        || balance.signum() < 0
        || balance.bitLength() > BALANCE_BITS) {
      throw new IllegalArgumentException("not an account");
    }
  }

  /** The form that stands in the state trie. */
  public Bytes encode() {
    return Rlp.encode(
        RlpItem.of(
            RlpItem.of(nonce),
            RlpItem.of(balance),
            RlpItem.of(storageRoot.bytes()),
            RlpItem.of(codeHash.bytes())));
  }

  /**
   * @throws DecodeException unless {@code encoded} is the canonical form of an account
   */
  public static EvmAccount decode(Bytes encoded) {
    List<RlpItem> fields = Rlp.decode(encoded).items();
    if (fields.size() != 4) {
      throw new DecodeException("an account of " + fields.size() + " fields");
    }
    BigInteger nonce = fields.get(0).integer();
    if (nonce.bitLength() > NONCE_BITS) {
      throw new DecodeException("a nonce over 2^64-1");
    }
    return new EvmAccount(
        nonce, fields.get(1).integer(), fields.get(2).hash(), fields.get(3).hash());
  }
}
