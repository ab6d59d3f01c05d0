package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.polkadot.ChainRules;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.KnownHeader;
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.StateFacts;
import dev.trestle.lightclient.polkadot.StatePath;
import dev.trestle.lightclient.polkadot.TestKey;
import dev.trestle.lightclient.polkadot.trie.TestTrie;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A chain with sets of validators A (20) until block 110, B until 120, C, and D after 130. */
final class BeefyChain {
  static final long START = 1_800_000_000L;
  static final long NOW = START + 1_000;
  static final long PERIOD = 100_000;
  static final long DRIFT = 30;
  static final Hash32 GENESIS = Digests.sha256(Bytes.utf8("genesis"));

  private static final int ENTRIES = 9;
  private static final int PARACHAINS = 5;
  private static final int FIRST_SET = 20;

  final String seed;
  final List<List<TestKey>> sets;

  BeefyChain(String seed, int size) {
    this.seed = seed;
    this.sets =
        List.of(
            TestKey.many(seed + "a", size),
            TestKey.many(seed + "b", size),
            TestKey.many(seed + "c", size + 1),
            TestKey.many(seed + "d", size));
  }

  /** What one block commits to, and who signs it. */
  final class Block {
    private final long number;
    private final String salt;

    Block(long number, String salt) {
      this.number = number;
      this.salt = seed + salt;
    }

    int era() {
      return number <= 110 ? 0 : number <= 120 ? 1 : number <= 130 ? 2 : 3;
    }

    TestTrie state() {
      return TestTrie.state(salt + number, seconds(number - 1), ENTRIES);
    }

    /** Of the block before. */
    Header header() {
      return Header.of(
          Digests.sha256(Bytes.utf8(salt + "parent " + number)),
          number - 1,
          state().root(),
          Digests.sha256(Bytes.utf8(salt + "extrinsics " + number)),
          List.of());
    }

    Bytes head(int para) {
      return Bytes.concat(
          Digests.sha256(Bytes.utf8(salt + number + " head " + para)).bytes(),
          Bytes.wrap(new byte[70]));
    }

    List<Hash32> heads() {
      return IntStream.range(0, PARACHAINS)
          .mapToObj(i -> new ParachainHead(1_000 + i, head(i)).hash())
          .toList();
    }

    MmrLeaf leaf() {
      return new MmrLeaf(
          0, number - 1, header().hash(), set(era() + 1), BinaryMerkle.root(heads()));
    }

    TestRange range() {
      return range(leaf());
    }

    TestRange range(MmrLeaf last) {
      List<Hash32> leaves = new ArrayList<>();
      for (int i = 1; i < number - 50; i++) {
        leaves.add(Digests.keccak256(Bytes.utf8(seed + "leaf " + i)));
      }
      leaves.add(last.hash());
      return new TestRange(leaves);
    }

    Commitment commitment() {
      return commitment(range().root());
    }

    Commitment commitment(Hash32 root) {
      return new Commitment(
          List.of(new Commitment.Item(Commitment.MMR_ROOT, root.bytes())),
          number,
          FIRST_SET + era());
    }

    Step step() {
      return step(BeefyChain.signed(commitment(), sets.get(era())), sets.get(era()));
    }

    Step step(SignedCommitment signed, List<TestKey> validators) {
      return step(signed, validators, leaf());
    }

    Step step(SignedCommitment signed, List<TestKey> validators, MmrLeaf leaf) {
      TestRange range = range(leaf);
      return new Step(
          signed.encode(),
          addresses(validators),
          leaf.encode(),
          range.size() - 1,
          range.size(),
          range.items(range.size() - 1),
          header(),
          state().proof(StateFacts.TIMESTAMP).encode());
    }

    RangeHeader known() {
      return new RangeHeader(
          KnownHeader.of(header(), seconds(number - 1)),
          range().root(),
          BinaryMerkle.root(heads()));
    }

    Claim claim(int i) {
      Bytes key = TestTrie.key(i);
      return new Claim(
          path(StatePath.Kind.STORAGE, number - 1, key),
          TestTrie.value(salt + number, i),
          state().compact(key).encode());
    }

