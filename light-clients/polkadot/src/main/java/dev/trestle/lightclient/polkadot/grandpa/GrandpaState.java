package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.polkadot.ChainRules;
import dev.trestle.lightclient.polkadot.HeaderRing;
import dev.trestle.lightclient.polkadot.KnownHeader;
import dev.trestle.lightclient.polkadot.Messages;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client's part of the authenticated state: rules, progress, the sets of authorities, and a
 * ring of headers. Each record starts with a version byte.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted headers written so far
 * @param latest the highest header whose time is proved
 * @param tip number of the highest header that was finalised, at least the latest
 */
record GrandpaState(
    ChainRules rules,
    boolean frozen,
    long accepted,
    KnownHeader latest,
    long tip,
    Authorities authorities) {
  private static final Bytes RULES = Bytes.utf8("rules");
  private static final Bytes PROGRESS = Bytes.utf8("progress");
  private static final Bytes SET = Bytes.utf8("set");
  private static final Bytes RETIRED = Bytes.utf8("retired");
  private static final Bytes PENDING = Bytes.utf8("pending");

  static ClientDelta initial(GrandpaAnchor anchor) {
    ClientDelta.Builder delta = ClientDelta.builder();
    CanonicalWriter rules = Messages.begin();
    anchor.rules().write(rules);
    delta.put(RULES, rules.toBytes());
    Authorities authorities = new Authorities(anchor.set(), Optional.empty(), Optional.empty());
    putSet(delta, authorities);
    KnownHeader first = anchor.known();
    new GrandpaState(anchor.rules(), false, 0, first, first.number(), authorities)
        .with(key -> Optional.empty(), List.of(first), first.number(), authorities, delta);
    return delta.build();
  }

  /** Empty if the client is not initialised. */
  static Optional<GrandpaState> load(ClientView view) {
    Optional<ChainRules> rules = read(view, RULES, ChainRules::read);
    Optional<AuthoritySet> set = read(view, SET, AuthoritySet::read);
    if (rules.isEmpty() || set.isEmpty()) {
      return Optional.empty();
    }
    Authorities authorities =
        new Authorities(
            set.get(),
            read(view, RETIRED, Authorities.Retired::read),
            read(view, PENDING, Authorities.Pending::read));
    return read(
        view,
        PROGRESS,
        in ->
            new GrandpaState(
                rules.get(), in.bool(), in.u64(), KnownHeader.read(in), in.u64(), authorities));
  }

  private static <T> Optional<T> read(
      ClientView view, Bytes key, Function<CanonicalReader, T> reader) {
    return view.get(key).map(encoded -> Messages.decode(encoded, reader));
  }

  static Optional<KnownHeader> header(ClientView view, long number) {
    return HeaderRing.get(view, number).map(encoded -> Messages.decode(encoded, KnownHeader::read));
  }

  ClientStatus status(long nowSeconds) {
    return rules.status(frozen, latest.seconds(), nowSeconds);
  }

  ClientDelta freeze() {
    ClientDelta.Builder delta = ClientDelta.builder();
    new GrandpaState(rules, true, accepted, latest, tip, authorities).putProgress(delta);
    return delta.build();
  }

  /** Adds headers of ascending number, at least one. */
  void with(
      ClientView view,
      List<KnownHeader> headers,
      long newTip,
      Authorities next,
      ClientDelta.Builder delta) {
    long count = accepted;
    for (KnownHeader header : headers) {
      CanonicalWriter out = Messages.begin();
      header.write(out);
      HeaderRing.put(view, delta, count, header.number(), out.toBytes());
      count++;
    }
    if (!next.equals(authorities)) {
      putSet(delta, next);
    }
    new GrandpaState(rules, frozen, count, headers.getLast(), newTip, next).putProgress(delta);
  }

  private void putProgress(ClientDelta.Builder delta) {
    CanonicalWriter out = Messages.begin().bool(frozen).u64(accepted);
    latest.write(out);
    delta.put(PROGRESS, out.u64(tip).toBytes());
  }

  private static void putSet(ClientDelta.Builder delta, Authorities authorities) {
    CanonicalWriter set = Messages.begin();
    authorities.current().write(set);
    delta.put(SET, set.toBytes());
    delta.delete(RETIRED).delete(PENDING);
    authorities
        .retired()
        .ifPresent(
            retired -> {
              CanonicalWriter out = Messages.begin();
              retired.write(out);
              delta.put(RETIRED, out.toBytes());
            });
    authorities
        .pending()
        .ifPresent(
            pending -> {
              CanonicalWriter out = Messages.begin();
              pending.write(out);
              delta.put(PENDING, out.toBytes());
            });
  }

  /** Writes that turn {@code subject}'s state into {@code substitute}'s. */
  static ClientDelta replace(ClientView subject, ClientView substitute) {
    ClientDelta.Builder delta = ClientDelta.builder();
    HeaderRing.replace(subject, substitute, delta);
    for (Bytes key : List.of(RULES, PROGRESS, SET, RETIRED, PENDING)) {
      delta.delete(key);
      substitute.get(key).ifPresent(value -> delta.put(key, value));
    }
    return delta.build();
  }
}
