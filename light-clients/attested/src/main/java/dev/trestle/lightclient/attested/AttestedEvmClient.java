package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RecoveryRules;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.evm.EvmClaims;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.List;
import java.util.Optional;

/**
 * Trusts a header when a committee quorum of the anchor's epoch signed it, and proves everything
 * below the header. Headers may come in any order and with gaps; what must not come is two headers
 * that no chain holds both: the committee vouched for a fork, and the client freezes.
 *
 * <p>Reasons of {@code initialize}: {@code budget-exceeded}, {@code malformed}. Of {@code verify}
 * (headers: Yellow Paper 4.4): {@code unknown-height} (not initialised), {@code client-frozen},
 * {@code client-expired}, those of {@link QuorumCheck}, {@code stale-height} (another header is
 * known there, or too low), {@code bad-prev} (not the parent or child of its neighbour), {@code
 * time-too-old} and {@code time-too-new} (against lower and higher headers); ignored with {@code
 * nothing-new}. Of {@code checkMisbehaviour}: {@code unknown-height}, {@code client-frozen}, {@code
 * client-expired}, {@code malformed}, those of {@link QuorumCheck} and {@code not-misbehaviour}
 * (the headers do not contradict). Of {@code membership}: {@code unknown-height}, {@code
 * client-frozen} and those of {@link LogClaimCheck}. Of {@code nonMembership}, for storage and
 * accounts by {@link dev.trestle.lightclient.evm.EvmPath}: {@code unknown-height}, {@code
 * client-frozen} and those of {@link EvmClaims}; a receipts root proves no absence of a log. Of
 * {@code timestampAt}: {@code unknown-height}. Of {@code recover}: {@code unknown-height}, those of
 * {@link dev.trestle.lightclient.RecoveryRules}, {@code budget-exceeded}, {@code wrong-chain} and
 * {@code wrong-epoch} (an older committee).
 */
final class AttestedEvmClient implements LightClient {
  /** Largest client message in bytes: a header and one signature a member. */
  private static final int MAX_MESSAGE =
      EvmHeader.MAX_SIZE + 64 * (AttestedAnchor.MAX_MEMBERS + 1) + 64;

  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    if (!budget.charge(Budget.HASH * (anchor.size() + 1L))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      ClientDelta.Builder delta = ClientDelta.builder();
      AttestedState.initial(AttestedAnchor.decode(anchor)).save(delta);
      return Verdict.accept(delta.build());
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(
            state ->
                QuorumCheck.check(state.anchor(), message, budget)
                    .then(header -> place(view, state, header))
                    .then(header -> Verdict.accept(accepted(state, header, nowSeconds))));
  }

  private static VerifiedUpdate accepted(AttestedState state, EvmHeader header, long nowSeconds) {
    KnownHeader known = KnownHeader.of(header);
    HeaderRef head =
        state.latest().filter(latest -> latest.height() > known.height()).orElse(known).ref();
    return new Attested(known, head, nowSeconds);
  }

  /** Whether a header fits to those that the state knows. */
  static Verdict<EvmHeader> place(ClientView view, AttestedState state, EvmHeader header) {
    KnownHeader candidate = KnownHeader.of(header);
    long height = candidate.height();
    Optional<KnownHeader> same = AttestedState.header(view, height);
    if (same.isPresent()) {
      return same.get().equals(candidate)
          ? Verdict.ignore(RejectionCode.NOTHING_NEW, "height " + height + " is known")
          : Verdict.reject(
              RejectionCode.STALE_HEIGHT, "another header is known at height " + height);
    }
    if (height < state.anchor().firstHeight() || height <= state.floor()) {
      return Verdict.reject(RejectionCode.STALE_HEIGHT, "height " + height);
    }
    if (contradicted(view, candidate).isPresent()) {
      return Verdict.reject(RejectionCode.BAD_PREV, "parent of or child of another block");
    }
    if (state.latest().isPresent()) {
      KnownHeader latest = state.latest().get();
      if (height > latest.height() && candidate.timestamp() < latest.timestamp()) {
        return Verdict.reject(RejectionCode.TIME_TOO_OLD, "older than a lower block");
      }
      if (height < latest.height() && candidate.timestamp() > latest.timestamp()) {
        return Verdict.reject(RejectionCode.TIME_TOO_NEW, "newer than a higher block");
      }
    }
    return Verdict.accept(header);
  }

