package dev.trestle.sdk;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainAdapterProvider;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The chains that this process talks to, by CAIP-2 id. Adapters come from the class path; chains
 * can be added while the process runs.
 */
public final class Chains implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /**
   * One chain of a configuration file.
   *
   * @param adapter id of the adapter, for example {@code bitcoin}
   * @param chain CAIP-2
   * @param endpoints JSON-RPC addresses, credentials in the user-info part
   * @param options keys that the adapter declares
   */
  public record Entry(
      String adapter, String chain, List<String> endpoints, Map<String, String> options) {
    ChainConfig config() {
      return new ChainConfig(
          ChainId.parse(chain), endpoints.stream().map(URI::create).toList(), options);
    }
  }

  private final AdapterContext context;
  private final Map<ChainId, ChainAdapter> adapters = new ConcurrentHashMap<>();
  private volatile boolean closed;

  public Chains(Vertx vertx, TimeSource time) {
    this.context = new AdapterContext(vertx, time);
  }

  /** Entries of a JSON file: a list, or an object with the list under {@code chains}. */
  public static List<Entry> read(Path file) {
    try {
      return List.of(JSON.readValue(Files.readString(file), Entry[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      throw new AdapterException(
          AdapterError.BAD_CONFIG, file.getFileName() + ": " + e.getOriginalMessage());
    }
  }

  /** Starts every chain of {@code entries}; closes all again if one cannot be started. */
  public Chains addAll(List<Entry> entries) {
    List<ChainAdapter> started = new ArrayList<>();
    try {
      entries.forEach(entry -> started.add(add(entry)));
      return this;
    } catch (RuntimeException e) {
      started.forEach(ChainAdapter::close);
      throw e;
    }
  }

  /**
   * Whether an adapter can be made of an entry; asks no node.
   *
   * @throws AdapterException with {@link AdapterError#BAD_CONFIG} if not
   */
  public void check(Entry entry) {
    provider(entry.adapter()).create(context, entry.config()).close();
  }

  /**
   * Starts one chain; a chain that is there already stays as it is. Blocks until the adapter has
   * checked that the endpoints are that chain.
   *
   * @throws AdapterException when a node does not answer or is another chain: the chain can be
   *     added again later
   * @throws IllegalStateException when all was closed meanwhile
   */
  public synchronized ChainAdapter add(Entry entry) {
    ChainConfig config = entry.config();
    ChainAdapter known = adapters.get(config.chain());
    if (known != null) {
      return known;
    }
    ChainAdapter adapter = provider(entry.adapter()).create(context, config);
    try {
      Async.await(adapter.start());
    } catch (RuntimeException e) {
      adapter.close();
      throw e;
    }
    adapters.put(config.chain(), adapter);
    if (closed) {
      adapter.close(); // close() may have come too early to see it
      throw new IllegalStateException("closed while " + config.chain() + " was starting");
    }
    return adapter;
  }

  private static ChainAdapterProvider provider(String id) {
    return ServiceLoader.load(ChainAdapterProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.descriptor().id().equals(id))
        .findFirst()
        .orElseThrow(
            () -> new AdapterException(AdapterError.BAD_CONFIG, "no adapter is called " + id));
  }

  public Optional<ChainAdapter> adapter(ChainId chain) {
    return Optional.ofNullable(adapters.get(chain));
  }

  /** The adapter of {@code chain}; an {@link AdapterException} if it is not configured. */
  public ChainAdapter require(ChainId chain) {
    return adapter(chain)
        .orElseThrow(
            () -> new AdapterException(AdapterError.BAD_CONFIG, chain + " is not configured"));
  }

  /** All started adapters. */
  public Map<ChainId, ChainAdapter> all() {
    return Map.copyOf(adapters);
  }

  @Override
  public void close() {
    closed = true;
    adapters.values().forEach(ChainAdapter::close);
    adapters.clear();
  }
}
