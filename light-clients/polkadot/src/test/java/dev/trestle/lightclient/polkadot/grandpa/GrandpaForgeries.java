package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ReasonCode;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.polkadot.DigestItem;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import dev.trestle.lightclient.polkadot.StateFacts;
import dev.trestle.lightclient.polkadot.StatePath;
import dev.trestle.lightclient.polkadot.TestKey;
import dev.trestle.lightclient.polkadot.trie.StorageProof;
import dev.trestle.lightclient.polkadot.trie.TestTrie;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a client of {@link GrandpaChain} must refuse: updates after 110, when set B ends with 113;
 * claims after 121.
 */
final class GrandpaForgeries {
  private static final long B = 8;

  private final GrandpaChain chain;
  private final Header target;

  GrandpaForgeries(GrandpaChain chain) {
    this.chain = chain;
    this.target = chain.header(112);
  }

  List<Forgery> all() {
    List<Forgery> all = new ArrayList<>();
    all.addAll(chains());
    all.addAll(sets());
    all.addAll(votes());
    all.addAll(descent());
    all.addAll(digests());
    all.addAll(sizes());
    all.addAll(proofs());
    return all;
  }

  private static Forgery update(Attack attack, String name, ReasonCode code, Fragment fragment) {
    return message(attack, name, code, GrandpaChain.message(fragment));
  }

  private static Forgery message(Attack attack, String name, ReasonCode code, Bytes message) {
    return new Forgery(attack, name, new Input.Update(message, GrandpaChain.NOW), code);
  }

  private static Forgery claim(Attack attack, String name, ReasonCode code, Claim claim) {
    return new Forgery(attack, name, new Input.Membership(claim), code);
  }

  private Forgery justified(
      Attack attack, String name, ReasonCode code, Justification justification) {
    return update(attack, name, code, chain.fragment(target, justification));
  }

  private List<Forgery> chains() {
    GrandpaChain other = new GrandpaChain("another chain", 4);
    Header fork = chain.fork(106);
    return List.of(
        update(
            Attack.WRONG_CHAIN,
            "another chain's block",
            RejectionCode.UNKNOWN_SIGNER,
            other.fragment(112)),
        update(
            Attack.WRONG_FORK,
            "another block at a known number",
            RejectionCode.STALE_HEIGHT,
            chain.fragment(fork, chain.justify(fork, B, chain.b))),
        update(
            Attack.WRONG_HEIGHT,
            "a justification of another block",
            PolkadotCode.TARGET_MISMATCH,
            chain.fragment(target, chain.justification(111))),
        update(
            Attack.WRONG_HEIGHT,
            "not later than the latest",
            RejectionCode.TIME_TOO_OLD,
            timed(GrandpaChain.seconds(110))),
        update(
            Attack.FUTURE_CLOCK,
            "ahead by more than the drift",
            RejectionCode.TIME_TOO_NEW,
            timed(GrandpaChain.NOW + GrandpaChain.DRIFT + 1)),
        update(
            Attack.WRONG_ROOT,
            "the time of another block",
            RejectionCode.ROOT_MISMATCH,
            new Fragment(
                target, chain.justification(112).encode(), chain.fragment(111).timeProof())),
        update(
            Attack.EMPTY_BATCH,
            "no proof of the time",
            PolkadotCode.NO_TIMESTAMP,
            chain.untimed(112)));
  }

  private Fragment timed(long seconds) {
    TestTrie state = TestTrie.state("timed", seconds, 3);
    Header header = chain.header(112, List.of(), state.root());
    return new Fragment(
        header,
        chain.justify(header, B, chain.b).encode(),
        Optional.of(state.proof(StateFacts.TIMESTAMP).encode()));
  }

  private List<Forgery> sets() {
    Header late = chain.header(114);
    return List.of(
        justified(
            Attack.STALE_SET,
            "the set before",
            RejectionCode.UNKNOWN_SIGNER,
            chain.justify(target, 7, chain.a)),
        update(
            Attack.STALE_SET,
            "after the last block of the set",
            RejectionCode.WRONG_EPOCH,
            chain.fragment(late, chain.justify(late, B, chain.b))),
        justified(
            Attack.STALE_SET,
            "signed as the set before",
            RejectionCode.BAD_SIGNATURE,
            chain.justify(target, 7, chain.b)),
        justified(
            Attack.FUTURE_SET,
            "the announced set",
            RejectionCode.UNKNOWN_SIGNER,
            chain.justify(target, 9, chain.c)),
        justified(
            Attack.FUTURE_SET,
            "signed as the next set",
            RejectionCode.BAD_SIGNATURE,
            chain.justify(target, 9, chain.b)),
        update(
            Attack.FUTURE_SET,
            "the announced set, before it is in charge",
            RejectionCode.WRONG_EPOCH,
            chain.fragment(121)));
  }