    Claim headClaim(int para) {
      return new Claim(
          path(StatePath.Kind.PARACHAIN_HEAD, number - 1, paraId(1_000 + para)),
          head(para),
          HeadProof.of(para, PARACHAINS, headItems(para)).encode());
    }

    private List<Hash32> headItems(int para) {
      List<Hash32> items = new ArrayList<>();
      List<Hash32> layer = heads();
      int at = para;
      while (layer.size() > 1) {
        if ((at ^ 1) < layer.size()) {
          items.add(layer.get(at ^ 1));
        }
        List<Hash32> above = new ArrayList<>();
        for (int i = 0; i < layer.size(); i += 2) {
          above.add(
              i + 1 < layer.size()
                  ? BinaryMerkle.hash(layer.get(i), layer.get(i + 1))
                  : layer.get(i));
        }
        layer = above;
        at /= 2;
      }
      return items;
    }

    Input.Absence absence(Bytes key) {
      return new Input.Absence(
          path(StatePath.Kind.STORAGE, number - 1, key), state().proof(key).encode());
    }

    Bytes signed() {
      return BeefyChain.signed(commitment(), sets.get(era())).encode();
    }

    List<EvmAddress> validators() {
      return addresses(sets.get(era()));
    }
  }

  Block block(long number) {
    return new Block(number, "");
  }

  Block fork(long number) {
    return new Block(number, "fork");
  }

  ValidatorSet set(int era) {
    return ValidatorSet.of(FIRST_SET + era, addresses(sets.get(Math.min(era, 3))));
  }

  static List<EvmAddress> addresses(List<TestKey> keys) {
    return keys.stream().map(TestKey::address).toList();
  }

  static long seconds(long number) {
    return START + 6 * number;
  }

  static Bytes paraId(long id) {
    return new CanonicalWriter().u32(id).toBytes();
  }

  static Bytes path(StatePath.Kind kind, long number, Bytes key) {
    return new StatePath(kind, number, key).encode();
  }

  /** Signed by as many of the first as may be left out the fewest. */
  static SignedCommitment signed(Commitment commitment, List<TestKey> keys) {
    int out = (keys.size() - 1) / 3;
    List<Optional<Bytes>> signatures =
        new ArrayList<>(Collections.nCopies(keys.size(), Optional.empty()));
    Hash32 digest = commitment.hash();
    for (int i = out; i < keys.size(); i++) {
      signatures.set(i, Optional.of(keys.get(i).signEcdsa(digest)));
    }
    return new SignedCommitment(commitment, signatures);
  }

  static Bytes message(Step... steps) {
    return Messages.update(Arrays.stream(steps).map(Step::encode).toList());
  }

  Bytes anchor(Hash32 genesis) {
    return new BeefyAnchor(
            new ChainRules(genesis, PERIOD, DRIFT), set(0), set(1), block(100).known())
        .encode();
  }

  Bytes pair(Block first, Block second) {
    return new BeefyEvidence.Pair(first.validators(), first.signed(), second.signed()).encode();
  }

  static Bytes againstKnown(Block block, long number) {
    return new BeefyEvidence.AgainstKnown(block.validators(), block.signed(), number).encode();
  }

  Scenario scenario() {
    return new Scenario(
        anchor(GENESIS),
        List.of(
            message(block(105).step()),
            message(block(112).step()),
            message(block(115).step(), block(122).step()),
            message(block(125).step())),
        NOW,
        List.of(
            block(125).claim(1),
            block(115).claim(2),
            block(125).headClaim(0),
            block(125).headClaim(4),
            block(112).headClaim(1)),
        List.of(
            block(125).absence(Bytes.fromHex("00")),
            block(112).absence(TestTrie.key(4).slice(0, 4))),
        List.of(
            pair(block(125), block(125)),
            pair(block(125), block(126)),
            againstKnown(block(125), 124),
            againstKnown(fork(126), 124)),
        List.of(
            pair(block(126), fork(126)),
            pair(block(119), fork(119)),
            againstKnown(fork(125), 124),
            againstKnown(fork(115), 114)));
  }
}
