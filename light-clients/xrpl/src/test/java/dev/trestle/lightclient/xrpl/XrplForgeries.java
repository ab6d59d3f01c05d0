package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.xrpl.LedgerPath.Kind;
import dev.trestle.lightclient.xrpl.TestObjects.Validator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What a client of {@link XrplChain} must refuse: updates after 110, claims after 122. */
final class XrplForgeries {
  private static final long FULL = 0x8000_0001L;

  private final XrplChain chain;
  private final LedgerHeader target;
  private final List<Validator> members;

  XrplForgeries(XrplChain chain) {
    this.chain = chain;
    this.target = chain.header(121);
    this.members = chain.members(121);
  }

  List<Forgery> all() {
    List<Forgery> all = new ArrayList<>();
    all.addAll(ledgers());
    all.addAll(validations());
    all.addAll(lists());
    all.addAll(manifests());
    all.addAll(sizes());
    all.addAll(proofs());
    return all;
  }

  private static Forgery update(Attack attack, String name, ReasonCode code, LedgerStep step) {
    return message(attack, name, code, XrplChain.message(step));
  }

  private static Forgery message(Attack attack, String name, ReasonCode code, Bytes message) {
    return new Forgery(attack, name, new Input.Update(message, XrplChain.NOW), code);
  }

  private static Forgery claim(Attack attack, String name, ReasonCode code, Claim claim) {
    return new Forgery(attack, name, new Input.Membership(claim), code);
  }

  private List<Forgery> ledgers() {
    long ahead = XrplChain.NOW + XrplChain.DRIFT + 1;
    LedgerHeader orphan = chain.header("orphan", 111, XrplChain.seconds(111));
    return List.of(
        update(
            Attack.WRONG_CHAIN,
            "another network's ledger",
            RejectionCode.UNKNOWN_SIGNER,
            new XrplChain("another network", 5).step(target)),
        update(
            Attack.WRONG_FORK,
            "another ledger of a known index",
            RejectionCode.STALE_HEIGHT,
            XrplChain.step(Optional.empty(), List.of(), chain.fork(110), members)),
        update(
            Attack.WRONG_FORK,
            "the next ledger, with another parent",
            RejectionCode.BAD_PREV,
            XrplChain.step(Optional.empty(), List.of(), orphan, members)),
        update(
            Attack.WRONG_FORK,
            "validations of another ledger",
            XrplCode.LEDGER_MISMATCH,
            validated(XrplChain.validate(chain.fork(121), members))),
        update(
            Attack.WRONG_HEIGHT,
            "validations of another index",
            XrplCode.LEDGER_MISMATCH,
            validated(
                members.stream()
                    .map(each -> validation(each.signing(), target.hash(), 120, FULL))
                    .toList())),
        update(
            Attack.WRONG_HEIGHT,
            "closed before the latest",
            RejectionCode.TIME_TOO_OLD,
            chain.step(chain.header("", 121, XrplChain.seconds(110)))),
        update(
            Attack.FUTURE_CLOCK,
            "ahead by more than the drift",
            RejectionCode.TIME_TOO_NEW,
            chain.step(chain.header("", 121, ahead))));
  }

  private static Bytes validation(TestKey key, Hash32 hash, long index, long flags) {
    return TestObjects.validation(key, hash, index, flags);
  }

  private LedgerStep validated(List<Bytes> validations) {
    return new LedgerStep(Optional.empty(), List.of(), target, validations);
  }

  private List<Bytes> threeAnd(Bytes more) {
    List<Bytes> all = new ArrayList<>(XrplChain.validate(target, members.subList(0, 3)));
    all.add(more);
    return all;
  }

  private List<Forgery> validations() {
    Validator fourth = members.get(3);
    Bytes good = TestObjects.validation(fourth.signing(), target);
    Bytes other = TestObjects.validation(TestKey.secp256k1("stranger"), target);
    Bytes posing = posing(fourth.signing(), TestKey.secp256k1("stranger"));
    Bytes partial = validation(fourth.signing(), target.hash(), target.index(), FULL - 1);
    return List.of(
        update(
            Attack.SIGNER_TWICE,
            "twice",
            RejectionCode.DUPLICATE_SIGNER,
            validated(threeAnd(XrplChain.validate(target, members).getFirst()))),
        update(
            Attack.SIGNER_TWICE,
            "two validations of one",
            RejectionCode.DUPLICATE_SIGNER,
            validated(
                threeAnd(
                    validation(members.getFirst().signing(), target.hash(), target.index(), 1)))),
        update(
            Attack.WRONG_KEY,
            "a stranger",
            RejectionCode.UNKNOWN_SIGNER,
            validated(threeAnd(other))),
        update(
            Attack.WRONG_KEY,
            "under a name",
            RejectionCode.BAD_SIGNATURE,
            validated(threeAnd(posing))),
        update(
            Attack.WRONG_KEY,
            "the master key of a member",
            RejectionCode.UNKNOWN_SIGNER,
            validated(threeAnd(TestObjects.validation(fourth.master(), target)))),
        update(
            Attack.SIGNER_TWICE,
            "three of five",
            RejectionCode.QUORUM_LOW,
            validated(threeAnd(good).subList(0, 3))),
        update(
            Attack.SIGNER_TWICE,
            "a partial validation",
            XrplCode.NOT_FULL,
            validated(threeAnd(partial))),
        update(Attack.EMPTY_BATCH, "nobody", RejectionCode.QUORUM_LOW, validated(List.of())),
        update(
            Attack.EMPTY_BATCH,
            "an empty validation",
            RejectionCode.MALFORMED,
            validated(threeAnd(Bytes.EMPTY))));
  }

