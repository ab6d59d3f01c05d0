package dev.trestle.dist.devnet;

import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.dist.role.ConfigFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code network.json} of a local network: what is where. It is written last, so a network with the
 * file is complete.
 *
 * @param bitcoin Bitcoin node, with user and password
 * @param genesis genesis file
 */
public record DevnetNetwork(
    String gateway,
    String bitcoin,
    String evm,
    String genesis,
    String bridge,
    String wrapped,
    String htlc) {
  static Path file(Path dir) {
    return dir.resolve("network.json");
  }

  /** Whether the network in {@code dir} was made completely. */
  public static boolean exists(Path dir) {
    return Files.exists(file(dir));
  }

  /** Whether the network in {@code dir} was made completely and any of its processes still runs. */
  public static boolean isUp(Path dir) {
    return exists(dir) && !new ProcessRegistry(dir.resolve("processes")).running().isEmpty();
  }

  /** Reads it; a network that is not there is a {@link CliException}. */
  public static DevnetNetwork read(Path dir) {
    if (!exists(dir)) {
      throw new CliException(
          "no-network",
          Failures.NOT_FOUND,
          "there is no local network in " + dir + ": start it with ./trestle up");
    }
    return ConfigFiles.read(file(dir), DevnetNetwork.class);
  }

  static DevnetNetwork of(URI gateway, URI bitcoin, URI evm, Path genesis, Contracts contracts) {
    return new DevnetNetwork(
        gateway.toString(),
        bitcoin.toString(),
        evm.toString(),
        genesis.toString(),
        contracts.bridge().toString(),
        contracts.wrapped().toString(),
        contracts.htlc().toString());
  }

  void write(Path dir) {
    ConfigFiles.write(file(dir), this);
  }

  URI bitcoinNode() {
    return URI.create(bitcoin);
  }

  URI evmNode() {
    return URI.create(evm);
  }
}
