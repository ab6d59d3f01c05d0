package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client's part of the authenticated state: rules, progress, a ring of transactions, and which
 * of them consumed which state. Each record starts with a version byte.
 *
 * @param frozen whether the notary was proved to have signed a state away twice
 * @param latest the last transaction; before the first one the anchor's height with the network's
 *     name as its identifier
 */
record CordaState(CordaRules rules, boolean frozen, KnownTransaction latest) {
  /** Transactions that are kept to prove against. */
  static final int WINDOW = 1_024;

  private static final Bytes RULES = Bytes.utf8("rules");
  private static final Bytes PROGRESS = Bytes.utf8("progress");

  static ClientDelta initial(CordaAnchor anchor) {
    ClientDelta.Builder delta = ClientDelta.builder();
    CanonicalWriter out = Messages.begin();
    CordaRules rules = anchor.rules();
    rules.write(out);
    delta.put(RULES, out.toBytes());
    new CordaState(
            rules,
            false,
            new KnownTransaction(anchor.height(), rules.network(), rules.from(), List.of()))
        .putProgress(delta);
    return delta.build();
  }

  /** Empty if the client is not initialised. */
  static Optional<CordaState> load(ClientView view) {
    return read(view, RULES, CordaRules::read)
        .flatMap(
            rules ->
                read(
                    view,
                    PROGRESS,
                    in -> new CordaState(rules, in.bool(), KnownTransaction.read(in))));
  }

  private static <T> Optional<T> read(
      ClientView view, Bytes key, Function<CanonicalReader, T> reader) {
    return view.get(key).map(encoded -> Messages.decode(encoded, reader));
  }

  /** A transaction that is kept. */
  static Optional<KnownTransaction> transaction(ClientView view, Hash32 id) {
    return read(view, transactionKey(id), KnownTransaction::read);
  }

  /** The kept transaction of a height. */
  static Optional<KnownTransaction> transaction(ClientView view, long height) {
    return view.get(slotKey(Math.floorMod(height, WINDOW)))
        .flatMap(slot -> transaction(view, id(slot)))
        .filter(known -> known.height() == height);
  }

  /**
   * The kept transaction that consumed a state.
   *
   * @param input SHA-256 of the serialised reference
   */
  static Optional<Hash32> spender(ClientView view, Hash32 input) {
    return view.get(spentKey(input)).map(CordaState::id);
  }

  ClientStatus status(long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    if (nowSeconds >= rules.until()) {
      return ClientStatus.EXPIRED;
    }
    return nowSeconds < rules.until() - (rules.until() - rules.from()) / 3
        ? ClientStatus.ACTIVE
        : ClientStatus.EXPIRING;
  }

  ClientDelta freeze() {
    ClientDelta.Builder delta = ClientDelta.builder();
    new CordaState(rules, true, latest).putProgress(delta);
    return delta.build();
  }

  /**
   * Adds transactions of ascending height, at least one; the oldest leave when the ring is full.
   */
  ClientDelta with(ClientView view, List<KnownTransaction> transactions) {
    ClientDelta.Builder delta = ClientDelta.builder();
    for (KnownTransaction each : transactions) {
      Bytes slot = slotKey(each.height() % WINDOW);
      view.get(slot).ifPresent(old -> forget(view, id(old), delta));
      CanonicalWriter out = Messages.begin();
      each.write(out);
      delta.put(slot, each.id().bytes()).put(transactionKey(each.id()), out.toBytes());
      each.inputs().forEach(input -> delta.put(spentKey(input), each.id().bytes()));
    }
    new CordaState(rules, frozen, transactions.getLast()).putProgress(delta);
    return delta.build();
  }

  private static void forget(ClientView view, Hash32 id, ClientDelta.Builder delta) {
    transaction(view, id)
        .ifPresent(old -> old.inputs().forEach(input -> delta.delete(spentKey(input))));
    delta.delete(transactionKey(id));
  }

  private void putProgress(ClientDelta.Builder delta) {
    CanonicalWriter out = Messages.begin().bool(frozen);
    latest.write(out);
    delta.put(PROGRESS, out.toBytes());
  }

  /** Writes that turn {@code subject}'s state into {@code substitute}'s. */
  static ClientDelta replace(ClientView subject, ClientView substitute) {
    ClientDelta.Builder delta = ClientDelta.builder();
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      subject
          .get(slot)
          .ifPresent(
              old -> {
                forget(subject, id(old), delta);
                delta.delete(slot);
              });
    }
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      substitute.get(slot).ifPresent(kept -> copy(substitute, delta, slot, kept));
    }
    for (Bytes key : List.of(RULES, PROGRESS)) {
      substitute.get(key).ifPresent(value -> delta.put(key, value));
    }
    return delta.build();
  }

  private static void copy(
      ClientView substitute, ClientDelta.Builder delta, Bytes slot, Bytes kept) {
    Bytes key = transactionKey(id(kept));
    delta.put(slot, kept);
    substitute.get(key).ifPresent(value -> delta.put(key, value));
    transaction(substitute, id(kept))
        .ifPresent(known -> known.inputs().forEach(each -> delta.put(spentKey(each), kept)));
  }

  private static Hash32 id(Bytes encoded) {
    return CanonicalReader.decode(encoded, CanonicalReader::hash);
  }

  private static Bytes transactionKey(Hash32 id) {
    return Bytes.concat(Bytes.utf8("tx/"), id.bytes());
  }

  private static Bytes spentKey(Hash32 input) {
    return Bytes.concat(Bytes.utf8("spent/"), input.bytes());
  }

  private static Bytes slotKey(long slot) {
    return Bytes.concat(Bytes.utf8("slot/"), new CanonicalWriter().u16((int) slot).toBytes());
  }
}
