package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.cli.CliException;
import dev.trestle.dist.devnet.ProcessRegistry;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.BeaconNetwork.Activation;
import dev.trestle.lightclient.ethereum.EthereumAnchor;
import dev.trestle.lightclient.ethereum.EthereumFamily;
import dev.trestle.lightclient.ethereum.EthereumMessage;
import dev.trestle.lightclient.ethereum.EthereumMessage.Kind;
import dev.trestle.lightclient.ethereum.Preset;
import dev.trestle.lightclient.ethereum.Profile;
import dev.trestle.lightclient.ethereum.SyncCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The sync-committee client on a chain that Lodestar and geth make together: from Deneb over
 * Electra to Fulu and over two committee changes, held against what the beacon state says is final
 * and what geth says of that block.
 */
class BeaconForksIT {
  /**
   * Blocks to follow; {@code -Dtrestle.beacon.slots=1002} for more. Not a multiple of 8: in the
   * first slot of an epoch geth already knows of a finality that no message attests yet.
   */
  private static final int SLOTS = Integer.getInteger("trestle.beacon.slots", 150);

  private static final long FULU_SLOT = (long) BeaconChain.FULU * Preset.MINIMAL.slotsPerEpoch();

  /** Work of one message: a signature, the keys of a committee of 32, and the hashing. */
  private static final long WORK = 100_000;

  /** Bytes before the branch in a {@code LightClientFinalityUpdate}: two offsets. */
  private static final int OFFSETS = 8;

  /** Bits of 32 seats and the signature. */
  private static final int AGGREGATE = 4 + 96;

  @TempDir Path temp;

  private ProcessRegistry registry = new ProcessRegistry(Path.of("unused"));
  private long nowSeconds;

  @AfterEach
  void end() {
    registry.endAll();
  }

  @Test
  void fromDenebToFuluAndProofsBelowWhatIsFinal() throws Exception {
    registry = new ProcessRegistry(temp.resolve("processes"));
    Map<String, Integer> finalByFork = new TreeMap<>();
    try (BeaconTraffic traffic = new BeaconTraffic();
        BeaconChain chain =
            BeaconChain.start(registry, temp, SLOTS, List.of(traffic.deployment()))) {
      BeaconNetwork network = network(chain.next().orElseThrow());
      Optional<JsonNode> object = chain.next();
      while (!is("bootstrap", object.orElseThrow())) {
        object = chain.next();
      }
      ClientMemory client = anchored(network, object.get());
      ClientMemory unaware = anchored(withoutFulu(network), object.get());
      for (object = chain.next(); object.isPresent(); object = chain.next()) {
        JsonNode block = object.get();
        chain.rpc().call("eth_sendRawTransaction", traffic.call());
        long slot = block.get("slot").asLong();
        if (slot < FULU_SLOT) {
          follow(network, unaware, block);
        } else if (slot == FULU_SLOT) {
          nowSeconds = network.timeAt(slot + 1);
          refused(unaware, message(Kind.FINALITY, block.get("finality")), SyncCode.SIGNATURE);
        }
        if (follow(network, client, block)) {
          String hash = "0x" + client.head().id().toHex();
          assertThat(hash)
              .isEqualTo(gethBlock(chain, "0x" + Long.toHexString(client.head().height())));
          finalByFork.merge(block.at("/finalized/fork").asString(), 1, Integer::sum);
        }
      }
      assertThat(finalByFork).containsOnlyKeys("deneb", "electra", "fulu");
      assertThat(client.head().height()).isGreaterThan(SLOTS - 3L * 8);
      assertThat("0x" + client.head().id().toHex()).isEqualTo(gethBlock(chain, "finalized"));
      traffic.prove(chain.rpc(), client);
    }
    System.out.printf("beacon chain: %d blocks, final by fork %s%n", SLOTS, finalByFork);
  }

  private static boolean is(String kind, JsonNode object) {
    return object.get("kind").asString().equals(kind);
  }

