package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a simulation read: {@code rwset.TxReadWriteSet}, down to {@code kvrwset.KVRead}. A peer
 * simulates against one snapshot of its state, so the highest version of any read is a lower bound
 * of the snapshot's height.
 */
public record ReadSet(List<Read> reads) {
  private static final int MAX_NAMESPACES = 64;
  private static final int MAX_READS = 1_000;

  public ReadSet {
    reads = List.copyOf(reads);
  }

  /**
   * A read of one key.
   *
   * @param block number of the block that wrote the key last; empty if the key is absent
   */
  public record Read(String namespace, String key, OptionalLong block) {
    private static Read decode(String namespace, Bytes encoded) {
      ProtoFields in = ProtoFields.parse(encoded);
      if (!in.has(2)) {
        return new Read(namespace, in.text(1), OptionalLong.empty());
      }
      long block = in.message(2).varint(1);
      if (block < 0) {
        throw new DecodeException("a version of block " + block);
      }
      return new Read(namespace, in.text(1), OptionalLong.of(block));
    }
  }

  /**
   * @throws DecodeException if the set is malformed, over a limit, writes anything, touches private
   *     data, or names a namespace or a key twice
   */
  public static ReadSet decode(Bytes results) {
    ProtoFields set = ProtoFields.parse(results);
    if (set.varint(1) != 0) {
      throw new DecodeException("not a set of keys and values");
    }
    List<Read> reads = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Bytes each : set.repeated(2, MAX_NAMESPACES)) {
      ProtoFields namespace = ProtoFields.parse(each);
      ProtoFields content = namespace.message(2);
      if (namespace.has(3) || content.has(2) || content.has(3) || content.has(4)) {
        throw new DecodeException("more than reads of keys");
      }
      String name = namespace.text(1);
      if (names.contains(name)) {
        throw new DecodeException("a namespace twice");
      }
      names.add(name);
      content.repeated(1, MAX_READS).forEach(read -> reads.add(Read.decode(name, read)));
    }
    return new ReadSet(reads);
  }

  /**
   * The read of a key; empty if it was not read.
   *
   * @throws DecodeException if it was read twice
   */
  public Optional<Read> of(String namespace, String key) {
    List<Read> found =
        reads.stream()
            .filter(each -> each.namespace().equals(namespace) && each.key().equals(key))
            .toList();
    if (found.size() > 1) {
      throw new DecodeException("a key twice");
    }
    return found.stream().findFirst();
  }

  /** The state that was read is that after this block or a later one; empty if nothing tells. */
  public OptionalLong atLeast() {
    return reads.stream()
        .map(Read::block)
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .max();
  }
}
