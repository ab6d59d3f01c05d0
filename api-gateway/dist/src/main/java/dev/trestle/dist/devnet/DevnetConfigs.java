package dev.trestle.dist.devnet;

import dev.trestle.dist.role.ConfigFiles;
import dev.trestle.dist.role.GatewayProcess;
import dev.trestle.dist.role.NotaryProcess;
import dev.trestle.relay.node.NodeFiles;
import dev.trestle.relay.node.TransportIdentity;
import dev.trestle.sdk.Chains;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the configuration files of every role for one topology. */
public final class DevnetConfigs {
  /** Outage budget of the local network, seconds: its parties are never asleep for longer. */
  public static final long OUTAGE_SECONDS = 8;

  /** Time that quotes leave for signing, seconds. */
  public static final long START_WINDOW_SECONDS = 40;

  /** Where each role listens and is reached. */
  public interface Topology {
    /** Address on which servers listen. */
    String bind();

    /** Host name under which validator {@code index} is reached. */
    String validatorHost(int index);

    int validatorPort(int index);

    /** Loopback JSON-RPC port of a validator, a member's follower or the gateway's follower. */
    int rpcPort(String role);

    int gatewayPort();
  }

  private final DevnetFiles files;
  private final Topology topology;

  public DevnetConfigs(DevnetFiles files, Topology topology) {
    this.files = files;
    this.topology = topology;
  }

  /**
   * Writes those of all roles.
   *
   * @param chains what the gateway and the members talk to at the start
   */
  public void write(List<Chains.Entry> chains) {
    writeValidators();
    writeOthers(chains);
  }

  /** Writes those of the validators, who know no chain but their own. */
  void writeValidators() {
    for (int i = 0; i < DevnetFiles.VALIDATORS; i++) {
      writeValidator(i);
    }
  }

  /** Writes those of the members and the gateway. */
  void writeOthers(List<Chains.Entry> chains) {
    for (int i = 0; i < DevnetFiles.MEMBERS; i++) {
      Path folder = files.notary(i);
      writeFollower(folder, "notary-" + i);
      ConfigFiles.write(folder.resolve("chains.json"), chains);
      ConfigFiles.write(
          folder.resolve("config.json"),
          new NotaryProcess.Config(
              "node.json",
              "chains.json",
              "member.key",
              "passphrase",
              "sender.key",
              "guard",
              Devnet.MOST_TRANSFER.toString(),
              Devnet.MAX_FEE_RATE,
              Map.of()));
    }
    Path gateway = files.gateway();
    writeFollower(gateway, "gateway");
    ConfigFiles.write(gateway.resolve("chains.json"), chains);
    files.key("gateway-relay");
    files.key("gateway-evm");
    ConfigFiles.write(
        gateway.resolve("config.json"),
        new GatewayProcess.Config(
            "node.json",
            "chains.json",
            topology.bind(),
            topology.gatewayPort(),
            "../gateway-relay.key",
            "../gateway-evm.key",
            OUTAGE_SECONDS,
            START_WINDOW_SECONDS,
            Optional.empty()));
  }

  private void writeValidator(int index) {
    Map<String, Object> config = common(peersWithout(index));
    config.put("listenHost", topology.bind());
    config.put("listenPort", topology.validatorPort(index));
    config.put("role", "validator");
    config.put("validatorKey", "validator.key");
    config.put("rpcPort", topology.rpcPort("validator-" + index));
    ConfigFiles.write(files.validator(index).resolve("config.json"), config);
  }

  private void writeFollower(Path folder, String role) {
    Map<String, Object> config = common(peersWithout(-1));
    config.put("role", "follower");
    config.put("rpcPort", topology.rpcPort(role));
    ConfigFiles.write(folder.resolve("node.json"), config);
  }

  private Map<String, Object> common(List<String> peers) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("dataDir", "data");
    config.put("genesis", "../genesis.hex");
    config.put("peers", peers);
    return config;
  }

  private List<String> peersWithout(int index) {
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < DevnetFiles.VALIDATORS; i++) {
      if (i != index) {
        peers.add(topology.validatorHost(i) + ":" + topology.validatorPort(i));
      }
    }
    return peers;
  }

  /** A validator's own certificate, for tests that pose as it. */
  public TransportIdentity identity(int validator) {
    return TransportIdentity.loadOrCreate(
        NodeFiles.transportKey(files.validator(validator).resolve("data")), new SecureRandom());
  }
}