  private Precommit vote(TestKey voter) {
    return GrandpaChain.vote(voter, target, B);
  }

  private Justification of(List<Precommit> votes, Header... ancestries) {
    return GrandpaChain.justify(target, votes, List.of(ancestries));
  }

  private List<Precommit> three() {
    return chain.b.subList(0, 3).stream().map(this::vote).toList();
  }

  private List<Precommit> threeAnd(Precommit more) {
    List<Precommit> votes = new ArrayList<>(three());
    votes.add(more);
    return votes;
  }

  private List<Forgery> votes() {
    Precommit first = vote(chain.b.getFirst());
    Precommit otherRound = GrandpaChain.vote(chain.b.get(3), target, 40, B);
    Precommit posing =
        new Precommit(
            target.hash(),
            target.number(),
            vote(TestKey.of("stranger")).signature(),
            chain.b.get(3).authority());
    return List.of(
        justified(
            Attack.SIGNER_TWICE, "twice", RejectionCode.DUPLICATE_SIGNER, of(threeAnd(first))),
        justified(
            Attack.SIGNER_TWICE,
            "equivocation",
            RejectionCode.DUPLICATE_SIGNER,
            of(threeAnd(GrandpaChain.vote(chain.b.getFirst(), chain.header(113), B)))),
        justified(
            Attack.SIGNER_TWICE,
            "twice instead of the third",
            RejectionCode.DUPLICATE_SIGNER,
            of(List.of(first, vote(chain.b.get(1)), first))),
        justified(
            Attack.WRONG_KEY,
            "a stranger",
            RejectionCode.UNKNOWN_SIGNER,
            of(threeAnd(vote(TestKey.of("stranger"))))),
        justified(
            Attack.WRONG_KEY, "under a name", RejectionCode.BAD_SIGNATURE, of(threeAnd(posing))),
        justified(
            Attack.WRONG_KEY,
            "of another round",
            RejectionCode.BAD_SIGNATURE,
            of(threeAnd(otherRound))),
        justified(
            Attack.SIGNER_TWICE,
            "two of four",
            RejectionCode.QUORUM_LOW,
            of(three().subList(0, 2))),
        justified(Attack.EMPTY_BATCH, "no vote", RejectionCode.QUORUM_LOW, of(List.of())));
  }

  private List<Forgery> descent() {
    Header fork = chain.fork(113);
    Header child =
        Header.of(target.hash(), 113, fork.stateRoot(), fork.extrinsicsRoot(), List.of());
    Precommit above = GrandpaChain.vote(chain.b.get(3), child, B);
    Precommit low = GrandpaChain.vote(chain.b.get(3), chain.header(111), B);
    Precommit higher =
        new Precommit(target.hash(), 113, vote(chain.b.get(3)).signature(), above.authority());
    return List.of(
        justified(
            Attack.WRONG_FORK,
            "a vote on another branch",
            PolkadotCode.NOT_DESCENDANT,
            of(threeAnd(GrandpaChain.vote(chain.b.get(3), fork, B)), fork)),
        justified(
            Attack.WRONG_FORK,
            "a descendant without its headers",
            PolkadotCode.NOT_DESCENDANT,
            of(threeAnd(above))),
        justified(
            Attack.WRONG_FORK,
            "a vote below the target",
            PolkadotCode.NOT_DESCENDANT,
            of(threeAnd(low), chain.header(111))),
        justified(
            Attack.WRONG_HEIGHT,
            "the target at another number",
            PolkadotCode.NOT_DESCENDANT,
            of(threeAnd(higher))),
        justified(
            Attack.OVERLONG_PATH,
            "a header that no vote needs",
            PolkadotCode.UNUSED_ANCESTRY,
            of(three(), child)),
        justified(
            Attack.OVERLONG_PATH,
            "a header twice",
            PolkadotCode.UNUSED_ANCESTRY,
            of(threeAnd(above), child, child)));
  }

  private Fragment saying(DigestItem... items) {
    Header header = chain.header(112, List.of(items), chain.state(112).root());
    return chain.fragment(header, chain.justify(header, B, chain.b));
  }