  /** A validation that names one key and is signed by another. */
  private Bytes posing(TestKey name, TestKey signer) {
    Bytes own = TestObjects.validation(name, target);
    int at = own.size() - 1;
    while (own.at(at) != 0x76 || own.at(at + 1) != own.size() - at - 2) {
      at--;
    }
    Bytes fields = own.slice(0, at);
    Bytes signature = signer.sign(Bytes.concat(Bytes.fromHex("56414c00"), fields));
    return TestObjects.blob(new CanonicalWriter().fixed(fields), 0x76, signature).toBytes();
  }

  private Forgery listed(Attack attack, String name, ReasonCode code, SignedList list) {
    return update(
        attack, name, code, XrplChain.step(Optional.of(list), List.of(), target, chain.a));
  }

  private List<Forgery> lists() {
    TestKey stranger = TestKey.secp256k1("stranger");
    String json = TestObjects.json(3, XrplChain.EXPIRATION, chain.a);
    Bytes manifest = TestObjects.manifest(chain.publisher, Optional.of(chain.publishing), 1);
    Bytes revoked = TestObjects.manifest(chain.publisher, Optional.empty(), Manifest.REVOKED);
    Bytes older = TestObjects.manifest(chain.publisher, Optional.of(chain.publishing), 0);
    Bytes twin = TestObjects.manifest(chain.publisher, Optional.of(stranger), 1);
    Bytes foreign = TestObjects.manifest(TestKey.ed25519("x"), Optional.of(stranger), 1);
    String later = json.replace("{\"sequence", "{\"effective\":753400000,\"sequence");
    return List.of(
        listed(
            Attack.STALE_SET,
            "the list in force again",
            XrplCode.UNL_SEQUENCE,
            chain.list(2, XrplChain.EXPIRATION, chain.a)),
        listed(
            Attack.STALE_SET,
            "an expired list",
            XrplCode.UNL_EXPIRED,
            chain.list(3, XrplChain.NOW, chain.a)),
        listed(
            Attack.FUTURE_SET,
            "a list that is not in force yet",
            XrplCode.UNL_NOT_EFFECTIVE,
            TestObjects.list(manifest, chain.publishing, later)),
        listed(
            Attack.WRONG_KEY,
            "a list that a stranger signed",
            XrplCode.UNL_SIGNATURE,
            TestObjects.list(manifest, stranger, json)),
        listed(
            Attack.WRONG_KEY,
            "another publisher",
            XrplCode.PUBLISHER_MANIFEST,
            TestObjects.list(foreign, stranger, json)),
        listed(
            Attack.WRONG_KEY,
            "a revoked publisher",
            XrplCode.PUBLISHER_MANIFEST,
            TestObjects.list(revoked, chain.publishing, json)),
        listed(
            Attack.STALE_SET,
            "an older manifest of the publisher",
            XrplCode.PUBLISHER_MANIFEST,
            TestObjects.list(older, chain.publishing, json)),
        listed(
            Attack.WRONG_KEY,
            "another manifest of the same number",
            XrplCode.PUBLISHER_MANIFEST,
            TestObjects.list(twin, stranger, json)),
        listed(
            Attack.EMPTY_BATCH,
            "a list of nobody",
            RejectionCode.MALFORMED,
            chain.list(3, XrplChain.EXPIRATION, List.of())),
        listed(
            Attack.SIGNER_TWICE,
            "a member twice",
            RejectionCode.MALFORMED,
            chain.list(3, XrplChain.EXPIRATION, List.of(chain.a.getFirst(), chain.a.getFirst()))),
        update(
            Attack.STALE_SET,
            "validated by the members of the list before",
            RejectionCode.UNKNOWN_SIGNER,
            validated(XrplChain.validate(target, chain.a))),
        update(
            Attack.FUTURE_SET,
            "a key whose manifest is not known",
            RejectionCode.UNKNOWN_SIGNER,
            validated(
                threeAnd(
                    TestObjects.validation(members.get(3).rotated("new").signing(), target)))));
  }

