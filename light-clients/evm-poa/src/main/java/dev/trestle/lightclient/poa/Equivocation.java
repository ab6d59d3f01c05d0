package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;

/**
 * Evidence that a BFT chain forked: {@code u8 version = 1 | u8 count | count times bytes header},
 * each sealed by a quorum of the validators in force. One header that is the child of a block that
 * the state knows, and not the child that it knows; or two different children of one parent. One
 * block sealed in two rounds has one hash and is no evidence.
 *
 * <p>Only the parent's hash tells one chain from another: no seal names the chain. A block of some
 * other chain that the same keys run, or ran before its genesis was replaced, is no evidence,
 * whatever its number. No fork is missed for that: it begins with two children of one parent.
 *
 * <p>Rejects with {@code not-supported} (branches are part of Clique, EIP-225), {@code malformed},
 * {@code budget-exceeded} (before decoding and signatures), {@code not-misbehaviour} (headers that
 * one chain can hold) and the codes of {@link BftRules}.
 */
final class Equivocation {
  private static final int VERSION = 1;
  private static final int BYTES_PER_UNIT = 16;

  private final ClientView view;
  private final PoaState state;
  private final Budget budget;
  private final ValidatorSet inForce;

  private Equivocation(ClientView view, PoaState state, Budget budget) {
    this.view = view;
    this.state = state;
    this.budget = budget;
    this.inForce = PoaState.position(view).tally().validators();
  }

  static Bytes encode(List<Bytes> headers) {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u8(headers.size());
    headers.forEach(out::bytes);
    return out.toBytes();
  }

  static Verdict<ClientDelta> check(
      ClientView view, PoaState state, Bytes evidence, Budget budget) {
    if (state.settings().consensus().isClique()) {
      return Verdict.reject(
          RejectionCode.NOT_SUPPORTED, "branches are part of Clique and no misbehaviour");
    }
    long units =
        Budget.HASH * ((evidence.size() + PoaState.positionSize(view)) / BYTES_PER_UNIT + 1);
    if (!budget.charge(units)) {
      return exceeded();
    }
    try {
      List<Bytes> headers = CanonicalReader.decode(evidence, Equivocation::read);
      return new Equivocation(view, state, budget).check(headers);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static <T> Verdict<T> exceeded() {
    return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before the evidence");
  }

  private static List<Bytes> read(CanonicalReader in) {
    int version = in.u8();
    int count = in.u8();
    if (version != VERSION || count < 1 || count > 2) {
      throw new DecodeException("evidence version " + version + " of " + count + " headers");
    }
    Bytes first = in.bytes(PoaHeader.MAX_SIZE);
    return count == 1 ? List.of(first) : List.of(first, in.bytes(PoaHeader.MAX_SIZE));
  }

  private Verdict<ClientDelta> check(List<Bytes> headers) {
    Verdict<BftRules.Sealed> first = sealed(headers.getFirst());
    return headers.size() == 1
        ? first.then(header -> verdict(contradictsState(header)))
        : first.then(
            a ->
                sealed(headers.getLast())
                    .then(
                        b ->
                            verdict(
                                contradict(a, b) || contradictsState(a) || contradictsState(b))));
  }

  private Verdict<ClientDelta> verdict(boolean contradiction) {
    if (!contradiction) {
      return Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "the headers do not contradict");
    }
    ClientDelta.Builder delta = ClientDelta.builder();
    state.freeze().save(delta);
    return Verdict.accept(delta.build());
  }

  private Verdict<BftRules.Sealed> sealed(Bytes rlp) {
    PoaHeader header = PoaHeader.decode(rlp);
    BftExtraData.Dialect dialect = state.settings().consensus().dialect();
    return BftExtraData.decode(header.extraData(), dialect)
        .then(
            extra ->
                budget.charge(Math.multiplyExact(Budget.SIGNATURE, (long) extra.seals().size()))
                    ? BftRules.check(header, dialect, inForce)
                    : exceeded());
  }

  private boolean contradictsState(BftRules.Sealed sealed) {
    long number = sealed.header().number();
    boolean another =
        PoaState.block(view, number)
            .filter(known -> !known.hash().equals(sealed.hash()))
            .isPresent();
    boolean ofThisChain =
        PoaState.block(view, number - 1)
            .filter(parent -> parent.hash().equals(sealed.header().parentHash()))
            .isPresent();
    return another && ofThisChain;
  }

  private static boolean contradict(BftRules.Sealed a, BftRules.Sealed b) {
    return a.header().parentHash().equals(b.header().parentHash()) && !a.hash().equals(b.hash());
  }
}
