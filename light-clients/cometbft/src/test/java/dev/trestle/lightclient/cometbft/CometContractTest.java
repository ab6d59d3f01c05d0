package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.ReasonCode;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class CometContractTest extends LightClientContract {
  static final TestChain CHAIN = new TestChain("hub-4");
  private static final long HEIGHT = 100;
  static final Run RUN = new Run("main", 4, HEIGHT);

  /**
   * Sets A until height 102 and B after: by 101 (next), 103 (skipping), 104 and 105 in one message,
   * then 110 (skipping).
   */
  static final class Run {
    final List<TestKey> a;
    final List<TestKey> b;
    final long first;
    final TestStores older;
    final TestStores old;
    final TestStores fresh;
    final Header start;

    Run(String seed, int validators, long first) {
      this.a = TestKey.many(seed, validators);
      TestKey joined = TestKey.of(seed + "joined", 10);
      List<TestKey> most = new java.util.ArrayList<>(a.subList(1, validators));
      most.add(joined);
      this.b = TestKey.sorted(most);
      this.first = first;
      this.older = new TestStores(seed + " older", 21);
      this.old = new TestStores(seed + " old", 22);
      this.fresh = new TestStores(seed + " fresh", 30);
      this.start = CHAIN.header(first, a, a, new TestStores(seed + " start", 2).appHash());
    }

    Header header(long offset) {
      List<TestKey> own = offset <= 2 ? a : b;
      List<TestKey> next = offset <= 1 ? a : b;
      return CHAIN.header(first + offset, own, next, stores(offset).appHash());
    }

    /** No two headers have the same root: a proof for one must not hold for another. */
    private TestStores stores(long offset) {
      return switch ((int) offset) {
        case 4 -> older;
        case 5 -> old;
        case 10 -> fresh;
        default -> new TestStores("at " + offset, 3);
      };
    }

    UpdateHeader update(long offset, long trusted) {
      return update(header(offset), trusted);
    }

    UpdateHeader update(Header header, long trusted) {
      List<TestKey> own = header.height() - first <= 2 ? a : b;
      List<TestKey> trustedNext = trusted <= 1 ? a : b;
      return CHAIN.update(sign(header, own), own, first + trusted, trustedNext);
    }

    /** With seven validators one is absent and one votes for nil. */
    private static SignedHeader sign(Header header, List<TestKey> keys) {
      SignedHeader all = CHAIN.signed(header, keys);
      if (keys.size() < 7) {
        return all;
      }
      List<CommitSignature> mixed = new java.util.ArrayList<>(all.commit().signatures());
      mixed.set(2, CommitSignature.ABSENT);
      mixed.set(5, CHAIN.vote(all.commit(), keys.get(5), false));
      return new SignedHeader(header, TestChain.commit(header, mixed));
    }

    Header fork(long offset) {
      Header honest = header(offset);
      return CHAIN.header(
          first + offset,
          honest.time(),
          offset <= 2 ? a : b,
          offset <= 1 ? a : b,
          new TestStores("fork", 3).appHash());
    }

    /** A header above {@code offset} with its time. */
    Header late(long offset) {
      return CHAIN.header(
          first + offset + 1, header(offset).time(), b, b, new TestStores("late", 3).appHash());
    }

    static Bytes message(UpdateHeader... headers) {
      return CometMessages.update(
          java.util.Arrays.stream(headers).map(UpdateHeader::encode).toList());
    }

    Scenario scenario() {
      return new Scenario(
          CHAIN.anchor(start).encode(),
          List.of(
              message(update(1, 0)),
              message(update(3, 1)),
              message(update(4, 3), update(5, 4)),
              message(update(10, 5))),
          TestChain.NOW,
          List.of(
              old.claim(first + 5, 0),
              older.claim(first + 4, 20),
              fresh.claim(first + 10, 9),
              fresh.claim(first + 10, 10)),
          List.of(
              fresh.absence(first + 10, Bytes.utf8("commitments/000001")),
              fresh.absence(first + 10, Bytes.utf8("commitments/000017")),
              fresh.absence(first + 10, Bytes.utf8("a")),
              fresh.absence(first + 10, Bytes.utf8("z"))),
          List.of(
              CometMessages.evidence(update(10, 5), update(11, 5)),
              CometMessages.evidence(update(10, 5), update(10, 3)),
              CometMessages.evidence(update(10, 5), first + 10),
              CometMessages.evidence(update(11, 10), first + 4)),
          List.of(
              CometMessages.evidence(update(12, 5), update(fork(12), 10)),
              CometMessages.evidence(update(late(12), 10), update(12, 5)),
              CometMessages.evidence(update(fork(5), 3), first + 5),
              CometMessages.evidence(update(late(10), 5), first + 10)));
    }
  }

  @Override
  protected LightClient client() {
    return new CometFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return RUN.scenario();
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(new Run("seven", 7, 300).scenario());
  }

  @Override
  protected Bytes foreignAnchor() {
    TestChain other = new TestChain("zone-4");
    return other.anchor(other.header(HEIGHT, RUN.a, RUN.a, RUN.old.appHash())).encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    return new CometForgeries(RUN).all();
  }

  static Forgery update(Attack attack, String name, ReasonCode code, UpdateHeader header) {
    return new Forgery(attack, name, new Input.Update(Run.message(header), TestChain.NOW), code);
  }

  static Forgery claim(Attack attack, String name, ReasonCode code, Claim claim) {
    return new Forgery(attack, name, new Input.Membership(claim), code);
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(
        Attack.INDEX_BEYOND_COUNT, "neither leaves nor validators are addressed by an index");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long last = RUN.header(5).time().getEpochSecond() + TestChain.PERIOD;
    return Optional.of(new TrustWindow(last - 1, last));
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.EverySize(CometContractTest::quorum);
  }

  private static Quorums.Quorum quorum(int members) {
    List<TestKey> keys = TestKey.many("quorum ", members);
    Header start = CHAIN.header(HEIGHT, keys, keys, RUN.old.appHash());
    Header next = CHAIN.header(HEIGHT + 1, keys, keys, RUN.old.appHash());
    int enough = 2 * members / 3 + 1;
    SignedHeader signed = CHAIN.signed(next, keys, enough);
    return new Quorums.Quorum.Formed(
        CHAIN.anchor(start).encode(),
        List.of(),
        Run.message(CHAIN.update(signed, keys, HEIGHT, keys)),
        Run.message(CHAIN.update(without(signed, enough - 1), keys, HEIGHT, keys)),
        RejectionCode.QUORUM_LOW,
        TestChain.NOW);
  }

  /** The same commit, in which one signer is absent. */
  private static SignedHeader without(SignedHeader signed, int signer) {
    List<CommitSignature> entries = new ArrayList<>(signed.commit().signatures());
    entries.set(signer, CommitSignature.ABSENT);
    return new SignedHeader(signed.header(), TestChain.commit(signed.header(), entries));
  }

  /** It does not matter by which known header a header is verified. */
  @Override
  protected boolean sameMeaning(Input original, Input mutant) {
    return switch (original) {
      case Input.Update(Bytes message, long now) ->
          mutant instanceof Input.Update(Bytes changed, long later)
              && withoutTrusted(CometMessages.decodeUpdate(message, ample()).orThrow())
                  .equals(withoutTrusted(CometMessages.decodeUpdate(changed, ample()).orThrow()));
      case Input.Evidence(Bytes evidence) ->
          mutant instanceof Input.Evidence(Bytes changed)
              && withoutTrusted(CometMessages.decodeEvidence(evidence, ample()).orThrow())
                  .equals(withoutTrusted(CometMessages.decodeEvidence(changed, ample()).orThrow()));
      case Input.Anchor anchor -> false;
      case Input.Membership membership -> false;
      case Input.Absence absence -> false;
    };
  }

  private static Budget ample() {
    return new Budget(Long.MAX_VALUE);
  }

  private static List<UpdateHeader> withoutTrusted(List<UpdateHeader> headers) {
    return headers.stream().map(CometContractTest::withoutTrusted).toList();
  }

  private static CometMessages.Evidence withoutTrusted(CometMessages.Evidence evidence) {
    return switch (evidence) {
      case CometMessages.Evidence.Pair(UpdateHeader first, UpdateHeader second) ->
          new CometMessages.Evidence.Pair(withoutTrusted(first), withoutTrusted(second));
      case CometMessages.Evidence.AgainstKnown(UpdateHeader header, long known) ->
          new CometMessages.Evidence.AgainstKnown(withoutTrusted(header), known);
    };
  }

  private static UpdateHeader withoutTrusted(UpdateHeader header) {
    return new UpdateHeader(
        header.signedHeader(),
        header.validators(),
        header.trustedRevision(),
        0,
        header.trustedValidators());
  }

  @Override
  protected String goldenStateHash() {
    return "983806217c1e1d6ca1554495d9df291dd35a1a6ca6a709bb9cabcb643bbeb0a5";
  }
}
