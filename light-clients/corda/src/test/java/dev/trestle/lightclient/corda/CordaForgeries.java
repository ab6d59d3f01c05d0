package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What a client of {@link CordaNetwork} must refuse: updates before the last, claims after it. */
final class CordaForgeries {
  private final CordaNetwork network;
  private final TestTransaction target;
  private final Hash32 id;

  CordaForgeries(CordaNetwork network) {
    this.network = network;
    this.target = network.last();
    this.id = target.id();
  }

  List<Forgery> all() {
    List<Forgery> all = new ArrayList<>();
    all.addAll(chains());
    all.addAll(signatures());
    all.addAll(batches());
    all.addAll(structures());
    all.addAll(sizes());
    all.addAll(proofs());
    all.addAll(evidence());
    return all;
  }

  private static Forgery update(
      Attack attack, String name, ReasonCode code, NotarisedTransaction transaction) {
    return message(attack, name, code, CordaNetwork.message(transaction));
  }

  private static Forgery message(Attack attack, String name, ReasonCode code, Bytes message) {
    return new Forgery(attack, name, new Input.Update(message, CordaNetwork.NOW), code);
  }

  private Forgery signed(Attack attack, String name, ReasonCode code, NotarySignature... by) {
    return update(attack, name, code, target.notarised(List.of(by)));
  }

  private List<Forgery> chains() {
    CordaNetwork foreign = new CordaNetwork("foreign", false);
    TestTransaction stolen = network.transaction("stolen", TestTransaction.reference("issued", 0));
    TestTransaction oldParameters =
        target.with(ComponentGroup.PARAMETERS.number(), List.of(network.parameters(3)));
    return List.of(
        update(
            Attack.WRONG_CHAIN,
            "another notary's transaction",
            CordaCode.NOTARY_MISMATCH,
            foreign.notarised(foreign.last())),
        update(
            Attack.WRONG_CHAIN,
            "another notary's signatures",
            RejectionCode.BAD_SIGNATURE,
            foreign.notarised(target)),
        update(
            Attack.WRONG_CHAIN,
            "other network parameters",
            CordaCode.PARAMETERS_MISMATCH,
            network.notarised(oldParameters)),
        update(
            Attack.WRONG_FORK,
            "a state that a known transaction consumed",
            CordaCode.STATE_CONSUMED,
            network.notarised(stolen)),
        message(
            Attack.WRONG_FORK,
            "a state that the transaction before consumed",
            CordaCode.STATE_CONSUMED,
            CordaNetwork.message(network.notarised(target), network.notarised(network.thief()))),
        signed(
            Attack.WRONG_FORK,
            "a platform version without a form",
            CordaCode.SIGNATURE_METADATA,
            CordaNetwork.sign(0, network.key(0), 139, id)),
        signed(
            Attack.WRONG_FORK,
            "metadata that was not signed",
            RejectionCode.BAD_SIGNATURE,
            new NotarySignature(
                0,
                8,
                SignatureScheme.EDDSA_ED25519_SHA512,
                Optional.empty(),
                network.sign(0, id).signature())));
  }

  private List<Forgery> signatures() {
    NotarySignature a = network.sign(0, id);
    NotarySignature b = network.sign(1, id);
    NotarySignature d = network.sign(3, id);
    TestKey stranger = TestKey.ed25519("stranger");
    NotarySignature otherScheme =
        new NotarySignature(0, CordaNetwork.VERSION, b.scheme(), Optional.empty(), b.signature());
    return List.of(
        signed(
            Attack.WRONG_KEY,
            "a stranger's signature",
            RejectionCode.BAD_SIGNATURE,
            CordaNetwork.sign(0, stranger, CordaNetwork.VERSION, id),
            d),
        signed(
            Attack.WRONG_KEY,
            "another member's signature",
            RejectionCode.BAD_SIGNATURE,
            new NotarySignature(
                0, d.platformVersion(), d.scheme(), Optional.empty(), d.signature()),
            d),
        signed(
            Attack.WRONG_KEY, "a key of another scheme", RejectionCode.BAD_SIGNATURE, otherScheme),
        signed(
            Attack.WRONG_KEY,
            "one bad signature more than needed",
            RejectionCode.BAD_SIGNATURE,
            a,
            CordaNetwork.sign(2, stranger, CordaNetwork.VERSION, id),
            d),
        signed(Attack.SIGNER_TWICE, "one key twice", RejectionCode.DUPLICATE_SIGNER, a, a),
        signed(Attack.SIGNER_TWICE, "out of order", RejectionCode.MALFORMED, d, a),
        signed(
            Attack.BITS_BEYOND_SET,
            "a key beyond the last",
            RejectionCode.UNKNOWN_SIGNER,
            a,
            d,
            network.sign(4, id)),
        signed(Attack.WRONG_KEY, "weight short by one", RejectionCode.QUORUM_LOW, a, b),
        signed(
            Attack.WRONG_KEY,
            "both keys of a branch that counts once",
            RejectionCode.QUORUM_LOW,
            network.sign(2, id),
            d),
        signed(Attack.EMPTY_BATCH, "no signature", RejectionCode.QUORUM_LOW));
  }

