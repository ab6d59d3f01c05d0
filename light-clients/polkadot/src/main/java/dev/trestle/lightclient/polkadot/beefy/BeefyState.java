package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.polkadot.ChainRules;
import dev.trestle.lightclient.polkadot.HeaderRing;
import dev.trestle.lightclient.polkadot.Messages;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client's part of the authenticated state: rules, progress with the sets of validators, and a
 * ring of headers. Each record starts with a version byte.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted headers written so far
 */
record BeefyState(
    ChainRules rules, boolean frozen, long accepted, RangeHeader latest, Validators validators) {
  private static final Bytes RULES = Bytes.utf8("rules");
  private static final Bytes PROGRESS = Bytes.utf8("progress");

  /**
   * Who signs.
   *
   * @param next learned from leaves
   * @param retired the set before the current one, kept for evidence while it is trusted
   */
  record Validators(ValidatorSet current, ValidatorSet next, Optional<Retired> retired) {
    private void write(CanonicalWriter out) {
      current.write(out);
      next.write(out);
      out.optional(retired, (to, each) -> each.write(to));
    }

    private static Validators read(CanonicalReader in) {
      return new Validators(
          ValidatorSet.read(in), ValidatorSet.read(in), in.optional(Retired::read));
    }
  }

  /**
   * A set that was replaced.
   *
   * @param seconds Unix time at which it was surely still in charge
   */
  record Retired(ValidatorSet set, long seconds) {
    private void write(CanonicalWriter out) {
      set.write(out);
      out.u64(seconds);
    }

    private static Retired read(CanonicalReader in) {
      return new Retired(ValidatorSet.read(in), in.u64());
    }
  }

  static ClientDelta initial(BeefyAnchor anchor) {
    ClientDelta.Builder delta = ClientDelta.builder();
    CanonicalWriter rules = Messages.begin();
    anchor.rules().write(rules);
    delta.put(RULES, rules.toBytes());
    Validators validators = new Validators(anchor.current(), anchor.next(), Optional.empty());
    new BeefyState(anchor.rules(), false, 0, anchor.latest(), validators)
        .with(key -> Optional.empty(), List.of(anchor.latest()), validators, delta);
    return delta.build();
  }

  /** Empty if the client is not initialised. */
  static Optional<BeefyState> load(ClientView view) {
    Optional<ChainRules> rules = read(view, RULES, ChainRules::read);
    return rules.flatMap(
        known ->
            read(
                view,
                PROGRESS,
                in ->
                    new BeefyState(
                        known, in.bool(), in.u64(), RangeHeader.read(in), Validators.read(in))));
  }

  private static <T> Optional<T> read(
      ClientView view, Bytes key, Function<CanonicalReader, T> reader) {
    return view.get(key).map(encoded -> Messages.decode(encoded, reader));
  }

  static Optional<RangeHeader> header(ClientView view, long number) {
    return HeaderRing.get(view, number).map(encoded -> Messages.decode(encoded, RangeHeader::read));
  }

  ClientStatus status(long nowSeconds) {
    return rules.status(frozen, latest.header().seconds(), nowSeconds);
  }

  ClientDelta freeze() {
    ClientDelta.Builder delta = ClientDelta.builder();
    new BeefyState(rules, true, accepted, latest, validators).putProgress(delta);
    return delta.build();
  }

  /** Adds headers of ascending number, at least one. */
  void with(
      ClientView view, List<RangeHeader> headers, Validators next, ClientDelta.Builder delta) {
    long count = accepted;
    for (RangeHeader header : headers) {
      CanonicalWriter out = Messages.begin();
      header.write(out);
      HeaderRing.put(view, delta, count, header.header().number(), out.toBytes());
      count++;
    }
    new BeefyState(rules, frozen, count, headers.getLast(), next).putProgress(delta);
  }

  private void putProgress(ClientDelta.Builder delta) {
    CanonicalWriter out = Messages.begin().bool(frozen).u64(accepted);
    latest.write(out);
    validators.write(out);
    delta.put(PROGRESS, out.toBytes());
  }

  /** Writes that turn {@code subject}'s state into {@code substitute}'s. */
  static ClientDelta replace(ClientView subject, ClientView substitute) {
    ClientDelta.Builder delta = ClientDelta.builder();
    HeaderRing.replace(subject, substitute, delta);
    for (Bytes key : List.of(RULES, PROGRESS)) {
      substitute.get(key).ifPresent(value -> delta.put(key, value));
    }
    return delta.build();
  }
}
