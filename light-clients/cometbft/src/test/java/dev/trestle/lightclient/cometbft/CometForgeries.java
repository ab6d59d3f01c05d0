package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.proofs.ics23.CommitmentProof;
import dev.trestle.proofs.ics23.ExistenceProof;
import dev.trestle.proofs.ics23.Ics23Code;
import dev.trestle.proofs.ics23.InnerOp;
import dev.trestle.proofs.ics23.MerkleProof;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a client of {@link CometContractTest.Run} must refuse. */
final class CometForgeries {
  private static final TestChain CHAIN = CometContractTest.CHAIN;

  private final CometContractTest.Run run;

  CometForgeries(CometContractTest.Run run) {
    this.run = run;
  }

  List<Forgery> all() {
    List<Forgery> all = new ArrayList<>();
    all.addAll(headers());
    all.addAll(sets());
    all.addAll(commits());
    all.addAll(sizes());
    all.addAll(proofs());
    return all;
  }

  private List<Forgery> headers() {
    TestChain zone = new TestChain("zone-4");
    Header foreign = zone.header(run.first + 10, run.b, run.b, run.fresh.appHash());
    UpdateHeader good = run.update(10, 5);
    UpdateHeader revision =
        new UpdateHeader(
            good.signedHeader(), good.validators(), 5, good.trustedHeight(), good.validators());
    Instant ahead = Instant.ofEpochSecond(TestChain.NOW + TestChain.DRIFT);
    Header future = CHAIN.header(run.first + 10, ahead, run.b, run.b, run.fresh.appHash());
    Commit commit = good.signedHeader().commit();
    Commit higher = new Commit(commit.height() + 1, 0, commit.blockId(), commit.signatures());
    SignedHeader confused =
        new SignedHeader(run.header(10), CHAIN.signed(run.fork(10), run.b).commit());
    return List.of(
        CometContractTest.update(
            Attack.WRONG_CHAIN,
            "another chain with the same validators",
            RejectionCode.WRONG_CHAIN,
            zone.update(zone.signed(foreign, run.b), run.b, run.first + 5, run.b)),
        CometContractTest.update(
            Attack.WRONG_CHAIN, "another revision", RejectionCode.WRONG_CHAIN, revision),
        CometContractTest.update(
            Attack.WRONG_FORK,
            "another block at a known height",
            RejectionCode.STALE_HEIGHT,
            run.update(run.fork(5), 3)),
        CometContractTest.update(
            Attack.WRONG_FORK,
            "votes for another block",
            CometCode.COMMIT_HASH,
            CHAIN.update(confused, run.b, run.first + 5, run.b)),
        CometContractTest.update(
            Attack.WRONG_HEIGHT,
            "votes for another height",
            CometCode.COMMIT_HEIGHT,
            CHAIN.update(new SignedHeader(run.header(10), higher), run.b, run.first + 5, run.b)),
        CometContractTest.update(
            Attack.WRONG_HEIGHT,
            "not later than the latest",
            RejectionCode.TIME_TOO_OLD,
            run.update(run.late(5), 3)),
        CometContractTest.update(
            Attack.FUTURE_CLOCK,
            "ahead by the drift",
            RejectionCode.TIME_TOO_NEW,
            run.update(future, 5)));
  }

  private List<Forgery> sets() {
    Header byOld = CHAIN.header(run.first + 6, run.a, run.b, run.old.appHash());
    List<TestKey> strangers = TestKey.many("strangers", 4);
    Header taken = CHAIN.header(run.first + 10, strangers, strangers, run.fresh.appHash());
    return List.of(
        CometContractTest.update(
            Attack.STALE_SET,
            "next height by the replaced set",
            CometCode.UNEXPECTED_VALIDATORS,
            CHAIN.update(CHAIN.signed(byOld, run.a), run.a, run.first + 5, run.b)),
        CometContractTest.update(
            Attack.STALE_SET,
            "the replaced set given as trusted",
            CometCode.TRUSTED_VALIDATORS_HASH,
            CHAIN.update(CHAIN.signed(run.header(10), run.b), run.b, run.first + 5, run.a)),
        CometContractTest.update(
            Attack.FUTURE_SET,
            "trusted by a height that is not known",
            RejectionCode.UNKNOWN_HEIGHT,
            run.update(10, 6)),
        CometContractTest.update(
            Attack.FUTURE_SET,
            "a set that nobody trusted signed for",
            CometCode.NOT_ENOUGH_TRUST,
            CHAIN.update(CHAIN.signed(taken, strangers), strangers, run.first + 5, run.b)),
        CometContractTest.update(
            Attack.FUTURE_SET,
            "another set than the header's",
            CometCode.VALIDATORS_HASH,
            CHAIN.update(CHAIN.signed(run.header(10), run.a), run.a, run.first + 5, run.b)));
  }

