package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.lightclient.poa.PoaState.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Takes one header after another: each must be the child of the one before, or a later one where
 * headers may be skipped, and keep to the rules of the chain's consensus with the validators that
 * the votes so far have put in force.
 *
 * <p>Refuses with the codes of {@link PoaCode}, with {@code budget-exceeded} and with {@code
 * time-too-new}.
 *
 * <p>With {@code not-supported} where there would be more signers than are followed.
 *
 * <p>EEA QBFT specification 4; IBFT 2.0; EIP-225.
 */
final class HeaderWalk {
  /** Seconds that a header may be ahead of the judge's clock. */
  static final long MAX_DRIFT = 60;

  /** Bytes of a header that one unit of hashing covers; it is hashed up to three times. */
  private static final int BYTES_PER_UNIT = 16;

  private final PoaSettings settings;
  private final Budget budget;
  private final long nowSeconds;

  HeaderWalk(PoaSettings settings, Budget budget, long nowSeconds) {
    this.settings = settings;
    this.budget = budget;
    this.nowSeconds = nowSeconds;
  }

  /**
   * The position after {@code rlp}.
   *
   * @throws dev.trestle.base.DecodeException if it is no header
   */
  Verdict<Position> next(Position at, Bytes rlp) {
    if (!budget.charge(Budget.HASH * (rlp.size() / BYTES_PER_UNIT + 1L))) {
      return exceeded();
    }
    PoaHeader header = PoaHeader.decode(rlp);
    boolean child = header.number() == at.head().number() + 1;
    if (header.number() <= at.head().number() || (!child && !settings.skipping())) {
      return Verdict.reject(PoaCode.NOT_A_CHILD, "block " + header.number());
    }
    if (child && !header.parentHash().equals(at.head().hash())) {
      return Verdict.reject(PoaCode.NOT_A_CHILD, "parent " + header.parentHash());
    }
    long least = at.head().timestamp() + (settings.consensus().isClique() ? 0 : 1);
    if (header.timestamp() < least) {
      return Verdict.reject(PoaCode.TIME_NOT_AFTER_PARENT, "at " + header.timestamp());
    }
    if (header.timestamp() - MAX_DRIFT > nowSeconds) {
      return Verdict.reject(RejectionCode.TIME_TOO_NEW, "at " + header.timestamp());
    }
    return settings.consensus().isClique() ? clique(at, header) : bft(at, header, child);
  }

  private static <T> Verdict<T> exceeded() {
    return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a header");
  }

  private Verdict<Position> bft(Position at, PoaHeader header, boolean child) {
    return BftExtraData.decode(header.extraData(), settings.consensus().dialect())
        .then(
            extra ->
                budget.charge(Math.multiplyExact(Budget.SIGNATURE, (long) extra.seals().size()))
                    ? sealed(at, header, extra)
                    : exceeded())
        .then(passed -> trusted(at, passed))
        .then(
            passed ->
                mayVote(at, passed.extra().vote())
                    ? Verdict.accept(after(at, passed, child))
                    : exceeded());
  }

  private boolean mayVote(Position at, Optional<Vote> vote) {
    return vote.isEmpty() || budget.charge(at.tally().votingUnits());
  }

  private Verdict<BftRules.Sealed> sealed(Position at, PoaHeader header, BftExtraData extra) {
    ValidatorSet listed = ValidatorSet.of(extra.validators());
    ValidatorSet inForce = at.tally().validators();
    boolean other = settings.skipping() || at.alternative().filter(listed::equals).isPresent();
    return BftRules.check(header, settings.consensus().dialect(), other ? listed : inForce);
  }

  /** Of a set that follows from no vote that we saw, more than a third must be trusted already. */
  private Verdict<BftRules.Sealed> trusted(Position at, BftRules.Sealed passed) {
    ValidatorSet inForce = at.tally().validators();
    long known = passed.sealers().members().stream().filter(inForce::contains).count();
    return !settings.skipping() || 3 * known > inForce.size()
        ? Verdict.accept(passed)
        : Verdict.reject(PoaCode.NOT_ENOUGH_TRUST, known + " of " + inForce.size() + " trusted");
  }

  private Position after(Position at, BftRules.Sealed passed, boolean child) {
    VoteTally listed =
        new VoteTally(ValidatorSet.of(passed.extra().validators()), at.tally().open());
    return after(
        settings,
        EvmBlock.of(passed.header().withHash(passed.hash())),
        child ? listed : listed.withoutVotes(),
        passed.header().beneficiary(),
        passed.extra().vote());
  }

  /** The position after a BFT block with the validators that it lists and the votes before it. */
  static Position after(
      PoaSettings settings,
      EvmBlock head,
      VoteTally tally,
      EvmAddress proposer,
      Optional<Vote> vote) {
    if (settings.skipping()) {
      return new Position(head, tally.withoutVotes(), Optional.empty(), List.of());
    }
    VoteTally before = settings.isEpochBlock(head.number()) ? tally.withoutVotes() : tally;
    VoteTally voted = vote.map(each -> before.after(proposer, each, false)).orElse(before);
    if (!settings.isEpochBlock(head.number() + 1)) {
      return new Position(head, voted, Optional.empty(), List.of());
    }
    boolean decided = !voted.validators().equals(before.validators());
    return new Position(
        head,
        before.withoutVotes(),
        decided ? Optional.of(voted.validators()) : Optional.empty(),
        List.of());
  }

  private Verdict<Position> clique(Position at, PoaHeader header) {
    if (!budget.charge(Budget.SIGNATURE)) {
      return exceeded();
    }
    VoteTally tally =
        settings.isEpochBlock(header.number()) ? at.tally().withoutVotes() : at.tally();
    TreeMap<Long, EvmAddress> recent = new TreeMap<>();
    for (int i = 0; i < at.recent().size(); i++) {
      recent.put(header.number() - at.recent().size() + i, at.recent().get(i));
    }
    return CliqueRules.check(header, settings.epochLength(), tally.validators(), recent)
        .then(
            passed -> mayVote(at, passed.vote()) ? bounded(after(at, tally, passed)) : exceeded());
  }

  private static Verdict<Position> bounded(Position position) {
    int signers = position.tally().validators().size();
    return signers <= BftExtraData.MAX_VALIDATORS
        ? Verdict.accept(position)
        : Verdict.reject(RejectionCode.NOT_SUPPORTED, signers + " signers");
  }

  private static Position after(Position at, VoteTally tally, CliqueRules.Signed passed) {
    Hash32 hash = passed.hash();
    VoteTally voted =
        passed.vote().map(vote -> tally.after(passed.signer(), vote, true)).orElse(tally);
    List<EvmAddress> recent = new ArrayList<>(at.recent());
    recent.add(passed.signer());
    int keep = tally.validators().majority(); // go-ethereum: one more than the next block needs
    while (recent.size() > keep) {
      recent.removeFirst();
    }
    return new Position(
        EvmBlock.of(passed.header().withHash(hash)), voted, Optional.empty(), recent);
  }
}
