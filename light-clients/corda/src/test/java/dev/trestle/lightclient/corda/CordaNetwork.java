package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.contract.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A network whose notary has four keys: a and b weigh one each, one of c and d together two; three
 * are enough.
 *
 * @param batches whether the notary signs batches
 */
record CordaNetwork(String name, boolean batches) {
  static final long FROM = 1_700_000_000L;
  static final long UNTIL = FROM + 90_000;
  static final long NOW = FROM + 1_000;
  static final int VERSION = 140;

  Hash32 network() {
    return Digests.sha256(Bytes.utf8("root of " + name));
  }

  TestKey key(int place) {
    return switch (place) {
      case 0 -> TestKey.ed25519(name + " a");
      case 1 -> TestKey.secp256k1(name + " b");
      case 2 -> TestKey.ed25519(name + " c");
      case 3 -> TestKey.ed25519(name + " d");
      default -> TestKey.ed25519(name + " stranger " + place);
    };
  }

  Bytes notaryKey() {
    Bytes either = TestKey.composite(1, List.of(key(2), key(3)));
    return TestKey.composite(
        3L,
        List.of(
            new TestKey.Part(key(0).encoded(), 1),
            new TestKey.Part(key(1).encoded(), 1),
            new TestKey.Part(either, 2)));
  }

  Bytes party() {
    return Bytes.concat(Bytes.utf8("corda: O=Notary of " + name + " "), notaryKey());
  }

  Bytes parameters(int epoch) {
    return Bytes.concat(
        Bytes.utf8("corda: hash "),
        Digests.sha256(Bytes.utf8("parameters " + epoch + " of " + name)).bytes());
  }

  static SignableForm form(long version, SignatureScheme scheme) {
    return new SignableForm(
        version,
        scheme,
        Bytes.fromHex("636f72646101000000d2fc68c7d02571f879"),
        Bytes.utf8("metadata " + version + " " + scheme.id()));
  }

  static List<SignableForm> forms() {
    return List.of(
        form(VERSION, SignatureScheme.EDDSA_ED25519_SHA512),
        form(VERSION, SignatureScheme.ECDSA_SECP256K1_SHA256),
        form(8, SignatureScheme.EDDSA_ED25519_SHA512));
  }

  CordaRules rules(Hash32 network) {
    return new CordaRules(
        network,
        notaryKey(),
        party(),
        List.of(parameters(1), parameters(2)),
        forms(),
        GroupHashes.MIN + 1,
        batches,
        FROM,
        UNTIL);
  }

  Bytes anchor() {
    return new CordaAnchor(rules(network()), 0).encode();
  }

  TestTransaction transaction(String label, Bytes... inputs) {
    return TestTransaction.of(name + " " + label, party(), parameters(1), Arrays.asList(inputs), 3);
  }

  NotarySignature sign(int place, Hash32 id) {
    return sign(place, key(place), VERSION, id);
  }

  static NotarySignature sign(int place, TestKey key, long version, Hash32 id) {
    Bytes message = form(version, key.scheme()).message(id);
    return new NotarySignature(place, version, key.scheme(), Optional.empty(), key.sign(message));
  }

  /** The signatures of a and d: just enough. */
  NotarisedTransaction notarised(TestTransaction transaction) {
    return notarised(transaction, 0, 3);
  }

  NotarisedTransaction notarised(TestTransaction transaction, int... places) {
    return transaction.notarised(
        Arrays.stream(places).mapToObj(place -> sign(place, transaction.id())).toList());
  }

  /** Signed with another transaction, in one. */
  NotarisedTransaction batched(TestTransaction transaction, PartialTree batch, Hash32 root) {
    return transaction.notarised(
        List.of(0, 3).stream()
            .map(place -> sign(place, root))
            .map(
                each ->
                    new NotarySignature(
                        each.place(),
                        each.platformVersion(),
                        each.scheme(),
                        Optional.of(batch),
                        each.signature()))
            .toList());
  }

  NotarisedTransaction batched(TestTransaction transaction) {
    Hash32 other = Digests.sha256(Bytes.utf8("another transaction"));
    PartialTree batch =
        new PartialTree.Node(
            new PartialTree.Cut(other), new PartialTree.Included(transaction.id()));
    return batched(transaction, batch, CordaTree.node(other, transaction.id()));
  }

  static Bytes message(NotarisedTransaction... transactions) {
    return Messages.update(Arrays.stream(transactions).map(NotarisedTransaction::encode).toList());
  }

  TestTransaction first() {
    return transaction("first", TestTransaction.reference("issued", 0));
  }

  TestTransaction second() {
    return transaction(
            "second", TestTransaction.reference("issued", 1), TestTransaction.reference("more", 0))
        .with(ComponentGroup.PARAMETERS.number(), List.of(parameters(2)));
  }

  TestTransaction issuance() {
    return transaction("issuance").with(9, List.of(Bytes.utf8("corda: attachment")));
  }

  TestTransaction last() {
    return transaction(
        "last",
        TestTransaction.reference("first", 0),
        TestTransaction.reference("first", 1),
        TestTransaction.reference("second", 2));
  }

  /** Consumes what {@link #last} consumes, and another state. */
  TestTransaction thief() {
    return transaction(
        "thief", TestTransaction.reference("second", 2), TestTransaction.reference("second", 0));
  }

  Scenario scenario() {
    NotarisedTransaction end = batches ? batched(last()) : notarised(last());
    TestTransaction unknown = transaction("unknown", TestTransaction.reference("other", 1));
    return new Scenario(
        anchor(),
        List.of(
            message(notarised(first())),
            message(notarised(second(), 0, 1, 2), notarised(issuance(), 1, 3)),
            message(end)),
        NOW,
        List.of(
            first().claim(ComponentGroup.OUTPUTS, 0),
            last().claim(ComponentGroup.OUTPUTS, 2),
            last().claim(ComponentGroup.OUTPUTS, 1),
            last().claim(ComponentGroup.COMMANDS, 0),
            second().claim(ComponentGroup.INPUTS, 1)),
        List.of(),
        List.of(
            new CordaEvidence.Pair(notarised(first()), notarised(last())).encode(),
            new CordaEvidence.Pair(notarised(last()), notarised(last(), 0, 1, 2)).encode(),
            new CordaEvidence.AgainstKnown(notarised(last())).encode(),
            new CordaEvidence.AgainstKnown(notarised(unknown)).encode()),
        List.of(
            new CordaEvidence.Pair(notarised(thief()), notarised(last())).encode(),
            new CordaEvidence.AgainstKnown(notarised(thief(), 0, 1, 2, 3)).encode()));
  }
}
