package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainAdapterProvider;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** A node, an adapter on it and a few parties with coins. */
final class RegtestChain implements AutoCloseable {
  final UtxoNetwork network;
  final RegtestNode node;
  final Vertx vertx = Vertx.vertx();
  final ChainAdapter adapter;
  final SecretKey alice = key("alice");
  final SecretKey bob = key("bob");
  private final SecretKey miner = key("miner");

  /** Mines {@code blocks} first, so that all rules are active and there is old coin. */
  RegtestChain(UtxoNetwork network, RegtestNode.Kind kind, int blocks) {
    this.network = network;
    this.node = RegtestNode.start(kind);
    this.adapter = adapter(List.of(node.endpoint()), Map.of());
    if (blocks > 0) {
      mine(blocks);
    }
    await(adapter.start());
  }

  static SecretKey key(String name) {
    return SecretKey.derive(Bytes.utf8("regtest seed, never for value"), name);
  }

  ChainAdapter adapter(List<URI> endpoints, Map<String, String> options) {
    return adapter(network, endpoints, options);
  }

  ChainAdapter adapter(UtxoNetwork other, List<URI> endpoints, Map<String, String> options) {
    return adapter(other, endpoints, options, TimeSource.system());
  }

  ChainAdapter adapter(
      UtxoNetwork other, List<URI> endpoints, Map<String, String> options, TimeSource time) {
    return provider(network.family().id())
        .create(
            new AdapterContext(vertx, time), new ChainConfig(other.chain(), endpoints, options));
  }

  static ChainAdapterProvider provider(String id) {
    return ServiceLoader.load(ChainAdapterProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(each -> each.descriptor().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  static <T> T await(Future<T> future) {
    return Async.await(future);
  }

  TransactionPort transactions() {
    return adapter.transactions();
  }

  HtlcPort htlc() {
    return adapter.htlc().orElseThrow();
  }

  String mine(int blocks) {
    return node.mine(blocks, transactions().address(miner));
  }

  /** As {@link #mine}, but never the block that another branch has already. */
  void mineBranch(int blocks) {
    node.mine(blocks, transactions().address(key("other miner")));
  }

  /**
   * A block with this transaction, whatever nodes relay.
   *
   * @throws RegtestNode.RpcError if the rules of the chain do not let it in
   */
  void mineBlockWith(Bytes raw) {
    node.call("generateblock", transactions().address(miner), List.of(raw.toHex()));
  }

  /** Gives {@code key} a coin of this many satoshi, in a block of its own. */
  void fund(SecretKey key, long satoshi) {
    String address = transactions().address(key);
    var payment = await(transactions().preparePayment(miner, address, Amount.of(satoshi)));
    await(transactions().broadcast(payment.raw()));
    mine(1);
  }

  long nowSeconds() {
    return await(adapter.headers().latest()).ref().timestampSeconds();
  }

  HtlcTerms terms(Hash32 preimage, long satoshi, long expirySeconds) {
    return new HtlcTerms(
        network.coin(),
        Amount.of(satoshi),
        Digests.sha256(preimage.bytes()),
        htlc().partyKey(bob),
        htlc().partyKey(alice),
        expirySeconds);
  }

  static Hash32 preimage(String name) {
    return Digests.sha256(Bytes.utf8("preimage of " + name));
  }

  @Override
  public void close() {
    adapter.close();
    vertx.close().await();
    node.close();
  }
}
