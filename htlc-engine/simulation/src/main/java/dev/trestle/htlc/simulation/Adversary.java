package dev.trestle.htlc.simulation;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.sim.Decoys;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.Role;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A party that keeps no rule. Its transactions are mined at once, it sees mempools, it knows what
 * the other adversaries know, and plays some of the known tricks.
 */
final class Adversary {
  /** What it may do; each of them has cost somebody money once, or would have. */
  enum Trick {
    /** Does nothing from some moment on. */
    SILENT,
    /** Locks when it is almost too late. */
    LATE_LOCK,
    /** Locks another amount than agreed. */
    WRONG_AMOUNT,
    /** Locks the agreed amount to its own keys and next to nothing to the agreed ones. */
    DECOY_OUTPUT,
    /** Locks twice. */
    DOUBLE_FUND,
    /** Pays a small coin to the honest party's lock. */
    FOREIGN_FUND,
    /** Hides the preimage behind another 32 bytes in the witness. */
    ANNEX,
    /** Shows the secret before everything is locked. */
    EARLY_REVEAL,
    /** Takes its own lock back by a reorganisation while it is not final. */
    DOUBLE_SPEND,
    /** Pushes an honest spending out of a block and puts its own one in. */
    REPLACE_MINED,
    /** Replaces an honest spending in the mempool and withdraws what replaced it. */
    CYCLE
  }

  private static final int LATE = 14;
  private static final int MAX_TRIES = 12;

  /** What the adversaries know together. */
  static final class Gang {
    private Optional<Hash32> secret = Optional.empty();
  }

  private final SimWorld world;
  private final Miner miner;
  private final Random random;
  private final Gang gang;
  private final Tally.Counter count;
  private final Role role;
  private final Set<Trick> tricks = EnumSet.noneOf(Trick.class);
  private final int own;
  private final int incoming;
  private final SecretKey key;
  private final long locksAt;
  private final long claimsAt;
  private final long silentFrom;
  private boolean locked;
  private boolean doubleSpent;
  private int extras;
  private int claims;
  private int refunds;

  Adversary(SimWorld world, Miner miner, Random random, Gang gang, Tally.Counter count, Role role) {
    this.world = world;
    this.miner = miner;
    this.random = random;
    this.gang = gang;
    this.count = count;
    this.role = role;
    this.own = world.terms.paidBy(role);
    this.incoming = world.terms.paysTo(role);
    this.key = SimWorld.wallet(role.party());
    for (Trick trick : Trick.values()) {
      if (random.nextInt(5) == 0) {
        tricks.add(trick);
      }
    }
    if (role.isInitiator()) {
      gang.secret = Optional.of(world.secret());
    }
    long end = world.expiry(incoming);
    long start = SimWorld.START;
    this.locksAt =
        tricks.contains(Trick.LATE_LOCK)
            ? start + random.nextLong(Math.max(1, world.expiry(own) - start))
            : start + Scenario.TICK * random.nextInt(4);
    // around the expiry is where it hurts most
    this.claimsAt = end + Scenario.TICK * (random.nextInt(2 * LATE) - LATE);
    this.silentFrom =
        tricks.contains(Trick.SILENT)
            ? start + random.nextLong(world.expiry(0) - start)
            : Long.MAX_VALUE;
  }

  /** When it will do something by itself. */
  boolean isDue(long now) {
    return Math.abs(now - locksAt) <= 2 * Scenario.TICK
        || Math.abs(now - claimsAt) <= 2 * Scenario.TICK;
  }

  private HtlcPort htlc(int leg) {
    return world.truth.get(leg).htlc().orElseThrow();
  }

  /** One move; what the chain refuses is no matter. */
  void step() {
    long now = world.time.nowSeconds();
    if (now >= silentFrom) {
      return;
    }
    HtlcObservation mine = world.observe(own);
    HtlcObservation theirs = world.observe(incoming);
    learn(mine);
    learn(theirs);
    boolean follows = role.isInitiator() || !theirs.funding().isEmpty() || random.nextInt(10) == 0;
    if (!locked && now >= locksAt && follows) {
      locked = true;
      attempt(this::lock);
    }
    extras(mine, theirs);
    if (tricks.contains(Trick.DOUBLE_SPEND) && !doubleSpent) {
      doubleSpend(mine, theirs);
    }
    boolean mayClaim = !role.isInitiator() && gang.secret.isPresent() && random.nextInt(3) == 0;
    boolean wantsClaim = gang.secret.isPresent() && (now >= claimsAt || mayClaim);
    if (wantsClaim && isOpen(theirs) && claims < MAX_TRIES) {
      claims++;
      for (LockFunding each : theirs.funding()) {
        attempt(() -> claim(each));
      }
    }
    boolean expired = mine.chainTimeSeconds() >= world.expiry(own);
    if (!mine.funding().isEmpty() && expired && isOpen(mine) && refunds < MAX_TRIES) {
      refunds++;
      for (LockFunding each : mine.funding()) {
        attempt(() -> refund(each));
      }
    }
  }

  private static boolean isOpen(HtlcObservation seen) {
    return seen.spend().map(s -> s.confirmations() == 0).orElse(true)
        || (seen.funding().size() > 1 && !seen.spend().get().isFinal());
  }

  private void learn(HtlcObservation seen) {
    if (seen.spend().orElse(null) instanceof LockSpend.Claimed claimed) {
      gang.secret = Optional.of(claimed.preimage());
    }
  }

