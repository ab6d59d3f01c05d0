package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import dev.trestle.relay.consensus.PreparedCertificate;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.SignedStatement;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sends whatever an implementation might take by mistake: old messages again, messages in others'
 * names, blocks out of turn or invalid, certificates without signatures, votes for heights and
 * rounds far away.
 */
final class Forger extends Liars {
  private static final int MEMORY = 200;
  private static final EcdsaSignature NO_SIGNATURE =
      new EcdsaSignature(Bytes.wrap(new byte[EcdsaSignature.SIZE]));

  private final List<SignedMessage> heard = new ArrayList<>();

  Forger(World world) {
    super(world);
  }

  @Override
  public void observe(SignedMessage message) {
    super.observe(message);
    if (heard.size() == MEMORY) {
      heard.set(world.random.nextInt(MEMORY), message);
    } else {
      heard.add(message);
    }
  }

  @Override
  public void tick() {
    long height = world.highest() + 1;
    int round = highestRound(height);
    for (int key : keys) {
      SimNode victim = world.correct().get(world.random.nextInt(world.correct().size()));
      switch (world.random.nextInt(8)) {
        case 0, 1 -> replay();
        case 2 -> impersonate();
        case 3 -> flood(victim, key, height, round);
        case 4 -> proposeOutOfTurn(key, height, round);
        case 5 -> proposeInvalid(key, height, round);
        case 6 -> certify(victim, key, height, round);
        default -> claimPrepared(victim, key, height, round);
      }
    }
  }

  private void replay() {
    if (heard.isEmpty()) {
      return;
    }
    SignedMessage old = heard.get(world.random.nextInt(heard.size()));
    world.correct().forEach(to -> inject(to, old));
  }

  /** A message of somebody, changed, under its old signature; and one with no signature at all. */
  private void impersonate() {
    if (heard.isEmpty()) {
      return;
    }
    SignedMessage old = heard.get(world.random.nextInt(heard.size()));
    ConsensusMessage changed =
        new ConsensusMessage.Commit(old.height(), old.round() + 1, World.CHAIN);
    for (SimNode to : world.correct()) {
      inject(to, new SignedMessage(changed, old.sender(), old.signature()));
      inject(to, new SignedMessage(old.message(), old.sender(), NO_SIGNATURE));
    }
  }

  private void flood(SimNode victim, int key, long height, int round) {
    for (int i = 0; i < 20; i++) {
      long far = height + world.random.nextInt(6);
      int farRound = round + (1 << world.random.nextInt(24));
      Hash32 id = new Hash32(Bytes.wrap(randomBytes()));
      inject(victim, sign(key, new ConsensusMessage.Prepare(far, world.random.nextInt(20), id)));
      inject(victim, sign(key, new ConsensusMessage.Commit(far, farRound, id)));
      inject(victim, sign(key, new RoundChange(far, farRound, Optional.empty())));
    }
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[Hash32.SIZE];
    world.random.nextBytes(bytes);
    return bytes;
  }

  private void proposeOutOfTurn(int key, long height, int round) {
    if (!isProposer(key, height, round)) {
      propose(key, height, round, SimLedger.Fault.NONE);
    }
  }

  private void proposeInvalid(int key, long height, int round) {
    propose(key, height, round, Scenario.pick(world.random, SimLedger.Fault.values()));
  }

  private void propose(int key, long height, int round, SimLedger.Fault fault) {
    List<SignedStatement> justification =
        round == 0 ? List.of() : justification(height, round, changesAt(height, round));
    freshBlock(key, height, fault)
        .ifPresent(
            block -> {
              SignedMessage proposal = proposal(key, round, block, justification, Optional.empty());
              for (SimNode to : world.correct()) {
                inject(to, proposal);
                voteFor(to, height, round, block.id());
              }
            });
  }

  /** A decision that nobody made, as a certificate and as an answer to who is behind. */
  private void certify(SimNode victim, int key, long height, int round) {
    freshBlock(key, height)
        .ifPresent(
            block -> {
              CommitCertificate forged =
                  new CommitCertificate(height, round, block.id(), signatures(key, block, height));
              world.network.inject(victim, new Packet.Certificate(forged));
              world.network.inject(victim, new Packet.Decided(block, forged));
              world.network.inject(victim, new Packet.Body(block));
            });
  }

  private void claimPrepared(SimNode victim, int key, long height, int round) {
    freshBlock(key, height)
        .ifPresent(
            block ->
                inject(
                    victim,
                    sign(
                        key,
                        new RoundChange(
                            height,
                            round + 1,
                            Optional.of(
                                new PreparedCertificate(
                                    height, round, block.id(), signatures(key, block, height)))))));
  }

  /** As many as a quorum needs, the liar's own one among them and right. */
  private SignatureList signatures(int key, Block block, long height) {
    ValidatorSet set = set(height);
    SortedMap<Integer, EcdsaSignature> all = new TreeMap<>();
    for (int i = 0; i < set.quorum(); i++) {
      all.put(i, NO_SIGNATURE);
    }
    set.indexOf(address(key))
        .ifPresent(
            own ->
                all.put(
                    own,
                    sign(key, new ConsensusMessage.Commit(height, 0, block.id())).signature()));
    return new SignatureList(set.size(), List.copyOf(all.keySet()), List.copyOf(all.values()));
  }
}
