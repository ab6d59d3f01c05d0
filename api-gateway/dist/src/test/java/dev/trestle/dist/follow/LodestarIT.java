package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.BeaconNetwork.Activation;
import dev.trestle.lightclient.ethereum.EthereumAnchor;
import dev.trestle.lightclient.ethereum.EthereumFamily;
import dev.trestle.lightclient.ethereum.EthereumMessage;
import dev.trestle.lightclient.ethereum.Preset;
import dev.trestle.lightclient.ethereum.Profile;
import dev.trestle.lightclient.ethereum.SyncCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sync-committee client beside a real beacon node (Lodestar, Capella) with its validators and
 * geth: every slot's optimistic update, every finality and sixteen committees, then the command
 * while the chain goes on; held against the headers that the node has, and geth's final block.
 */
class LodestarIT {
  private static final int HEADERS = 1_000;

  /** Slots to catch up: those before the first finality are followed from there. */
  private static final int SLOTS = HEADERS + 20;

  private static final String CHAIN = "eip155:" + BeaconChain.CHAIN;

  /** Bytes before the branch in a {@code LightClientFinalityUpdate}: two offsets. */
  private static final int OFFSETS = 8;

  /** Bytes of the branch, and of the bits of 32 seats and the signature after it. */
  private static final int BRANCH = 6 * Hash32.SIZE;

  private static final int AGGREGATE = 4 + 96;

  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private ProcessRegistry registry = new ProcessRegistry(Path.of("unused"));
  private long nowSeconds;
  private long headers;
  private long signed;

  @AfterEach
  void end() {
    registry.endAll();
  }

  @Test
  void aThousandHeadersAndOnWithTheWallClock() throws Exception {
    registry = new ProcessRegistry(temp.resolve("processes"));
    try (BeaconTraffic traffic = new BeaconTraffic();
        LodestarNode node = LodestarNode.start(registry, temp, SLOTS);
        NodeHttp http = new NodeHttp(node.rest())) {
      BeaconNetwork network = network(node.next());
      BeaconRest source = new BeaconRest(http, network.preset());
      node.rpc().call("eth_sendRawTransaction", traffic.deployment());
      long slot = firstFinality(node, source);
      nowSeconds = network.timeAt(slot);
      EthereumAnchor anchor = anchor(network, source, finalRoot(http));
      BeaconFollow follow = new BeaconFollow(source, anchor, true, this::millis);
      Hash32 newest = anchor.trustedRoot();
      boolean catchingUp = true;
      while (catchingUp && headers < HEADERS) {
        slot++;
        nowSeconds = network.timeAt(slot);
        catchingUp = node.reaches(slot);
        if (slot % BeaconChain.SLOTS_PER_EPOCH == 1) {
          node.rpc().call("eth_sendRawTransaction", traffic.call());
        }
        newest = catchingUp ? slot(node, follow, http, newest) : newest;
      }
      assertThat(headers).isGreaterThanOrEqualTo(HEADERS);
      assertThat(catchingUp && node.reaches(Integer.MAX_VALUE)).isFalse();
      assertThat(signed).isGreaterThan(headers / 2); // an aggregate that comes late makes no update
      nowSeconds = System.currentTimeMillis() / 1_000;
      BeaconSource.Served finality = source.finality().orElseThrow();
      follow.step();
      assertTampered(follow.memory(), finality, network);
      traffic.prove(node.rpc(), follow.memory());
      assertForgedHeaderRefused(source, anchor);
      command(node, anchor, follow.head().height() + 1);
    }
    System.out.printf("beacon node: %d headers, %d of them signed, as the node%n", headers, signed);
  }

  /** The slot at whose end the node serves something final. */
  private static long firstFinality(LodestarNode node, BeaconRest source) throws IOException {
    long slot = 0;
    while (!servesFinality(source)) {
      slot++;
      assertThat(node.reaches(slot)).isTrue();
    }
    return slot;
  }

  /** This node says 500 until then. */
  private static boolean servesFinality(BeaconRest source) {
    try {
      return source.finality().isPresent();
    } catch (AdapterException e) {
      assertThat(e.error()).isEqualTo(AdapterError.NODE_ERROR);
      return false;
    }
  }

  private static Hash32 finalRoot(NodeHttp http) {
    JsonNode answer = http.get("eth/v1/beacon/states/head/finality_checkpoints").orElseThrow();
    return hash(answer.at("/data/finalized/root"));
  }

