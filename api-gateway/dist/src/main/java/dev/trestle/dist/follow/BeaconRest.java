package dev.trestle.dist.follow;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.EthereumMessage;
import dev.trestle.lightclient.ethereum.EthereumMessage.Kind;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import dev.trestle.lightclient.ethereum.Preset;
import dev.trestle.lightclient.ethereum.vectors.BeaconJson;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** The Beacon API of a node (ethereum/beacon-APIs v2), in JSON. */
final class BeaconRest implements BeaconSource {
  private static final String LIGHT_CLIENT = "eth/v1/beacon/light_client/";

  private final NodeHttp http;
  private final Preset preset;

  BeaconRest(NodeHttp http, Preset preset) {
    this.http = http;
    this.preset = preset;
  }

  /** A bootstrap and the fork whose containers it follows. */
  record Bootstrap(BeaconFork container, LightClientBootstrap bootstrap) {}

  /** Which chain the node says that it is of. */
  Hash32 genesisValidatorsRoot() {
    JsonNode answer = found("eth/v1/beacon/genesis");
    return read(
        () -> hash(VectorJson.field(VectorJson.field(answer, "data"), "genesis_validators_root")));
  }

  /**
   * @throws AdapterException {@code not-found} when the node has none for the block
   */
  Bootstrap bootstrap(Hash32 root) {
    JsonNode answer = found(LIGHT_CLIENT + "bootstrap/0x" + root.toHex());
    return read(
        () -> {
          BeaconFork container = fork(answer);
          return new Bootstrap(
              container,
              new BeaconJson(preset, container).bootstrap(VectorJson.field(answer, "data")));
        });
  }

  /** The newest optimistic update; empty while the node has none. */
  Optional<Served> optimistic() {
    return http.get(LIGHT_CLIENT + "optimistic_update")
        .map(answer -> read(() -> served(answer, Kind.OPTIMISTIC)));
  }

  @Override
  public Optional<Served> finality() {
    return http.get(LIGHT_CLIENT + "finality_update")
        .map(answer -> read(() -> served(answer, Kind.FINALITY)));
  }

  @Override
  public Optional<Served> update(long period) {
    return http.get(LIGHT_CLIENT + "updates?count=1&start_period=" + period)
        .flatMap(
            answer ->
                read(
                    () -> {
                      List<JsonNode> updates = VectorJson.list(answer);
                      return updates.isEmpty()
                          ? Optional.<Served>empty()
                          : Optional.of(served(updates.getFirst(), Kind.UPDATE));
                    }));
  }

  @Override
  public BeaconBlockHeader header(Hash32 root) {
    JsonNode answer = found("eth/v1/beacon/headers/0x" + root.toHex());
    return read(
        () -> {
          JsonNode signed = VectorJson.field(VectorJson.field(answer, "data"), "header");
          return new BeaconJson(preset, BeaconFork.ALTAIR)
              .header(VectorJson.field(signed, "message"))
              .beacon();
        });
  }

  private JsonNode found(String path) {
    return http.get(path)
        .orElseThrow(
            () -> new AdapterException(AdapterError.NOT_FOUND, "the node has no /" + path));
  }

  private Served served(JsonNode answer, Kind kind) {
    BeaconFork container = fork(answer);
    LightClientUpdate update =
        new BeaconJson(preset, container).update(VectorJson.field(answer, "data"));
    LightClientUpdate.Kind part =
        switch (kind) {
          case UPDATE -> LightClientUpdate.Kind.UPDATE;
          case FINALITY -> LightClientUpdate.Kind.FINALITY;
          case OPTIMISTIC -> LightClientUpdate.Kind.OPTIMISTIC;
        };
    return new Served(update, EthereumMessage.of(kind, container, update.encode(part)));
  }

  private static BeaconFork fork(JsonNode answer) {
    return BeaconJson.fork(VectorJson.text(answer, "version")).container();
  }

  private static Hash32 hash(JsonNode value) {
    return new Hash32(VectorJson.hex(value));
  }

  /** A field that fits no container is as malformed as one that is missing. */
  private static <T> T read(Supplier<T> reader) {
    return NodeHttp.wellFormed(
        () -> {
          try {
            return reader.get();
          } catch (IllegalArgumentException e) {
            throw new DecodeException(String.valueOf(e.getMessage()));
          }
        });
  }
}
