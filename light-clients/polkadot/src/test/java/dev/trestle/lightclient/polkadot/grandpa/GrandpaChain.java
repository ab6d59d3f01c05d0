package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.polkadot.ChainRules;
import dev.trestle.lightclient.polkadot.DigestItem;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.StateFacts;
import dev.trestle.lightclient.polkadot.StatePath;
import dev.trestle.lightclient.polkadot.TestKey;
import dev.trestle.lightclient.polkadot.trie.TestTrie;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A chain of which headers are known by their numbers. Set A finalises until 104, which hands over
 * to B at once; B until 113, since 110 hands over to C three blocks later.
 */
final class GrandpaChain {
  static final long START = 1_800_000_000L;
  static final long NOW = START + 1_000;
  static final long PERIOD = 100_000;
  static final long DRIFT = 30;
  static final Hash32 GENESIS = Digests.sha256(Bytes.utf8("genesis"));

  private static final int ENTRIES = 14;
  private static final long FIRST_SET = 7;
  private static final long ROUND = 41;

  final String seed;
  final List<TestKey> a;
  final List<TestKey> b;
  final List<TestKey> c;

  GrandpaChain(String seed, int size) {
    this.seed = seed;
    this.a = TestKey.many(seed + "a", size);
    this.b = TestKey.many(seed + "b", size);
    this.c = TestKey.many(seed + "c", size + 1);
  }

  static AuthoritySet set(long id, List<TestKey> keys) {
    return new AuthoritySet(id, authorities(keys));
  }

  static List<AuthoritySet.Authority> authorities(List<TestKey> keys) {
    return keys.stream().map(key -> new AuthoritySet.Authority(key.authority(), 1)).toList();
  }

  long setId(long number) {
    return FIRST_SET + (number > 104 ? 1 : 0) + (number > 113 ? 1 : 0);
  }

  List<TestKey> keys(long number) {
    return number <= 104 ? a : number <= 113 ? b : c;
  }

  TestTrie state(long number) {
    return TestTrie.state(seed + number, seconds(number), ENTRIES);
  }

  static long seconds(long number) {
    return START + 6 * number;
  }

  Header header(long number) {
    List<DigestItem> digest = new ArrayList<>();
    digest.add(new DigestItem(DigestItem.Kind.PRE_RUNTIME, Bytes.utf8("BABE"), Bytes.utf8("s")));
    if (number == 104) {
      digest.add(ConsensusLog.item(new ConsensusLog.ScheduledChange(authorities(b), 0)));
    }
    if (number == 110) {
      digest.add(ConsensusLog.item(new ConsensusLog.ScheduledChange(authorities(c), 3)));
    }
    digest.add(new DigestItem(DigestItem.Kind.SEAL, Bytes.utf8("BABE"), Bytes.wrap(new byte[64])));
    return header(number, digest, state(number).root());
  }

  /** Far away parents are made up; near ones are real. */
  Header header(long number, List<DigestItem> digest, Hash32 stateRoot) {
    Hash32 parent =
        number == 122 || number == 123
            ? header(number - 1).hash()
            : Digests.sha256(Bytes.utf8(seed + "parent of " + number));
    return Header.of(
        parent, number, stateRoot, Digests.sha256(Bytes.utf8("extrinsics " + number)), digest);
  }

  /** A block of the same number on another branch, with the same time. */
  Header fork(long number) {
    TestTrie state = TestTrie.state(seed + "fork", seconds(number), 2);
    return header(number, List.of(), state.root());
  }

  Justification justify(Header target, long setId, List<TestKey> voters) {
    return justify(
        target,
        voters.stream().map(voter -> vote(voter, target, ROUND, setId)).toList(),
        List.of());
  }

  static Justification justify(Header target, List<Precommit> votes, List<Header> ancestries) {
    return new Justification(ROUND, target.hash(), target.number(), votes, ancestries);
  }

  static Precommit vote(TestKey voter, Header block, long setId) {
    return vote(voter, block, ROUND, setId);
  }

  static Precommit vote(TestKey voter, Header block, long round, long setId) {
    Bytes payload = Precommit.payload(block.hash(), block.number(), round, setId);
    return new Precommit(block.hash(), block.number(), voter.sign(payload), voter.authority());
  }

