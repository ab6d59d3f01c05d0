package dev.trestle.lightclient.fabric;

import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.policy.SignedData;
import dev.trestle.lightclient.fabric.policy.Signers;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether a channel's orderers made a block. BFT: more than (n + f) / 2 of the n consenters, f = (n
 * - 1) / 3, each counted once ({@code policies.ComputeBFTQuorum}). Raft: the policy
 * "BlockValidation". Certificates are judged at the time given, and every signature must count:
 * nothing commits to the signatures, so there shall be no second set with the same meaning.
 *
 * <p>Reasons: those of {@link Signers}, {@code config-index} (no signed number of the last
 * configuration, or one that is neither that of the configuration in force nor the block's own),
 * {@code unknown-signer} (no consenter), {@code quorum-low}, {@code block-policy}, {@code
 * malformed} (also a consenter's number that does not exist).
 */
final class OrdererRules {
  private final FabricState.HeldConfig held;
  private final long atSeconds;
  private final Budget budget;
  private Optional<Orderers> orderers = Optional.empty();

  /**
   * @param held whose size is paid for
   */
  OrdererRules(FabricState.HeldConfig held, long atSeconds, Budget budget) {
    this.held = held;
    this.atSeconds = atSeconds;
    this.budget = budget;
  }

  /**
   * Who orders.
   *
   * @param consenters by number; empty where consensus is not BFT
   */
  private record Orderers(
      Signers signers, boolean bft, SortedMap<Long, SerializedIdentity> consenters) {}

  /** Decoded for the first block whose signatures are judged. */
  private Orderers orderers() {
    if (orderers.isEmpty()) {
      boolean bft = held.config().isBft();
      orderers =
          Optional.of(
              new Orderers(
                  new Signers(held.config().orderers(), atSeconds, budget),
                  bft,
                  bft ? held.config().consenters() : new TreeMap<>()));
    }
    return orderers.get();
  }

  /** Consenters that must sign. */
  static int quorum(int consenters) {
    int faulty = (consenters - 1) / 3;
    return (consenters + faulty + 2) / 2;
  }

  /** Whether a block says, in what its orderers sign, that it carries a configuration itself. */
  Verdict<Boolean> isConfig(Block block) {
    try {
      OptionalLong last = BlockSignatures.decode(block.signatures()).lastConfig();
      if (last.isPresent() && last.getAsLong() == block.header().number()) {
        return Verdict.accept(true);
      }
      return last.isPresent() && last.getAsLong() == held.number()
          ? Verdict.accept(false)
          : Verdict.reject(
              FabricCode.CONFIG_INDEX, last + " where " + held.number() + " is in force");
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  /** Whether enough orderers signed it. */
  Verdict<Block> signed(Block block) {
    Orderers by = orderers();
    List<SignedData> signatures;
    try {
      signatures =
          BlockSigning.signedData(
              block.header(), BlockSignatures.decode(block.signatures()), by.consenters());
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
    return by.bft()
        ? quorum(by, signatures).then(all -> Verdict.accept(block))
        : by.signers().all(signatures).then(all -> policy(all)).then(all -> Verdict.accept(block));
  }

  private static Verdict<List<Identity>> quorum(Orderers by, List<SignedData> signatures) {
    Set<SerializedIdentity> known = new HashSet<>(by.consenters().values());
    try {
      if (!signatures.stream()
          .allMatch(each -> known.contains(SerializedIdentity.decode(each.identity())))) {
        return Verdict.reject(RejectionCode.UNKNOWN_SIGNER, "no consenter");
      }
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
    int needed = quorum(by.consenters().size());
    return signatures.size() < needed
        ? Verdict.reject(RejectionCode.QUORUM_LOW, signatures.size() + " of " + needed)
        : by.signers().all(signatures);
  }

  private Verdict<List<Identity>> policy(List<Identity> all) {
    return held.config().blockPolicy().isMetBy(all)
        ? Verdict.accept(all)
        : Verdict.reject(FabricCode.BLOCK_POLICY, all.size() + " orderers");
  }
}
