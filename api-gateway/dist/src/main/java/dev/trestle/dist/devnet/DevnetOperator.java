package dev.trestle.dist.devnet;

import dev.trestle.base.Amount;
import dev.trestle.base.ChainId;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.HubException;
import dev.trestle.sdk.RelaySigner;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What the operator of a local network does once: registers its chains and the bridge's route. */
public final class DevnetOperator {
  private static final Amount LIMIT = Amount.of(100_000_000_000_000L);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final DevnetFiles files;
  private final HubClient hub;
  private final Chains chains;
  private final EvmAddress bridge;

  public DevnetOperator(DevnetFiles files, HubClient hub, Chains chains, EvmAddress bridge) {
    this.files = files;
    this.hub = hub;
    this.chains = chains;
    this.bridge = bridge;
  }

  /** Waits until the gateway answers. */
  public void awaitGateway(Duration patience) {
    hub.await("the gateway", this::isReady, ready -> ready, patience, INTERVAL);
  }

  private boolean isReady() {
    try {
      hub.relayStatus();
      return true;
    } catch (HubException e) {
      return false;
    }
  }

  /**
   * Registers what is not registered yet, both chains at once, with the governance quorum's
   * signatures.
   */
  public void register() {
    CompletableFuture<Void> evm = CompletableFuture.runAsync(this::registerEvm);
    if (!knows(Devnet.BITCOIN)) {
      signer("operator-relay")
          .submit(
              registrations()
                  .proofOfWork(
                      chains.require(Devnet.BITCOIN), "bitcoin", Devnet.CONFIRMATIONS, LIMIT));
    }
    awaitActive(Devnet.BITCOIN);
    evm.join();
    if (hub.routes().stream().noneMatch(route -> route.kind().equals("transfer"))) {
      signer("operator-relay")
          .submit(
              registrations()
                  .route(
                      Devnet.BTC,
                      Devnet.EVM,
                      bridge.bytes(),
                      Devnet.LEAST_TRANSFER,
                      Devnet.MOST_TRANSFER,
                      Devnet.FEE_RATE,
                      Devnet.CONFIRMATIONS));
    }
  }

  /** With a sender of its own: two transactions of one sender would wait for each other. */
  private void registerEvm() {
    if (!knows(Devnet.EVM)) {
      signer("operator-relay-evm")
          .submit(
              registrations()
                  .attested(chains.require(Devnet.EVM), bridge.bytes(), attestationKeys(), LIMIT));
    }
    awaitActive(Devnet.EVM);
  }

  private Registrations registrations() {
    return new Registrations(files.genesis(), files.governanceKeys(), hub.governance().epoch());
  }

  private RelaySigner signer(String sender) {
    return new RelaySigner(hub, files.genesis().chainId(), files.key(sender));
  }

  /** Keys of a quorum of members, by number. */
  private SortedMap<Integer, SecretKey> attestationKeys() {
    SortedMap<Integer, SecretKey> keys = new TreeMap<>();
    for (int i = 0; i < DevnetFiles.MEMBER_THRESHOLD; i++) {
      keys.put(i, files.memberKeys(i).attestation());
    }
    return keys;
  }

  private boolean knows(ChainId chain) {
    return hub.chains().stream().anyMatch(found -> found.chain().equals(chain.toString()));
  }

  /** Waits until a chain's probation is over. */
  void awaitActive(ChainId chain) {
    hub.await(
        chain + " to become active",
        () -> hub.chain(chain.toString()),
        found -> found.status().equals("active"),
        PATIENCE,
        INTERVAL);
  }
}
