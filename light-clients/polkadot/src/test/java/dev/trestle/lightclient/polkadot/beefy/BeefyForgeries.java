package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import dev.trestle.lightclient.polkadot.ScaleWriter;
import dev.trestle.lightclient.polkadot.StateFacts;
import dev.trestle.lightclient.polkadot.StatePath;
import dev.trestle.lightclient.polkadot.TestKey;
import dev.trestle.lightclient.polkadot.trie.TestTrie;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a client of {@link BeefyChain} must refuse: updates after 122, when set C signs; claims
 * after 125.
 */
final class BeefyForgeries {
  private final BeefyChain chain;
  private final BeefyChain.Block block;
  private final List<TestKey> c;
  private final Step good;

  BeefyForgeries(BeefyChain chain) {
    this.chain = chain;
    this.block = chain.block(125);
    this.c = chain.sets.get(2);
    this.good = block.step();
  }

  List<Forgery> all() {
    List<Forgery> all = new ArrayList<>();
    all.addAll(chains());
    all.addAll(sets());
    all.addAll(signatures());
    all.addAll(leaves());
    all.addAll(sizes());
    all.addAll(proofs());
    return all;
  }

  private static Forgery update(Attack attack, String name, ReasonCode code, Step step) {
    return message(attack, name, code, BeefyChain.message(step));
  }

  private static Forgery message(Attack attack, String name, ReasonCode code, Bytes message) {
    return new Forgery(attack, name, new Input.Update(message, BeefyChain.NOW), code);
  }

  private static Forgery claim(Attack attack, String name, ReasonCode code, Claim claim) {
    return new Forgery(attack, name, new Input.Membership(claim), code);
  }

  private List<Forgery> chains() {
    return List.of(
        update(
            Attack.WRONG_CHAIN,
            "another chain's commitment",
            PolkadotCode.VALIDATORS_ROOT,
            new BeefyChain("another chain", 4).block(125).step()),
        update(
            Attack.WRONG_FORK,
            "another root of a known block",
            RejectionCode.STALE_HEIGHT,
            chain.fork(122).step()),
        update(
            Attack.WRONG_HEIGHT,
            "a block below the latest",
            RejectionCode.STALE_HEIGHT,
            chain.block(121).step()),
        update(
            Attack.WRONG_HEIGHT,
            "the leaf of another block",
            PolkadotCode.MMR_LEAF,
            relabelled(chain.block(126))),
        update(
            Attack.WRONG_HEIGHT,
            "not later than the latest",
            RejectionCode.TIME_TOO_OLD,
            timed(BeefyChain.seconds(121))),
        update(
            Attack.FUTURE_CLOCK,
            "ahead by more than the drift",
            RejectionCode.TIME_TOO_NEW,
            timed(BeefyChain.NOW + BeefyChain.DRIFT + 1)),
        update(
            Attack.WRONG_FORK,
            "another header than the leaf's",
            PolkadotCode.HEADER_MISMATCH,
            header(chain.block(126).header())),
        update(
            Attack.WRONG_ROOT,
            "the time of another block",
            RejectionCode.ROOT_MISMATCH,
            time(chain.block(126).step().timeProof())));
  }

  /** A commitment of 125 over the range of another block. */
  private Step relabelled(BeefyChain.Block other) {
    Commitment commitment = block.commitment(other.range().root());
    return other.step(BeefyChain.signed(commitment, c), c);
  }

  private Step timed(long seconds) {
    TestTrie state = TestTrie.state("timed", seconds, 3);
    Header header = Header.of(Hash32.ZERO, 124, state.root(), Hash32.ZERO, List.of());
    MmrLeaf leaf = new MmrLeaf(0, 124, header.hash(), chain.set(3), block.leaf().parachainHeads());
    Step step = leaf(leaf);
    return new Step(
        step.signed(),
        step.validators(),
        step.leaf(),
        step.leafIndex(),
        step.leafCount(),
        step.items(),
        header,
        state.proof(StateFacts.TIMESTAMP).encode());
  }

  private Step leaf(MmrLeaf leaf) {
    Commitment commitment = block.commitment(block.range(leaf).root());
    return block.step(BeefyChain.signed(commitment, c), c, leaf);
  }

  private Step header(Header header) {
    return new Step(
        good.signed(),
        good.validators(),
        good.leaf(),
        good.leafIndex(),
        good.leafCount(),
        good.items(),
        header,
        good.timeProof());
  }