  private List<Forgery> commits() {
    Header header = run.header(10);
    Commit good = CHAIN.signed(header, run.b).commit();
    List<CommitSignature> twice = new ArrayList<>(good.signatures());
    twice.set(1, twice.get(0));
    List<CommitSignature> swapped = new ArrayList<>(good.signatures());
    Collections.swap(swapped, 0, 1);
    TestKey stranger = TestKey.of("stranger", 10);
    List<CommitSignature> strange = new ArrayList<>(good.signatures());
    strange.set(2, CHAIN.vote(good, stranger, true));
    List<CommitSignature> posing = new ArrayList<>(good.signatures());
    posing.set(
        2,
        new CommitSignature(
            CommitSignature.Vote.COMMIT,
            good.signatures().get(2).address(),
            strange.get(2).timestamp(),
            strange.get(2).signature()));
    List<CommitSignature> more = new ArrayList<>(good.signatures());
    more.add(good.signatures().get(0));
    List<CommitSignature> nil = new ArrayList<>(good.signatures());
    nil.set(0, CHAIN.vote(good, run.b.get(0), false));
    nil.set(1, CHAIN.vote(good, run.b.get(1), false));
    List<CommitSignature> talkative = new ArrayList<>(good.signatures());
    CommitSignature first = good.signatures().getFirst();
    talkative.set(
        0,
        new CommitSignature(
            CommitSignature.Vote.ABSENT, first.address(), first.timestamp(), first.signature()));
    return List.of(
        commit(Attack.SIGNER_TWICE, "twice", RejectionCode.DUPLICATE_SIGNER, twice),
        commit(Attack.SIGNER_TWICE, "out of order", RejectionCode.DUPLICATE_SIGNER, swapped),
        commit(Attack.WRONG_KEY, "stranger", RejectionCode.UNKNOWN_SIGNER, strange),
        commit(Attack.WRONG_KEY, "under a name", RejectionCode.BAD_SIGNATURE, posing),
        commit(Attack.BITS_BEYOND_SET, "one more", CometCode.SIGNATURE_COUNT, more),
        commit(Attack.EMPTY_BATCH, "no entry", CometCode.SIGNATURE_COUNT, List.of()),
        commit(Attack.SIGNER_TWICE, "votes for nil count", RejectionCode.QUORUM_LOW, nil),
        commit(Attack.SIGNER_TWICE, "absent and signed", CometCode.SIGNATURE_FORM, talkative));
  }

  private Forgery commit(
      Attack attack, String name, dev.trestle.base.ReasonCode code, List<CommitSignature> entries) {
    Header header = run.header(10);
    SignedHeader signed = new SignedHeader(header, TestChain.commit(header, entries));
    return CometContractTest.update(
        attack, name, code, CHAIN.update(signed, run.b, run.first + 5, run.b));
  }

  private List<Forgery> sizes() {
    Bytes good = run.update(10, 5).encode();
    CanonicalWriter many = new CanonicalWriter().u8(1);
    many.list(Collections.nCopies(CometMessages.MAX_HEADERS + 1, good), CanonicalWriter::bytes);
    Bytes none = new CanonicalWriter().u8(1).u32(0).toBytes();
    ProtoWriter crowd = new ProtoWriter();
    crowd.message(1, run.update(10, 5).signedHeader()::write);
    crowd.message(
        2,
        set -> {
          for (int i = 0; i <= ValidatorSet.MAX_VALIDATORS; i++) {
            set.message(1, TestKey.of("crowd" + i, 1).validator()::write);
          }
        });
    return List.of(
        message(Attack.UNBOUNDED_SIZE, "65 headers", many.toBytes()),
        message(
            Attack.UNBOUNDED_SIZE,
            "1025 validators",
            CometMessages.update(List.of(crowd.toBytes()))),
        message(Attack.EMPTY_BATCH, "no header", none));
  }

  private static Forgery message(Attack attack, String name, Bytes message) {
    return new Forgery(
        attack, name, new Input.Update(message, TestChain.NOW), RejectionCode.MALFORMED);
  }

  private List<Forgery> proofs() {
    Claim good = run.fresh.claim(run.first + 10, 9);
    Claim other = run.old.claim(run.first + 10, 9);
    ExistenceProof proof = run.fresh.ibc().exist(TestStores.key(9));
    Claim emptied = new Claim(good.path(), good.value(), Bytes.EMPTY);
    List<CommitmentProof> three = new ArrayList<>(MerkleProof.decode(good.proof()).proofs());
    three.add(three.getLast());
    return List.of(
        CometContractTest.claim(Attack.WRONG_ROOT, "another state", Ics23Code.ROOT_MISMATCH, other),
        CometContractTest.claim(
            Attack.WRONG_HEIGHT,
            "the state of a lower header",
            Ics23Code.ROOT_MISMATCH,
            run.fresh.claim(run.first + 5, 9)),
        CometContractTest.claim(
            Attack.WRONG_HEIGHT,
            "a header that is not known",
            RejectionCode.UNKNOWN_HEIGHT,
            run.fresh.claim(run.first + 9, 9)),
        CometContractTest.claim(
            Attack.OVERLONG_PATH, "129 steps", Ics23Code.PATH_DEPTH, longer(good, proof, 129)),
        CometContractTest.claim(
            Attack.OVERLONG_PATH, "257 steps", RejectionCode.MALFORMED, longer(good, proof, 257)),
        CometContractTest.claim(
            Attack.OVERLONG_PATH,
            "three trees",
            Ics23Code.LAYER_COUNT,
            new Claim(good.path(), good.value(), new MerkleProof(three).encode())),
        CometContractTest.claim(Attack.EMPTY_BATCH, "no proof", Ics23Code.LAYER_COUNT, emptied));
  }

  private Claim longer(Claim good, ExistenceProof proof, int steps) {
    List<InnerOp> path = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      path.add(proof.path().getLast());
    }
    ExistenceProof longer = new ExistenceProof(proof.key(), proof.value(), proof.leaf(), path);
    Bytes encoded = run.fresh.under(new CommitmentProof.Exist(longer)).encode();
    return new Claim(good.path(), good.value(), encoded);
  }
}
