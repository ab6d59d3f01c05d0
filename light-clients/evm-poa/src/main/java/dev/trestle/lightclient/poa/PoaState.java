package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.evm.EvmBlock;
import java.util.List;
import java.util.Optional;

/**
 * The client's part of the authenticated state: settings, the head, the validators and votes after
 * it, and a ring of blocks. Validators and votes stand in a record of their own, which only the
 * next update reads: a validator may vote in every block of an epoch, and what others ask of the
 * client must not cost more for that.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted blocks so far; the next one takes ring slot {@code accepted % WINDOW}
 */
record PoaState(PoaSettings settings, boolean frozen, EvmBlock head, long accepted) {
  /** Blocks that are kept to prove against. */
  static final int WINDOW = 8_192;

  private static final int VERSION = 2;
  private static final Bytes SETTINGS = Bytes.utf8("settings");
  private static final Bytes PROGRESS = Bytes.utf8("progress");
  private static final Bytes POSITION = Bytes.utf8("position");

  /** Empty if the client is not initialised. */
  static Optional<PoaState> load(ClientView view) {
    Optional<Bytes> settings = view.get(SETTINGS);
    Optional<Bytes> progress = view.get(PROGRESS);
    if (settings.isEmpty() || progress.isEmpty()) {
      return Optional.empty();
    }
    PoaSettings decoded = CanonicalReader.decode(settings.get(), PoaSettings::read);
    return Optional.of(CanonicalReader.decode(progress.get(), in -> read(decoded, in)));
  }

  /** Bytes of the record that {@link #position} decodes: what it costs. */
  static long positionSize(ClientView view) {
    return view.get(POSITION).map(Bytes::size).orElse(0);
  }

  /** The head with the validators and votes after it. */
  static Position position(ClientView view) {
    return view.get(POSITION)
        .map(record -> CanonicalReader.decode(record, Position::read))
        .orElseThrow(() -> new IllegalStateException("not initialised"));
  }

  static void savePosition(ClientDelta.Builder delta, Position position) {
    CanonicalWriter out = new CanonicalWriter();
    position.write(out);
    delta.put(POSITION, out.toBytes());
  }

  void save(ClientDelta.Builder delta) {
    CanonicalWriter settingsOut = new CanonicalWriter();
    settings.write(settingsOut);
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).bool(frozen).u64(accepted);
    head.write(out);
    delta.put(SETTINGS, settingsOut.toBytes()).put(PROGRESS, out.toBytes());
  }

  private static PoaState read(PoaSettings settings, CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("state version " + version);
    }
    boolean frozen = in.bool();
    long accepted = in.u64();
    return new PoaState(settings, frozen, EvmBlock.read(in), accepted);
  }

  PoaState freeze() {
    return new PoaState(settings, true, head, accepted);
  }

  ClientStatus status(long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    long age = nowSeconds - head.timestamp();
    if (age > settings.trustingPeriodSeconds()) {
      return ClientStatus.EXPIRED;
    }
    return age > settings.trustingPeriodSeconds() / 3 * 2
        ? ClientStatus.EXPIRING
        : ClientStatus.ACTIVE;
  }

  static Optional<EvmBlock> block(ClientView view, long number) {
    return number < 0
        ? Optional.empty()
        : view.get(blockKey(number)).map(record -> CanonicalReader.decode(record, EvmBlock::read));
  }

  /** The state after new blocks, in order; the oldest leave the ring when it is full. */
  ClientDelta with(ClientView view, Position next, List<EvmBlock> blocks) {
    ClientDelta.Builder delta = ClientDelta.builder();
    long ordinal = accepted;
    for (EvmBlock block : blocks) {
      put(view, delta, ordinal++, block);
    }
    new PoaState(settings, frozen, next.head(), ordinal).save(delta);
    savePosition(delta, next);
    return delta.build();
  }

  static void put(ClientView view, ClientDelta.Builder delta, long ordinal, EvmBlock block) {
    Bytes ring = ringKey(ordinal % WINDOW);
    view.get(ring)
        .ifPresent(
            old -> delta.delete(blockKey(CanonicalReader.decode(old, CanonicalReader::u64))));
    CanonicalWriter out = new CanonicalWriter();
    block.write(out);
    delta.put(ring, u64(block.number())).put(blockKey(block.number()), out.toBytes());
  }

  /** Deletes {@code subject}'s blocks and copies those of {@code substitute}. */
  static void replaceBlocks(ClientDelta.Builder delta, ClientView subject, ClientView substitute) {
    for (int i = 0; i < WINDOW; i++) {
      Bytes ring = ringKey(i);
      subject
          .get(ring)
          .ifPresent(
              number -> {
                delta.delete(blockKey(CanonicalReader.decode(number, CanonicalReader::u64)));
                delta.delete(ring);
              });
    }
    for (int i = 0; i < WINDOW; i++) {
      Bytes ring = ringKey(i);
      substitute
          .get(ring)
          .ifPresent(
              number -> {
                Bytes key = blockKey(CanonicalReader.decode(number, CanonicalReader::u64));
                delta.put(ring, number);
                substitute.get(key).ifPresent(block -> delta.put(key, block));
              });
    }
  }

  private static Bytes blockKey(long number) {
    return Bytes.concat(Bytes.utf8("block/"), u64(number));
  }

  private static Bytes ringKey(long position) {
    return Bytes.concat(Bytes.utf8("ring/"), new CanonicalWriter().u16((int) position).toBytes());
  }

  private static Bytes u64(long value) {
    return new CanonicalWriter().u64(value).toBytes();
  }

  /**
   * How far a chain of headers has come.
   *
   * @param tally validators in force for the next block, and open votes
   * @param alternative another set that the next block may list: where an epoch ends, versions of
   *     the node software differ on whether the last vote of the epoch counts
   * @param recent who signed the last blocks, oldest first; Clique only
   */
  record Position(
      EvmBlock head, VoteTally tally, Optional<ValidatorSet> alternative, List<EvmAddress> recent) {
    Position {
      recent = List.copyOf(recent);
    }

    void write(CanonicalWriter out) {
      head.write(out);
      tally.write(out);
      out.optional(alternative, (writer, set) -> VoteTally.of(set).write(writer));
      out.list(recent, (writer, address) -> writer.fixed(address.bytes()));
    }

    static Position read(CanonicalReader in) {
      return new Position(
          EvmBlock.read(in),
          VoteTally.read(in),
          in.optional(each -> VoteTally.read(each).validators()),
          in.list(
              BftExtraData.MAX_VALIDATORS, each -> new EvmAddress(each.fixed(EvmAddress.SIZE))));
    }
  }
}
