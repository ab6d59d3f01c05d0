package dev.trestle.dist.devnet;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.node.NodeFiles;
import dev.trestle.sdk.Chains;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes keys, genesis, contracts and configuration of a network whose chain nodes run already. */
public final class DevnetSetup {
  private final Path dir;
  private final URI bitcoin;
  private final URI evm;

  /**
   * @param bitcoin a regtest node of Bitcoin, with user and password
   * @param evm an anvil node
   */
  public DevnetSetup(Path dir, URI bitcoin, URI evm) {
    this.dir = dir;
    this.bitcoin = bitcoin;
    this.evm = evm;
  }

  /**
   * Makes the network; one that was made completely is left as it is, what a broken start left is
   * removed. The sign guards of the validators are made here, so that a validator that comes back
   * without its guard refuses to start instead of taking itself for a new one.
   *
   * @param gateway where the network reaches its gateway
   * @return whether anything was made
   */
  public boolean make(DevnetConfigs.Topology topology, URI gateway) {
    if (DevnetNetwork.exists(dir)) {
      return false;
    }
    empty(dir);
    DevnetFiles files = new DevnetFiles(dir);
    Genesis genesis = files.createGenesis(TimeSource.system().nowMillis());
    for (int i = 0; i < DevnetFiles.VALIDATORS; i++) {
      NodeFiles.createSignGuard(files.validator(i).resolve("validator.key"));
    }
    NodeRpc anvil = new NodeRpc(evm);
    SecretKey operator = files.key("operator-evm");
    DevnetEntries.fund(anvil, operator);
    DevnetEntries.fund(anvil, files.key("gateway-evm"));
    ChainNode.mineFirstBlocks(
        new NodeRpc(bitcoin),
        ChainNode.BITCOIN_FIRST_HEIGHT,
        DevnetEntries.address(Devnet.BITCOIN, files.faucet(Devnet.BITCOIN)),
        TimeSource.system().nowSeconds());
    Contracts contracts = deploy(genesis, operator);
    List<Chains.Entry> entries =
        List.of(DevnetEntries.bitcoin(bitcoin), DevnetEntries.evm(evm, contracts.htlc()));
    new DevnetConfigs(files, topology).write(entries);
    files.key("operator-relay");
    DevnetNetwork.of(gateway, bitcoin, evm, files.genesisFile(), contracts).write(dir);
    return true;
  }

  private Contracts deploy(Genesis genesis, SecretKey operator) {
    Vertx vertx = Vertx.vertx();
    try {
      return Contracts.deploy(
          new AdapterContext(vertx, TimeSource.system()),
          Devnet.EVM,
          evm,
          genesis,
          Devnet.BTC,
          Devnet.CONFIRMATIONS,
          Contracts.leastBurn(genesis, Devnet.BTC, Devnet.LEAST_TRANSFER, Devnet.FEE_RATE),
          operator);
    } finally {
      vertx.close();
    }
  }

  /** Removes what is in {@code dir}; the folder itself may be a volume and stays. */
  static void empty(Path dir) {
    if (!Files.exists(dir)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(dir)) {
      List<Path> inside =
          paths.filter(path -> !path.equals(dir)).sorted(Comparator.reverseOrder()).toList();
      for (Path path : inside) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new DevnetException("cannot empty " + dir, e);
    }
  }
}
