package dev.trestle.relay.node;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.TCPSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Connections between nodes: TLS 1.3, a certificate on both sides, and none that is silent. */
final class PeerOptions {
  /** For the connection, for TLS, and again for the peer's first frame. */
  static final int HANDSHAKE_SECONDS = 5;

  /** A peer says where it stands once a second. */
  private static final int READ_IDLE_SECONDS = 15;

  private PeerOptions() {}

  static NetServerOptions server(TransportIdentity identity) {
    NetServerOptions options = new NetServerOptions();
    secure(options, identity);
    return options.setClientAuth(ClientAuth.REQUIRED);
  }

  /** Who the other end is follows from its key: its name does not matter. */
  static NetClientOptions client(TransportIdentity identity) {
    NetClientOptions options = new NetClientOptions();
    secure(options, identity);
    return options.setConnectTimeout(HANDSHAKE_SECONDS * 1000).setHostnameVerificationAlgorithm("");
  }

  private static void secure(TCPSSLOptions options, TransportIdentity identity) {
    options
        .setSsl(true)
        .setKeyCertOptions(identity.keyCertOptions())
        .setTrustOptions(TrustOptions.wrap(new SelfIssuedTrust()))
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
        .setReadIdleTimeout(READ_IDLE_SECONDS);
  }
}
