package dev.trestle.proofs.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.util.List;

/**
 * The fields of an EVM block header that we need. Decoding checks the form of every field up to
 * Prague (EIP-7685) and passes later ones.
 *
 * @param hash keccak256 of the RLP, or of what a permissioned chain hashes in its place
 * @param timestamp Unix seconds
 */
public record EvmHeader(
    Hash32 hash,
    Hash32 parentHash,
    Hash32 stateRoot,
    Hash32 transactionsRoot,
    Hash32 receiptsRoot,
    long number,
    long timestamp) {
  /** Largest header in bytes; seals of permissioned chains stand in its extra data. */
  public static final int MAX_SIZE = 16_384;

  private static final int FRONTIER_FIELDS = 15;
  private static final int SHANGHAI_FIELDS = 17;
  private static final int CANCUN_FIELDS = 20;
  private static final int MAX_FIELDS = 32;

  /**
   * @throws DecodeException unless {@code rlp} is the canonical form of a header
   */
  public static EvmHeader decode(Bytes rlp) {
    if (rlp.size() > MAX_SIZE) {
      throw new DecodeException("a header of " + rlp.size() + " bytes");
    }
    return of(Rlp.decode(rlp).items(), Digests.keccak256(rlp));
  }

  /**
   * The fields of a header that is decoded already, for chains whose hash is not that of the RLP.
   *
   * @throws DecodeException unless they have the forms of a header's
   */
  public static EvmHeader of(List<RlpItem> fields, Hash32 hash) {
    if (!isFieldCount(fields.size())) {
      throw new DecodeException("a header of " + fields.size() + " fields");
    }
    checkForms(fields);
    return new EvmHeader(
        hash,
        fields.get(0).hash(),
        fields.get(3).hash(),
        fields.get(4).hash(),
        fields.get(5).hash(),
        fields.get(8).integer64(),
        fields.get(11).integer64());
  }

  /** 15 to Berlin, 16 London, 17 Shanghai, 20 Cancun, 21 Prague; more in forks to come. */
  private static boolean isFieldCount(int count) {
    return (count >= FRONTIER_FIELDS && count <= SHANGHAI_FIELDS)
        || (count >= CANCUN_FIELDS && count <= MAX_FIELDS);
  }

  private static void checkForms(List<RlpItem> fields) {
    fields.get(1).hash(); // ommers
    fields.get(2).text(20); // beneficiary
    fields.get(6).text(256); // bloom
    for (int i : new int[] {7, 9, 10}) { // difficulty, gas limit, gas used
      fields.get(i).integer();
    }
    fields.get(12).text(); // extra data
    fields.get(13).hash(); // mix hash
    fields.get(14).text(8); // nonce
    for (int i = FRONTIER_FIELDS; i < fields.size(); i++) {
      switch (i) {
        case 15, 17, 18 -> fields.get(i).integer(); // base fee, blob gas used, excess blob gas
        case 16, 19, 20 -> fields.get(i).hash(); // withdrawals, parent beacon root, requests
        default -> fields.get(i).text();
      }
    }
  }
}
