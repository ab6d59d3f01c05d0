package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.xrpl.LedgerPath.Kind;
import dev.trestle.lightclient.xrpl.TestObjects.Validator;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A network whose ledgers are known by their indices. Members A until 104, when one of them signs
 * with a new key; B, of a second list, from 110.
 */
final class XrplChain {
  static final long START = 1_700_000_000L;
  static final long NOW = START + 1_000;
  static final long PERIOD = 100_000;
  static final long DRIFT = 20;
  static final long EXPIRATION = START + 400_000;

  private static final int ITEMS = 40;

  final String seed;
  final TestKey publisher;
  final TestKey publishing;
  final List<Validator> a;
  final List<Validator> rotated;
  final List<Validator> b;

  XrplChain(String seed, int size) {
    this.seed = seed;
    this.publisher = TestKey.ed25519(seed + "publisher");
    this.publishing = TestKey.secp256k1(seed + "publishing");
    this.a = validators(seed + "a", size);
    this.rotated = new ArrayList<>(a);
    rotated.set(0, a.getFirst().rotated(seed + "rotated"));
    List<Validator> second = new ArrayList<>(a.subList(0, size - 1));
    second.addAll(validators(seed + "b", 1));
    this.b = second;
  }

  static List<Validator> validators(String seed, int size) {
    List<Validator> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(Validator.of(seed, i));
    }
    return List.copyOf(all);
  }

  /** Who validates: those of the second list still sign with the newest keys. */
  List<Validator> members(long index) {
    if (index < 104) {
      return a;
    }
    if (index < 110) {
      return rotated;
    }
    List<Validator> second = new ArrayList<>(b);
    second.set(0, rotated.getFirst());
    return second;
  }

  static long seconds(long index) {
    return START + 4 * index;
  }

  TestTree transactions(String salt, long index) {
    TreeMap<Hash32, Bytes> items = new TreeMap<>();
    for (int i = 0; i < ITEMS; i++) {
      items.put(transactionKey(salt, index, i), transactionItem(salt, index, i));
    }
    return new TestTree(Kind.TRANSACTION, items);
  }

  Hash32 transactionKey(String salt, long index, int i) {
    return ShaMap.transactionId(transaction(salt, index, i));
  }

  private Bytes transaction(String salt, long index, int i) {
    return Bytes.utf8(seed + salt + "transaction " + index + " " + i);
  }

  Bytes transactionItem(String salt, long index, int i) {
    return ShaMap.transactionItem(
        transaction(salt, index, i), Bytes.wrap(new byte[180 + 40 * (i % 3)]));
  }

  TestTree state(String salt, long index) {
    TreeMap<Hash32, Bytes> items = new TreeMap<>();
    for (int i = 0; i < ITEMS; i++) {
      items.put(stateKey(i), stateItem(salt, index, i));
    }
    return new TestTree(Kind.STATE, items);
  }

  static Hash32 stateKey(int i) {
    return Digests.sha256(Bytes.utf8("entry " + i));
  }

  Bytes stateItem(String salt, long index, int i) {
    return Bytes.utf8(seed + salt + "balance " + index + " " + i);
  }

  LedgerHeader header(long index) {
    return header("", index, seconds(index));
  }

  LedgerHeader fork(long index) {
    return header("fork", index, seconds(index));
  }

  LedgerHeader header(String salt, long index, long seconds) {
    boolean child = index == 101 || index == 105 || index == 122;
    Hash32 parent =
        child ? header(index - 1).hash() : Digests.sha256(Bytes.utf8(seed + salt + index));
    return new LedgerHeader(
        index,
        BigInteger.valueOf(99_999_999_999_999_858L),
        parent,
        index == 105 ? Hash32.ZERO : transactions(salt, index).root(),
        state(salt, index).root(),
        seconds - 4 - LedgerHeader.EPOCH,
        seconds - LedgerHeader.EPOCH,
        10,
        0);
  }

  static List<Bytes> validate(LedgerHeader ledger, List<Validator> members) {
    return members.stream()
        .map(member -> TestObjects.validation(member.signing(), ledger))
        .toList();
  }

  /** By as many as are needed. */
  LedgerStep step(LedgerHeader header) {
    return step(Optional.empty(), List.of(), header, members(header.index()));
  }

  static LedgerStep step(
      Optional<SignedList> list,
      List<Bytes> manifests,
      LedgerHeader header,
      List<Validator> members) {
    int quorum = ValidatorList.quorum(members.size());
    return new LedgerStep(list, manifests, header, validate(header, members.subList(0, quorum)));
  }

  SignedList list(long sequence, long expiration, List<Validator> members) {
    return TestObjects.list(publisher, publishing, sequence, expiration, members);
  }

  static Bytes message(LedgerStep... steps) {
    return Messages.update(Arrays.stream(steps).map(LedgerStep::encode).toList());
  }

  Bytes anchor(long network) {
    return new XrplAnchor(
            new XrplRules(network, publisher.key(), PERIOD, DRIFT),
            list(1, EXPIRATION, a),
            header(100))
        .encode();
  }

  Claim transactionClaim(long index, int i) {
    Hash32 key = transactionKey("", index, i);
    return new Claim(
        new LedgerPath(Kind.TRANSACTION, index, key).encode(),
        transactionItem("", index, i),
        transactions("", index).proof(key).encode());
  }

  Claim stateClaim(long index, int i) {
    return new Claim(
        new LedgerPath(Kind.STATE, index, stateKey(i)).encode(),
        stateItem("", index, i),
        state("", index).proof(stateKey(i)).encode());
  }

  Input.Absence absence(long index, Hash32 key) {
    return new Input.Absence(
        new LedgerPath(Kind.STATE, index, key).encode(), state("", index).proof(key).encode());
  }

  Input.Absence noTransactions() {
    return new Input.Absence(
        new LedgerPath(Kind.TRANSACTION, 105, stateKey(1)).encode(),
        new ShaMapProof(List.of(), Optional.empty()).encode());
  }

  XrplEvidence.Validated validated(LedgerHeader header) {
    return new XrplEvidence.Validated(header, validate(header, members(120)));
  }

  Scenario scenario() {
    return new Scenario(
        anchor(0),
        List.of(
            message(step(header(101))),
            message(
                step(
                    Optional.empty(),
                    List.of(rotated.getFirst().manifest()),
                    header(104),
                    members(104)),
                step(header(105))),
            message(
                step(Optional.of(list(2, EXPIRATION, b)), List.of(), header(110), members(110))),
            message(step(header(121)), step(header(122)))),
        NOW,
        List.of(
            transactionClaim(110, 3),
            transactionClaim(122, 7),
            stateClaim(122, 0),
            stateClaim(101, 5)),
        List.of(
            absence(122, Digests.sha256(Bytes.utf8("nobody"))),
            absence(122, Digests.sha256(Bytes.utf8("nobody else 3"))),
            absence(110, Digests.sha256(Bytes.utf8("nobody at all"))),
            noTransactions()),
        List.of(
            new XrplEvidence.Pair(validated(header(122)), validated(header(122))).encode(),
            new XrplEvidence.Pair(validated(header(122)), validated(header(123))).encode(),
            new XrplEvidence.AgainstKnown(validated(header(122))).encode()),
        List.of(
            new XrplEvidence.Pair(validated(header(130)), validated(fork(130))).encode(),
            new XrplEvidence.AgainstKnown(validated(fork(122))).encode(),
            new XrplEvidence.AgainstKnown(validated(fork(104))).encode()));
  }
}
