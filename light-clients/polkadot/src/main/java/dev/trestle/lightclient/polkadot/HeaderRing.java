package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import java.util.Optional;

/** The newest {@link #WINDOW} records of headers in a client's state, by number. */
public final class HeaderRing {
  /** Headers that are kept to prove against. */
  public static final int WINDOW = 1_024;

  private HeaderRing() {}

  /** The record of a kept header. */
  public static Optional<Bytes> get(ClientView view, long number) {
    return number < 0 ? Optional.empty() : view.get(headerKey(number));
  }

  /**
   * Writes a record; the oldest one leaves when the ring is full.
   *
   * @param accepted records written so far
   */
  public static void put(
      ClientView view, ClientDelta.Builder delta, long accepted, long number, Bytes header) {
    Bytes slot = slotKey(accepted % WINDOW);
    view.get(slot).map(HeaderRing::number).ifPresent(old -> delta.delete(headerKey(old)));
    delta.put(slot, new CanonicalWriter().u64(number).toBytes());
    delta.put(headerKey(number), header);
  }

  /** Writes that turn the subject's records into the substitute's. */
  public static void replace(ClientView subject, ClientView substitute, ClientDelta.Builder delta) {
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      subject.get(slot).ifPresent(number -> delta.delete(headerKey(number(number))).delete(slot));
    }
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      substitute.get(slot).ifPresent(number -> copy(substitute, delta, slot, number));
    }
  }

  private static void copy(
      ClientView substitute, ClientDelta.Builder delta, Bytes slot, Bytes number) {
    Bytes key = headerKey(number(number));
    delta.put(slot, number);
    substitute.get(key).ifPresent(header -> delta.put(key, header));
  }

  private static long number(Bytes encoded) {
    return CanonicalReader.decode(encoded, CanonicalReader::u64);
  }

  private static Bytes headerKey(long number) {
    return Bytes.concat(Bytes.utf8("header/"), new CanonicalWriter().u64(number).toBytes());
  }

  private static Bytes slotKey(long slot) {
    return Bytes.concat(Bytes.utf8("slot/"), new CanonicalWriter().u16((int) slot).toBytes());
  }
}
