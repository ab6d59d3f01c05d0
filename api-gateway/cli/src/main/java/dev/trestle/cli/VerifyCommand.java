package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.verifier.ReceiptBundle;
import dev.trestle.relay.verifier.RelayChainClient;
import dev.trestle.relay.verifier.VerifiedBlock;
import dev.trestle.relay.verifier.VerifierCode;
import dev.trestle.sdk.PacketVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Receipt bundles against a trusted start, without a gateway or a network. */
@Command(
    name = "verify",
    description =
        "Verify receipt bundles offline against a genesis or a validator set; exit 8 if one is wrong.")
final class VerifyCommand extends Output.Base implements Callable<Integer> {
  /** Bytes of the largest file that is read; longer ones are no bundles. */
  private static final int MAX_FILE = 64 * 1024 * 1024;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Receipt bundles.")
  private List<Path> files = List.of();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Trust trust = new Trust();

  /** What one starts from. */
  static final class Trust {
    @Option(names = "--genesis", description = "Genesis document (hex) that you trust.")
    private Path genesis = Path.of("");

    @ArgGroup(exclusive = false)
    private Set set = new Set();
  }

  /** An era of the chain that one trusts. */
  static final class Set {
    @Option(names = "--relay-chain", required = true, description = "Relay chain id, hex.")
    private String chain = "";

    @Option(
        names = "--validators",
        required = true,
        split = ",",
        description = "Addresses of the era's validators, ascending.")
    private List<String> validators = List.of();

    @Option(
        names = "--epoch",
        description = "First epoch of that era, ${DEFAULT-VALUE} if left out.")
    private long epoch;

    @Option(
        names = "--height",
        description = "First height of that era, ${DEFAULT-VALUE} if left out.")
    private long height = 1;
  }

  /**
   * What is said of one file.
   *
   * @param code {@code ok}, or why it is refused
   * @param claim what the bundle shows, for people
   */
  record Result(String file, boolean ok, String code, String detail, String claim, long height) {}

  @Override
  public Integer call() {
    RelayChainClient start = start();
    boolean all = true;
    for (Path file : files) {
      Result result = check(file, start);
      all &= result.ok();
      output().show(result, line(result));
    }
    return all ? 0 : Failures.VERIFICATION;
  }

  private RelayChainClient start() {
    if (trust.set.chain.isEmpty()) {
      return PacketVerifier.trusting(GenesisFile.load(trust.genesis));
    }
    RelayChainClient.Era era =
        new RelayChainClient.Era(
            trust.set.epoch,
            trust.set.height,
            trust.set.validators.stream()
                .map(text -> new EvmAddress(Bytes.fromHex(text)))
                .toList());
    return switch (RelayChainClient.trusting(Hash32.fromHex(trust.set.chain), era)) {
      case Verdict.Accepted<RelayChainClient>(RelayChainClient client) -> client;
      case Verdict.Ignored<RelayChainClient>(ReasonCode reason, String detail) ->
          throw unusable(reason, detail);
      case Verdict.Later<RelayChainClient>(ReasonCode reason, String detail) ->
          throw unusable(reason, detail);
      case Verdict.Rejected<RelayChainClient>(ReasonCode reason, String detail) ->
          throw unusable(reason, detail);
    };
  }

  private static CliException unusable(ReasonCode reason, String detail) {
    return new CliException(reason.code(), Failures.USAGE, "no start of trust: " + detail);
  }

  private static Result check(Path file, RelayChainClient start) {
    Verdict<ReceiptBundle> bundle = ReceiptBundle.decode(read(file));
    String claim =
        bundle instanceof Verdict.Accepted<ReceiptBundle>(ReceiptBundle known)
            ? describe(known.claim())
            : "";
    Verdict<VerifiedBlock> block = bundle.then(known -> known.verify(start));
    return switch (block) {
      case Verdict.Accepted<VerifiedBlock>(VerifiedBlock shown) ->
          new Result(file.toString(), true, "ok", shown.toString(), claim, shown.height());
      case Verdict.Ignored<VerifiedBlock>(ReasonCode reason, String detail) ->
          refused(file, reason, detail, claim);
      case Verdict.Later<VerifiedBlock>(ReasonCode reason, String detail) ->
          refused(file, reason, detail, claim);
      case Verdict.Rejected<VerifiedBlock>(ReasonCode reason, String detail) ->
          refused(file, reason, detail, claim);
    };
  }

  private static Result refused(Path file, ReasonCode reason, String detail, String claim) {
    return new Result(file.toString(), false, reason.code(), detail, claim, 0);
  }

  private static String describe(ReceiptBundle.Claim claim) {
    return switch (claim) {
      case ReceiptBundle.Claim.Packet packet -> "packet " + packet.packetId().toHex();
      case ReceiptBundle.Claim.Entry entry ->
          (entry.value().isPresent() ? "state entry " : "no state entry ") + entry.key().toHex();
    };
  }

  private static String line(Result result) {
    return result.ok()
        ? "ok " + result.file() + "  " + result.claim() + "  in " + result.detail()
        : "rejected " + result.file() + "  " + result.code() + ": " + result.detail();
  }

  private static Bytes read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_FILE + 1);
      if (content.length > MAX_FILE) {
        throw new CliException(
            VerifierCode.MALFORMED.code(),
            Failures.VERIFICATION,
            file + " is longer than a bundle");
      }
      return Bytes.wrap(content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
