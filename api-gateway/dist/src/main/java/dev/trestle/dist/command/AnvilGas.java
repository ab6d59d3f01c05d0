package dev.trestle.dist.command;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.ethereum.LightClientGas;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.devnet.ChainNode;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.relay.bench.CertificateGas;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Our light client contract on an anvil of its own, which lives as long as this. */
public final class AnvilGas implements CertificateGas {
  private static final ChainId CHAIN = ChainId.parse("eip155:31337");
  private static final String COINS = "0x21e19e0c9bab2400000"; // ten thousand
  private static final SecretKey PAYER = SecretKey.derive(Bytes.utf8("bench"), "payer");

  private final Path folder;
  private final ChainNode node;
  private final Vertx vertx = Vertx.vertx();
  private final LightClientGas gas;

  /**
   * Starts a chain.
   *
   * @param folder for its log while it runs; made here, removed by {@link #close}
   */
  public AnvilGas(Path folder) {
    this.folder = folder;
    this.node =
        ChainNode.anvil(new ProcessRegistry(folder.resolve("processes")), folder, Optional.empty());
    node.rpc().call("anvil_setBalance", PAYER.publicKey().evmAddress().toString(), COINS);
    this.gas =
        new LightClientGas(
            new AdapterContext(vertx, TimeSource.system()),
            new ChainConfig(CHAIN, List.of(node.endpoint()), Map.of("poll-millis", "50")));
  }

  @Override
  public Cost verify(Hash32 chainId, Bytes header, Bytes certificate, List<EvmAddress> validators) {
    LightClientGas.Cost cost =
        Async.await(gas.verify(PAYER, chainId, header, certificate, validators));
    return new Cost(cost.total(), cost.calldata(), cost.execution());
  }

  @Override
  public void close() {
    gas.close();
    Async.await(vertx.close());
    node.process().stop();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