  /** The known header at the same or a neighbouring height that cannot be of the same chain. */
  private static Optional<KnownHeader> contradicted(ClientView view, KnownHeader candidate) {
    for (long height = candidate.height() - 1; height <= candidate.height() + 1; height++) {
      Optional<KnownHeader> known =
          height < 0 ? Optional.empty() : AttestedState.header(view, height);
      if (known.isPresent() && known.get().contradicts(candidate)) {
        return known;
      }
    }
    return Optional.empty();
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof Attested attested)) {
      throw new IllegalArgumentException("not an update of " + AttestedEvmFamily.TYPE);
    }
    AttestedState state =
        AttestedState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    return state.with(view, attested.header(), attested.nowSeconds());
  }

  /**
   * Evidence is {@code u8 version = 1 | u8 count | count times bytes message}: one message that
   * contradicts a known header, or two that contradict each other. Each must carry a quorum. An
   * expired client takes none, as it takes no update: who holds its members' keys by then is not
   * known.
   */
  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return working(view, nowSeconds)
        .then(
            state ->
                decodeEvidence(evidence)
                    .then(messages -> misbehaviour(view, state, messages, budget)));
  }

  private static Verdict<ClientDelta> misbehaviour(
      ClientView view, AttestedState state, List<Bytes> messages, Budget budget) {
    Optional<KnownHeader> first = Optional.empty();
    for (Bytes message : messages) {
      Verdict<EvmHeader> checked = QuorumCheck.check(state.anchor(), message, budget);
      if (!(checked instanceof Verdict.Accepted<EvmHeader>(EvmHeader header))) {
        return checked.then(ignored -> Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "no quorum"));
      }
      KnownHeader known = KnownHeader.of(header);
      boolean proved =
          first.map(known::contradicts).orElse(false) || contradicted(view, known).isPresent();
      if (proved) {
        ClientDelta.Builder delta = ClientDelta.builder();
        state.freeze().save(delta);
        return Verdict.accept(delta.build());
      }
      first = Optional.of(known);
    }
    return Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "the headers do not contradict");
  }

  private static Verdict<List<Bytes>> decodeEvidence(Bytes evidence) {
    try {
      return Verdict.accept(CanonicalReader.decode(evidence, AttestedEvmClient::readEvidence));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  private static List<Bytes> readEvidence(CanonicalReader in) {
    int version = in.u8();
    int count = in.u8();
    if (version != AttestedUpdate.EVIDENCE_VERSION || count < 1 || count > 2) {
      throw new DecodeException("evidence version " + version + " of " + count + " messages");
    }
    Bytes first = in.bytes(MAX_MESSAGE);
    return count == 1 ? List.of(first) : List.of(first, in.bytes(MAX_MESSAGE));
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return usable(view).then(state -> LogClaimCheck.check(view, claim, budget));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(
            state ->
                new EvmClaims(
                        number -> AttestedState.header(view, number).map(KnownHeader::block),
                        EvmHeader::decode)
                    .nonMembership(path, proof, budget, number -> ProvenFact.FINAL));
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return AttestedState.load(view)
        .map(state -> state.status(nowSeconds))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id before the first update. */
  @Override
  public HeaderRef latest(ClientView view) {
    return AttestedState.load(view)
        .flatMap(AttestedState::latest)
        .map(KnownHeader::ref)
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return AttestedState.header(view, height)
        .<Verdict<Long>>map(header -> Verdict.accept(header.timestamp()))
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + height));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Optional<AttestedState> from = AttestedState.load(subject);
    Optional<AttestedState> to = AttestedState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not initialised");
    }
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> sameChain(from.get().anchor(), to.get().anchor()))
        .then(
            anchor -> {
              if (!budget.charge(Budget.HASH * 2 * AttestedState.WINDOW)) {
                return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "headers to move");
              }
              ClientDelta.Builder delta = ClientDelta.builder();
              AttestedState.replaceHeaders(delta, subject, substitute);
              to.get().save(delta);
              return Verdict.accept(delta.build());
            });
  }

  private static Verdict<AttestedAnchor> sameChain(AttestedAnchor before, AttestedAnchor after) {
    if (!before.chain().equals(after.chain()) || !before.hubId().equals(after.hubId())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "a substitute of " + after.chain());
    }
    return after.epoch() < before.epoch()
        ? Verdict.reject(RejectionCode.WRONG_EPOCH, "a substitute of an older committee")
        : Verdict.accept(after);
  }

  /**
   * Passes on the one message that {@code AttestationRules.compose} made: headers of this family
   * become an update only with signatures.
   */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    if (rawHeaders.size() != 1) {
      throw new IllegalArgumentException("one composed message, not " + rawHeaders.size());
    }
    return rawHeaders.getFirst();
  }

  static Verdict<AttestedState> usable(ClientView view) {
    Optional<AttestedState> state = AttestedState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  private static Verdict<AttestedState> working(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(nowSeconds).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.reject(RejectionCode.CLIENT_EXPIRED, "no update for too long"));
  }

  private static <T> Verdict<T> malformed(DecodeException e) {
    return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
  }

  /**
   * @param header what is new
   * @param head the best header with it
   */
  private record Attested(KnownHeader header, HeaderRef head, long nowSeconds)
      implements VerifiedUpdate {}
}
