package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.List;
import java.util.Optional;

/** What a transaction writes: {@code rwset.TxReadWriteSet}, down to {@code kvrwset.KVWrite}. */
public final class WriteSet {
  private static final int MAX_NAMESPACES = 64;
  private static final int MAX_WRITES = 10_000;

  private WriteSet() {}

  /**
   * The value that is written to a key; empty if the key is not written or deleted.
   *
   * @throws DecodeException if the set is malformed or names the namespace or the key twice
   */
  public static Optional<Bytes> value(Bytes results, String namespace, String key) {
    ProtoFields set = ProtoFields.parse(results);
    if (set.varint(1) != 0) {
      throw new DecodeException("not a set of keys and values");
    }
    Optional<Bytes> writes = Optional.empty();
    for (Bytes each : set.repeated(2, MAX_NAMESPACES)) {
      ProtoFields inner = ProtoFields.parse(each);
      if (inner.text(1).equals(namespace)) {
        if (writes.isPresent()) {
          throw new DecodeException("a namespace twice");
        }
        writes = Optional.of(inner.bytes(2));
      }
    }
    return writes.flatMap(each -> written(ProtoFields.parse(each).repeated(3, MAX_WRITES), key));
  }

  private static Optional<Bytes> written(List<Bytes> writes, String key) {
    Optional<ProtoFields> found = Optional.empty();
    for (Bytes each : writes) {
      ProtoFields write = ProtoFields.parse(each);
      if (write.text(1).equals(key)) {
        if (found.isPresent()) {
          throw new DecodeException("a key twice");
        }
        found = Optional.of(write);
      }
    }
    return found.filter(write -> write.varint(2) == 0).map(write -> write.bytes(3));
  }

  /**
   * The payload of the chaincode's event ({@code protos.ChaincodeEvent}) if it has this name, this
   * transaction and this chaincode.
   */
  public static Optional<Bytes> event(
      Bytes event, String chaincode, String transactionId, String name) {
    ProtoFields fields = ProtoFields.parse(event);
    boolean same =
        fields.text(1).equals(chaincode)
            && fields.text(2).equals(transactionId)
            && fields.text(3).equals(name);
    return same && !event.isEmpty() ? Optional.of(fields.bytes(4)) : Optional.empty();
  }
}
