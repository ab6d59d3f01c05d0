package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.BeaconNetwork.Activation;
import dev.trestle.lightclient.ethereum.ExecutionPayloadHeader;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientHeader;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import dev.trestle.lightclient.ethereum.Preset;
import dev.trestle.lightclient.ethereum.SyncAggregate;
import dev.trestle.lightclient.ethereum.SyncCommittee;
import dev.trestle.lightclient.vectors.VectorJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Light client objects in the JSON of the Beacon API (ethereum/beacon-APIs). */
public final class BeaconJson {
  private static final int MAX_BRANCH = 64;
  private static final BigInteger MAX_UINT64 = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  private final Preset preset;
  private final BeaconFork container;

  /**
   * @param container fork whose containers the objects follow
   */
  public BeaconJson(Preset preset, BeaconFork container) {
    this.preset = preset;
    this.container = container;
  }

  /** Preset by the name in a vector or a configuration file. */
  public static Preset preset(String name) {
    return switch (name) {
      case "mainnet" -> Preset.MAINNET;
      case "minimal" -> Preset.MINIMAL;
      default -> throw new DecodeException("no preset " + name);
    };
  }

  public static BeaconFork fork(String name) {
    return BeaconFork.byId(name).orElseThrow(() -> new DecodeException("no fork " + name));
  }

  /** {@code {genesis_validators_root, forks: [{name, epoch, version}]}}. */
  static BeaconNetwork network(JsonNode config, Preset preset) {
    List<Activation> forks = new ArrayList<>();
    for (JsonNode each : VectorJson.list(config, "forks")) {
      forks.add(
          new Activation(
              fork(VectorJson.text(each, "name")),
              uint64(each, "epoch"),
              VectorJson.hex(each, "version")));
    }
    return new BeaconNetwork(preset, hash(config, "genesis_validators_root"), forks, 0, 12);
  }

  public LightClientBootstrap bootstrap(JsonNode node) {
    return new LightClientBootstrap(
        header(VectorJson.field(node, "header")),
        committee(VectorJson.field(node, "current_sync_committee")),
        hashes(VectorJson.field(node, "current_sync_committee_branch")));
  }

  /** An update of any kind; parts that are missing are empty. */
  public LightClientUpdate update(JsonNode node) {
    return new LightClientUpdate(
        header(VectorJson.field(node, "attested_header")),
        VectorJson.optional(node, "next_sync_committee")
            .map(BeaconJson::committee)
            .orElseGet(() -> SyncCommittee.empty(preset)),
        VectorJson.optional(node, "next_sync_committee_branch")
            .map(BeaconJson::hashes)
            .orElseGet(() -> zeros(container.nextCommitteeDepth())),
        VectorJson.optional(node, "finalized_header")
            .map(this::header)
            .orElseGet(() -> LightClientHeader.empty(container.headerForm())),
        VectorJson.optional(node, "finality_branch")
            .map(BeaconJson::hashes)
            .orElseGet(() -> zeros(container.finalityDepth())),
        aggregate(VectorJson.field(node, "sync_aggregate")),
        uint64(node, "signature_slot"));
  }

  public LightClientHeader header(JsonNode node) {
    JsonNode beaconNode = VectorJson.optional(node, "beacon").orElse(node);
    BeaconBlockHeader beacon =
        new BeaconBlockHeader(
            uint64(beaconNode, "slot"),
            uint64(beaconNode, "proposer_index"),
            hash(beaconNode, "parent_root"),
            hash(beaconNode, "state_root"),
            hash(beaconNode, "body_root"));
    return switch (container.headerForm()) {
      case BEACON -> new LightClientHeader.BeaconOnlyHeader(beacon);
      case PAYLOAD -> payloadHeader(node, beacon, false);
      case PAYLOAD_WITH_BLOBS -> payloadHeader(node, beacon, true);
      case BLOCK_HASH ->
          new LightClientHeader.BlockHashHeader(
              beacon,
              hash(node, "execution_block_hash"),
              hashes(VectorJson.field(node, "execution_branch")));
    };
  }