  /** By all in charge; at 121 two of them voted for its descendants. */
  Justification justification(long number) {
    Header target = header(number);
    if (number != 121) {
      return justify(target, setId(number), keys(number));
    }
    List<Precommit> votes = new ArrayList<>();
    for (int i = 0; i < keys(number).size(); i++) {
      Header block = i == 0 ? header(123) : i == 1 ? header(122) : target;
      votes.add(vote(keys(number).get(i), block, setId(number)));
    }
    return justify(target, votes, List.of(header(122), header(123)));
  }

  Fragment fragment(long number) {
    return fragment(header(number), justification(number));
  }

  Fragment fragment(Header header, Justification justification) {
    Bytes time = state(header.number()).proof(StateFacts.TIMESTAMP).encode();
    return new Fragment(header, justification.encode(), Optional.of(time));
  }

  Fragment untimed(long number) {
    return new Fragment(header(number), justification(number).encode(), Optional.empty());
  }

  static Bytes message(Fragment... fragments) {
    return Messages.update(Arrays.stream(fragments).map(Fragment::encode).toList());
  }

  Bytes anchor() {
    return anchor(GENESIS);
  }

  Bytes anchor(Hash32 genesis) {
    return new GrandpaAnchor(
            new ChainRules(genesis, PERIOD, DRIFT), seconds(100), set(FIRST_SET, a), header(100))
        .encode();
  }

  static Bytes path(long number, Bytes key) {
    return new StatePath(StatePath.Kind.STORAGE, number, key).encode();
  }

  Claim claim(long number, int i) {
    Bytes key = TestTrie.key(i);
    return new Claim(
        path(number, key), TestTrie.value(seed + number, i), state(number).proof(key).encode());
  }

  Claim compact(long number, int i) {
    Bytes key = TestTrie.key(i);
    return new Claim(
        path(number, key), TestTrie.value(seed + number, i), state(number).compact(key).encode());
  }

  Input.Absence absence(long number, Bytes key) {
    return new Input.Absence(path(number, key), state(number).proof(key).encode());
  }

  /** That the block is final, because it or a descendant was justified. */
  Finality finality(long number, long... descendants) {
    List<Header> headers =
        Stream.concat(Stream.of(header(number)), Arrays.stream(descendants).mapToObj(this::header))
            .toList();
    long last = headers.getLast().number();
    return new Finality(setId(last), justification(last).encode(), headers);
  }

  Finality forked(long number, long setId, List<TestKey> voters) {
    Header fork = fork(number);
    return new Finality(setId, justify(fork, setId, voters).encode(), List.of(fork));
  }

  /** A final descendant of a block on another branch. */
  Finality forkedBelow(long number, long setId, List<TestKey> voters) {
    Header fork = fork(number);
    Header child =
        Header.of(fork.hash(), number + 1, fork.stateRoot(), fork.extrinsicsRoot(), List.of());
    return new Finality(setId, justify(child, setId, voters).encode(), List.of(fork, child));
  }

  Scenario scenario() {
    Bytes middle = Bytes.concat(TestTrie.key(4), Bytes.fromHex("0102"));
    return new Scenario(
        anchor(),
        List.of(
            message(fragment(101)),
            message(untimed(104), fragment(106)),
            message(fragment(110)),
            message(fragment(113), fragment(121))),
        NOW,
        List.of(claim(106, 0), claim(113, 1), claim(121, 5), compact(121, 4), compact(110, 7)),
        List.of(
            absence(121, Bytes.fromHex("00")),
            absence(121, middle),
            absence(121, TestTrie.key(4).slice(0, 4)),
            absence(106, Bytes.utf8("another pallet"))),
        List.of(
            new GrandpaEvidence.Pair(finality(121), finality(121)).encode(),
            new GrandpaEvidence.Pair(finality(121), finality(122)).encode(),
            new GrandpaEvidence.Pair(finality(121, 122), finality(121)).encode(),
            new GrandpaEvidence.AgainstKnown(finality(121, 122), 121).encode(),
            new GrandpaEvidence.AgainstKnown(forked(122, 9, c), 121).encode()),
        List.of(
            new GrandpaEvidence.Pair(finality(130), forked(130, 9, c)).encode(),
            new GrandpaEvidence.Pair(forkedBelow(121, 9, c), finality(121, 122)).encode(),
            new GrandpaEvidence.AgainstKnown(forked(113, 8, b), 113).encode(),
            new GrandpaEvidence.AgainstKnown(forkedBelow(121, 9, c), 121).encode()));
  }
}
