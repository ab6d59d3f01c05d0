package dev.trestle.htlc;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.sim.Decoys;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Hash32;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A counterparty that keeps no rule. Its transactions are mined at once, it sees mempools, it may
 * lock too little, lock late, reveal late, hide the preimage among decoys, and take back its own
 * unconfirmed lock by a reorganisation.
 */
final class Adversary {
  /** How a mean initiator times its claim. */
  private static final int LATE = 12;

  final Set<Hash32> transactions = new HashSet<>();
  private final World world;
  private final Party me;
  private final SwapTerms terms;
  private final Random random;
  private final int own;
  private final int incoming;
  private final boolean locksShort;
  private final boolean reorganizes;
  private final long locksAt;
  private final long claimsAt;
  private boolean locked;
  private boolean reorganized;
  private Optional<Hash32> remembered = Optional.empty();

  Adversary(World world, Party me, SwapTerms terms, Random random) {
    this.world = world;
    this.me = me;
    this.terms = terms;
    this.random = random;
    this.own = terms.paidBy(me.role);
    this.incoming = terms.paysTo(me.role);
    this.locksShort = random.nextInt(6) == 0;
    this.reorganizes = random.nextInt(3) == 0;
    long end = terms.legs().get(1).expirySeconds();
    boolean late = random.nextInt(3) == 0;
    this.locksAt =
        late
            ? World.START + random.nextLong(Math.max(1, end - World.START))
            : World.START + World.TICK * random.nextInt(4);
    // around the expiry of leg 2 is where it hurts most
    this.claimsAt = end + World.TICK * (random.nextInt(2 * LATE) - LATE);
  }

  private SimChain chain(int leg) {
    return world.chains.get(leg);
  }

  private HtlcObservation observe(int leg) {
    return Async.await(me.htlc(chain(leg)).observe(terms.htlcTerms(leg)));
  }

  /** One move; what the chain refuses is no matter. */
  void step() {
    HtlcObservation mine = observe(own);
    HtlcObservation theirs = observe(incoming);
    long now = world.time.nowSeconds();
    boolean follows = me.role == Role.INITIATOR || !theirs.funding().isEmpty();
    if (!locked && now >= locksAt && follows) {
      locked = true;
      attempt(this::lock);
    }
    Optional<Hash32> secret = secret(mine);
    if (reorganizes && !reorganized && wantsReorganization(mine, theirs, secret)) {
      reorganize(mine);
    }
    boolean mayClaim = me.role == Role.PARTICIPANT || now >= claimsAt;
    if (secret.isPresent() && mayClaim && !theirs.funding().isEmpty()) {
      for (LockFunding each : theirs.funding()) {
        attempt(() -> claim(each, secret.get()));
      }
    }
    if (!mine.funding().isEmpty()
        && mine.chainTimeSeconds() >= terms.legs().get(own).expirySeconds()) {
      for (LockFunding each : mine.funding()) {
        attempt(
            () ->
                send(
                    own,
                    Async.await(
                        me.htlc(chain(own))
                            .prepareRefund(terms.htlcTerms(own), each, me.wallet(chain(own))))));
      }
    }
  }

  private Optional<Hash32> secret(HtlcObservation mine) {
    if (me.role == Role.INITIATOR) {
      return Optional.of(world.secret());
    }
    return mine.spend()
        .filter(LockSpend.Claimed.class::isInstance)
        .map(s -> ((LockSpend.Claimed) s).preimage())
        .or(() -> remembered);
  }

  /** Once the other side has shown its hand and this lock can still be taken back. */
  private boolean wantsReorganization(
      HtlcObservation mine, HtlcObservation theirs, Optional<Hash32> secret) {
    boolean shallow =
        !mine.funding().isEmpty()
            && mine.funding().getFirst().confirmations() > 0
            && mine.funding().getFirst().confirmations() < World.FINAL;
    boolean shown = me.role == Role.INITIATOR ? !theirs.funding().isEmpty() : secret.isPresent();
    boolean impatient = random.nextInt(8) == 0;
    return shallow && (shown || impatient);
  }

  private void reorganize(HtlcObservation mine) {
    reorganized = true;
    secret(mine).ifPresent(s -> remembered = Optional.of(s));
    LockFunding lock = mine.funding().getFirst();
    Hash32 gone = lock.transactionId();
    chain(own).reorganize((int) lock.confirmations(), tx -> !tx.id().equals(gone));
    chain(own).evict(tx -> tx.id().equals(gone) || spends(tx, gone));
  }

  private static boolean spends(SimTransaction tx, Hash32 id) {
    return tx.body().inputs().stream().anyMatch(in -> in.id().equals(id));
  }

  private void lock() {
    HtlcTerms htlc = terms.htlcTerms(own);
    if (locksShort && chain(own).flavor() == SimChain.Flavor.UTXO) {
      String address = me.htlc(chain(own)).describe(htlc).orThrow().lockKey().toHex();
      Amount less = Amount.of(htlc.amount().toLong() / 2);
      SignedTransaction tx = Decoys.payScript(chain(own), me.wallet(chain(own)), address, less);
      send(own, tx);
    } else {
      send(own, Async.await(me.htlc(chain(own)).prepareLock(htlc, me.wallet(chain(own)))));
    }
  }

  private void claim(LockFunding funding, Hash32 secret) {
    SimChain chain = chain(incoming);
    HtlcTerms htlc = terms.htlcTerms(incoming);
    SignedTransaction tx =
        chain.flavor() == SimChain.Flavor.UTXO
            ? Decoys.claim(chain, htlc, funding, secret, me.wallet(chain))
            : Async.await(me.htlc(chain).prepareClaim(htlc, funding, secret, me.wallet(chain)));
    send(incoming, tx);
  }

  private void send(int leg, SignedTransaction tx) {
    transactions.add(tx.id());
    Async.await(me.ports(chain(leg)).transactions().broadcast(tx.raw()));
  }

  private static void attempt(Runnable move) {
    try {
      move.run();
    } catch (AdapterException refused) {
      // it tries again, or something else
    }
  }
}
