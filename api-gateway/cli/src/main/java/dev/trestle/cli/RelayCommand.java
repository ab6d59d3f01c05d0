package dev.trestle.cli;

import dev.trestle.relay.verifier.ReceiptBundle;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.PacketVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The relay chain: status, blocks, transactions, validators, and offline verification. */
@Command(
    name = "relay",
    description = "The relay chain: status, blocks, transactions, validators, proofs.",
    subcommands = {
      RelayCommand.Status.class,
      RelayCommand.Block.class,
      RelayCommand.Tx.class,
      RelayCommand.Validators.class,
      RelayCommand.Proof.class,
      VerifyCommand.class
    })
final class RelayCommand {
  private RelayCommand() {}

  @Command(name = "status", description = "Height and health; exit 7 when it makes no blocks.")
  static final class Status extends Output.Base implements Callable<Integer> {
    @Override
    public Integer call() {
      Api.RelayStatus status = output().hub().relayStatus();
      output()
          .show(
              status,
              "height     " + status.height(),
              "head       " + status.head(),
              "validators " + status.validators() + " (quorum " + status.quorum() + ")",
              "health     " + health(status));
      return status.healthy() ? 0 : Failures.UNHEALTHY;
    }
  }

  /** Whether it makes blocks, since when it does not, and who is missing; for people. */
  static String health(Api.RelayStatus status) {
    String since =
        status
            .stalledSinceMillis()
            .map(Instant::ofEpochMilli)
            .map(start -> " since " + start.truncatedTo(ChronoUnit.SECONDS))
            .orElse("");
    String missing =
        status.unreachable().isEmpty()
            ? ""
            : ", unreachable validators: " + String.join(" ", status.unreachable());
    return (status.healthy() ? "healthy" : "STALLED" + since) + missing;
  }

  @Command(name = "block", description = "Show one block.")
  static final class Block extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "HEIGHT")
    private long height;

    @Override
    public Integer call() {
      Api.Block block = output().hub().block(height);
      output()
          .show(
              block,
              "height       " + block.height(),
              "id           " + block.id(),
              "stateRoot    " + block.stateRoot(),
              "outboxRoot   " + block.outboxRoot(),
              "transactions " + block.transactions().size());
      return 0;
    }
  }

  @Command(name = "tx", description = "Show what became of a transaction.")
  static final class Tx extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "ID")
    private String id = "";

    @Override
    public Integer call() {
      Api.TransactionReceipt receipt = output().hub().receipt(id);
      output()
          .show(
              receipt,
              receipt.id()
                  + "  "
                  + receipt.status()
                  + receipt.height().map(h -> "  height " + h).orElse("")
                  + receipt.code().map(c -> "  " + c).orElse(""));
      return 0;
    }
  }

  @Command(name = "validators", description = "List the validators.")
  static final class Validators extends Output.Base implements Callable<Integer> {
    @Override
    public Integer call() {
      Api.Validators set = output().hub().validators();
      output()
          .table(
              set.validators(),
              List.of("INDEX", "ADDRESS", "KEY"),
              v -> List.of(Integer.toString(v.index()), v.address(), v.publicKey()));
      return 0;
    }
  }

  @Command(
      name = "proof",
      description = "Fetch the proof of a packet and verify it against a genesis; exit 8 if wrong.")
  static final class Proof extends Output.Base implements Callable<Integer> {
    @Parameters(paramLabel = "PACKET", description = "Packet id, hex.")
    private String packet = "";

    @Option(
        names = "--genesis",
        required = true,
        description = "Genesis document (hex) that you trust.")
    private Path genesis = Path.of("genesis.hex");

    @Option(
        names = "--out",
        description = "Also write a receipt bundle, which 'relay verify' checks without a gateway.")
    private Optional<Path> out = Optional.empty();

    @Override
    public Integer call() {
      Api.PacketProof proof = output().hub().packetProof(dev.trestle.base.Hash32.fromHex(packet));
      PacketVerifier.Verified verified = PacketVerifier.verify(GenesisFile.load(genesis), proof);
      out.ifPresent(file -> write(file, PacketVerifier.bundle(proof)));
      output()
          .show(
              proof,
              "packet      " + verified.packetId(),
              "height      " + verified.height(),
              "signatures  " + verified.signatures() + " of " + verified.validators(),
              "verified    yes");
      return 0;
    }

    private static void write(Path file, ReceiptBundle bundle) {
      try {
        Files.write(file, bundle.encode().toArray());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + file, e);
      }
    }
  }
}
