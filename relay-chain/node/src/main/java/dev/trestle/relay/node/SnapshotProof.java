package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a snapshot says besides the state, checked as a light client checks it: from the validators
 * of the genesis through every change to the certificate of the head. Nothing of it is believed
 * because of who sent it.
 *
 * @param eras sets that took over, the oldest first. Transport keys of sets that are over are not
 *     proved by anything and are zero
 * @param sets of all eras, that of the genesis first
 * @param history tree over the ids of the blocks before the first link, or before the head
 * @param rotation who proposes the block after the head
 */
record SnapshotProof(
    SnapshotChunk.Head head,
    List<SnapshotChunk.Change> changes,
    List<ValidatorsRecord> eras,
    List<ValidatorSet> sets,
    List<Link> links,
    MerkleFrontier history,
    Rotation rotation) {
  /** Most changes of validators. */
  static final int MAX_CHANGES = 100_000;

  SnapshotProof {
    changes = List.copyOf(changes);
    eras = List.copyOf(eras);
    sets = List.copyOf(sets);
    links = List.copyOf(links);
  }

  /** Rejects whatever does not follow from the genesis. */
  static Verdict<SnapshotProof> of(
      Genesis genesis,
      SnapshotChunk.Head head,
      List<SnapshotChunk.Change> changes,
      List<Link> links) {
    try {
      return new Check(genesis, head, changes, links).run();
    } catch (IllegalArgumentException e) {
      return Verdict.reject(NodeReason.SNAPSHOT_INVALID, "no set of validators: " + e.getMessage());
    }
  }

  RelayHeader header() {
    return head.block().header();
  }

  /** The highest certificate in it with a signature of {@code validator}; 0 without one. */
  long newestSignatureOf(EvmAddress validator) {
    long newest = 0;
    List<CommitCertificate> certificates = new ArrayList<>();
    links.forEach(link -> link.lastCommit().ifPresent(certificates::add));
    head.block().lastCommit().ifPresent(certificates::add);
    certificates.add(head.certificate());
    for (CommitCertificate each : certificates) {
      long era = eras.stream().filter(one -> one.since() <= each.height()).count();
      OptionalInt index = sets.get((int) era).indexOf(validator);
      if (index.isPresent() && each.signatures().signers().contains(index.getAsInt())) {
        newest = Math.max(newest, each.height());
      }
    }
    return newest;
  }

  private static final class Check {
    private final Genesis genesis;
    private final SnapshotChunk.Head head;
    private final List<SnapshotChunk.Change> changes;
    private final List<Link> links;
    private final List<ValidatorSet> sets = new ArrayList<>();
    private final List<ValidatorsRecord> eras = new ArrayList<>();

    Check(
        Genesis genesis,
        SnapshotChunk.Head head,
        List<SnapshotChunk.Change> changes,
        List<Link> links) {
      this.genesis = genesis;
      this.head = head;
      this.changes = changes;
      this.links = links;
    }

    Verdict<SnapshotProof> run() {
      sets.add(ValidatorSet.of(genesis.validators().stream().map(Genesis.Validator::key).toList()));
      Optional<String> fault = walk().or(this::checkHead).or(this::checkLinks);
      if (fault.isPresent()) {
        return Verdict.reject(NodeReason.SNAPSHOT_INVALID, fault.get());
      }
      MerkleFrontier history = head.history();
      for (Link link : links) {
        history = history.append(link.header().id().bytes());
      }
      if (history.count() != header().height() - 1
          || !history.root().equals(header().historyRoot())) {
        return Verdict.reject(NodeReason.SNAPSHOT_INVALID, "not the history of the head");
      }
      return Verdict.accept(
          new SnapshotProof(head, changes, eras, sets, links, head.history(), rotation()));
    }

    private RelayHeader header() {
      return head.block().header();
    }

    /** Every change is certified by the set before it, which names the one after it. */
    private Optional<String> walk() {
      if (changes.size() > MAX_CHANGES) {
        return Optional.of("too many changes of validators");
      }
      long since = 1;
      for (SnapshotChunk.Change change : changes) {
        RelayHeader header = change.header();
        ValidatorSet current = sets.getLast();
        if (header.height() < since || header.height() > header().height()) {
          return Optional.of("changes of validators do not ascend");
        }
        Optional<String> uncertified = certified(header, change, current);
        if (uncertified.isPresent()) {
          return uncertified;
        }
        ValidatorSet next = ValidatorSet.of(change.keys());
        if (next.equals(current) || !header.nextValidatorsHash().equals(next.hash())) {
          return Optional.of("the set after height " + header.height() + " is another one");
        }
        since = header.height() + 1;
        sets.add(next);
        eras.add(new ValidatorsRecord(sets.size() - 1L, since, members(change.keys())));
      }
      return Optional.empty();
    }

    private Optional<String> certified(
        RelayHeader header, SnapshotChunk.Change change, ValidatorSet current) {
      if (!header.chainId().equals(genesis.chainId()) || header.epoch() != sets.size() - 1) {
        return Optional.of("a header of another chain or epoch");
      }
      return change.certificate().verifyFor(header, current).isAccepted()
          ? Optional.empty()
          : Optional.of("height " + header.height() + " is not certified by its validators");
    }

    private Optional<String> checkHead() {
      long height = header().height();
      if (!header().chainId().equals(genesis.chainId()) || header().epoch() != epochAt(height)) {
        return Optional.of("the head is of another chain or epoch");
      }
      if (!head.certificate().verifyFor(header(), setAt(height)).isAccepted()) {
        return Optional.of("the head is not certified by its validators");
      }
      return header().nextValidatorsHash().equals(setAt(height + 1).hash())
          ? Optional.empty()
          : Optional.of("a change of validators is missing");
    }

    /** From the start of the period of the next block up to the head, each the other's parent. */
    private Optional<String> checkLinks() {
      long height = header().height();
      long first = Math.min(Rotation.periodStart(height + 1), height);
      if (links.size() != height - first) {
        return Optional.of(links.size() + " blocks before the head, not " + (height - first));
      }
      Hash32 parent = header().parentId();
      for (int i = links.size() - 1; i >= 0; i--) {
        Link link = links.get(i);
        if (!link.header().id().equals(parent) || !link.holds()) {
          return Optional.of("the blocks before the head are others");
        }
        parent = link.header().parentId();
      }
      return Optional.empty();
    }

    private Rotation rotation() {
      long next = header().height() + 1;
      long start = Rotation.periodStart(next);
      Rotation rotation = Rotation.startingAt(start, setAt(start));
      List<Link> decided = new ArrayList<>(links);
      decided.add(Link.of(head.block()));
      for (Link link : decided) {
        if (rotation.height() == link.height()) {
          rotation = rotation.next(link.lastRound(), setAt(link.height() + 1));
        }
      }
      return rotation;
    }

    private long epochAt(long height) {
      return eras.stream().filter(era -> era.since() <= height).count();
    }

    private ValidatorSet setAt(long height) {
      return sets.get((int) epochAt(height));
    }

    private static List<Genesis.Validator> members(List<PublicKey> keys) {
      return keys.stream().map(key -> new Genesis.Validator(key, Hash32.ZERO)).toList();
    }
  }
}