  private List<Forgery> batches() {
    PartialTree alone = new PartialTree.Included(id);
    Hash32 other = Digests.sha256(Bytes.utf8("other"));
    PartialTree without = new PartialTree.Node(new PartialTree.Cut(other), new PartialTree.Cut(id));
    return List.of(
        update(
            Attack.WRONG_FORK,
            "a batch where none is allowed",
            CordaCode.BATCH_TREE,
            network.batched(target)),
        update(
            Attack.WRONG_FORK,
            "a batch of one",
            CordaCode.BATCH_TREE,
            network.batched(target, alone, id)),
        update(
            Attack.WRONG_FORK,
            "a batch without the transaction",
            CordaCode.BATCH_TREE,
            network.batched(target, without, CordaTree.node(other, id))));
  }

  private NotarisedTransaction with(List<Hash32> roots) {
    NotarisedTransaction good = network.notarised(target);
    return new NotarisedTransaction(
        new GroupHashes(roots),
        good.notaryNonce(),
        good.parametersNonce(),
        good.inputs(),
        good.signatures());
  }

  private NotarisedTransaction with(List<NotarisedTransaction.Input> inputs, boolean signed) {
    NotarisedTransaction good = network.notarised(target);
    return new NotarisedTransaction(
        good.groups(),
        good.notaryNonce(),
        good.parametersNonce(),
        inputs,
        signed ? good.signatures() : List.of());
  }

  private List<Forgery> structures() {
    List<NotarisedTransaction.Input> inputs = network.notarised(target).inputs();
    List<Hash32> otherOutputs = new ArrayList<>(target.roots());
    otherOutputs.set(1, network.first().roots().get(1));
    TestTransaction twoNotaries =
        target.with(4, List.of(network.party(), Bytes.utf8("another notary")));
    TestTransaction twice =
        target.with(
            0, List.of(TestTransaction.reference("x", 0), TestTransaction.reference("x", 0)));
    TestTransaction eleven = target.with(10, List.of(Bytes.utf8("unknown")));
    return List.of(
        update(
            Attack.WRONG_ROOT,
            "outputs of another transaction",
            RejectionCode.BAD_SIGNATURE,
            with(otherOutputs)),
        update(
            Attack.WRONG_ROOT,
            "an input left out",
            CordaCode.INPUTS_INCOMPLETE,
            with(inputs.subList(0, 2), true)),
        update(
            Attack.WRONG_ROOT,
            "inputs in another order",
            CordaCode.INPUTS_INCOMPLETE,
            with(inputs.reversed(), true)),
        update(Attack.WRONG_ROOT, "no input", CordaCode.INPUTS_INCOMPLETE, with(List.of(), true)),
        update(
            Attack.WRONG_ROOT,
            "an input twice",
            CordaCode.STATE_CONSUMED,
            network.notarised(twice)),
        update(
            Attack.WRONG_ROOT,
            "two notaries",
            CordaCode.NOTARY_MISMATCH,
            network.notarised(twoNotaries)),
        update(
            Attack.OVERLONG_PATH,
            "more groups than allowed",
            RejectionCode.BRANCH_LENGTH,
            network.notarised(eleven)));
  }

  /** An update of one transaction with these groups and nothing else that is good. */
  private static Bytes groups(List<Hash32> roots) {
    CanonicalWriter out = new CanonicalWriter().list(roots, CanonicalWriter::hash);
    out.hash(Hash32.ZERO).hash(Hash32.ZERO);
    out.list(List.<Hash32>of(), CanonicalWriter::hash)
        .list(List.<Hash32>of(), CanonicalWriter::hash);
    return Messages.update(List.of(out.toBytes()));
  }

  private List<Forgery> sizes() {
    List<Hash32> padded = new ArrayList<>(target.roots());
    padded.add(Hash32.ZERO);
    CanonicalWriter inputs = new CanonicalWriter();
    new GroupHashes(target.roots()).write(inputs);
    inputs.hash(Hash32.ZERO).hash(Hash32.ZERO).u32(NotarisedTransaction.MAX_INPUTS + 1L);
    List<Bytes> one = List.of(network.notarised(target).encode());
    return List.of(
        message(
            Attack.OVERLONG_PATH,
            "seventeen groups",
            RejectionCode.MALFORMED,
            groups(Collections.nCopies(17, id))),
        message(
            Attack.WRONG_ROOT,
            "half as many groups",
            RejectionCode.MALFORMED,
            groups(target.roots().subList(0, 8))),
        message(Attack.WRONG_ROOT, "padding as a group", RejectionCode.MALFORMED, groups(padded)),
        message(
            Attack.UNBOUNDED_SIZE,
            "too many inputs",
            RejectionCode.MALFORMED,
            Messages.update(List.of(inputs.toBytes()))),
        message(
            Attack.UNBOUNDED_SIZE,
            "too many transactions",
            RejectionCode.MALFORMED,
            Messages.begin()
                .list(Collections.nCopies(17, one.getFirst()), CanonicalWriter::bytes)
                .toBytes()),
        message(
            Attack.EMPTY_BATCH,
            "no transaction",
            RejectionCode.MALFORMED,
            Messages.begin().u32(0).toBytes()));
  }