  private static LightClientHeader payloadHeader(
      JsonNode node, BeaconBlockHeader beacon, boolean blobs) {
    return new LightClientHeader.PayloadHeader(
        beacon,
        VectorJson.optional(node, "execution")
            .map(BeaconJson::execution)
            .orElse(ExecutionPayloadHeader.EMPTY),
        VectorJson.optional(node, "execution_branch").map(BeaconJson::hashes).orElse(zeros(4)),
        blobs);
  }

  private static ExecutionPayloadHeader execution(JsonNode node) {
    return new ExecutionPayloadHeader(
        hash(node, "parent_hash"),
        VectorJson.hex(node, "fee_recipient"),
        hash(node, "state_root"),
        hash(node, "receipts_root"),
        VectorJson.hex(node, "logs_bloom"),
        hash(node, "prev_randao"),
        uint64(node, "block_number"),
        uint64(node, "gas_limit"),
        uint64(node, "gas_used"),
        uint64(node, "timestamp"),
        VectorJson.hex(node, "extra_data"),
        unsigned(VectorJson.field(node, "base_fee_per_gas")),
        hash(node, "block_hash"),
        hash(node, "transactions_root"),
        hash(node, "withdrawals_root"),
        node.has("blob_gas_used") ? uint64(node, "blob_gas_used") : 0,
        node.has("excess_blob_gas") ? uint64(node, "excess_blob_gas") : 0);
  }

  static SyncCommittee committee(JsonNode node) {
    List<Bytes> keys = VectorJson.list(node, "pubkeys").stream().map(VectorJson::hex).toList();
    if (keys.stream().anyMatch(key -> key.size() != 48)) {
      throw new DecodeException("a key that is not 48 bytes");
    }
    return new SyncCommittee(
        Bytes.concat(keys.toArray(Bytes[]::new)), VectorJson.hex(node, "aggregate_pubkey"));
  }

  private static SyncAggregate aggregate(JsonNode node) {
    return new SyncAggregate(
        VectorJson.hex(node, "sync_committee_bits"),
        VectorJson.hex(node, "sync_committee_signature"));
  }

  static Hash32 hash(JsonNode node, String name) {
    return hash(VectorJson.field(node, name));
  }

  static Hash32 hash(JsonNode value) {
    Bytes bytes = VectorJson.hex(value);
    if (bytes.size() != Hash32.SIZE) {
      throw new DecodeException("a hash of " + bytes.size() + " bytes");
    }
    return new Hash32(bytes);
  }

  private static List<Hash32> hashes(JsonNode value) {
    List<JsonNode> nodes = VectorJson.list(value);
    if (nodes.size() > MAX_BRANCH) {
      throw new DecodeException("a branch of " + nodes.size() + " nodes");
    }
    return nodes.stream().map(BeaconJson::hash).toList();
  }

  private static List<Hash32> zeros(int count) {
    return Collections.nCopies(count, Hash32.ZERO);
  }

  /** The {@code long} of the same bits. */
  static long uint64(JsonNode node, String name) {
    BigInteger value = unsigned(VectorJson.field(node, name));
    if (value.compareTo(MAX_UINT64) > 0) {
      throw new DecodeException(name + " is over 2^64-1");
    }
    return value.longValue();
  }

  /**
   * A number, a decimal string or, as some exporters write, hex: with {@code 0x}, or told by a
   * letter.
   */
  static BigInteger unsigned(JsonNode value) {
    String text = value.isIntegralNumber() || value.isString() ? value.asString() : "";
    if (text.matches("[0-9]{1,80}")) {
      return new BigInteger(text);
    }
    if (text.matches("0x[0-9a-fA-F]{0,64}|[0-9a-fA-F]{1,64}")) {
      return new BigInteger("0" + (text.startsWith("0x") ? text.substring(2) : text), 16);
    }
    throw new DecodeException("not an unsigned integer: " + value);
  }

  static Optional<Hash32> optionalHash(JsonNode node, String name) {
    return VectorJson.optional(node, name).map(BeaconJson::hash);
  }
}
