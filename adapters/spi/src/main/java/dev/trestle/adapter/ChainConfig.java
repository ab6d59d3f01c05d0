package dev.trestle.adapter;

import dev.trestle.base.ChainId;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One configured chain.
 *
 * @param chain what the endpoints must prove to be
 * @param endpoints JSON-RPC addresses, credentials in the user-info part; reads need agreement of
 *     more than half of them
 * @param options keys of {@link AdapterDescriptor#configuration()}
 */
public record ChainConfig(ChainId chain, List<URI> endpoints, Map<String, String> options) {
  public ChainConfig {
    endpoints = List.copyOf(endpoints);
    options = Map.copyOf(options);
  }

  public Optional<String> option(String key) {
    return Optional.ofNullable(options.get(key));
  }

  /** Without the endpoints, which may hold credentials. */
  @Override
  public String toString() {
    return "ChainConfig[" + chain + ", " + endpoints.size() + " endpoints]";
  }
}
