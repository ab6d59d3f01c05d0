package dev.trestle.lightclient.fabric;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.FabricState.HeldConfig;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockHeader;
import java.util.Optional;

/**
 * Whether orderers signed two blocks that follow one known parent. Only blocks after the
 * configuration in force are judged, by its orderers: those of an older one may have sold their
 * keys.
 *
 * <p>Rejects with {@code unknown-height} (a parent that is not kept, or a block up to the
 * configuration in force), {@code not-misbehaviour} (not two blocks of one number and one parent)
 * and the codes of {@link OrdererRules}.
 *
 * <p>Fabric {@code common/common.proto}, {@code BlockHeader}.
 */
final class ForkCheck {
  private final ClientView view;
  private final HeldConfig held;
  private final OrdererRules orderers;

  ForkCheck(ClientView view, HeldConfig held, Budget budget, long nowSeconds) {
    this.view = view;
    this.held = held;
    this.orderers = new OrdererRules(held, nowSeconds, budget);
  }

  Verdict<Block> contradiction(FabricEvidence evidence) {
    return switch (evidence) {
      case FabricEvidence.Pair(Block first, Block second) ->
          differ(first.header(), second.header().number(), second.header().hash())
              .then(
                  both ->
                      first.header().previousHash().equals(second.header().previousHash())
                          ? follows(first.header())
                          : notOne())
              .then(both -> signed(first))
              .then(block -> signed(second));
      case FabricEvidence.AgainstKnown(Block block) ->
          known(block.header().number())
              .then(known -> differ(block.header(), known.number(), known.hash()))
              .then(both -> follows(block.header()))
              .then(both -> signed(block));
    };
  }

  private Verdict<KnownBlock> known(long number) {
    Optional<KnownBlock> known = FabricState.block(view, number);
    return known.isPresent()
        ? Verdict.accept(known.get())
        : Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "block " + number);
  }

  private static Verdict<BlockHeader> differ(BlockHeader header, long number, Hash32 hash) {
    return header.number() == number && !header.hash().equals(hash)
        ? Verdict.accept(header)
        : notOne();
  }

  private static Verdict<BlockHeader> notOne() {
    return Verdict.reject(
        RejectionCode.NOT_MISBEHAVIOUR, "not two blocks of one number and one parent");
  }

  private Verdict<BlockHeader> follows(BlockHeader header) {
    if (header.number() <= held.number()) {
      return Verdict.reject(
          RejectionCode.UNKNOWN_HEIGHT, "not after the configuration in " + held.number());
    }
    return known(header.number() - 1)
        .then(
            parent ->
                parent.hash().bytes().equals(header.previousHash())
                    ? Verdict.accept(header)
                    : notOne());
  }

  private Verdict<Block> signed(Block block) {
    return orderers.isConfig(block).then(either -> orderers.signed(block));
  }
}