  private Forgery named(Attack attack, String name, ReasonCode code, Bytes manifest) {
    return update(
        attack, name, code, XrplChain.step(Optional.empty(), List.of(manifest), target, members));
  }

  private List<Forgery> manifests() {
    Validator second = members.get(1);
    Bytes good = second.rotated("new").manifest();
    byte[] broken = good.toArray();
    broken[broken.length - 1] ^= 1;
    Bytes shared = TestObjects.manifest(second.master(), Optional.of(members.get(2).signing()), 9);
    return List.of(
        named(Attack.STALE_SET, "a manifest again", XrplCode.VALIDATOR_MANIFEST, second.manifest()),
        named(
            Attack.WRONG_KEY,
            "a manifest of no member",
            XrplCode.VALIDATOR_MANIFEST,
            Validator.of("stranger", 1).manifest()),
        named(
            Attack.WRONG_KEY,
            "a manifest that is not signed",
            XrplCode.VALIDATOR_MANIFEST,
            Bytes.wrap(broken)),
        named(
            Attack.SIGNER_TWICE, "the key of another member", XrplCode.VALIDATOR_MANIFEST, shared),
        named(
            Attack.STALE_SET,
            "a member that revoked its key",
            RejectionCode.UNKNOWN_SIGNER,
            TestObjects.manifest(second.master(), Optional.empty(), Manifest.REVOKED)));
  }

  private List<Forgery> sizes() {
    Bytes good = chain.step(target).encode();
    CanonicalWriter many = new CanonicalWriter().u8(1);
    many.list(Collections.nCopies(65, good), CanonicalWriter::bytes);
    Bytes one = TestObjects.validation(members.getFirst().signing(), target);
    return List.of(
        message(Attack.UNBOUNDED_SIZE, "65 steps", RejectionCode.MALFORMED, many.toBytes()),
        update(
            Attack.UNBOUNDED_SIZE,
            "1,025 validations",
            RejectionCode.MALFORMED,
            validated(Collections.nCopies(1_025, one))),
        message(
            Attack.EMPTY_BATCH,
            "no step",
            RejectionCode.MALFORMED,
            new CanonicalWriter().u8(1).u32(0).toBytes()));
  }

  private List<Forgery> proofs() {
    Claim good = chain.stateClaim(122, 0);
    Claim transaction = chain.transactionClaim(122, 7);
    ShaMapProof proof = ShaMapProof.decode(good.proof());
    List<ShaMapProof.Node> longer = new ArrayList<>(proof.nodes());
    longer.add(new ShaMapProof.Node(0, List.of()));
    List<ShaMapProof.Node> deepest = Collections.nCopies(65, new ShaMapProof.Node(0, List.of()));
    Optional<ShaMapProof.OtherLeaf> other =
        Optional.of(new ShaMapProof.OtherLeaf(XrplChain.stateKey(0), good.value()));
    Bytes asState =
        new LedgerPath(Kind.STATE, 122, LedgerPath.decode(transaction.path()).key()).encode();
    return List.of(
        claim(
            Attack.WRONG_ROOT,
            "another ledger's state",
            RejectionCode.ROOT_MISMATCH,
            new Claim(good.path(), good.value(), chain.stateClaim(110, 0).proof())),
        claim(
            Attack.WRONG_ROOT,
            "a transaction as an entry",
            RejectionCode.ROOT_MISMATCH,
            new Claim(asState, transaction.value(), transaction.proof())),
        claim(
            Attack.WRONG_HEIGHT,
            "a ledger that is not known",
            RejectionCode.UNKNOWN_HEIGHT,
            chain.stateClaim(120, 0)),
        claim(
            Attack.OVERLONG_PATH,
            "a node too many",
            RejectionCode.ROOT_MISMATCH,
            with(good, longer, Optional.empty())),
        claim(
            Attack.OVERLONG_PATH,
            "65 nodes",
            RejectionCode.MALFORMED,
            with(good, deepest, Optional.empty())),
        claim(
            Attack.EMPTY_BATCH,
            "no node",
            RejectionCode.BRANCH_LENGTH,
            with(good, List.of(), Optional.empty())),
        claim(
            Attack.OVERLONG_PATH,
            "with another leaf",
            RejectionCode.UNEXPECTED_ELEMENT,
            with(good, proof.nodes(), other)),
        new Forgery(
            Attack.WRONG_ROOT,
            "absence of a key behind its own leaf",
            new Input.Absence(good.path(), new ShaMapProof(proof.nodes(), other).encode()),
            RejectionCode.PATH_MISMATCH));
  }

  private static Claim with(
      Claim claim, List<ShaMapProof.Node> nodes, Optional<ShaMapProof.OtherLeaf> other) {
    return new Claim(claim.path(), claim.value(), new ShaMapProof(nodes, other).encode());
  }
}
