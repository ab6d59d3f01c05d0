package dev.trestle.dist.refusal;

import static dev.trestle.adapter.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.HubException;
import dev.trestle.sdk.RelaySigner;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The network that is lied to, and the liar. */
final class Scene implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final Path dir;
  private final Devnet network;
  private final Rest rest;
  private final RelaySigner liar;
  private final Bytes seed;
  private final List<String> progress = new CopyOnWriteArrayList<>();

  private Scene(Path dir) {
    this.dir = dir;
    byte[] fresh = new byte[32];
    new SecureRandom().nextBytes(fresh);
    this.seed = Bytes.wrap(fresh);
    this.network = Devnet.start(dir.resolve("network"), 0, false, progress::add);
    this.rest = new Rest(network.gatewayUrl());
    this.liar = new RelaySigner(network.hub(), network.genesis().chainId(), key("liar"));
  }

  static Scene start(Path dir) {
    return new Scene(dir);
  }

  /** For files of the tests. */
  Path dir() {
    return dir;
  }

  Devnet network() {
    return network;
  }

  Rest rest() {
    return rest;
  }

  HubClient hub() {
    return network.hub();
  }

  ChainAdapter chain(ChainId chain) {
    return network.chains().require(chain);
  }

  /** A key that nobody else has. */
  SecretKey key(String purpose) {
    return SecretKey.derive(seed, purpose);
  }

  /** The way that transfers of bitcoin take. */
  Api.Route route() {
    return hub().routes().stream()
        .filter(each -> each.kind().equals("transfer"))
        .findFirst()
        .orElseThrow();
  }

  /** Runs what must be refused, and holds the hub's state before against that after. */
  void unchanged(Runnable refusals) {
    HubState before = HubState.of(network);
    long height = hub().relayStatus().height();
    refusals.run();
    assertThat(HubState.of(network)).isEqualTo(before);
    Api.RelayStatus status = hub().relayStatus();
    assertThat(status.height()).isGreaterThanOrEqualTo(height);
    assertThat(status.healthy()).isTrue();
    HubState.requireHonestHeads(network);
  }

  /** The ledger refuses {@code body} with {@code code}; its receipt says so for ever. */
  void refused(String code, TransactionBody body) {
    HubException refusal = catchThrowableOfType(HubException.class, () -> liar.submit(body));
    assertThat(refusal).as("%s was accepted, not refused: %s", body, code).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
  }

  /** The ledger applies {@code body}. */
  void accepted(TransactionBody body) {
    assertThat(liar.submit(body).status()).isEqualTo("succeeded");
  }

  <T> T until(String what, Supplier<T> question, Predicate<T> done) {
    return hub().await(what, question, done, PATIENCE, INTERVAL);
  }

  /** Waits until the validators' light client of {@code chain} knows the block at a height. */
  void awaitVerified(ChainId chain, long height) {
    until(
        "block " + height + " of " + chain,
        () -> hub().chain(chain.toString()).client().height(),
        known -> known >= height);
  }

  /** Mines on Bitcoin, whose miner must be paused, until the light client has the new blocks. */
  long mine(int blocks) {
    network.bitcoind().mine(blocks, network.files().faucetAddress(Devnet.BITCOIN));
    long height = await(chain(Devnet.BITCOIN).headers().latest()).ref().height();
    awaitVerified(Devnet.BITCOIN, height);
    return height;
  }

  /** Runs {@code work} while no block of Bitcoin comes but those that it mines itself. */
  void withoutMiner(Runnable work) {
    network.miner().pause();
    try {
      awaitVerified(Devnet.BITCOIN, await(chain(Devnet.BITCOIN).headers().latest()).ref().height());
      work.run();
    } finally {
      network.miner().resume();
    }
  }

  /** One bit of {@code bytes} the other way, counted from the first byte's lowest. */
  static Bytes flip(Bytes bytes, int bit) {
    byte[] changed = bytes.toArray();
    changed[bit / 8] ^= (byte) (1 << (bit % 8));
    return Bytes.wrap(changed);
  }

  @Override
  public void close() {
    network.close();
  }
}
