package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who certifies which height. Epochs have a fixed number of heights; from one to the next the set
 * changes in one or several members, or stays for the whole run.
 */
final class Membership {
  /** How the set changes. */
  enum Change {
    FIXED,
    /** One leaves, one joins. */
    ROTATING,
    /** From n to n + 3 and back, one at a time. */
    GROWING
  }

  private static final int GROWTH = 3;
  private static final int MAX_EPOCHS = 64;

  /** Members of the largest set, and as many as it may grow by. */
  private static final int MAX_MEMBERS = 100 + GROWTH;

  private static final List<PublicKey> KEYS = keys();

  private final long epochLength;
  private final List<ValidatorSet> sets = new ArrayList<>();
  private final ValidatorSet everyone;
  private final Set<Integer> liars = new TreeSet<>();

  /**
   * @param size members of the first set
   * @param faulty how many keys lie; never more than any of the sets tolerates
   * @param firstLiar number of the first one that lies
   */
  Membership(Change change, int size, long epochLength, int faulty, int firstLiar) {
    int pool =
        switch (change) {
          case FIXED -> size;
          case ROTATING -> size + 2;
          case GROWING -> size + GROWTH;
        };
    this.epochLength = change == Change.FIXED ? Long.MAX_VALUE : epochLength;
    this.everyone = ValidatorSet.of(KEYS.subList(0, pool));
    int epochs = change == Change.FIXED ? 1 : MAX_EPOCHS;
    for (int epoch = 0; epoch < epochs; epoch++) {
      sets.add(set(change, size, pool, epoch));
    }
    for (int i = 0; i < faulty; i++) {
      liars.add((firstLiar + i) % pool);
    }
  }

  private static List<PublicKey> keys() {
    List<PublicKey> keys = new ArrayList<>();
    for (int i = 0; i < MAX_MEMBERS; i++) {
      keys.add(SecretKey.derive(Bytes.utf8("simulation"), "validator/" + i).publicKey());
    }
    return List.copyOf(keys);
  }

  private static ValidatorSet set(Change change, int size, int pool, int epoch) {
    int first = change == Change.ROTATING ? epoch : 0;
    int grown = epoch % (2 * GROWTH);
    int count =
        change == Change.GROWING ? size + (grown <= GROWTH ? grown : 2 * GROWTH - grown) : size;
    List<PublicKey> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(KEYS.get((first + i) % pool));
    }
    return ValidatorSet.of(members);
  }

  /** Everybody who is a validator at some height; a node's key is its number here. */
  ValidatorSet everyone() {
    return everyone;
  }

  /** Keys of the faulty ones. */
  Set<Integer> liars() {
    return liars;
  }

  long epochOf(long height) {
    return Math.max(0, height - 1) / epochLength;
  }

  ValidatorSet at(long height) {
    return sets.get((int) (epochOf(height) % sets.size()));
  }

  /** Whether a node whose chain ends at {@code head} can know the set of {@code height}. */
  boolean isKnown(long head, long height) {
    return epochOf(height) <= epochOf(head + 1);
  }
}
