package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.BeaconNetwork.Activation;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import dev.trestle.lightclient.ethereum.LightClientUpdate.Kind;
import dev.trestle.lightclient.ethereum.Preset;
import dev.trestle.lightclient.ethereum.SyncRules;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * The {@code light_client/sync} tests of ethereum/consensus-specs (tests/formats/light_client):
 * meta.yaml, config.yaml, steps.yaml and SSZ objects compressed as raw Snappy blocks.
 */
final class SpecTestVectors {
  static final String STEPS = "steps.yaml";

  private static final String META = "meta.yaml";
  private static final String CONFIG = "config.yaml";
  private static final String COMPRESSED = ".ssz_snappy";
  private static final int MAX_OBJECT = 1 << 20;
  private static final int DIGEST = 4;

  private final VectorFile steps;
  private final Preset preset;
  private final BeaconNetwork network;
  private final Map<Bytes, BeaconFork> forks = new TreeMap<>();
  private final StoreReplay replay;

  private SpecTestVectors(
      VectorFile steps, JsonNode meta, JsonNode config, Function<BeaconNetwork, SyncRules> rules) {
    this.steps = steps;
    this.preset = BeaconJson.preset(VectorJson.text(config, "PRESET_BASE"));
    this.network = network(config, preset, BeaconJson.hash(meta, "genesis_validators_root"));
    this.replay = new StoreReplay(network, rules.apply(network));
    for (Activation each : network.forks()) {
      forks.put(network.forkDataRoot(each.version()).bytes().slice(0, DIGEST), each.fork());
    }
  }

  /** Whether a file belongs to the {@code steps.yaml} beside it. */
  static boolean isPart(VectorFile file) {
    return file.name().equals(META) || file.name().equals(CONFIG) || file.hasSuffix(COMPRESSED);
  }

  static List<VectorCase> cases(VectorFile steps, Function<BeaconNetwork, SyncRules> rules) {
    JsonNode meta = YamlText.parse(text(steps.sibling(META)));
    JsonNode config = YamlText.parse(text(steps.sibling(CONFIG)));
    return new SpecTestVectors(steps, meta, config, rules).cases(meta);
  }

  private List<VectorCase> cases(JsonNode meta) {
    List<VectorCase> cases = new ArrayList<>();
    Hash32 trusted = BeaconJson.hash(meta, "trusted_block_root");
    BeaconFork container = fork(VectorJson.hex(meta, "bootstrap_fork_digest"));
    cases.add(
        new VectorCase(
            "bootstrap",
            Expected.ACCEPT,
            () ->
                replay.bootstrap(
                    trusted, LightClientBootstrap.decode(object("bootstrap"), container, preset))));
    int number = 0;
    for (JsonNode step : VectorJson.list(YamlText.parse(steps.text()))) {
      String op = step.propertyNames().iterator().next();
      JsonNode body = VectorJson.field(step, op);
      cases.add(
          new VectorCase(
              "step " + number++ + ": " + op,
              Expected.ACCEPT,
              () -> {
                Outcome outcome = run(op, body);
                replay.checkSpec(VectorJson.field(body, "checks"));
                return outcome;
              }));
    }
    return cases;
  }

  private Outcome run(String op, JsonNode body) {
    return switch (op) {
      case "process_update" -> {
        BeaconFork container = fork(VectorJson.hex(body, "update_fork_digest"));
        Bytes ssz = object(VectorJson.text(body, "update"));
        yield replay.update(
            LightClientUpdate.decode(ssz, container, preset, Kind.UPDATE),
            BeaconJson.uint64(body, "current_slot"));
      }
      case "force_update" -> replay.forceUpdate(BeaconJson.uint64(body, "current_slot"));
      case "upgrade_store" -> Outcome.ok(); // a store of ours holds headers of every fork
      default -> throw new DecodeException("no operation " + op);
    };
  }

  private Bytes object(String name) {
    return SnappyBlock.decompress(steps.sibling(name + COMPRESSED), MAX_OBJECT);
  }

  /**
   * By digest. From Fulu on a digest also covers the blob parameters (EIP-7892), so that one which
   * we do not know is of the newest fork that the test schedules.
   */
  private BeaconFork fork(Bytes digest) {
    BeaconFork known = forks.get(digest);
    if (known != null) {
      return known;
    }
    BeaconFork newest = network.forks().getLast().fork();
    if (!newest.isAtLeast(BeaconFork.FULU)) {
      throw new DecodeException("no fork of digest " + digest);
    }
    return newest;
  }

  private static BeaconNetwork network(JsonNode config, Preset preset, Hash32 root) {
    List<Activation> forks = new ArrayList<>();
    forks.add(new Activation(BeaconFork.PHASE0, 0, VectorJson.hex(config, "GENESIS_FORK_VERSION")));
    for (BeaconFork fork : BeaconFork.values()) {
      String name = fork.name();
      if (config.has(name + "_FORK_VERSION")
          && config.has(name + "_FORK_EPOCH")
          && BeaconJson.uint64(config, name + "_FORK_EPOCH") >= 0) {
        forks.add(
            new Activation(
                fork,
                BeaconJson.uint64(config, name + "_FORK_EPOCH"),
                VectorJson.hex(config, name + "_FORK_VERSION")));
      }
    }
    return new BeaconNetwork(preset, root, Collections.unmodifiableList(forks), 0, 12);
  }

  private static String text(Bytes content) {
    return new String(content.toArray(), StandardCharsets.UTF_8);
  }
}
