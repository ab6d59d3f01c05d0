package dev.trestle.dist.demo;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetConfigs;
import dev.trestle.htlc.ChainPorts;
import dev.trestle.htlc.EngineSettings;
import dev.trestle.htlc.TimelockPolicy;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.SwapParty;
import dev.trestle.sdk.TransferParty;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Somebody who uses the hub: own seed, own keys, own connections to the nodes. */
final class Party implements AutoCloseable {
  private final Devnet network;
  private final Path folder;
  private final Bytes seed;
  private final Chains chains;

  Party(Devnet network, Vertx vertx, String name, List<Chains.Entry> entries) {
    this.network = network;
    this.folder = network.files().dir().resolve("party-" + name);
    byte[] fresh = new byte[32];
    new SecureRandom().nextBytes(fresh);
    this.seed = Bytes.wrap(fresh);
    this.chains = new Chains(vertx, TimeSource.system()).addAll(entries);
  }

  SecretKey key(ChainId chain) {
    return SecretKey.derive(seed, "wallet/" + chain);
  }

  SecretKey key(String purpose) {
    return SecretKey.derive(seed, "purpose/" + purpose);
  }

  ChainAdapter chain(ChainId chain) {
    return chains.require(chain);
  }

  ChainPorts ports(ChainId chain) {
    return ChainPorts.of(chain(chain));
  }

  String address(ChainId chain) {
    return chain(chain).transactions().address(key(chain));
  }

  /** Balance as the node has it now. */
  Amount balance(ChainId chain) {
    return await(chain(chain).transactions().balance(address(chain)));
  }

  /** Pays this party from the coins that mining brought. */
  SignedTransaction fundFromFaucet(ChainId chain, Amount amount) {
    ChainAdapter adapter = network.chains().require(chain);
    SignedTransaction payment =
        await(adapter.transactions().preparePayment(network.faucet(chain), address(chain), amount));
    await(adapter.transactions().broadcast(payment.raw()));
    return payment;
  }

  void fundEvm() {
    network.fund(key(Devnet.EVM));
  }

  /** Opens this party's swaps; those under way go on. */
  SwapParty swaps() {
    Map<ChainId, ChainAdapter> adapters = chains.all();
    Map<ChainId, SecretKey> wallets = new TreeMap<>();
    adapters.keySet().forEach(chain -> wallets.put(chain, key(chain)));
    return SwapParty.open(
        network.hub(),
        network.genesis().chainId(),
        folder.resolve("swaps"),
        adapters,
        wallets,
        seed,
        TimeSource.system(),
        settings());
  }

  TransferParty transfers() {
    return new TransferParty(network.hub(), network.genesis(), key("relay"));
  }

  private static EngineSettings settings() {
    EngineSettings defaults = EngineSettings.defaults();
    return new EngineSettings(
        new TimelockPolicy(DevnetConfigs.OUTAGE_SECONDS, DevnetConfigs.START_WINDOW_SECONDS),
        Duration.ofMillis(250),
        defaults.watchEvery(),
        defaults.watchFor(),
        Duration.ofSeconds(2),
        defaults.replaceAfter(),
        Duration.ofSeconds(15),
        Map.of());
  }

  @Override
  public void close() {
    chains.close();
  }
}