  private void lock() {
    HtlcTerms terms = world.terms.htlcTerms(own);
    boolean script = world.chains.get(own).flavor() == SimChain.Flavor.UTXO;
    if (tricks.contains(Trick.DECOY_OUTPUT)) {
      count.tricks++;
      send(own, Async.await(htlc(own).prepareLock(WatchedPorts.decoyOf(terms), key)));
      if (script) {
        pay(own, Amount.of(600));
      }
    } else if (tricks.contains(Trick.WRONG_AMOUNT) && script) {
      count.tricks++;
      pay(own, Amount.of(random.nextBoolean() ? terms.amount().toLong() / 2 : 90_000));
    } else {
      send(own, Async.await(htlc(own).prepareLock(terms, key)));
    }
  }

  /** Pays any amount to a lock's script; only chains with scripts have such payments. */
  private void pay(int leg, Amount amount) {
    SimChain chain = world.chains.get(leg);
    Bytes script = htlc(leg).describe(world.terms.htlcTerms(leg)).orThrow().lockKey();
    send(leg, Decoys.payScript(chain, key, script.toHex(), amount));
  }

  private boolean isScript(int leg) {
    return world.chains.get(leg).flavor() == SimChain.Flavor.UTXO;
  }

  private void extras(HtlcObservation mine, HtlcObservation theirs) {
    if (extras < 2 && random.nextInt(6) == 0) {
      extras++;
      if (tricks.contains(Trick.DOUBLE_FUND) && locked && isScript(own)) {
        count.tricks++;
        attempt(() -> pay(own, world.terms.legs().get(own).amount()));
      }
      if (tricks.contains(Trick.FOREIGN_FUND) && isScript(incoming)) {
        count.tricks++;
        attempt(() -> pay(incoming, Amount.of(600)));
      }
      if (tricks.contains(Trick.EARLY_REVEAL) && role.isInitiator() && isScript(incoming)) {
        count.tricks++;
        attempt(() -> pay(incoming, Amount.of(700)));
        for (LockFunding each : theirs.funding()) {
          attempt(() -> claim(each));
        }
      }
    }
    if (tricks.contains(Trick.CYCLE)) {
      cycle(theirs);
    }
    if (tricks.contains(Trick.REPLACE_MINED)) {
      replaceMined(incoming, theirs);
      replaceMined(own, mine);
    }
  }

  /** Once the other side has shown its hand and this lock can still be taken back. */
  private void doubleSpend(HtlcObservation mine, HtlcObservation theirs) {
    if (mine.funding().isEmpty()) {
      return;
    }
    LockFunding lock = mine.funding().getFirst();
    boolean shallow = lock.confirmations() > 0 && lock.confirmations() < Scenario.FINAL;
    boolean shown = role.isInitiator() ? !theirs.funding().isEmpty() : gang.secret.isPresent();
    int depth = (int) lock.confirmations();
    if (shallow && (shown || random.nextInt(8) == 0) && miner.mayReorganize(own, depth)) {
      doubleSpent = true;
      count.tricks++;
      miner.reorganize(own, depth, Set.of(lock.transactionId()));
    }
  }

  /** The honest refund of the lock that pays this party, while it waits. */
  private void cycle(HtlcObservation theirs) {
    if (gang.secret.isEmpty() || !isScript(incoming) || theirs.funding().isEmpty()) {
      return;
    }
    SimChain chain = world.chains.get(incoming);
    LockFunding lock = theirs.funding().getFirst();
    for (SimTransaction tx : chain.mempool()) {
      boolean spends =
          tx.body().inputs().stream().anyMatch(in -> in.id().equals(lock.transactionId()));
      if (spends && !miner.mean.contains(tx.id()) && miner.mayDelay(tx.id())) {
        count.cycles++;
        attempt(() -> claim(lock));
        chain.evict(other -> miner.mean.contains(other.id()));
      }
    }
  }

  /** A spending by the honest party that is in a block and not final yet goes out of it. */
  private void replaceMined(int leg, HtlcObservation seen) {
    if (seen.spend().isEmpty() || random.nextBoolean()) {
      return;
    }
    LockSpend spend = seen.spend().get();
    int depth = (int) spend.confirmations();
    boolean theirs = !miner.mean.contains(spend.transactionId());
    if (theirs && depth > 0 && depth < Scenario.FINAL && miner.mayReorganize(leg, depth)) {
      count.tricks++;
      miner.reorganize(leg, depth, Set.of(spend.transactionId()));
      if (leg == incoming && gang.secret.isPresent()) {
        seen.funding().forEach(each -> attempt(() -> claim(each)));
      }
    }
  }

  private void claim(LockFunding funding) {
    SimChain chain = world.chains.get(incoming);
    HtlcTerms terms = world.terms.htlcTerms(incoming);
    Hash32 secret = gang.secret.orElseThrow();
    boolean hides = tricks.contains(Trick.ANNEX) || tricks.contains(Trick.CYCLE);
    send(
        incoming,
        chain.flavor() == SimChain.Flavor.UTXO && hides
            ? Decoys.claim(chain, terms, funding, secret, key)
            : Async.await(htlc(incoming).prepareClaim(terms, funding, secret, key)));
  }

  private void refund(LockFunding funding) {
    send(own, Async.await(htlc(own).prepareRefund(world.terms.htlcTerms(own), funding, key)));
  }

  private void send(int leg, SignedTransaction tx) {
    miner.mean.add(tx.id());
    Async.await(world.truth.get(leg).transactions().broadcast(tx.raw()));
  }

  private static void attempt(Runnable move) {
    try {
      move.run();
    } catch (AdapterException refused) {
      // it tries again, or something else
    }
  }

  @Override
  public String toString() {
    return role + " plays " + tricks;
  }
}
