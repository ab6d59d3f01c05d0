package dev.trestle.dist.demo;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.NativeIds;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.htlc.RecoveryFile;
import dev.trestle.htlc.SwapProgress;
import dev.trestle.htlc.SwapStatus;
import dev.trestle.htlc.SwapView;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.SwapParty;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** An atomic swap of a coin of the Bitcoin family for ether, between two strangers. */
final class SwapJob {
  private static final Amount FUNDS = Amount.of(200_000_000);
  private static final Amount SEND = Amount.of(50_000_000);
  private static final Amount RECEIVE = new Amount(BigInteger.TEN.pow(18).multiply(BigInteger.TWO));

  /** Most that network fees may have cost a party: satoshi, and wei. */
  private static final BigInteger COIN_FEES = BigInteger.valueOf(60_000);

  private static final BigInteger GAS_FEES = BigInteger.TEN.pow(16);

  private final Devnet network;
  private final Vertx vertx;
  private final DemoPrinter out;
  private final String job;
  private final AssetId coin;
  private final Runnable afterFirstLock;

  /**
   * @param coin what the taker sends
   * @param afterFirstLock called once, when the first lock has been sent
   */
  SwapJob(
      Devnet network,
      Vertx vertx,
      DemoPrinter out,
      String job,
      AssetId coin,
      Runnable afterFirstLock) {
    this.network = network;
    this.vertx = vertx;
    this.out = out;
    this.job = job;
    this.coin = coin;
    this.afterFirstLock = afterFirstLock;
  }

  /** Runs to the end; gives the swap's id on the relay chain. */
  String succeed() {
    ChainId chain = coin.chain();
    try (Party alice = party("alice");
        Party bob = party("bob")) {
      fund(alice, bob);
      Amount ether = alice.balance(Devnet.EVM);
      Amount coins = bob.balance(chain);
      try (SwapParty taker = alice.swaps();
          SwapParty maker = bob.swaps();
          Acceptor acceptor = new Acceptor(maker)) {
        acceptor.start();
        report(taker, "alice");
        report(maker, "bob");
        String id = agree(taker, maker);
        awaitEnd(taker, SwapStatus.COMPLETED);
        awaitEnd(maker, SwapStatus.COMPLETED);
        requireGain("alice's ether", ether, alice.balance(Devnet.EVM), RECEIVE, GAS_FEES);
        requireGain("bob's coins", coins, bob.balance(chain), SEND, COIN_FEES);
        out.note(job, "alice has " + RECEIVE + " wei more and bob " + SEND + " satoshi, less fees");
        return id;
      }
    }
  }

  /** The taker vanishes after both locks are sent; both sides get their coins back. */
  String refundBoth() {
    ChainId chain = coin.chain();
    try (Party alice = party("alice");
        Party bob = party("bob")) {
      fund(alice, bob);
      Amount coins = alice.balance(chain);
      Amount ether = bob.balance(Devnet.EVM);
      CountDownLatch bobLocked = new CountDownLatch(1);
      try (SwapParty maker = bob.swaps();
          Acceptor acceptor = new Acceptor(maker)) {
        acceptor.start();
        report(maker, "bob");
        maker.onProgress(
            progress -> {
              if (progress.step() == SwapProgress.Step.LOCK_SENT) {
                bobLocked.countDown();
              }
            });
        SwapParty taker = alice.swaps();
        report(taker, "alice");
        String id = agree(taker, maker);
        Waiting.on(bobLocked, "the second lock");
        SwapView swap = taker.engine().swaps().getFirst();
        Path recovery = taker.engine().recoveryFile(swap.swapId()).orElseThrow();
        taker.close();
        out.note(job, "alice vanishes: both locks stand and nobody claims");
        awaitEnd(maker, SwapStatus.REFUNDED);
        refundOffline(alice, recovery);
        requireGain("alice's coins", coins, alice.balance(chain), Amount.ZERO, COIN_FEES);
        requireGain("bob's ether", ether, bob.balance(Devnet.EVM), Amount.ZERO, GAS_FEES);
        out.note(job, "both sides have their coins back, less network fees (from the nodes)");
        return id;
      }
    }
  }