  private Step time(Bytes proof) {
    return new Step(
        good.signed(),
        good.validators(),
        good.leaf(),
        good.leafIndex(),
        good.leafCount(),
        good.items(),
        good.header(),
        proof);
  }

  private Step range(long index, long count, List<Hash32> items) {
    return new Step(
        good.signed(),
        good.validators(),
        good.leaf(),
        index,
        count,
        items,
        good.header(),
        good.timeProof());
  }

  private Step signed(Bytes signed, List<TestKey> validators) {
    return new Step(
        signed,
        BeefyChain.addresses(validators),
        good.leaf(),
        good.leafIndex(),
        good.leafCount(),
        good.items(),
        good.header(),
        good.timeProof());
  }

  private Commitment as(long setId) {
    return new Commitment(block.commitment().payload(), 125, setId);
  }

  private List<Forgery> sets() {
    List<TestKey> b = chain.sets.get(1);
    List<TestKey> d = chain.sets.get(3);
    List<TestKey> enlarged = new ArrayList<>(b);
    enlarged.add(c.getLast());
    return List.of(
        update(
            Attack.STALE_SET,
            "the set before",
            RejectionCode.WRONG_EPOCH,
            signed(BeefyChain.signed(as(21), b).encode(), b)),
        update(
            Attack.STALE_SET,
            "the set before under the number of the current",
            PolkadotCode.VALIDATORS_ROOT,
            signed(BeefyChain.signed(as(22), enlarged).encode(), enlarged)),
        update(
            Attack.FUTURE_SET,
            "the set after the next",
            RejectionCode.WRONG_EPOCH,
            signed(BeefyChain.signed(as(24), d).encode(), d)),
        update(
            Attack.FUTURE_SET,
            "the next set under its own number, with a leaf of the current",
            PolkadotCode.NEXT_SET,
            signed(BeefyChain.signed(as(23), d).encode(), d)));
  }

  private List<Forgery> signatures() {
    Hash32 digest = block.commitment().hash();
    List<Optional<Bytes>> all = BeefyChain.signed(block.commitment(), c).signatures();
    List<Optional<Bytes>> moved = new ArrayList<>(all);
    moved.set(0, all.get(2));
    List<Optional<Bytes>> strange = new ArrayList<>(all);
    strange.set(2, Optional.of(TestKey.of("stranger").signEcdsa(digest)));
    List<Optional<Bytes>> few = new ArrayList<>(all);
    few.set(2, Optional.empty());
    List<Optional<Bytes>> other = new ArrayList<>(all);
    other.set(2, Optional.of(c.get(2).signEcdsa(Hash32.fromHex("11".repeat(32)))));
    List<Optional<Bytes>> wide = new ArrayList<>(all);
    wide.addAll(Collections.nCopies(8, all.get(2)));
    return List.of(
        signatures(Attack.SIGNER_TWICE, "in two places", RejectionCode.BAD_SIGNATURE, moved),
        signatures(Attack.WRONG_KEY, "a stranger", RejectionCode.BAD_SIGNATURE, strange),
        signatures(Attack.WRONG_KEY, "of something else", RejectionCode.BAD_SIGNATURE, other),
        signatures(Attack.SIGNER_TWICE, "one less", RejectionCode.QUORUM_LOW, few),
        signatures(
            Attack.EMPTY_BATCH,
            "nobody",
            RejectionCode.QUORUM_LOW,
            Collections.nCopies(c.size(), Optional.empty())),
        signatures(Attack.INDEX_BEYOND_COUNT, "more members", PolkadotCode.VALIDATORS_ROOT, wide),
        update(
            Attack.BITS_BEYOND_SET,
            "a bit in the padding",
            RejectionCode.BITS_BEYOND_SET,
            signed(padded(), c)));
  }

  /** The last bit of the bitfield set, with a signature for it. */
  private Bytes padded() {
    List<Bytes> signatures =
        BeefyChain.signed(block.commitment(), c).signatures().stream()
            .flatMap(Optional::stream)
            .toList();
    List<Bytes> more = new ArrayList<>(signatures);
    more.add(signatures.getLast());
    ScaleWriter out = new ScaleWriter().u8(1);
    block.commitment().write(out);
    return out.bytes(Bytes.fromHex("79")).u32(c.size()).list(more, ScaleWriter::fixed).toBytes();
  }

  private Forgery signatures(
      Attack attack, String name, ReasonCode code, List<Optional<Bytes>> signatures) {
    Bytes signed = new SignedCommitment(block.commitment(), signatures).encode();
    return update(attack, name, code, signed(signed, c));
  }

