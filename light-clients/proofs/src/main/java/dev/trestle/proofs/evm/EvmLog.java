package dev.trestle.proofs.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.proofs.RlpItem;
import java.util.List;

/**
 * What a contract logged.
 *
 * @param address of the contract, 20 bytes
 * @param topics at most 4
 */
public record EvmLog(Bytes address, List<Hash32> topics, Bytes data) {
  /** Largest data in bytes that {@link #decode} reads. */
  public static final int MAX_DATA = 131_072;

  private static final int MAX_TOPICS = 4;
  private static final int ADDRESS = 20;

  public EvmLog {
    topics = List.copyOf(topics);
    if (address.size() != ADDRESS || topics.size() > MAX_TOPICS) {
      throw new IllegalArgumentException("not a log: 20 bytes of address, at most 4 topics");
    }
  }

  /** Canonical form: address, u8 number of topics, topics, data with a u32 length. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().fixed(address).u8(topics.size());
    topics.forEach(out::hash);
    return out.bytes(data).toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a log
   */
  public static EvmLog decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, EvmLog::read);
  }

  private static EvmLog read(CanonicalReader in) {
    Bytes address = in.fixed(ADDRESS);
    int count = in.u8();
    if (count > MAX_TOPICS) {
      throw new DecodeException(count + " topics");
    }
    List<Hash32> topics = new java.util.ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      topics.add(in.hash());
    }
    return new EvmLog(address, topics, in.bytes(MAX_DATA));
  }

  RlpItem toRlp() {
    return RlpItem.of(
        RlpItem.of(address),
        RlpItem.of(topics.stream().map(topic -> RlpItem.of(topic.bytes())).toList()),
        RlpItem.of(data));
  }

  static EvmLog fromRlp(RlpItem item) {
    List<RlpItem> fields = item.items();
    if (fields.size() != 3) {
      throw new DecodeException("a log of " + fields.size() + " fields");
    }
    List<RlpItem> topics = fields.get(1).items();
    if (topics.size() > MAX_TOPICS) {
      throw new DecodeException(topics.size() + " topics");
    }
    return new EvmLog(
        fields.get(0).text(ADDRESS),
        topics.stream().map(RlpItem::hash).toList(),
        fields.get(2).text());
  }
}