  /** With the recovery file and the key alone: no hub, no journal. */
  private void refundOffline(Party alice, Path recovery) {
    ChainId chain = coin.chain();
    RecoveryFile file = read(recovery);
    long expiry = file.terms().legs().get(file.leg()).expirySeconds();
    out.note(job, "alice's recovery file can refund from " + Instant.ofEpochSecond(expiry));
    Verdict<List<Hash32>> refunded =
        Waiting.until(
            "alice's refund",
            () -> file.refund(alice.ports(chain), alice.key(chain)),
            Verdict::isAccepted);
    Hash32 transaction = refunded.orThrow().getFirst();
    Waiting.until(
        "confirmation of alice's refund",
        () -> await(alice.chain(chain).transactions().status(transaction)),
        status -> status instanceof TransactionStatus.Included);
    out.step(job, name(chain), "alice refunds offline", NativeIds.of(chain, transaction), 1);
  }

  private static RecoveryFile read(Path recovery) {
    try {
      return RecoveryFile.parse(Files.readString(recovery)).orThrow();
    } catch (IOException e) {
      throw new DevnetException("the recovery file cannot be read", e);
    }
  }

  private Party party(String name) {
    Chains.Entry entry =
        coin.chain().equals(Devnet.BITCOIN) ? network.bitcoinEntry() : network.litecoinEntry();
    return new Party(network, vertx, job + "-" + name, List.of(entry, network.evmEntry()));
  }

  private void fund(Party alice, Party bob) {
    alice.fundFromFaucet(coin.chain(), FUNDS);
    alice.fundEvm();
    bob.fundEvm();
    Waiting.until(
        "alice's coins", () -> alice.balance(coin.chain()), balance -> !balance.isLessThan(FUNDS));
  }

  private String agree(SwapParty taker, SwapParty maker) {
    maker.offer(Devnet.ETH, RECEIVE, coin, SEND, Duration.ofMinutes(5));
    out.note(job, "bob offers " + RECEIVE + " wei for " + SEND + " satoshi");
    String id = taker.take(coin, Devnet.ETH, SEND, RECEIVE, Duration.ofSeconds(30));
    out.note(job, "both have signed; the relay chain has agreement " + id);
    return id;
  }

  private void report(SwapParty party, String name) {
    AtomicBoolean told = new AtomicBoolean();
    party.onProgress(
        progress -> {
          progress.chain().ifPresent(chain -> print(name, progress, chain));
          if (progress.step() == SwapProgress.Step.LOCK_SENT && told.compareAndSet(false, true)) {
            afterFirstLock.run();
          }
        });
  }

  private void print(String who, SwapProgress progress, ChainId chain) {
    String what = progress.step().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    out.step(
        job,
        name(chain),
        who + ": " + what,
        progress.transactionId().map(id -> NativeIds.of(chain, id)).orElse(""),
        progress.confirmations());
  }

  private static void awaitEnd(SwapParty party, SwapStatus wanted) {
    SwapView view =
        Waiting.until(
            "the end of the swap",
            () -> party.engine().swaps().getFirst(),
            swap -> swap.status().isEnd());
    if (view.status() != wanted) {
      throw new DevnetException("the swap ended as " + view.status() + ", not " + wanted);
    }
  }

  private static void requireGain(
      String what, Amount before, Amount after, Amount gain, BigInteger fees) {
    BigInteger least = before.value().add(gain.value()).subtract(fees);
    if (after.value().compareTo(least) < 0) {
      throw new DevnetException(
          what + ": " + before + " before, " + after + " after; " + gain + " was due");
    }
  }

  private static String name(ChainId chain) {
    if (chain.equals(Devnet.BITCOIN)) {
      return "bitcoin";
    }
    return chain.equals(Devnet.LITECOIN) ? "litecoin" : "evm";
  }
}
