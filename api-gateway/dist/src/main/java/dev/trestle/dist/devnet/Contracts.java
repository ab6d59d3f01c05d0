package dev.trestle.dist.devnet;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.ethereum.ContractDeployer;
import dev.trestle.adapter.ethereum.ContractDeployer.BridgeContracts;
import dev.trestle.adapter.ethereum.ContractDeployer.BridgeLane;
import dev.trestle.adapter.ethereum.ContractDeployer.BridgedAsset;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.relay.ledger.CustodyFee;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.TrustPolicy;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Our contracts on the EVM chain of a network.
 *
 * @param wrapped the token that stands for the bridged coin
 */
public record Contracts(
    EvmAddress htlc, EvmAddress lightClient, EvmAddress bridge, EvmAddress wrapped) {
  /**
   * Deploys all of them; every address is bound to the relay chain of {@code genesis}.
   *
   * @param leastBurn smallest units; less than this the bridge does not burn
   */
  public static Contracts deploy(
      AdapterContext context,
      ChainId chain,
      URI endpoint,
      Genesis genesis,
      AssetId coin,
      long confirmations,
      Amount leastBurn,
      SecretKey from) {
    ChainConfig config = new ChainConfig(chain, List.of(endpoint), Map.of());
    try (ContractDeployer deployer = new ContractDeployer(context, config)) {
      EvmAddress htlc = await(deployer.deployHtlc(from));
      EvmAddress lightClient =
          await(
              deployer.deployRelayLightClient(
                  from,
                  genesis.chainId(),
                  0,
                  1,
                  genesis.validators().stream()
                      .map(validator -> validator.key().evmAddress())
                      .toList()));
      BridgeLane lane =
          new BridgeLane(
              coin.chain(),
              genesis.committee().custodyApp(),
              new TrustPolicy.LightClient(coin.chain(), confirmations).hash(),
              List.of(new BridgedAsset(coin, "Trestle Bitcoin", "tBTC", 8, leastBurn)));
      BridgeContracts bridge = await(deployer.deployBridge(from, lightClient, List.of(lane)));
      EvmAddress wrapped =
          bridge.wrapped().values().stream()
              .findFirst()
              .orElseThrow(() -> new DevnetException("the bridge made no token"));
      return new Contracts(htlc, lightClient, bridge.bridge(), wrapped);
    }
  }

  /**
   * What the least deposit becomes, and so what its holder must be able to burn: the ledger takes
   * the custody fee at {@code feeRate} off every deposit, and pays out no less than what is left of
   * the least one.
   *
   * @param feeRate satoshi per virtual byte
   */
  public static Amount leastBurn(
      Genesis genesis, AssetId coin, Amount leastTransfer, long feeRate) {
    return leastTransfer.minus(
        CustodyFee.of(
                new BitcoinFamily().custody().orElseThrow(),
                coin.chain(),
                genesis.committee().custody(),
                genesis.parameters().minRefundDelay(),
                feeRate)
            .orThrow());
  }
}
