package dev.trestle.proofs.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.math.BigInteger;
import java.util.List;

/**
 * A transaction receipt, legacy or typed (EIP-2718).
 *
 * @param type 0 legacy, 1 access list, 2 dynamic fee, 3 blob, 4 set code
 * @param success status 1 (EIP-658); receipts with a state root instead are refused
 * @param cumulativeGas gas used in the block up to and including this transaction
 * @param bloom 256 bytes
 */
public record EvmReceipt(
    int type, boolean success, BigInteger cumulativeGas, Bytes bloom, List<EvmLog> logs) {
  /** Newest transaction type whose receipt has the known form. */
  public static final int MAX_TYPE = 4;

  private static final int BLOOM = 256;

  public EvmReceipt {
    logs = List.copyOf(logs);
    if (type < 0 || type > MAX_TYPE || bloom.size() != BLOOM || cumulativeGas.signum() < 0) {
      throw new IllegalArgumentException("not a receipt of a known form");
    }
  }

  /** The consensus form, as it stands in the receipts trie. */
  public Bytes encode() {
    RlpItem body =
        RlpItem.of(
            RlpItem.of(success ? 1 : 0),
            RlpItem.of(cumulativeGas),
            RlpItem.of(bloom),
            RlpItem.of(logs.stream().map(EvmLog::toRlp).toList()));
    Bytes payload = Rlp.encode(body);
    return type == 0 ? payload : Bytes.concat(Bytes.wrap(new byte[] {(byte) type}), payload);
  }

  /**
   * @throws DecodeException unless {@code encoded} is the consensus form of a receipt of a known
   *     type
   */
  public static EvmReceipt decode(Bytes encoded) {
    if (encoded.isEmpty()) {
      throw new DecodeException("an empty receipt");
    }
    int first = encoded.at(0);
    if (first >= 0xc0) {
      return decode(0, encoded);
    }
    if (first < 1 || first > MAX_TYPE) {
      throw new DecodeException("a receipt of type " + first);
    }
    return decode(first, encoded.slice(1, encoded.size()));
  }

  private static EvmReceipt decode(int type, Bytes payload) {
    List<RlpItem> fields = Rlp.decode(payload).items();
    if (fields.size() != 4) {
      throw new DecodeException("a receipt of " + fields.size() + " fields");
    }
    BigInteger status = fields.get(0).integer();
    if (status.bitLength() > 1) {
      throw new DecodeException("a receipt without status");
    }
    return new EvmReceipt(
        type,
        status.signum() == 1,
        fields.get(1).integer(),
        fields.get(2).text(BLOOM),
        fields.get(3).items().stream().map(EvmLog::fromRlp).toList());
  }
}
