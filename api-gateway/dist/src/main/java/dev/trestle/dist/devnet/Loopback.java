package dev.trestle.dist.devnet;

import java.util.HashMap;
import java.util.Map;

/** All roles on this machine, on ports that were free when asked for. */
final class Loopback implements DevnetConfigs.Topology {
  private final Map<String, Integer> ports = new HashMap<>();
  private final int gatewayPort;

  /**
   * @param gatewayPort 0 for any free one
   */
  Loopback(int gatewayPort) {
    this.gatewayPort = gatewayPort;
  }

  @Override
  public String bind() {
    return "127.0.0.1";
  }

  @Override
  public String validatorHost(int index) {
    return "127.0.0.1";
  }

  @Override
  public int validatorPort(int index) {
    return port("peer-" + index);
  }

  @Override
  public int rpcPort(String role) {
    return port("rpc-" + role);
  }

  @Override
  public int gatewayPort() {
    return gatewayPort == 0 ? port("gateway") : gatewayPort;
  }

  private int port(String name) {
    return ports.computeIfAbsent(name, ignored -> Ports.free());
  }
}