  /** What is signed in a slot; the node and geth must have the same. */
  private Hash32 slot(LodestarNode node, BeaconFollow follow, NodeHttp http, Hash32 newest) {
    if (follow.step()) {
      BeaconChecks.sameBlock(follow.head(), gethBlock(node, follow.head().height()));
    }
    BeaconRest source = new BeaconRest(http, Preset.MINIMAL);
    BeaconSource.Served served = source.optimistic().orElseThrow();
    BeaconBlockHeader attested = served.update().attested().beacon();
    if (attested.root().equals(newest)) {
      return newest;
    }
    Bytes message = served.message().encode();
    switch (follow.memory().verify(message)) {
      case Verdict.Accepted<VerifiedUpdate>(VerifiedUpdate update) -> follow.memory().apply(update);
      case Verdict.Ignored<VerifiedUpdate> known -> BeaconChecks.known(known);
      case Verdict.Rejected<VerifiedUpdate> no -> throw new AssertionError(no);
      case Verdict.Later<VerifiedUpdate> no -> throw new AssertionError(no);
    }
    signed++;
    BeaconBlockHeader header = attested;
    held(header, http);
    while (!header.parentRoot().equals(newest)) { // no update: signed by nobody, or a period's last
      Hash32 parent = header.parentRoot();
      header = source.header(parent);
      assertThat(header.root()).isEqualTo(parent);
      held(header, http);
    }
    return attested.root();
  }

  private void held(BeaconBlockHeader header, NodeHttp http) {
    BeaconChecks.held(header, http.get("eth/v1/beacon/headers/" + header.slot()).orElseThrow());
    headers++;
  }

  /** The newest finality update with each of its parts changed, or a slot early. */
  private void assertTampered(
      ClientMemory client, BeaconSource.Served finality, BeaconNetwork network) {
    Bytes honest = finality.message().ssz();
    int aggregate = OFFSETS + BRANCH;
    int attested = aggregate + AGGREGATE + Long.BYTES;
    int parentRoot = attested + 2 * Long.BYTES;
    Map<Integer, SyncCode> codes =
        Map.of(
            OFFSETS,
            SyncCode.FINALITY_BRANCH,
            aggregate + 50,
            SyncCode.SIGNATURE,
            parentRoot,
            SyncCode.SIGNATURE,
            parentRoot + Hash32.SIZE,
            SyncCode.FINALITY_BRANCH,
            parentRoot + 2 * Hash32.SIZE,
            SyncCode.ATTESTED_HEADER,
            // state root of the attested block's execution payload: parent hash and fee recipient
            attested + BeaconBlockHeader.SIZE + 4 + 4 * Hash32.SIZE + Hash32.SIZE + 20,
            SyncCode.ATTESTED_HEADER,
            // the last byte is of the finalized block's payload header
            honest.size() - 1,
            SyncCode.FINALIZED_HEADER);
    codes.forEach(
        (at, code) -> {
          byte[] bytes = honest.toArray();
          bytes[at] ^= 1;
          refused(client, finality(Bytes.wrap(bytes)), code);
        });
    byte[] few = honest.toArray();
    Arrays.fill(few, aggregate, aggregate + 2, (byte) 0); // 16 seats of 32
    refused(client, finality(Bytes.wrap(few)), SyncCode.PARTICIPANTS);
    long now = nowSeconds;
    nowSeconds = network.timeAt(finality.update().signatureSlot() - 1);
    refused(client, finality.message().encode(), SyncCode.SLOT_ORDER);
    nowSeconds = now;
    // signed and all, but what is signed is known: a finality update of this slot told it
    BeaconChecks.known(client.verify(finality.message().encode()));
  }

  private static Bytes finality(Bytes ssz) {
    return EthereumMessage.of(EthereumMessage.Kind.FINALITY, BeaconFork.CAPELLA, ssz).encode();
  }

  private static void refused(ClientMemory client, Bytes message, ReasonCode code) {
    BeaconChecks.refused(client.verify(message), code);
  }

  /** A node that signs honestly and forges a header between two final ones. */
  private void assertForgedHeaderRefused(BeaconSource source, EthereumAnchor anchor) {
    BeaconFollow follow = new BeaconFollow(new Forging(source), anchor, false, this::millis);
    assertThatThrownBy(follow::step)
        .isInstanceOf(CliException.class)
        .hasMessageStartingWith(RejectionCode.ROOT_MISMATCH.code());
    assertThat(follow.verified()).isZero();
    assertThat(follow.head().id()).isEqualTo(anchored(anchor).head().id());
  }

