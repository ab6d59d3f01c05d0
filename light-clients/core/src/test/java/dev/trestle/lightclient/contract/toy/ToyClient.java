package dev.trestle.lightclient.contract.toy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The smallest client of a committee that has everything the contract asks for, and one bug. */
final class ToyClient implements LightClient {
  static final Bytes ANCHOR = Bytes.utf8("anchor");
  private static final Bytes HEAD = Bytes.utf8("head");
  private static final Bytes FROZEN = Bytes.utf8("frozen");
  private static final AtomicLong RUNS = new AtomicLong();

  private final Optional<Bug> bug;

  ToyClient(Optional<Bug> bug) {
    this.bug = bug;
  }

  private boolean has(Bug wanted) {
    return bug.filter(wanted::equals).isPresent();
  }

  private record Update(ToyHeader header, long now) implements VerifiedUpdate {
    @Override
    public HeaderRef head() {
      return header.ref();
    }
  }

  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    try {
      ToyAnchor decoded = ToyAnchor.decode(anchor);
      ClientDelta.Builder delta = ClientDelta.builder().put(ANCHOR, anchor);
      if (has(Bug.STATE_DEPENDS_ON_LOCALE)) {
        delta.put(
            Bytes.utf8("members"),
            Bytes.utf8(String.format(Locale.getDefault(), "%d", decoded.members())));
      }
      if (has(Bug.STATE_DEPENDS_ON_THE_RUN)) {
        delta.put(Bytes.utf8("run"), new CanonicalWriter().u64(RUNS.incrementAndGet()).toBytes());
      }
      return Verdict.accept(delta.build());
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, "anchor");
    }
  }

  private static ToyAnchor anchor(ClientView view) {
    return ToyAnchor.decode(view.get(ANCHOR).orElseThrow(() -> new DecodeException("no state")));
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    if (frozen(view) && !has(Bug.FROZEN_CLIENT_VERIFIES)) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    if (has(Bug.REFUSES_EVERYTHING) || status(view, nowSeconds) == ClientStatus.EXPIRED) {
      return Verdict.reject(RejectionCode.CLIENT_EXPIRED, "expired");
    }
    return signed(anchor(view), message, budget)
        .then(
            header -> {
              HeaderRef head = latest(view);
              if (header.height() > head.height()
                  || (has(Bug.UPDATE_COUNTS_AGAIN) && header.height() == head.height())) {
                return header.time() > nowSeconds
                    ? Verdict.reject(RejectionCode.TIME_TOO_NEW, "from the future")
                    : Verdict.accept(new Update(header, nowSeconds));
              }
              return Verdict.ignore(RejectionCode.NOTHING_NEW, "old");
            });
  }

  private Verdict<ToyHeader> signed(ToyAnchor anchor, Bytes message, Budget budget) {
    if (has(Bug.THROWS_ON_JUNK) && message.size() % 7 == 3) {
      throw new IllegalStateException("junk");
    }
    if (has(Bug.COPIES_BEFORE_IT_REFUSES) && Bytes.of(message.toArray()).isEmpty()) {
      return Verdict.reject(RejectionCode.MALFORMED, "nothing");
    }
    if (!has(Bug.CHARGES_NOTHING)
        && !has(Bug.WORKS_BEFORE_IT_CHARGES)
        && !budget.charge(1 + message.size() / 32)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "message");
    }
    ToyHeader.Signed signed;
    try {
      signed = ToyHeader.Signed.decode(message, has(Bug.ALLOCATES_WHAT_IS_ANNOUNCED));
    } catch (DecodeException e) {
      return has(Bug.TAKES_TRAILING_BYTES) && message.size() % 2 == 1
          ? signed(anchor, message.slice(0, message.size() - 1), budget)
          : Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (has(Bug.WORKS_BEFORE_IT_CHARGES)) {
      budget.charge(1 + message.size() / 32);
    }
    return signed
        .check(anchor, has(Bug.COUNTS_A_SIGNER_TWICE), has(Bug.ONE_SIGNATURE_IS_ENOUGH))
        .then(signers -> Verdict.accept(signed.header()));
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    Update verified = (Update) update;
    Bytes head = verified.header().encode();
    int salt =
        has(Bug.UPDATE_COUNTS_AGAIN) ? view.get(HEAD).map(known -> known.at(0)).orElse(0) + 1 : 1;
    return ClientDelta.builder()
        .put(HEAD, Bytes.concat(Bytes.wrap(new byte[] {(byte) salt}), head))
        .put(key(verified.header().height()), head)
        .build();
  }

  private static Bytes key(long height) {
    return new CanonicalWriter().u8('h').u64(height).toBytes();
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    if (frozen(view)) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen already");
    }
    if (status(view, nowSeconds) == ClientStatus.EXPIRED
        && !has(Bug.EXPIRED_CLIENT_TAKES_EVIDENCE)) {
      return Verdict.reject(RejectionCode.CLIENT_EXPIRED, "expired");
    }
    return signed(anchor(view), evidence, budget)
        .then(
            header -> {
              Optional<Bytes> known = view.get(key(header.height()));
              boolean fork = known.isPresent() && !known.get().equals(header.encode());
              return fork || has(Bug.PROGRESS_IS_MISBEHAVIOUR)
                  ? Verdict.accept(ClientDelta.builder().put(FROZEN, Bytes.fromHex("01")).build())
                  : Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "honest");
            });
  }

  /** A proof is the height and all facts of the block. */
  private record Proof(long height, List<Claim> facts) {
    static Proof decode(Bytes proof) {
      return CanonicalReader.decode(
          proof,
          in ->
              new Proof(
                  in.u64(),
                  in.list(100, each -> new Claim(each.bytes(50), each.bytes(50), Bytes.EMPTY))));
    }
  }

  private Verdict<ProvenFact> proved(
      ClientView view, Bytes path, Optional<Bytes> value, Bytes proof, Budget budget) {
    if (frozen(view)) {
      return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
    }
    if (!budget.charge(1 + proof.size() / 32)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "proof");
    }
    try {
      Proof decoded = Proof.decode(proof);
      Optional<Bytes> known = view.get(key(decoded.height()));
      if (known.isEmpty()) {
        return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + decoded.height());
      }
      ToyHeader header = ToyHeader.decode(known.get());
      if (!ToyHeader.root(decoded.facts()).equals(header.root())) {
        return Verdict.reject(RejectionCode.ROOT_MISMATCH, "facts");
      }
      Optional<Bytes> stands =
          decoded.facts().stream()
              .filter(fact -> fact.path().equals(path))
              .map(Claim::value)
              .findFirst();
      boolean right =
          value.isPresent()
              ? stands.equals(value) || (has(Bug.TAKES_ANY_VALUE) && stands.isPresent())
              : stands.isEmpty() || has(Bug.ABSENCE_BY_LABEL);
      return right
          ? Verdict.accept(
              new ProvenFact(path, value.orElse(Bytes.EMPTY), header.ref(), ProvenFact.FINAL))
          : Verdict.reject(RejectionCode.VALUE_MISMATCH, "another value");
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, "proof");
    }
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    if (has(Bug.IGNORES_A_BIT) && claim.value().size() == 5) {
      Bytes last = claim.value().slice(0, 4);
      return proved(
          view,
          claim.path(),
          Optional.of(Bytes.concat(last, Bytes.wrap(new byte[] {(byte) '1'}))),
          claim.proof(),
          budget);
    }
    return proved(view, claim.path(), Optional.of(claim.value()), claim.proof(), budget);
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return path.size() == ToyHeader.PATH
        ? proved(view, path, Optional.empty(), proof, budget)
        : Verdict.reject(RejectionCode.MALFORMED, "not a path");
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    if (frozen(view)) {
      return ClientStatus.FROZEN;
    }
    long early = has(Bug.EXPIRES_TOO_EARLY) ? 1 : 0;
    long since = Math.max(latest(view).timestampSeconds(), anchor(view).trustedFrom());
    return !has(Bug.NEVER_EXPIRES) && nowSeconds - since > ToyAnchor.PERIOD - early
        ? ClientStatus.EXPIRED
        : ClientStatus.ACTIVE;
  }

  @Override
  public HeaderRef latest(ClientView view) {
    return view.get(HEAD)
        .map(head -> ToyHeader.decode(head.slice(1, head.size())).ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not kept");
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Verdict<ClientView> allowed = RecoveryRules.check(this, subject, substitute, nowSeconds);
    return (has(Bug.RECOVERS_A_WORKING_CLIENT) ? Verdict.accept(substitute) : allowed)
        .then(
            healthy -> {
              if (!anchor(subject).chain().equals(anchor(healthy).chain())
                  && !has(Bug.RECOVERS_FROM_ANOTHER_CHAIN)) {
                return Verdict.reject(RejectionCode.WRONG_CHAIN, "another chain");
              }
              return budget.charge(1)
                  ? Verdict.accept(replace(healthy))
                  : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "state");
            });
  }

  /** Heads and headers of the substitute; enough for the few that a test makes. */
  private ClientDelta replace(ClientView healthy) {
    ClientDelta.Builder delta = ClientDelta.builder().delete(FROZEN);
    healthy.get(HEAD).ifPresent(head -> delta.put(HEAD, head));
    for (long height = 1; height <= latest(healthy).height(); height++) {
      Bytes key = key(height);
      healthy.get(key).ifPresent(header -> delta.put(key, header));
    }
    return delta.build();
  }

  private static boolean frozen(ClientView view) {
    return view.get(FROZEN).isPresent();
  }

  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return rawHeaders.getFirst();
  }

  /** What stands for a signature: the key is no secret here. */
  static Hash32 sign(int member, Bytes header, Bytes chain) {
    return Digests.sha256(new CanonicalWriter().u16(member).bytes(chain).bytes(header).toBytes());
  }
}
