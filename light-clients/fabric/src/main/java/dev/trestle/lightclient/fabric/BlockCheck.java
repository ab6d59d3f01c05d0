package dev.trestle.lightclient.fabric;

import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.fabric.FabricState.HeldConfig;
import dev.trestle.lightclient.fabric.protos.Block;
import java.util.ArrayList;
import java.util.List;

/**
 * Verifies consecutive blocks, each against what the one before it made of the state. A block that
 * carries a configuration is signed by the orderers of the one before it.
 *
 * <p>Rejects with {@code stale-height}, {@code bad-prev} (does not follow the latest block), {@code
 * malformed} (an empty message, or data of a block that needs none) and the codes of {@link
 * OrdererRules} and {@link ChannelConfig}; ignored with {@code nothing-new}.
 *
 * <p>Fabric {@code protoutil/blockutils.go}, {@code BlockSignatureVerifier}.
 */
final class BlockCheck {
  private final ClientView view;
  private final FabricState state;
  private final Budget budget;
  private final long now;
  private final List<KnownBlock> accepted = new ArrayList<>();
  private HeldConfig held;
  private OrdererRules orderers;

  BlockCheck(ClientView view, FabricState state, HeldConfig held, Budget budget, long now) {
    this.view = view;
    this.state = state;
    this.held = held;
    this.budget = budget;
    this.now = now;
    this.orderers = new OrdererRules(held, now, budget);
  }

  /** What follows from all blocks. */
  record Verified(List<KnownBlock> blocks, HeldConfig config) implements VerifiedUpdate {
    @Override
    public HeaderRef head() {
      return blocks.getLast().ref();
    }
  }

  Verdict<Verified> verifyAll(List<Block> blocks) {
    for (Block block : blocks) {
      Verdict<HeldConfig> verdict = verify(block);
      if (!(verdict instanceof Verdict.Accepted<HeldConfig>(HeldConfig next))) {
        return verdict.then(none -> Verdict.reject(RejectionCode.MALFORMED, "not reached"));
      }
      if (!next.equals(held)) {
        held = next;
        orderers = new OrdererRules(held, now, budget);
      }
      accepted.add(new KnownBlock(block.header().number(), block.header().hash(), now));
    }
    return Verdict.accept(new Verified(List.copyOf(accepted), held));
  }

  private Verdict<HeldConfig> verify(Block block) {
    return follows(block)
        .then(orderers::isConfig)
        .then(config -> config ? replaced(block) : kept(block));
  }

  private KnownBlock latest() {
    return accepted.isEmpty() ? state.latest() : accepted.getLast();
  }

  private Verdict<Block> follows(Block block) {
    KnownBlock latest = latest();
    long number = block.header().number();
    if (number <= latest.number()) {
      boolean same =
          FabricState.block(view, number)
              .filter(known -> known.hash().equals(block.header().hash()))
              .isPresent();
      return same
          ? Verdict.ignore(RejectionCode.NOTHING_NEW, "block " + number + " is known")
          : Verdict.reject(RejectionCode.STALE_HEIGHT, "block " + number);
    }
    boolean next =
        number == latest.number() + 1
            && block.header().previousHash().equals(latest.hash().bytes());
    return next
        ? Verdict.accept(block)
        : Verdict.reject(RejectionCode.BAD_PREV, "does not follow block " + latest.number());
  }

  private Verdict<HeldConfig> kept(Block block) {
    return block.data().isEmpty()
        ? orderers.signed(block).then(signed -> Verdict.accept(held))
        : Verdict.reject(RejectionCode.MALFORMED, "data that are not needed");
  }

  private Verdict<HeldConfig> replaced(Block block) {
    return ChannelConfig.ofBlock(block, state.rules())
        .then(config -> config.after(held.config()))
        .then(
            config ->
                orderers
                    .signed(block)
                    .then(
                        signed -> Verdict.accept(new HeldConfig(block.header().number(), config))));
  }
}
