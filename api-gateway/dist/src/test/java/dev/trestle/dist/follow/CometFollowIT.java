package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.crypto.Digests;
import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.JavaChild;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.cometbft.CometAnchor;
import dev.trestle.lightclient.cometbft.Commit;
import dev.trestle.lightclient.cometbft.CommitSignature;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.TrustLevel;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.lightclient.cometbft.Validator;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code light-client follow} beside a network of four real CometBFT nodes whose validators change,
 * held against what the nodes say themselves.
 */
class CometFollowIT {
  private static final int HEADERS = 1_000;

  /** By this height, three of the four first validators are out. */
  private static long changed;

  @TempDir static Path temp;

  private static ProcessRegistry registry = new ProcessRegistry(Path.of("unused"));
  private static CometNetwork network;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /**
   * A fifth validator that never votes comes and goes, powers change, and the fourth is left alone:
   * with a quarter of the power that signed the first blocks.
   */
  @BeforeAll
  static void networkWithChanges() throws IOException {
    registry = new ProcessRegistry(temp.resolve("processes"));
    network = CometNetwork.start(registry, temp);
    Bytes absent = new EdKey("absent").key();
    network.setPower(absent, 5);
    network.setPower(network.key(1), 15);
    network.setPower(absent, 0);
    for (int leaving = 0; leaving < 3; leaving++) {
      changed = network.setPower(network.key(leaving), 0) + 2;
    }
  }

  @AfterAll
  static void end() {
    registry.endAll();
  }

  @Test
  void aThousandHeadersOneByOne() {
    String start = network.blockHash(0, 1);
    assertThat(run("--trust=" + start, "--until=" + HEADERS, "--for=120", "--json"))
        .as(err.toString())
        .isZero();
    JsonNode last = last();
    long head = last.get("head").asLong();
    assertThat(head).isGreaterThanOrEqualTo(HEADERS);
    assertThat(last.get("verified").asLong()).isEqualTo(head - 1);
    assertThat(last.get("final").asLong()).isEqualTo(head);
    network.awaitHeight(2, head, 30);
    assertThat(last.get("id").asString())
        .isEqualTo(network.blockHash(0, head))
        .isEqualTo(network.blockHash(2, head));
  }

  @Test
  void everyHeaderAndSetIsWhatTheNodeSays() throws IOException {
    try (NodeHttp http = new NodeHttp(network.endpoint(1))) {
      CometNode node = new CometNode(http);
      network.awaitHeight(1, changed + 5, 60);
      CometFollow follow = follow(node, 1, false);
      List<Long> sizes = new ArrayList<>();
      for (long height = 1; height <= changed; height++) {
        SignedHeader signed = node.signedHeader(height);
        ValidatorSet validators = node.validators(height);
        assertThat(signed.header().hash().toHex())
            .isEqualToIgnoringCase(network.blockHash(3, height));
        assertThat(signed.header().validatorsHash()).isEqualTo(validators.hash().bytes());
        sizes.add((long) validators.size());
      }
      assertThat(sizes).contains(5L, 4L, 3L, 2L).last().isEqualTo(1L);
      while (follow.head().height() < changed) {
        assertThat(follow.step()).isTrue();
      }
      assertThat(follow.id()).isEqualTo(network.blockHash(3, follow.head().height()));
    }
  }

  @Test
  void headersAreSkippedAsFarAsTrustReaches() {
    network.awaitHeight(0, changed + 10, 60);
    String start = network.blockHash(0, 1);
    assertThat(run("--trust=" + start, "--until=" + (changed + 10), "--for=60", "--skip", "--json"))
        .as(err.toString())
        .isZero();
    JsonNode last = last();
    long head = last.get("head").asLong();
    // one stop at least: who signs now has too little of the first power
    assertThat(last.get("verified").asLong()).isBetween(2L, 20L);
    assertThat(last.get("id").asString()).isEqualTo(network.blockHash(0, head));

    String later = network.blockHash(0, changed);
    assertThat(run("--trust=" + later, "--until=" + (changed + 10), "--skip", "--json")).isZero();
    assertThat(last().get("verified").asLong()).as("no change between: one step").isLessThan(4);
  }

  @Test
  void aNodeThatForgesIsRefused() {
    try (NodeHttp http = new NodeHttp(network.endpoint(0))) {
      CometNode node = new CometNode(http);
      network.awaitHeight(0, changed + 5, 60);
      refused(new Forging(node, CometFollowIT::otherVote, set -> set), "bad-signature: .*");
      refused(new Forging(node, CometFollowIT::noVotes, set -> set), "quorum-low: .*");
      refused(new Forging(node, signed -> signed, CometFollowIT::stranger), "validators-hash: .*");
      refused(new Shifted(node), "bad-prev: .*");
    }
  }

  private static void refused(CometSource source, String why) {
    for (boolean skipping : new boolean[] {false, true}) {
      if (skipping && source instanceof Shifted) {
        continue; // a later header than asked for is as good
      }
      CometFollow follow = follow(source, 1, skipping);
      HeaderRef before = follow.head();
      assertThatThrownBy(follow::step).isInstanceOf(CliException.class).hasMessageMatching(why);
      assertThat(follow.head()).isEqualTo(before);
    }
  }