  private record Forging(BeaconSource honest) implements BeaconSource {
    @Override
    public Optional<Served> finality() {
      return honest.finality();
    }

    @Override
    public Optional<Served> update(long period) {
      return honest.update(period);
    }

    @Override
    public BeaconBlockHeader header(Hash32 root) {
      BeaconBlockHeader is = honest.header(root);
      return new BeaconBlockHeader(
          is.slot(), is.proposerIndex() ^ 1, is.parentRoot(), is.stateRoot(), is.bodyRoot());
    }
  }

  /** The chain goes by the wall clock now, and so does the command: every header, then one more. */
  private void command(LodestarNode node, EthereumAnchor anchor, long until) throws IOException {
    Path file = temp.resolve("anchor.hex");
    Files.writeString(file, anchor.encode().toHex());
    assertThat(
            run(
                "--chain=" + CHAIN,
                "--node=" + node.rest(),
                "--anchor=" + file,
                "--until=" + until,
                "--for=120"))
        .as(err.toString())
        .isZero();
    JsonNode last = JsonMapper.shared().readTree(out.toString().lines().toList().getLast());
    assertThat(last.get("verified").asLong()).isGreaterThanOrEqualTo(HEADERS);
    long head = last.get("head").asLong();
    assertThat(head).isGreaterThanOrEqualTo(until);
    assertThat(last.get("id").asString()).isEqualTo(gethBlock(node, head).get("hash").asString());

    assertThat(run("--chain=" + CHAIN, "--node=" + node.rest())).isEqualTo(Failures.USAGE);
    assertThat(err.toString()).contains("\"code\":\"no-anchor\"");
    assertThat(run("--chain=eip155:1", "--node=" + node.rest(), "--trust=" + Hash32.ZERO.toHex()))
        .isEqualTo(Failures.USAGE);
    assertThat(err.toString()).contains("\"code\":\"wrong-chain\"");
    assertThat(run("--chain=eip155:1", "--node=" + node.rest(), "--anchor=" + file))
        .isEqualTo(Failures.VERIFICATION);
    assertThat(err.toString()).contains("\"code\":\"anchor-rejected\"");
    assertThat(run("--chain=" + CHAIN, "--anchor=" + file)).isEqualTo(Failures.USAGE);
    assertThat(err.toString()).contains("give --node");
  }

  private static JsonNode gethBlock(LodestarNode node, long height) {
    String number = "0x" + Long.toHexString(height);
    return node.rpc().call("eth_getBlockByNumber", number, false);
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("light-client", "follow", "--json"));
    all.addAll(List.of(arguments));
    CommandLine line = TrestleMain.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
    return line.execute(all.toArray(String[]::new));
  }

  private static BeaconNetwork network(JsonNode of) {
    List<Activation> forks = new ArrayList<>();
    of.get("forks")
        .forEach(
            each ->
                forks.add(
                    new Activation(
                        BeaconFork.byId(each.get("name").asString()).orElseThrow(),
                        each.get("epoch").asLong(),
                        Bytes.fromHex(each.get("version").asString()))));
    return new BeaconNetwork(
        Preset.MINIMAL,
        hash(of.get("genesisValidatorsRoot")),
        forks,
        of.get("genesisTime").asLong(),
        of.get("secondsPerSlot").asInt());
  }

  private static EthereumAnchor anchor(BeaconNetwork network, BeaconRest source, Hash32 root) {
    BeaconRest.Bootstrap served = source.bootstrap(root);
    EthereumAnchor.Settings settings =
        new EthereumAnchor.Settings(
            ChainId.parse(CHAIN),
            network,
            Profile.BRIDGE,
            EthereumAnchor.Settings.DEFAULT_TRUSTING_PERIOD);
    return new EthereumAnchor(
        settings, root, served.container(), served.bootstrap().encode(), Optional.empty());
  }

  private ClientMemory anchored(EthereumAnchor anchor) {
    return new ClientMemory(
        new EthereumFamily().client(), anchor.encode(), BeaconFollow.WORK, this::millis);
  }

  private long millis() {
    return nowSeconds * 1_000;
  }

  private static Hash32 hash(JsonNode hex) {
    return new Hash32(Bytes.fromHex(hex.asString()));
  }
}
