package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.relay.verifier.RelayChainClient;
import dev.trestle.relay.verifier.RelayChainClient.Era;
import dev.trestle.relay.verifier.VerifiedBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shows that a relay chain forked: one certified block that contradicts a kept one, two that
 * contradict each other, or a certified block that the history of a higher one does not hold.
 *
 * <p>Canonical bytes: {@code u8 version = 1 | list of one or two blocks | optional (bytes header,
 * list of siblings)}; the optional part is the block that stands in the history of the second block
 * at the height of the first.
 *
 * <p>Rejects with {@code budget-exceeded} (before decoding and signatures), {@code malformed},
 * {@code not-misbehaviour} (blocks that one chain can hold) and the codes of the relay chain's
 * verifier.
 *
 * <p>Own format: {@code relay-chain/docs/wire-format.md}.
 */
public record ForkEvidence(List<CertifiedHeader> blocks, Optional<TrestleProof.Older> history) {
  private static final int VERSION = 1;
  private static final int BYTES_PER_UNIT = 32;

  public ForkEvidence {
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty() || blocks.size() > 2 || (history.isPresent() && blocks.size() != 2)) {
      throw new IllegalArgumentException("evidence of " + blocks.size() + " blocks");
    }
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .list(blocks, (writer, each) -> each.write(writer))
        .optional(history, (writer, each) -> each.write(writer))
        .toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of evidence
   */
  public static ForkEvidence decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          int version = in.u8();
          if (version != VERSION) {
            throw new DecodeException("evidence version " + version);
          }
          return new ForkEvidence(
              in.list(2, CertifiedHeader::read), in.optional(TrestleProof.Older::read));
        });
  }

  static Verdict<ClientDelta> check(
      ClientView view, TrestleState state, Bytes evidence, Budget budget, long nowSeconds) {
    long units = (evidence.size() + TrestleState.recordSize(view)) / BYTES_PER_UNIT + 1;
    if (!budget.charge(Budget.HASH * units)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return decode(evidence).check(view, state, budget, nowSeconds);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Verdict<ClientDelta> check(
      ClientView view, TrestleState state, Budget budget, long nowSeconds) {
    List<VerifiedBlock> verified = new ArrayList<>();
    boolean fork = false;
    for (CertifiedHeader each : blocks) {
      if (!budget.charge(2 * each.units())) {
        return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before the signatures");
      }
      Verdict<Signed> signed = signed(view, state, each, nowSeconds);
      if (!(signed instanceof Verdict.Accepted<Signed>(Signed block))) {
        return signed.then(ignored -> nothing());
      }
      fork |= block.tooLate() || contradictsKept(view, state, block.block());
      verified.add(block.block());
    }
    if (verified.size() == 2) {
      fork |= contradict(verified.get(0), verified.get(1)) || rewritten(verified);
    }
    if (!fork) {
      return nothing();
    }
    ClientDelta.Builder delta = ClientDelta.builder();
    state.freeze().save(delta);
    return Verdict.accept(delta.build());
  }

  private static <T> Verdict<T> nothing() {
    return Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "one chain can hold these blocks");
  }

  /**
   * A block that a set has certified.
   *
   * @param tooLate whether the set had handed over before
   */
  private record Signed(VerifiedBlock block, boolean tooLate) {}

  private static Verdict<Signed> signed(
      ClientView view, TrestleState state, CertifiedHeader block, long nowSeconds) {
    Verdict<Signed> now =
        by(state, state.era(), block).then(b -> Verdict.accept(new Signed(b, false)));
    if (now.isAccepted() || state.before().isEmpty() || isReleased(view, state, nowSeconds)) {
      return now;
    }
    return by(state, state.before().get(), block)
        .then(b -> Verdict.accept(new Signed(b, b.height() >= state.era().firstHeight())));
  }

  /** Whether the validators of the era before may have sold their keys by now. */
  private static boolean isReleased(ClientView view, TrestleState state, long nowSeconds) {
    return state
        .block(view, state.era().firstHeight() - 1)
        .map(last -> nowSeconds - last.timeMs() / 1_000 > state.settings().trustingPeriodSeconds())
        .orElse(true);
  }

  private static Verdict<VerifiedBlock> by(TrestleState state, Era era, CertifiedHeader block) {
    return RelayChainClient.trusting(state.settings().chainId(), era)
        .then(client -> client.verify(block.header(), block.certificate()));
  }

  private static boolean contradictsKept(ClientView view, TrestleState state, VerifiedBlock block) {
    return contradict(block, state.head(view))
        || state.block(view, block.height()).map(kept -> contradict(block, kept)).orElse(false);
  }

  /** Whether no chain holds both. */
  private static boolean contradict(VerifiedBlock a, VerifiedBlock b) {
    if (a.height() == b.height()) {
      return !a.id().equals(b.id());
    }
    VerifiedBlock low = a.height() < b.height() ? a : b;
    VerifiedBlock high = a.height() < b.height() ? b : a;
    return low.timeMs() >= high.timeMs() || low.epoch() > high.epoch();
  }

  /** Whether the second block's history holds another block in the place of the first. */
  private boolean rewritten(List<VerifiedBlock> verified) {
    return history
        .map(other -> verified.get(1).older(other.header(), other.siblings()))
        .map(
            verdict ->
                switch (verdict) {
                  case Verdict.Accepted<VerifiedBlock>(VerifiedBlock other) ->
                      contradict(verified.get(0), other);
                  case Verdict.Ignored<VerifiedBlock>(ReasonCode reason, String detail) -> false;
                  case Verdict.Later<VerifiedBlock>(ReasonCode reason, String detail) -> false;
                  case Verdict.Rejected<VerifiedBlock>(ReasonCode reason, String detail) -> false;
                })
        .orElse(false);
  }
}
