package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import java.util.List;
import java.util.Optional;

/**
 * The client's part of the authenticated state: the anchor, one record about progress, and a ring
 * of recent headers.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted headers accepted so far; the next one takes ring slot {@code accepted % WINDOW}
 * @param floor the highest height that left the ring: nothing at or below it is taken any more
 * @param acceptedAtSeconds relay time of the last update
 * @param latest the highest header
 */
record AttestedState(
    AttestedAnchor anchor,
    boolean frozen,
    long accepted,
    long floor,
    long acceptedAtSeconds,
    Optional<KnownHeader> latest) {
  /** Headers that are kept to prove against. */
  static final int WINDOW = 4_096;

  private static final int VERSION = 1;
  private static final Bytes ANCHOR = Bytes.utf8("anchor");
  private static final Bytes PROGRESS = Bytes.utf8("progress");

  static AttestedState initial(AttestedAnchor anchor) {
    return new AttestedState(anchor, false, 0, -1, anchor.trustedFromSeconds(), Optional.empty());
  }

  /** Empty if the client is not initialised. */
  static Optional<AttestedState> load(ClientView view) {
    Optional<Bytes> anchor = view.get(ANCHOR);
    Optional<Bytes> progress = view.get(PROGRESS);
    if (anchor.isEmpty() || progress.isEmpty()) {
      return Optional.empty();
    }
    AttestedAnchor decoded = AttestedAnchor.decode(anchor.get());
    return Optional.of(CanonicalReader.decode(progress.get(), in -> read(decoded, in)));
  }

  void save(ClientDelta.Builder delta) {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).bool(frozen).u64(accepted);
    out.u64(floor + 1).u64(acceptedAtSeconds);
    out.optional(latest, (writer, header) -> header.write(writer));
    delta.put(ANCHOR, anchor.encode()).put(PROGRESS, out.toBytes());
  }

  private static AttestedState read(AttestedAnchor anchor, CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("state version " + version);
    }
    return new AttestedState(
        anchor, in.bool(), in.u64(), in.u64() - 1, in.u64(), in.optional(KnownHeader::read));
  }

  static Optional<KnownHeader> header(ClientView view, long height) {
    return view.get(headerKey(height))
        .map(encoded -> CanonicalReader.decode(encoded, KnownHeader::read));
  }

  ClientStatus status(long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    long age = nowSeconds - acceptedAtSeconds;
    if (age > anchor.trustingPeriodSeconds()) {
      return ClientStatus.EXPIRED;
    }
    return age > anchor.trustingPeriodSeconds() / 3 * 2
        ? ClientStatus.EXPIRING
        : ClientStatus.ACTIVE;
  }

  /** The same under another committee. */
  AttestedState trusting(long epoch, List<PublicKey> members, int threshold) {
    AttestedAnchor next =
        new AttestedAnchor(
            anchor.hubId(),
            anchor.chain(),
            epoch,
            members,
            threshold,
            anchor.firstHeight(),
            anchor.trustedFromSeconds(),
            anchor.trustingPeriodSeconds());
    return new AttestedState(next, frozen, accepted, floor, acceptedAtSeconds, latest);
  }

  AttestedState freeze() {
    return new AttestedState(anchor, true, accepted, floor, acceptedAtSeconds, latest);
  }

  /** Adds a header; the oldest one leaves when the ring is full. */
  ClientDelta with(ClientView view, KnownHeader header, long nowSeconds) {
    ClientDelta.Builder delta = ClientDelta.builder();
    Bytes slot = slotKey(accepted % WINDOW);
    long newFloor = floor;
    Optional<Bytes> leaving = view.get(slot);
    if (leaving.isPresent()) {
      long height = CanonicalReader.decode(leaving.get(), CanonicalReader::u64);
      delta.delete(headerKey(height));
      newFloor = Math.max(floor, height);
    }
    delta.put(slot, new CanonicalWriter().u64(header.height()).toBytes());
    CanonicalWriter out = new CanonicalWriter();
    header.write(out);
    delta.put(headerKey(header.height()), out.toBytes());
    boolean highest = latest.map(known -> header.height() > known.height()).orElse(true);
    new AttestedState(
            anchor,
            frozen,
            accepted + 1,
            newFloor,
            Math.max(acceptedAtSeconds, nowSeconds),
            highest ? Optional.of(header) : latest)
        .save(delta);
    return delta.build();
  }

  /** Deletes {@code subject}'s headers and copies those of {@code substitute}. */
  static void replaceHeaders(ClientDelta.Builder delta, ClientView subject, ClientView substitute) {
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      subject.get(slot).ifPresent(height -> delta.delete(headerKey(height)).delete(slot));
    }
    for (int i = 0; i < WINDOW; i++) {
      Bytes slot = slotKey(i);
      Optional<Bytes> height = substitute.get(slot);
      height.ifPresent(
          at -> {
            delta.put(slot, at);
            substitute.get(headerKey(at)).ifPresent(known -> delta.put(headerKey(at), known));
          });
    }
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
