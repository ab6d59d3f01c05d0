package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Uint8;

/**
 * Puts our contracts on a chain. Every method sends a transaction, waits until it is included and
 * looks at the code that it left behind. For the operator who sets a bridge up; nothing here is
 * needed to run one.
 */
public final class ContractDeployer implements AutoCloseable {
  private final EvmConnection connection;
  private final ContractReader reader;
  private final EvmPackets packets;

  /**
   * @throws AdapterException with BAD_CONFIG when the configuration is wrong
   */
  public ContractDeployer(AdapterContext context, ChainConfig config) {
    this.connection = EvmConnection.open(context, config);
    this.reader = new ContractReader(connection.chain());
    this.packets = new EvmPackets(connection.chain(), connection.signer());
  }

  /**
   * A lane on which a bridge takes packets.
   *
   * @param source where they come from
   * @param sourceApp the application there, 1 to 128 bytes
   * @param policyHash trust policy that every packet must carry
   * @param assets what the lane may mint
   */
  public record BridgeLane(
      ChainId source, Bytes sourceApp, Hash32 policyHash, List<BridgedAsset> assets) {
    public BridgeLane {
      assets = List.copyOf(assets);
    }
  }

  /**
   * An asset of another chain.
   *
   * @param origin where it is at home
   * @param minimumBurn least amount that can be released there, smallest units
   */
  public record BridgedAsset(
      AssetId origin, String name, String symbol, int decimals, Amount minimumBurn) {}

  /**
   * A bridge and the wrapped tokens that it made.
   *
   * @param wrapped by the asset at home
   */
  public record BridgeContracts(EvmAddress bridge, SortedMap<AssetId, EvmAddress> wrapped) {
    public BridgeContracts {
      wrapped = Collections.unmodifiableSortedMap(new TreeMap<>(wrapped));
    }
  }

  /**
   * Where the contract will be that {@code deployer} creates with its transaction {@code nonce}.
   */
  public static EvmAddress contractAddress(EvmAddress deployer, long nonce) {
    Bytes encoded = Rlp.encode(RlpItem.of(RlpItem.of(deployer.bytes()), RlpItem.of(nonce)));
    return new EvmAddress(Digests.keccak256(encoded).bytes().slice(12, 32));
  }

  /** Deploys {@code TrestleHtlc}. */
  public Future<EvmAddress> deployHtlc(SecretKey from) {
    return Async.supply(() -> deploy(ContractArtifact.HTLC, Bytes.EMPTY, from));
  }

  /**
   * Deploys {@code RelayLightClient}.
   *
   * @param relayChainId keccak256 of the relay chain's genesis document
   * @param firstEpoch epoch in which {@code validators} certify
   * @param firstHeight first block that is accepted
   * @param validators at least 4, ascending
   */
  public Future<EvmAddress> deployRelayLightClient(
      SecretKey from,
      Hash32 relayChainId,
      long firstEpoch,
      long firstHeight,
      List<EvmAddress> validators) {
    return Async.supply(
        () ->
            deploy(
                ContractArtifact.RELAY_LIGHT_CLIENT,
                Abi.arguments(
                    Abi.word(relayChainId),
                    Abi.uint64(firstEpoch),
                    Abi.uint64(firstHeight),
                    Abi.addresses(validators)),
                from));
  }

  /** Deploys {@code TrestleBridge}, and with it a wrapped token for every asset of every lane. */
  public Future<BridgeContracts> deployBridge(
      SecretKey from, EvmAddress lightClient, List<BridgeLane> lanes) {
    return Async.supply(
        () -> {
          DynamicArray<DynamicStruct> configs =
              new DynamicArray<>(
                  DynamicStruct.class, lanes.stream().map(ContractDeployer::lane).toList());
          EvmAddress bridge =
              deploy(
                  ContractArtifact.BRIDGE, Abi.arguments(Abi.address(lightClient), configs), from);
          HeaderRef head = connection.chain().tip().ref();
          TreeMap<AssetId, EvmAddress> wrapped = new TreeMap<>();
          for (BridgeLane lane : lanes) {
            for (BridgedAsset asset : lane.assets()) {
              Hash32 assetId = TransferPayload.assetId(asset.origin());
              wrapped.put(asset.origin(), packets.token(bridge.bytes(), assetId, head));
            }
          }
          return new BridgeContracts(bridge, wrapped);
        });
  }

  /** Frees sockets. Idempotent. */
  @Override
  public void close() {
    connection.close();
  }

  private EvmAddress deploy(ContractArtifact artifact, Bytes arguments, SecretKey from) {
    Bytes code = Bytes.concat(artifact.bytecode(), arguments);
    EvmAddress contract =
        connection
            .await()
            .create(connection.signer().sign(from, TransactionSigner.Call.creation(code)));
    // immutables differ from the artifact, the length never does
    if (reader.code(contract).size() != artifact.runtime().size()) {
      throw new AdapterException(
          AdapterError.NODE_ERROR, "no " + artifact.name() + " at " + Addresses.format(contract));
    }
    return contract;
  }

  private static DynamicStruct lane(BridgeLane lane) {
    return new DynamicStruct(
        new Utf8String(lane.source().toString()),
        Abi.bytes(lane.sourceApp()),
        Abi.word(lane.policyHash()),
        new DynamicArray<>(
            DynamicStruct.class, lane.assets().stream().map(ContractDeployer::asset).toList()));
  }

  private static DynamicStruct asset(BridgedAsset asset) {
    return new DynamicStruct(
        new Utf8String(asset.origin().toString()),
        new Utf8String(asset.name()),
        new Utf8String(asset.symbol()),
        new Uint8(asset.decimals()),
        Abi.uint256(asset.minimumBurn()));
  }
}