  private static String gethBlock(BeaconChain chain, String at) {
    return chain.rpc().call("eth_getBlockByNumber", at, false).get("hash").asString();
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

  /** The same chain as somebody sees it who has missed the last fork. */
  private static BeaconNetwork withoutFulu(BeaconNetwork network) {
    return new BeaconNetwork(
        network.preset(),
        network.genesisValidatorsRoot(),
        network.forks().stream().filter(each -> each.fork() != BeaconFork.FULU).toList(),
        network.genesisTimeSeconds(),
        network.secondsPerSlot());
  }

  /** A client from this bootstrap; with another trusted root there would be none. */
  private ClientMemory anchored(BeaconNetwork network, JsonNode bootstrap) {
    Hash32 root = hash(bootstrap.get("root"));
    EthereumAnchor.Settings settings =
        new EthereumAnchor.Settings(
            ChainId.parse("eip155:" + BeaconChain.CHAIN),
            network,
            Profile.BRIDGE,
            EthereumAnchor.Settings.DEFAULT_TRUSTING_PERIOD);
    assertThatThrownBy(() -> client(settings, network.genesisValidatorsRoot(), bootstrap))
        .isInstanceOf(CliException.class)
        .hasMessageStartingWith(SyncCode.TRUSTED_ROOT.code());
    return client(settings, root, bootstrap);
  }

  private ClientMemory client(EthereumAnchor.Settings settings, Hash32 root, JsonNode bootstrap) {
    EthereumAnchor anchor =
        new EthereumAnchor(
            settings, root, fork(bootstrap).container(), ssz(bootstrap), Optional.empty());
    return new ClientMemory(
        new EthereumFamily().client(), anchor.encode(), WORK, () -> nowSeconds * 1_000);
  }

  /**
   * Every message of the block, in the slot in which it is signed.
   *
   * @return whether something became final with it
   */
  private boolean follow(BeaconNetwork network, ClientMemory client, JsonNode block) {
    nowSeconds = network.timeAt(block.get("slot").asLong() + 1);
    client.update(message(Kind.OPTIMISTIC, block.get("optimistic")));
    Bytes finality = message(Kind.FINALITY, block.get("finality"));
    JsonNode is = block.get("finalized");
    HeaderRef expected =
        new HeaderRef(
            is.get("number").asLong(),
            hash(is.get("hash")),
            network.timeAt(is.get("slot").asLong()));
    boolean progress = !client.head().equals(expected);
    if (progress) {
      tampered(client, block.get("finality"));
      nowSeconds -= network.secondsPerSlot();
      refused(client, finality, SyncCode.SLOT_ORDER);
      nowSeconds += network.secondsPerSlot();
      client.update(finality);
      assertThat(client.head()).isEqualTo(expected);
    }
    assertThat(client.verify(finality))
        .isInstanceOfSatisfying(
            Verdict.Ignored.class,
            ignored -> assertThat(ignored.reason()).isEqualTo(RejectionCode.NOTHING_NEW));
    if (block.has("update")) {
      client.update(message(Kind.UPDATE, block.get("update")));
      assertThat(client.head()).isEqualTo(expected);
    }
    return progress;
  }

  /** The finality update with each of its parts changed. */
  private static void tampered(ClientMemory client, JsonNode finality) {
    BeaconFork fork = fork(finality);
    int aggregate = OFFSETS + Hash32.SIZE * fork.finalityDepth();
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
            SyncCode.ATTESTED_HEADER);
    codes.forEach(
        (at, code) -> {
          byte[] bytes = ssz(finality).toArray();
          bytes[at] ^= 1;
          refused(client, message(Kind.FINALITY, fork, Bytes.wrap(bytes)), code);
        });
    byte[] bytes = ssz(finality).toArray();
    Arrays.fill(bytes, aggregate, aggregate + 2, (byte) 0); // 16 seats of 32
    refused(client, message(Kind.FINALITY, fork, Bytes.wrap(bytes)), SyncCode.PARTICIPANTS);
    refused(client, message(Kind.OPTIMISTIC, finality), RejectionCode.MALFORMED);
  }

  private static void refused(ClientMemory client, Bytes message, ReasonCode code) {
    assertThat(client.verify(message))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }

  private static Bytes message(Kind kind, JsonNode served) {
    return message(kind, fork(served), ssz(served));
  }

  private static Bytes message(Kind kind, BeaconFork fork, Bytes ssz) {
    return EthereumMessage.of(kind, fork, ssz).encode();
  }

  private static BeaconFork fork(JsonNode served) {
    return BeaconFork.byId(served.get("fork").asString()).orElseThrow();
  }

  private static Bytes ssz(JsonNode served) {
    return Bytes.fromHex(served.get("ssz").asString());
  }

  private static Hash32 hash(JsonNode hex) {
    return new Hash32(Bytes.fromHex(hex.asString()));
  }
}