  private List<Forgery> digests() {
    var change = new ConsensusLog.ScheduledChange(GrandpaChain.authorities(chain.a), 0);
    var nobody = new DigestItem(DigestItem.Kind.CONSENSUS, DigestItem.GRANDPA, Bytes.EMPTY);
    return List.of(
        update(
            Attack.FUTURE_SET,
            "a forced change",
            PolkadotCode.FORCED_CHANGE,
            saying(ConsensusLog.item(new ConsensusLog.ForcedChange(100, change)))),
        update(
            Attack.FUTURE_SET,
            "a pause",
            PolkadotCode.AUTHORITIES_PAUSED,
            saying(ConsensusLog.item(new ConsensusLog.Pause(1)))),
        update(
            Attack.FUTURE_SET,
            "a change while one is pending",
            PolkadotCode.CHANGE_PENDING,
            saying(ConsensusLog.item(change))),
        update(Attack.EMPTY_BATCH, "an empty log", RejectionCode.MALFORMED, saying(nobody)));
  }

  private List<Forgery> sizes() {
    Bytes good = chain.fragment(112).encode();
    CanonicalWriter many = new CanonicalWriter().u8(1);
    many.list(Collections.nCopies(65, good), CanonicalWriter::bytes);
    Justification crowd =
        of(Collections.nCopies(Justification.MAX_PRECOMMITS + 1, vote(chain.b.getFirst())));
    Bytes trailing = Bytes.concat(chain.justification(112).encode(), Bytes.fromHex("00"));
    return List.of(
        message(Attack.UNBOUNDED_SIZE, "65 steps", RejectionCode.MALFORMED, many.toBytes()),
        justified(Attack.UNBOUNDED_SIZE, "1,025 votes", RejectionCode.MALFORMED, crowd),
        message(
            Attack.EMPTY_BATCH,
            "no step",
            RejectionCode.MALFORMED,
            new CanonicalWriter().u8(1).u32(0).toBytes()),
        update(
            Attack.UNBOUNDED_SIZE,
            "a byte behind the justification",
            RejectionCode.TRAILING_BYTES,
            new Fragment(target, trailing, chain.fragment(112).timeProof())));
  }

  private List<Forgery> proofs() {
    Claim good = chain.claim(121, 5);
    StorageProof proof = StorageProof.decode(good.proof());
    List<Bytes> more = new ArrayList<>(proof.nodes());
    more.add(Bytes.utf8("one more"));
    List<Bytes> many = new ArrayList<>(proof.nodes());
    for (int i = 0; many.size() <= StorageProof.MAX_NODES; i++) {
      many.add(Bytes.utf8("node " + i));
    }
    List<Bytes> twice = new ArrayList<>(proof.nodes());
    twice.add(twice.getFirst());
    Bytes child = GrandpaChain.path(121, Bytes.utf8(":child_storage:default:x"));
    Bytes head =
        new StatePath(StatePath.Kind.PARACHAIN_HEAD, 121, Bytes.fromHex("000003e8")).encode();
    return List.of(
        claim(
            Attack.WRONG_ROOT,
            "another state",
            RejectionCode.ROOT_MISMATCH,
            new Claim(good.path(), good.value(), chain.claim(113, 5).proof())),
        claim(
            Attack.WRONG_HEIGHT,
            "a block that is not known",
            RejectionCode.UNKNOWN_HEIGHT,
            chain.claim(112, 5)),
        claim(
            Attack.WRONG_HEIGHT,
            "a step without time is not proved against",
            RejectionCode.UNKNOWN_HEIGHT,
            chain.claim(104, 5)),
        claim(
            Attack.OVERLONG_PATH,
            "a node too many",
            RejectionCode.UNEXPECTED_ELEMENT,
            with(good, more)),
        claim(Attack.OVERLONG_PATH, "a node twice", RejectionCode.MALFORMED, with(good, twice)),
        claim(Attack.OVERLONG_PATH, "129 nodes", RejectionCode.MALFORMED, with(good, many)),
        claim(Attack.EMPTY_BATCH, "no node", RejectionCode.ROOT_MISMATCH, with(good, List.of())),
        claim(
            Attack.WRONG_ROOT,
            "a child trie",
            RejectionCode.NOT_SUPPORTED,
            new Claim(child, good.value(), good.proof())),
        claim(
            Attack.WRONG_ROOT,
            "the head of a parachain",
            RejectionCode.NOT_SUPPORTED,
            new Claim(head, good.value(), good.proof())));
  }

  private static Claim with(Claim claim, List<Bytes> nodes) {
    Bytes proof = new StorageProof(StorageProof.Form.NODES, nodes).encode();
    return new Claim(claim.path(), claim.value(), proof);
  }
}
