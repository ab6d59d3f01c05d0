package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.polkadot.ScaleReader;
import dev.trestle.lightclient.polkadot.ScaleWriter;
import java.util.List;
import java.util.Optional;

/**
 * What BEEFY validators sign ({@code sp_consensus_beefy::Commitment}): {@code payload | blockNumber
 * u32 | validatorSetId u64}. The payload's items are in ascending order of their ids, none twice.
 */
public record Commitment(List<Item> payload, long blockNumber, long validatorSetId) {
  /** Most items of a payload. */
  public static final int MAX_ITEMS = 16;

  /** Largest item in bytes. */
  public static final int MAX_ITEM = 1_024;

  /** Id of the root of the mountain range, {@code mh}. */
  public static final Bytes MMR_ROOT = Bytes.utf8("mh");

  private static final int ID_SIZE = 2;

  /**
   * @param id two bytes
   */
  public record Item(Bytes id, Bytes data) {}

  public Commitment {
    payload = List.copyOf(payload);
    for (int i = 1; i < payload.size(); i++) {
      if (payload.get(i - 1).id().compareTo(payload.get(i).id()) >= 0) {
        throw new IllegalArgumentException("items of the payload are not in order");
      }
    }
  }

  /**
   * @throws DecodeException if these are not the bytes of one commitment
   */
  public static Commitment decode(Bytes encoded) {
    return ScaleReader.decode(encoded, Commitment::read);
  }

  static Commitment read(ScaleReader in) {
    return new Commitment(
        in.list(MAX_ITEMS, 3, each -> new Item(each.fixed(ID_SIZE), each.bytes(MAX_ITEM))),
        in.u32(),
        in.u64());
  }

  void write(ScaleWriter out) {
    out.list(payload, (to, item) -> to.fixed(item.id()).bytes(item.data()))
        .u32(blockNumber)
        .u64(validatorSetId);
  }

  public Bytes encode() {
    ScaleWriter out = new ScaleWriter();
    write(out);
    return out.toBytes();
  }

  /** Keccak-256 of the encoding: the digest that is signed. */
  public Hash32 hash() {
    return Digests.keccak256(encode());
  }

  /** The root of the mountain range, if there is one of 32 bytes. */
  public Optional<Hash32> mmrRoot() {
    return payload.stream()
        .filter(item -> item.id().equals(MMR_ROOT) && item.data().size() == Hash32.SIZE)
        .map(item -> new Hash32(item.data()))
        .findFirst();
  }
}
