package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import java.util.Optional;

/** The final blocks that a client keeps, by slot and by execution block number. */
final class FinalRing {
  private FinalRing() {}

  static Optional<FinalBlock> atSlot(ClientView view, long slot) {
    return view.get(slotKey(slot)).map(record -> CanonicalReader.decode(record, FinalBlock::read));
  }

  /** The block that made execution block {@code number} final. */
  static Optional<FinalBlock> atNumber(ClientView view, long number) {
    return view.get(numberKey(number))
        .flatMap(slot -> atSlot(view, CanonicalReader.decode(slot, CanonicalReader::u64)));
  }

  /** Adds a block as the {@code ordinal}th; the one that it replaces in the ring is forgotten. */
  static void add(ClientView view, ClientDelta.Builder delta, long ordinal, FinalBlock block) {
    Bytes ring = ringKey(ordinal % EthereumState.WINDOW);
    view.get(ring).ifPresent(slot -> forget(view, delta, slot));
    Bytes slot = u64(block.slot());
    CanonicalWriter out = new CanonicalWriter();
    block.write(out);
    delta.put(ring, slot).put(slotKey(block.slot()), out.toBytes());
    block.execution().ifPresent(execution -> delta.put(numberKey(execution.number()), slot));
  }

  private static void forget(ClientView view, ClientDelta.Builder delta, Bytes slot) {
    long number = CanonicalReader.decode(slot, CanonicalReader::u64);
    atSlot(view, number)
        .flatMap(FinalBlock::execution)
        .map(execution -> numberKey(execution.number()))
        .filter(key -> view.get(key).equals(Optional.of(slot)))
        .ifPresent(delta::delete);
    delta.delete(slotKey(number));
  }

  /** Deletes the blocks of {@code subject} and copies those of {@code substitute}. */
  static void replace(ClientDelta.Builder delta, ClientView subject, ClientView substitute) {
    for (int i = 0; i < EthereumState.WINDOW; i++) {
      Bytes ring = ringKey(i);
      subject
          .get(ring)
          .ifPresent(
              slot -> {
                forget(subject, delta, slot);
                delta.delete(ring);
              });
    }
    for (int i = 0; i < EthereumState.WINDOW; i++) {
      Bytes ring = ringKey(i);
      substitute.get(ring).ifPresent(slot -> copy(delta, substitute, ring, slot));
    }
  }

  private static void copy(
      ClientDelta.Builder delta, ClientView substitute, Bytes ring, Bytes slot) {
    delta.put(ring, slot);
    long at = CanonicalReader.decode(slot, CanonicalReader::u64);
    substitute.get(slotKey(at)).ifPresent(record -> delta.put(slotKey(at), record));
    atSlot(substitute, at)
        .flatMap(FinalBlock::execution)
        .map(execution -> numberKey(execution.number()))
        .ifPresent(key -> substitute.get(key).ifPresent(value -> delta.put(key, value)));
  }

  private static Bytes slotKey(long slot) {
    return Bytes.concat(Bytes.utf8("slot/"), u64(slot));
  }

  private static Bytes numberKey(long number) {
    return Bytes.concat(Bytes.utf8("number/"), u64(number));
  }

  private static Bytes ringKey(long position) {
    return Bytes.concat(Bytes.utf8("ring/"), new CanonicalWriter().u16((int) position).toBytes());
  }

  private static Bytes u64(long value) {
    return new CanonicalWriter().u64(value).toBytes();
  }
}
