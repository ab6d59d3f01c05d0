package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.verifier.RelayChainClient.Era;
import dev.trestle.relay.verifier.VerifiedBlock;
import java.util.List;
import java.util.Optional;

/**
 * The client's part of the authenticated state: settings, the eras in force, and a ring of headers.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted headers so far; the next one takes ring slot {@code accepted % WINDOW}
 * @param headHeight of the newest header
 * @param era in charge of the blocks after it
 * @param before the era before, while its validators answer for what they signed
 */
record TrestleState(
    TrestleSettings settings,
    boolean frozen,
    long accepted,
    long headHeight,
    Era era,
    Optional<Era> before) {
  /** Headers that are kept to prove against; older blocks are shown by a newer one's history. */
  static final int WINDOW = 256;

  private static final int VERSION = 1;
  private static final Bytes SETTINGS = Bytes.utf8("settings");
  private static final Bytes PROGRESS = Bytes.utf8("progress");

  /** Empty if the client is not initialised. */
  static Optional<TrestleState> load(ClientView view) {
    Optional<Bytes> settings = view.get(SETTINGS);
    Optional<Bytes> progress = view.get(PROGRESS);
    if (settings.isEmpty() || progress.isEmpty()) {
      return Optional.empty();
    }
    TrestleSettings decoded = CanonicalReader.decode(settings.get(), TrestleSettings::read);
    return Optional.of(CanonicalReader.decode(progress.get(), in -> read(decoded, in)));
  }

  /** Bytes of the record that every verification decodes. */
  static long recordSize(ClientView view) {
    return view.get(PROGRESS).map(Bytes::size).orElse(0);
  }

  private static TrestleState read(TrestleSettings settings, CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("state version " + version);
    }
    return new TrestleState(
        settings, in.bool(), in.u64(), in.u64(), Eras.read(in), in.optional(Eras::read));
  }

  void save(ClientDelta.Builder delta) {
    CanonicalWriter settingsOut = new CanonicalWriter();
    settings.write(settingsOut);
    CanonicalWriter out =
        new CanonicalWriter().u8(VERSION).bool(frozen).u64(accepted).u64(headHeight);
    Eras.write(out, era);
    out.optional(before, Eras::write);
    delta.put(SETTINGS, settingsOut.toBytes()).put(PROGRESS, out.toBytes());
  }

  TrestleState freeze() {
    return new TrestleState(settings, true, accepted, headHeight, era, before);
  }

  /** The newest header. */
  VerifiedBlock head(ClientView view) {
    return block(view, headHeight).orElseThrow(() -> new IllegalStateException("no head"));
  }

  ClientStatus status(ClientView view, long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    long age = nowSeconds - ref(head(view)).timestampSeconds();
    if (age > settings.trustingPeriodSeconds()) {
      return ClientStatus.EXPIRED;
    }
    return age > settings.trustingPeriodSeconds() / 3 * 2
        ? ClientStatus.EXPIRING
        : ClientStatus.ACTIVE;
  }

  static HeaderRef ref(VerifiedBlock block) {
    return new HeaderRef(block.height(), block.id(), block.timeMs() / 1_000);
  }

  /** A header that is kept. */
  Optional<VerifiedBlock> block(ClientView view, long height) {
    return height < 0
        ? Optional.empty()
        : view.get(blockKey(height))
            .map(header -> VerifiedBlock.kept(header, settings.chainId()).orThrow());
  }

  /** The state after new headers in ascending order; the oldest leave the ring when it is full. */
  ClientDelta with(ClientView view, List<Bytes> headers, long head, Era next, Optional<Era> past) {
    ClientDelta.Builder delta = ClientDelta.builder();
    long ordinal = accepted;
    for (Bytes header : headers) {
      Bytes ring = ringKey(ordinal++ % WINDOW);
      view.get(ring).ifPresent(old -> delta.delete(blockKey(height(old))));
      long height = VerifiedBlock.kept(header, settings.chainId()).orThrow().height();
      delta.put(ring, u64(height)).put(blockKey(height), header);
    }
    new TrestleState(settings, frozen, ordinal, head, next, past).save(delta);
    return delta.build();
  }

  /** Deletes {@code subject}'s headers and copies those of {@code substitute}. */
  static void replaceBlocks(ClientDelta.Builder delta, ClientView subject, ClientView substitute) {
    for (int i = 0; i < WINDOW; i++) {
      Bytes ring = ringKey(i);
      subject.get(ring).ifPresent(old -> delta.delete(blockKey(height(old))).delete(ring));
    }
    for (int i = 0; i < WINDOW; i++) {
      Bytes ring = ringKey(i);
      substitute
          .get(ring)
          .ifPresent(
              height -> {
                Bytes key = blockKey(height(height));
                delta.put(ring, height);
                substitute.get(key).ifPresent(header -> delta.put(key, header));
              });
    }
  }

  private static long height(Bytes record) {
    return CanonicalReader.decode(record, CanonicalReader::u64);
  }

  private static Bytes blockKey(long height) {
    return Bytes.concat(Bytes.utf8("block/"), u64(height));
  }

  private static Bytes ringKey(long position) {
    return Bytes.concat(Bytes.utf8("ring/"), new CanonicalWriter().u16((int) position).toBytes());
  }

  private static Bytes u64(long value) {
    return new CanonicalWriter().u64(value).toBytes();
  }
}
