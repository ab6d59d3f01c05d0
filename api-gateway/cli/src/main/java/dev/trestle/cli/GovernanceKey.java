package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.RelaySigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of a command that signs for governance, and the signing. */
final class GovernanceKey {
  @Option(
      names = "--key-file",
      required = true,
      description = "Governance key: 32 bytes of hex, readable by its owner only.")
  private Path keyFile = Path.of("governance.key");

  @Option(
      names = "--genesis",
      required = true,
      description = "Genesis of the hub: what is signed is good on its chain alone.")
  private Path genesis = Path.of("genesis.hex");

  Api.TransactionReceipt submit(HubClient hub, TransactionBody body) {
    try (SecretKey key = read(keyFile)) {
      return new RelaySigner(hub, GenesisFile.load(genesis).chainId(), key).submit(body);
    }
  }

  private static SecretKey read(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (permissions.stream().anyMatch(each -> !each.name().startsWith("OWNER_"))) {
        throw new CliException(
            "bad-key-file", Failures.USAGE, file + " must be readable by its owner only");
      }
      return SecretKey.of(Bytes.fromHex(Files.readString(file).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (IllegalArgumentException e) {
      throw new CliException("bad-key-file", Failures.USAGE, file + " holds no key");
    }
  }
}
