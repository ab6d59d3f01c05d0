package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A block header as RLP fields, because permissioned chains hash it with parts of its extra data
 * left out.
 */
record PoaHeader(List<RlpItem> fields) {
  /** Largest header in bytes: 1,000 validators that all sealed. */
  static final int MAX_SIZE = 131_072;

  /** keccak256 of the RLP of the empty list. */
  static final Hash32 NO_OMMERS = Digests.keccak256(Bytes.fromHex("c0"));

  private static final int OMMERS = 1;
  private static final int BENEFICIARY = 2;
  private static final int DIFFICULTY = 7;
  private static final int EXTRA_DATA = 12;
  private static final int MIX_HASH = 13;
  private static final int NONCE = 14;

  PoaHeader {
    fields = List.copyOf(fields);
  }

  /**
   * @throws DecodeException unless {@code rlp} is the canonical form of a header
   */
  static PoaHeader decode(Bytes rlp) {
    if (rlp.size() > MAX_SIZE) {
      throw new DecodeException("a header of " + rlp.size() + " bytes");
    }
    PoaHeader header = new PoaHeader(Rlp.decode(rlp).items());
    EvmHeader.of(header.fields, Hash32.ZERO); // checks the form of every field
    return header;
  }

  /** What other modules need of it, under the hash of its chain's consensus. */
  EvmHeader withHash(Hash32 hash) {
    return EvmHeader.of(fields, hash);
  }

  Hash32 parentHash() {
    return fields.getFirst().hash();
  }

  boolean hasOmmers() {
    return !fields.get(OMMERS).hash().equals(NO_OMMERS);
  }

  EvmAddress beneficiary() {
    return new EvmAddress(fields.get(BENEFICIARY).text(EvmAddress.SIZE));
  }

  BigInteger difficulty() {
    return fields.get(DIFFICULTY).integer();
  }

  long number() {
    return fields.get(8).integer64();
  }

  long timestamp() {
    return fields.get(11).integer64();
  }

  Bytes extraData() {
    return fields.get(EXTRA_DATA).text();
  }

  Hash32 mixHash() {
    return fields.get(MIX_HASH).hash();
  }

  Bytes nonce() {
    return fields.get(NONCE).text(8);
  }

  /** keccak256 of the header with other extra data. */
  Hash32 hashWith(Bytes extraData) {
    List<RlpItem> changed = new ArrayList<>(fields);
    changed.set(EXTRA_DATA, RlpItem.of(extraData));
    return Digests.keccak256(Rlp.encode(RlpItem.of(changed)));
  }

  /** keccak256 of the header as it is. */
  Hash32 plainHash() {
    return Digests.keccak256(Rlp.encode(RlpItem.of(fields)));
  }

  Bytes encode() {
    return Rlp.encode(RlpItem.of(fields));
  }
}
