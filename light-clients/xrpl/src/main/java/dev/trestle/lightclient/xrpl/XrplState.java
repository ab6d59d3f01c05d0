package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client's part of the authenticated state: rules, progress, the list of validators, and a ring
 * of ledgers. Each record starts with a version byte.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted ledgers written so far; the next one takes ring slot {@code accepted % WINDOW}
 */
record XrplState(
    XrplRules rules, boolean frozen, long accepted, KnownLedger latest, Publication publication) {
  /** Ledgers that are kept to prove against. */
  static final int WINDOW = 1_024;

  private static final Bytes RULES = Bytes.utf8("rules");
  private static final Bytes PROGRESS = Bytes.utf8("progress");
  private static final Bytes LIST = Bytes.utf8("list");

  static ClientDelta initial(XrplAnchor anchor, Publication publication) {
    ClientDelta.Builder delta = ClientDelta.builder();
    CanonicalWriter rules = Messages.begin();
    anchor.rules().write(rules);
    delta.put(RULES, rules.toBytes());
    putList(delta, publication);
    KnownLedger first = KnownLedger.of(anchor.header());
    new XrplState(anchor.rules(), false, 0, first, publication)
        .with(key -> Optional.empty(), List.of(first), publication, delta);
    return delta.build();
  }

  /** Empty if the client is not initialised. */
  static Optional<XrplState> load(ClientView view) {
    Optional<XrplRules> rules = read(view, RULES, XrplRules::read);
    Optional<Publication> publication = read(view, LIST, Publication::read);
    if (rules.isEmpty() || publication.isEmpty()) {
      return Optional.empty();
    }
    return read(
        view,
        PROGRESS,
        in ->
            new XrplState(
                rules.get(), in.bool(), in.u64(), KnownLedger.read(in), publication.get()));
  }

  private static <T> Optional<T> read(
      ClientView view, Bytes key, Function<CanonicalReader, T> reader) {
    return view.get(key).map(encoded -> Messages.decode(encoded, reader));
  }

  static Optional<KnownLedger> ledger(ClientView view, long index) {
    return index < 0 ? Optional.empty() : read(view, ledgerKey(index), KnownLedger::read);
  }

  /** By the age of the latest ledger and by the end of the list; whichever is first. */
  ClientStatus status(long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    long end = Math.min(latest.seconds() + rules.trustingPeriod(), publication.list().expiration());
    if (nowSeconds >= end) {
      return ClientStatus.EXPIRED;
    }
    return nowSeconds < end - rules.trustingPeriod() / 3
        ? ClientStatus.ACTIVE
        : ClientStatus.EXPIRING;
  }

  ClientDelta freeze() {
    ClientDelta.Builder delta = ClientDelta.builder();
    new XrplState(rules, true, accepted, latest, publication).putProgress(delta);
    return delta.build();
  }

  /** Adds ledgers of ascending index, at least one; the oldest leave when the ring is full. */
  void with(
      ClientView view, List<KnownLedger> ledgers, Publication next, ClientDelta.Builder delta) {
    long count = accepted;
    for (KnownLedger ledger : ledgers) {
      Bytes slot = slotKey(count % WINDOW);
      view.get(slot).ifPresent(old -> delta.delete(ledgerKey(index(old))));
      delta.put(slot, new CanonicalWriter().u64(ledger.index()).toBytes());
      CanonicalWriter out = Messages.begin();
      ledger.write(out);
      delta.put(ledgerKey(ledger.index()), out.toBytes());
      count++;
    }
    if (!next.equals(publication)) {
      putList(delta, next);
    }
    new XrplState(rules, frozen, count, ledgers.getLast(), next).putProgress(delta);
  }

  private void putProgress(ClientDelta.Builder delta) {
    CanonicalWriter out = Messages.begin().bool(frozen).u64(accepted);
    latest.write(out);
    delta.put(PROGRESS, out.toBytes());
  }

  private static void putList(ClientDelta.Builder delta, Publication publication) {
    CanonicalWriter out = Messages.begin();
    publication.write(out);
    delta.put(LIST, out.toBytes());
  }

  /** Writes that turn {@code subject}'s state into {@code substitute}'s. */
  static ClientDelta replace(ClientView subject, ClientView substitute) {
    ClientDelta.Builder delta = ClientDelta.builder();
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      subject.get(slot).ifPresent(old -> delta.delete(ledgerKey(index(old))).delete(slot));
    }
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      substitute.get(slot).ifPresent(index -> copy(substitute, delta, slot, index));
    }
    for (Bytes key : List.of(RULES, PROGRESS, LIST)) {
      substitute.get(key).ifPresent(value -> delta.put(key, value));
    }
    return delta.build();
  }

  private static void copy(
      ClientView substitute, ClientDelta.Builder delta, Bytes slot, Bytes index) {
    Bytes key = ledgerKey(index(index));
    delta.put(slot, index);
    substitute.get(key).ifPresent(ledger -> delta.put(key, ledger));
  }

  private static long index(Bytes encoded) {
    return CanonicalReader.decode(encoded, CanonicalReader::u64);
  }

  private static Bytes ledgerKey(long index) {
    return Bytes.concat(Bytes.utf8("ledger/"), new CanonicalWriter().u64(index).toBytes());
  }

  private static Bytes slotKey(long slot) {
    return Bytes.concat(Bytes.utf8("slot/"), new CanonicalWriter().u16((int) slot).toBytes());
  }
}