  private List<Forgery> leaves() {
    MmrLeaf leaf = block.leaf();
    MmrLeaf skipping =
        new MmrLeaf(
            0,
            124,
            leaf.parentHash(),
            ValidatorSet.of(24, good.validators()),
            leaf.parachainHeads());
    MmrLeaf versioned =
        new MmrLeaf(0x20, 124, leaf.parentHash(), leaf.nextSet(), leaf.parachainHeads());
    Commitment none =
        new Commitment(
            List.of(new Commitment.Item(Bytes.utf8("xx"), Hash32.ZERO.bytes())), 125, 22);
    TestRange range = block.range();
    List<Hash32> longer = new ArrayList<>(good.items());
    longer.add(Hash32.ZERO);
    return List.of(
        update(Attack.FUTURE_SET, "a set is skipped", PolkadotCode.NEXT_SET, leaf(skipping)),
        update(Attack.WRONG_FORK, "another version", PolkadotCode.MMR_LEAF, leaf(versioned)),
        update(
            Attack.WRONG_ROOT,
            "another leaf",
            PolkadotCode.MMR_LEAF,
            block.step(BeefyChain.signed(block.commitment(), c), c, versioned)),
        update(
            Attack.EMPTY_BATCH,
            "no root",
            PolkadotCode.NO_MMR_ROOT,
            signed(BeefyChain.signed(none, c).encode(), c)),
        update(
            Attack.INDEX_BEYOND_COUNT,
            "a leaf beyond the range",
            RejectionCode.INDEX_OUT_OF_RANGE,
            range(range.size(), range.size(), good.items())),
        update(
            Attack.OVERLONG_PATH,
            "an item too many",
            RejectionCode.BRANCH_LENGTH,
            range(range.size() - 1L, range.size(), longer)));
  }

  private List<Forgery> sizes() {
    CanonicalWriter many = new CanonicalWriter().u8(1);
    many.list(Collections.nCopies(65, good.encode()), CanonicalWriter::bytes);
    Step crowd = signed(good.signed(), Collections.nCopies(1_025, c.getFirst()));
    return List.of(
        message(Attack.UNBOUNDED_SIZE, "65 steps", RejectionCode.MALFORMED, many.toBytes()),
        update(Attack.UNBOUNDED_SIZE, "1,025 validators", RejectionCode.MALFORMED, crowd),
        message(
            Attack.EMPTY_BATCH,
            "no step",
            RejectionCode.MALFORMED,
            new CanonicalWriter().u8(1).u32(0).toBytes()));
  }

  private List<Forgery> proofs() {
    Claim head = block.headClaim(4);
    HeadProof proof = HeadProof.decode(head.proof());
    List<Hash32> longer = new ArrayList<>(proof.items());
    longer.add(Hash32.ZERO);
    Bytes many = Messages.begin().u64(0).u32(21).toBytes();
    Bytes inner = Bytes.concat(block.heads().get(0).bytes(), block.heads().get(1).bytes());
    return List.of(
        claim(
            Attack.WRONG_ROOT,
            "a head of another block",
            RejectionCode.ROOT_MISMATCH,
            new Claim(head.path(), head.value(), chain.block(112).headClaim(4).proof())),
        claim(
            Attack.WRONG_HEIGHT,
            "a block that is not known",
            RejectionCode.UNKNOWN_HEIGHT,
            chain.block(124).headClaim(4)),
        claim(
            Attack.OVERLONG_PATH,
            "an item too many",
            RejectionCode.ROOT_MISMATCH,
            new Claim(head.path(), head.value(), new HeadProof(proof.order(), longer).encode())),
        claim(
            Attack.OVERLONG_PATH,
            "21 items",
            RejectionCode.MALFORMED,
            new Claim(head.path(), head.value(), many)),
        claim(
            Attack.INDEX_BEYOND_COUNT,
            "an order beyond the items",
            RejectionCode.INDEX_OUT_OF_RANGE,
            new Claim(head.path(), head.value(), new HeadProof(8, proof.items()).encode())),
        claim(
            Attack.WRONG_ROOT,
            "an inner node as a leaf",
            RejectionCode.INNER_NODE_AS_TX,
            new Claim(
                BeefyChain.path(StatePath.Kind.PARACHAIN_HEAD, 124, inner.slice(0, 4)),
                inner.slice(5, 64),
                head.proof())));
  }
}
