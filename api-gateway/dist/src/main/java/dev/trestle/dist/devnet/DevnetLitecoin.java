package dev.trestle.dist.devnet;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.role.ConfigFiles;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.HubClient;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Litecoin node beside a running local network, and the registration with which it can join: what
 * an operator of a chain and a governance quorum do together before {@code chain register}.
 */
public final class DevnetLitecoin {
  private static final Amount LIMIT = Amount.of(100_000_000_000_000L);

  private DevnetLitecoin() {}

  /**
   * Starts the node and its miner, tells the gateway of it, and writes the signed registration.
   *
   * @param registration file for the hex of the relay transaction
   * @return where the node listens
   * @throws CliException if there is no network in {@code dir}, or Litecoin is part of it already
   */
  public static URI prepare(Path dir, Path registration) {
    DevnetNetwork network = DevnetNetwork.read(dir);
    DevnetFiles files = new DevnetFiles(dir);
    Path chainsFile = files.gateway().resolve("chains.json");
    List<Chains.Entry> entries = new ArrayList<>(Chains.read(chainsFile));
    if (entries.stream().anyMatch(each -> each.chain().equals(Devnet.LITECOIN.toString()))) {
      throw new CliException(
          "already-there", Failures.CONFLICT, "Litecoin is part of the network already");
    }
    ProcessRegistry processes = new ProcessRegistry(dir.resolve("processes"));
    ChainNode node = ChainNode.litecoind(processes, dir);
    String faucet = files.faucetAddress(Devnet.LITECOIN);
    node.mineFirstBlocks(ChainNode.LITECOIN_FIRST_HEIGHT, faucet, TimeSource.system().nowSeconds());
    JavaChild.start(
        processes,
        dir,
        "miner-litecoin",
        List.of("devnet", "mine", "--rpc", node.endpoint().toString(), "--address", faucet));
    Chains.Entry entry = DevnetEntries.litecoin(node.endpoint());
    Bytes signed = signedRegistration(network, files, entry);
    entries.add(entry);
    ConfigFiles.write(chainsFile, entries); // the gateway takes it up by itself
    try {
      Files.writeString(registration, signed.toHex() + "\n");
    } catch (IOException e) {
      throw new DevnetException("cannot write " + registration, e);
    }
    return node.endpoint();
  }

  private static Bytes signedRegistration(
      DevnetNetwork network, DevnetFiles files, Chains.Entry entry) {
    HubClient hub = new HubClient(URI.create(network.gateway()));
    Vertx vertx = Vertx.vertx();
    try (Chains chains = new Chains(vertx, TimeSource.system()).addAll(List.of(entry))) {
      TransactionBody body =
          new Registrations(files.genesis(), files.governanceKeys(), hub.governance().epoch())
              .proofOfWork(
                  chains.require(Devnet.LITECOIN), "litecoin", Devnet.CONFIRMATIONS, LIMIT);
      SecretKey operator = files.key("operator-relay");
      long nonce = hub.account(operator.publicKey().toString()).nonce();
      return Transaction.sign(files.genesis().chainId(), operator, nonce, body).encode();
    } finally {
      vertx.close();
    }
  }
}
