package dev.trestle.dist.devnet;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.cli.Wallet;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.role.ConfigFiles;
import dev.trestle.relay.node.NodeFiles;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.HubClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * A user's wallet folder for a running local network: the network's nodes, its genesis, and coins
 * that are worth nothing.
 *
 * @param bitcoin address of the wallet's coins
 * @param evm address of the wallet on the EVM chain
 */
public record DevnetWallet(String bitcoin, String evm) {
  private static final Amount COINS = Amount.of(100_000_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofMillis(300);

  /** Makes the folder where it is missing, pays it, and waits for the coins. */
  public static DevnetWallet make(Path networkDir, Path folder) {
    DevnetNetwork network = DevnetNetwork.read(networkDir);
    DevnetFiles files = new DevnetFiles(networkDir);
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new DevnetException("cannot write " + folder, e);
    }
    NodeFiles.writeGenesis(folder.resolve("genesis.hex"), files.genesis());
    ConfigFiles.write(
        folder.resolve("chains.json"), Chains.read(files.gateway().resolve("chains.json")));
    try (Wallet wallet = Wallet.open(folder)) {
      ChainAdapter chain = wallet.chains().require(Devnet.BITCOIN);
      SecretKey faucet = files.faucet(Devnet.BITCOIN);
      String address = chain.transactions().address(wallet.chainKey(Devnet.BITCOIN));
      SignedTransaction payment =
          await(chain.transactions().preparePayment(faucet, address, COINS));
      await(chain.transactions().broadcast(payment.raw()));
      SecretKey evmKey = wallet.chainKey(Devnet.EVM);
      DevnetEntries.fund(new NodeRpc(network.evmNode()), evmKey);
      new HubClient(URI.create(network.gateway()))
          .await(
              "the wallet's coins",
              () -> await(chain.transactions().balance(address)),
              balance -> !balance.isLessThan(COINS),
              PATIENCE,
              INTERVAL);
      return new DevnetWallet(address, evmKey.publicKey().evmAddress().toString());
    }
  }
}