  private static Forgery claim(Attack attack, String name, ReasonCode code, Claim claim) {
    return new Forgery(attack, name, new Input.Membership(claim), code);
  }

  private Claim at(int group, long index, Bytes value, ComponentProof proof) {
    return new Claim(new ComponentPath(id, group, index).encode(), value, proof.encode());
  }

  private List<Forgery> proofs() {
    TestTransaction unknown = network.transaction("unknown");
    ComponentProof good = target.proof(1, 2);
    Bytes output = target.of(1).get(2);
    Hash32 left = CordaTree.node(target.leaves(1).get(0), target.leaves(1).get(1));
    Hash32 right = CordaTree.node(target.leaves(1).get(2), Hash32.ZERO);
    ComponentProof inner = new ComponentProof(good.groups(), List.of(left, right), good.nonce());
    Bytes none =
        Bytes.concat(
            good.encode().slice(0, 1 + 4 + 32 * good.groups().count()),
            Bytes.fromHex("00000000"),
            good.nonce().bytes());
    Bytes padded =
        new ComponentProof(good.groups(), List.of(id, id, id, id), good.nonce()).encode();
    int last = padded.size() - 64;
    padded =
        Bytes.concat(
            padded.slice(0, last), Hash32.ZERO.bytes(), padded.slice(last + 32, padded.size()));
    Bytes path = new ComponentPath(id, 1, 2).encode();
    return List.of(
        claim(
            Attack.WRONG_HEIGHT,
            "a transaction that is not known",
            RejectionCode.UNKNOWN_HEIGHT,
            unknown.claim(ComponentGroup.OUTPUTS, 0)),
        claim(
            Attack.WRONG_ROOT,
            "groups of another transaction",
            RejectionCode.ROOT_MISMATCH,
            at(1, 0, network.first().of(1).getFirst(), network.first().proof(1, 0))),
        claim(
            Attack.WRONG_ROOT,
            "leaves of another group",
            RejectionCode.ROOT_MISMATCH,
            at(2, 0, target.of(0).getFirst(), target.proof(0, 0))),
        claim(
            Attack.WRONG_ROOT,
            "an inner node as a component",
            RejectionCode.VALUE_MISMATCH,
            at(1, 1, right.bytes(), inner)),
        claim(
            Attack.WRONG_ROOT,
            "another component",
            RejectionCode.VALUE_MISMATCH,
            at(1, 1, output, good)),
        claim(
            Attack.INDEX_BEYOND_COUNT,
            "the padding behind the last component",
            RejectionCode.INDEX_OUT_OF_RANGE,
            at(1, 3, output, good)),
        claim(
            Attack.INDEX_BEYOND_COUNT,
            "a group that is not there",
            RejectionCode.INDEX_OUT_OF_RANGE,
            at(9, 0, output, good)),
        claim(
            Attack.INDEX_BEYOND_COUNT,
            "an index over 2^31",
            RejectionCode.INDEX_OUT_OF_RANGE,
            at(1, 0xffff_fffeL, output, good)),
        claim(
            Attack.EMPTY_BATCH, "no leaf", RejectionCode.MALFORMED, new Claim(path, output, none)),
        claim(
            Attack.OVERLONG_PATH,
            "padding as a leaf",
            RejectionCode.MALFORMED,
            new Claim(path, output, padded)));
  }

  private List<Forgery> evidence() {
    NotarisedTransaction thief = network.notarised(network.thief());
    NotarisedTransaction weak = network.notarised(network.thief(), 0, 1);
    NotarisedTransaction good = network.notarised(target);
    CordaNetwork foreign = new CordaNetwork("foreign", false);
    NotarisedTransaction forged = foreign.notarised(network.thief());
    return List.of(
        evidence("a thief that was not notarised", RejectionCode.QUORUM_LOW, weak, good),
        evidence("its second half", RejectionCode.QUORUM_LOW, good, weak),
        evidence("another notary's keys", RejectionCode.BAD_SIGNATURE, good, forged),
        evidence("the same twice", RejectionCode.NOT_MISBEHAVIOUR, thief, thief),
        new Forgery(
            Attack.WRONG_KEY,
            "against a known one",
            new Input.Evidence(new CordaEvidence.AgainstKnown(forged).encode()),
            RejectionCode.BAD_SIGNATURE));
  }

  private static Forgery evidence(
      String name, ReasonCode code, NotarisedTransaction one, NotarisedTransaction other) {
    return new Forgery(
        Attack.WRONG_KEY,
        name,
        new Input.Evidence(new CordaEvidence.Pair(one, other).encode()),
        code);
  }
}
