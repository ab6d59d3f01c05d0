package dev.trestle.htlc.explore;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.JournalRecord;
import dev.trestle.htlc.Role;
import dev.trestle.htlc.Secrets;
import dev.trestle.htlc.SwapLeg;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.htlc.TimelockPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A swap small enough to try everything. Times are in ticks, and one tick is one second for the
 * planner.
 *
 * @param role the one honest party; all others work together
 * @param world what is true of the legs' chains
 * @param believed what the honest party takes for true, and by which the terms were made
 * @param outage how many looks in a row the party may miss, once
 * @param believedOutage its budget
 */
record Setup(Role role, List<Timing> world, List<Timing> believed, int outage, int believedOutage) {
  static final long START = 1_800_000_000L;
  static final Hash32 SECRET = Secrets.derive(Bytes.utf8("seed of the search"), 1);

  private static final List<SecretKey> KEYS = List.of(key("first"), key("second"), key("third"));

  Setup {
    world = List.copyOf(world);
    believed = List.copyOf(believed);
  }

  private static SecretKey key(String name) {
    return SecretKey.derive(Bytes.utf8("seed of the " + name + " party"), "key");
  }

  /** Everything is as the party believes. */
  static Setup of(Role role, int outage, List<Timing> world) {
    return new Setup(role, world, world, outage, outage);
  }

  /** The same world, but the party believes something else of the chain of one leg. */
  Setup mistaken(int leg, UnaryOperator<Timing> about) {
    List<Timing> changed = new ArrayList<>(believed);
    changed.set(leg, about.apply(changed.get(leg)));
    return new Setup(role, world, changed, outage, believedOutage);
  }

  /** Gaps and windows one tick shorter than they must be. */
  Setup oneTickShort() {
    return new Setup(role, world, believed, outage, believedOutage - 1);
  }

  TimelockPolicy policy() {
    return new TimelockPolicy(believedOutage, 0);
  }

  /** Expiries in ticks from the start. */
  List<Long> expiries() {
    List<Long> result = new ArrayList<>();
    long expiry = policy().window(0, believed);
    result.add(expiry);
    for (int leg = believed.size() - 2; leg >= 0; leg--) {
      expiry += policy().requiredGap(believed.get(leg), believed.get(leg + 1));
      result.addFirst(expiry);
    }
    return result;
  }

  @Override
  public String toString() {
    String legs = String.join(", ", world.stream().map(Setup::describe).toList());
    return "%s of %d legs (%s), outage %d".formatted(role, world.size(), legs, outage);
  }

  private static String describe(Timing t) {
    return "D %d R %d clock %d %s"
        .formatted(t.claim(), t.irreversible(), t.clockSkew(), t.softExpiry() ? "soft" : "hard");
  }

  JournalRecord.Created created() {
    List<SwapLeg> legs = new ArrayList<>();
    List<Long> expiries = expiries();
    for (int leg = 0; leg < world.size(); leg++) {
      ChainId chain = new ChainId("eip155", "leg-" + (leg + 1));
      legs.add(
          new SwapLeg(
              chain,
              AssetId.nativeCoin(chain, leg + 1),
              Amount.of(1_000),
              KEYS.get((leg + 1) % world.size()).publicKey().compressed(),
              KEYS.get(leg).publicKey().compressed(),
              START + expiries.get(leg)));
    }
    SwapTerms terms =
        new SwapTerms(
            Secrets.hashOf(SECRET),
            legs,
            KEYS.subList(0, world.size()).stream().map(SecretKey::publicKey).toList());
    return new JournalRecord.Created(
        terms.swapId(),
        START,
        role,
        terms,
        role.isInitiator() ? Optional.of(1L) : Optional.empty(),
        policy(),
        believed);
  }
}
