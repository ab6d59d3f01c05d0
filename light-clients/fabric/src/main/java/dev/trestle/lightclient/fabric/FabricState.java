package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client's part of the authenticated state: rules, progress, the configuration in force, and
 * the latest blocks, which are consecutive. Each record starts with a version byte.
 *
 * <p>Reading the configuration rejects with {@code budget-exceeded} (by size, before decoding).
 *
 * <p>Own format: {@code light-clients/docs/fabric.md}, "Formats".
 *
 * @param frozen whether misbehaviour was proved
 */
record FabricState(FabricRules rules, boolean frozen, KnownBlock latest) {
  /** Blocks that are kept to prove against. */
  static final int WINDOW = 1_024;

  private static final Bytes RULES = Bytes.utf8("rules");
  private static final Bytes PROGRESS = Bytes.utf8("progress");
  private static final Bytes CONFIG = Bytes.utf8("config");

  /** A configuration and the number of the block that carried it. */
  record HeldConfig(long number, ChannelConfig config) {
    private Bytes encode() {
      return Messages.begin().u64(number).bytes(config.encoded()).toBytes();
    }

    private static HeldConfig read(CanonicalReader in) {
      return new HeldConfig(in.u64(), ChannelConfig.decode(in.bytes(ChannelConfig.MAX_SIZE)));
    }
  }

  static ClientDelta initial(FabricAnchor anchor, ChannelConfig config) {
    CanonicalWriter rules = Messages.begin();
    anchor.rules().write(rules);
    ClientDelta.Builder delta =
        ClientDelta.builder()
            .put(RULES, rules.toBytes())
            .put(CONFIG, new HeldConfig(anchor.config().header().number(), config).encode());
    KnownBlock first = anchor.first();
    putBlock(delta, first);
    new FabricState(anchor.rules(), false, first).putProgress(delta);
    return delta.build();
  }

  /** Empty if the client is not initialised. */
  static Optional<FabricState> load(ClientView view) {
    return read(view, RULES, FabricRules::read)
        .flatMap(
            rules ->
                read(view, PROGRESS, in -> new FabricState(rules, in.bool(), KnownBlock.read(in))));
  }

  /** The configuration in force; its size is paid for. */
  static Verdict<HeldConfig> config(ClientView view, Budget budget) {
    Bytes encoded =
        view.get(CONFIG).orElseThrow(() -> new IllegalStateException("no configuration"));
    return budget.charge(Messages.units(encoded))
        ? Verdict.accept(Messages.decode(encoded, HeldConfig::read))
        : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before the configuration");
  }

  private static <T> Optional<T> read(
      ClientView view, Bytes key, Function<CanonicalReader, T> reader) {
    return view.get(key).map(encoded -> Messages.decode(encoded, reader));
  }

  static Optional<KnownBlock> block(ClientView view, long number) {
    return number < 0 ? Optional.empty() : read(view, blockKey(number), KnownBlock::read);
  }

  /** By the time since the latest block was accepted. */
  ClientStatus status(long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    long end = latest.seconds() + rules.trustingPeriod();
    if (nowSeconds >= end) {
      return ClientStatus.EXPIRED;
    }
    return nowSeconds < end - rules.trustingPeriod() / 3
        ? ClientStatus.ACTIVE
        : ClientStatus.EXPIRING;
  }

  ClientDelta freeze() {
    ClientDelta.Builder delta = ClientDelta.builder();
    new FabricState(rules, true, latest).putProgress(delta);
    return delta.build();
  }

  /** Adds the blocks that follow, at least one; the oldest leave. */
  ClientDelta with(ClientView view, List<KnownBlock> blocks, HeldConfig next) {
    ClientDelta.Builder delta = ClientDelta.builder();
    for (KnownBlock each : blocks) {
      if (each.number() >= WINDOW) {
        Bytes old = blockKey(each.number() - WINDOW);
        view.get(old).ifPresent(known -> delta.delete(old));
      }
      putBlock(delta, each);
    }
    if (!view.get(CONFIG).equals(Optional.of(next.encode()))) {
      delta.put(CONFIG, next.encode());
    }
    new FabricState(rules, frozen, blocks.getLast()).putProgress(delta);
    return delta.build();
  }

  private void putProgress(ClientDelta.Builder delta) {
    CanonicalWriter out = Messages.begin().bool(frozen);
    latest.write(out);
    delta.put(PROGRESS, out.toBytes());
  }

  private static void putBlock(ClientDelta.Builder delta, KnownBlock block) {
    CanonicalWriter out = Messages.begin();
    block.write(out);
    delta.put(blockKey(block.number()), out.toBytes());
  }

  /** Writes that turn {@code subject}'s state into {@code substitute}'s. */
  static ClientDelta replace(
      ClientView subject, FabricState from, ClientView substitute, FabricState to) {
    ClientDelta.Builder delta = ClientDelta.builder();
    for (int i = 0; i < WINDOW && i <= from.latest().number(); i++) {
      Bytes key = blockKey(from.latest().number() - i);
      subject.get(key).ifPresent(known -> delta.delete(key));
    }
    for (int i = 0; i < WINDOW && i <= to.latest().number(); i++) {
      Bytes key = blockKey(to.latest().number() - i);
      substitute.get(key).ifPresent(known -> delta.put(key, known));
    }
    for (Bytes key : List.of(RULES, PROGRESS, CONFIG)) {
      substitute.get(key).ifPresent(value -> delta.put(key, value));
    }
    return delta.build();
  }

  private static Bytes blockKey(long number) {
    return Bytes.concat(Bytes.utf8("block/"), new CanonicalWriter().u64(number).toBytes());
  }
}
