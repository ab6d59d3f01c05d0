package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The client's part of the authenticated state: the anchor, one record about progress, and a ring
 * of recent headers.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted headers accepted so far; the next one takes ring slot {@code accepted % WINDOW}
 * @param latest the highest header
 */
record CometState(CometAnchor anchor, boolean frozen, long accepted, KnownHeader latest) {
  /** Headers that are kept to verify and prove against. */
  static final int WINDOW = 1_024;

  private static final int VERSION = 2;
  private static final Bytes ANCHOR = Bytes.utf8("anchor");
  private static final Bytes PROGRESS = Bytes.utf8("progress");

  /** The first state. */
  static ClientDelta initial(CometAnchor anchor) {
    ClientDelta.Builder delta = ClientDelta.builder().put(ANCHOR, anchor.encode());
    KnownHeader first = KnownHeader.of(anchor.header());
    new CometState(anchor, false, 0, first).with(key -> Optional.empty(), List.of(first), delta);
    return delta.build();
  }

  /** Empty if the client is not initialised. */
  static Optional<CometState> load(ClientView view) {
    Optional<Bytes> anchor = view.get(ANCHOR);
    Optional<Bytes> progress = view.get(PROGRESS);
    if (anchor.isEmpty() || progress.isEmpty()) {
      return Optional.empty();
    }
    CometAnchor decoded = CometAnchor.decode(anchor.get());
    return Optional.of(CanonicalReader.decode(progress.get(), in -> read(decoded, in)));
  }

  private static CometState read(CometAnchor anchor, CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("state version " + version);
    }
    return new CometState(anchor, in.bool(), in.u64(), KnownHeader.read(in));
  }

  private void save(ClientDelta.Builder delta) {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).bool(frozen).u64(accepted);
    latest.write(out);
    delta.put(PROGRESS, out.toBytes());
  }

  static Optional<KnownHeader> header(ClientView view, long height) {
    return view.get(headerKey(height))
        .map(encoded -> CanonicalReader.decode(encoded, KnownHeader::read));
  }

  /** Judged by the age of the latest header, as ICS-07 does. */
  ClientStatus status(Instant now) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    Duration period = anchor.options().trustingPeriod();
    if (!latest.time().plus(period).isAfter(now)) {
      return ClientStatus.EXPIRED;
    }
    Duration most = period.dividedBy(3).multipliedBy(2);
    return latest.time().plus(most).isAfter(now) ? ClientStatus.ACTIVE : ClientStatus.EXPIRING;
  }

  ClientDelta freeze() {
    ClientDelta.Builder delta = ClientDelta.builder();
    new CometState(anchor, true, accepted, latest).save(delta);
    return delta.build();
  }

  /** Adds headers of ascending height; the oldest ones leave when the ring is full. */
  void with(ClientView view, List<KnownHeader> headers, ClientDelta.Builder delta) {
    long count = accepted;
    for (KnownHeader header : headers) {
      Bytes slot = slotKey(count % WINDOW);
      view.get(slot)
          .ifPresent(
              height ->
                  delta.delete(headerKey(CanonicalReader.decode(height, CanonicalReader::u64))));
      delta.put(slot, new CanonicalWriter().u64(header.height()).toBytes());
      CanonicalWriter out = new CanonicalWriter();
      header.write(out);
      delta.put(headerKey(header.height()), out.toBytes());
      count++;
    }
    new CometState(anchor, frozen, count, headers.getLast()).save(delta);
  }

  /** Writes that turn {@code subject}'s state into {@code substitute}'s. */
  static ClientDelta replace(ClientView subject, ClientView substitute) {
    ClientDelta.Builder delta = ClientDelta.builder();
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      subject.get(slot).ifPresent(height -> delta.delete(headerKey(height)).delete(slot));
    }
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      substitute
          .get(slot)
          .ifPresent(
              height -> {
                delta.put(slot, height);
                substitute
                    .get(headerKey(height))
                    .ifPresent(known -> delta.put(headerKey(height), known));
              });
    }
    substitute.get(ANCHOR).ifPresent(anchor -> delta.put(ANCHOR, anchor));
    substitute.get(PROGRESS).ifPresent(progress -> delta.put(PROGRESS, progress));
    return delta.build();
  }

  private static Bytes headerKey(long height) {
    return headerKey(new CanonicalWriter().u64(height).toBytes());
  }

  private static Bytes headerKey(Bytes height) {
    return Bytes.concat(Bytes.utf8("header/"), height);
  }

  private static Bytes slotKey(long slot) {
    return Bytes.concat(Bytes.utf8("slot/"), new CanonicalWriter().u16((int) slot).toBytes());
  }
}