  @Test
  void wrongChainsAndBlocksThatTheNodeDoesNotHave() {
    assertThat(run("--trust=" + "00".repeat(32), "--for=1", "--json"))
        .isEqualTo(Failures.UNHEALTHY);
    assertThat(err.toString()).contains("\"code\":\"not-found\"");
    assertThat(run("--for=1", "--json")).isEqualTo(Failures.USAGE);
    assertThat(err.toString()).contains("\"code\":\"no-anchor\"");
    assertThat(execute("--chain=cosmos:another-1", "--node=" + network.endpoint(0), "--json"))
        .isEqualTo(Failures.USAGE);
    assertThat(err.toString()).contains("\"code\":\"wrong-chain\"");
    assertThat(
            execute("--chain=cosmos:" + CometNetwork.CHAIN, "--node=http://127.0.0.1:1", "--json"))
        .isEqualTo(Failures.UNHEALTHY);
    assertThat(err.toString()).contains("\"code\":\"unreachable\"");
    assertThat(execute("--chain=polkadot:91b171bb158e2d3848fa23a9f1c25182", "--json"))
        .isEqualTo(Failures.USAGE);
    assertThat(err.toString()).contains("\"code\":\"not-followable\"");
  }

  /**
   * SIGTERM, which runs the same hook as a person's SIGINT; that one would be ignored wherever this
   * build itself runs in the background of a shell. The last line is the summary.
   */
  @Test
  void anInterruptEndsItWithASummary() throws Exception {
    Process process =
        new ProcessBuilder(
                JavaChild.command(
                    List.of(
                        "light-client",
                        "follow",
                        "--chain=cosmos:" + CometNetwork.CHAIN,
                        "--node=" + network.endpoint(0),
                        "--trust=" + network.blockHash(0, 1))))
            .redirectError(temp.resolve("follow.err").toFile())
            .start();
    registry.add("follow", process.toHandle());
    try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(reader.readLine()).startsWith("[").contains(" head ", " final ", " MiB");
      process.toHandle().destroy(); // that of the process would close the reader, too
      List<String> rest = reader.lines().toList();
      assertThat(rest.getLast()).matches("verified \\d+ headers in [0-9.]+ s: head \\d+ .* MiB");
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
  }

  private int run(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of("--chain=cosmos:" + CometNetwork.CHAIN, "--node=" + network.endpoint(0)));
    all.addAll(List.of(arguments));
    return execute(all.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    List<String> all = new ArrayList<>(List.of("light-client", "follow"));
    all.addAll(List.of(arguments));
    CommandLine line = TrestleMain.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
    return line.execute(all.toArray(String[]::new));
  }

  private JsonNode last() {
    JsonNode last = JsonMapper.shared().readTree(out.toString().lines().toList().getLast());
    assertThat(last.get("summary").asBoolean()).isTrue();
    return last;
  }

  private static CometFollow follow(CometSource source, long from, boolean skipping) {
    CometAnchor anchor =
        new CometAnchor(
            new TrustOptions(TrustLevel.ONE_THIRD, Duration.ofDays(14), Duration.ofSeconds(10)),
            Duration.ofDays(21),
            honest(source).signedHeader(from).header());
    return new CometFollow(source, anchor, skipping, TimeSource.system());
  }

  private static CometSource honest(CometSource source) {
    return switch (source) {
      case Forging forging -> forging.node();
      case Shifted shifted -> shifted.node();
      default -> source;
    };
  }

  /** The first vote that there is, with one bit turned. */
  private static SignedHeader otherVote(SignedHeader signed) {
    List<CommitSignature> votes = new ArrayList<>(signed.commit().signatures());
    for (int i = 0; i < votes.size(); i++) {
      CommitSignature vote = votes.get(i);
      if (vote.vote() == CommitSignature.Vote.COMMIT) {
        byte[] signature = vote.signature().toArray();
        signature[40] ^= 1;
        votes.set(
            i,
            new CommitSignature(
                vote.vote(), vote.address(), vote.timestamp(), Bytes.wrap(signature)));
        return with(signed, votes);
      }
    }
    throw new AssertionError("a commit without votes");
  }

  private static SignedHeader noVotes(SignedHeader signed) {
    return with(
        signed, signed.commit().signatures().stream().map(_ -> CommitSignature.ABSENT).toList());
  }

  private static SignedHeader with(SignedHeader signed, List<CommitSignature> votes) {
    Commit commit = signed.commit();
    return new SignedHeader(
        signed.header(), new Commit(commit.height(), commit.round(), commit.blockId(), votes));
  }

  private static ValidatorSet stranger(ValidatorSet set) {
    return new ValidatorSet(List.of(Validator.of(new EdKey("stranger").key(), set.totalPower())));
  }

  private record EdKey(String seed) {
    /** A point of the curve that nobody has the key of: the first hash that decodes. */
    Bytes key() {
      Hash32 hash = Digests.sha256(Bytes.utf8(seed));
      while (dev.trestle.crypto.Ed25519PublicKey.decode(hash.bytes()).isEmpty()) {
        hash = Digests.sha256(hash.bytes());
      }
      return hash.bytes();
    }
  }

  private record Forging(
      CometSource node, UnaryOperator<SignedHeader> header, UnaryOperator<ValidatorSet> set)
      implements CometSource {
    @Override
    public long latest() {
      return node.latest();
    }

    @Override
    public SignedHeader signedHeader(long height) {
      return header.apply(node.signedHeader(height));
    }

    @Override
    public ValidatorSet validators(long height) {
      return set.apply(node.validators(height));
    }
  }

  /** Gives the block after the one that it is asked for. */
  private record Shifted(CometSource node) implements CometSource {
    @Override
    public long latest() {
      return node.latest();
    }

    @Override
    public SignedHeader signedHeader(long height) {
      return node.signedHeader(height + 1);
    }

    @Override
    public ValidatorSet validators(long height) {
      return node.validators(height);
    }
  }
}
