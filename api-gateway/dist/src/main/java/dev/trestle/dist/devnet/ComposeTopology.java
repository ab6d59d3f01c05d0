package dev.trestle.dist.devnet;

import java.net.URI;

/** The services of {@code docker-compose.yml}. */
public final class ComposeTopology implements DevnetConfigs.Topology {
  /** Where the other services reach the gateway. */
  public static final URI GATEWAY = URI.create("http://gateway:8080");

  private static final int PEER_PORT = 26_656;
  private static final int RPC_PORT = 26_657;
  private static final int HTTP_PORT = 8_080;

  @Override
  public String bind() {
    return "0.0.0.0";
  }

  @Override
  public String validatorHost(int index) {
    return "validator-" + index;
  }

  @Override
  public int validatorPort(int index) {
    return PEER_PORT;
  }

  @Override
  public int rpcPort(String role) {
    return RPC_PORT;
  }

  @Override
  public int gatewayPort() {
    return HTTP_PORT;
  }
}
