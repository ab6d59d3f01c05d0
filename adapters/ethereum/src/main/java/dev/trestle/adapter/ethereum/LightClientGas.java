package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What {@code RelayLightClient} costs: sends its {@code verify} as a transaction to a chain that is
 * there for such trials, and reads the receipt.
 */
public final class LightClientGas implements AutoCloseable {
  /** What every transaction costs before it does anything. */
  private static final long BASE = 21_000;

  private static final long ZERO_BYTE = 4;

  /** EIP-2028. */
  private static final long OTHER_BYTE = 16;

  private final ContractDeployer deployer;
  private final EvmConnection connection;

  /**
   * @throws AdapterException with BAD_CONFIG when the configuration is wrong
   */
  public LightClientGas(AdapterContext context, ChainConfig config) {
    this.deployer = new ContractDeployer(context, config);
    this.connection = EvmConnection.open(context, config);
  }

  /**
   * Gas of one transaction.
   *
   * @param total what its sender pays for
   * @param calldata the part of it for the bytes of the call, by EIP-2028
   */
  public record Cost(long total, long calldata) {
    /** What the contract itself used: neither the base cost of a transaction nor its calldata. */
    public long execution() {
      return total - BASE - calldata;
    }
  }

  /**
   * Deploys a light client that trusts {@code validators} from block 1 on and lets it verify a
   * block.
   *
   * @param from pays; needs coins on the chain
   * @param relayChainId keccak256 of the relay chain's genesis document
   * @param header an encoded block header
   * @param certificate its encoded commit certificate
   * @param validators at least 4, ascending
   * @return fails with REJECTED_BY_CHAIN when the contract refuses the block
   */
  public Future<Cost> verify(
      SecretKey from,
      Hash32 relayChainId,
      Bytes header,
      Bytes certificate,
      List<EvmAddress> validators) {
    Bytes call =
        Abi.call("verify", Abi.bytes(header), Abi.bytes(certificate), Abi.addresses(validators));
    return deployer
        .deployRelayLightClient(from, relayChainId, 0, 1, validators)
        .compose(
            contract -> Async.supply(() -> new Cost(send(from, contract, call), priceOf(call))));
  }

  private long send(SecretKey from, EvmAddress contract, Bytes call) {
    var transaction =
        connection
            .signer()
            .sign(from, TransactionSigner.Call.estimated(contract, BigInteger.ZERO, call));
    connection.await().execute(transaction);
    JsonNode receipt =
        connection
            .chain()
            .pool()
            .agree(rpc -> rpc.require("eth_getTransactionReceipt", Json.data(transaction.id())));
    return Json.integer64(receipt, "gasUsed");
  }

  private static long priceOf(Bytes call) {
    long price = 0;
    for (int i = 0; i < call.size(); i++) {
      price += call.at(i) == 0 ? ZERO_BYTE : OTHER_BYTE;
    }
    return price;
  }

  /** Frees sockets. Idempotent. */
  @Override
  public void close() {
    deployer.close();
    connection.close();
  }
}
