package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.ChainConfig;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.List;

/** The nodes of one chain and what every part of the adapter needs of them. */
record EvmConnection(
    EvmOptions options,
    HttpClient http,
    ChainReader chain,
    TransactionSigner signer,
    EvmTransactions transactions,
    TransactionWait await)
    implements AutoCloseable {
  /** Connections to one node. */
  private static final int CONNECTIONS = 8;

  /** Calls that wait for a connection to one node; more are refused. */
  private static final int WAITING = 1_000;

  /** Longest wait for a transaction that another builds on. */
  private static final Duration INCLUSION = Duration.ofMinutes(10);

  static EvmConnection open(AdapterContext context, ChainConfig config) {
    EvmOptions options = EvmOptions.parse(config);
    HttpClient http =
        context
            .vertx()
            .createHttpClient(
                new HttpClientOptions().setMaxRedirects(0),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING));
    List<EvmRpc> nodes =
        config.endpoints().stream()
            .map(endpoint -> new EvmRpc(new VertxRpcService(http, endpoint, options.rpcTimeout())))
            .toList();
    EndpointPool pool = new EndpointPool(nodes, options.chainId(), options.genesis());
    ChainReader chain = new ChainReader(pool, options.confirmations());
    TransactionSigner signer = new TransactionSigner(chain, options, context.time());
    EvmTransactions transactions = new EvmTransactions(chain, signer);
    TransactionWait wait =
        new TransactionWait(
            context.vertx(), context.time(), transactions, options.poll(), INCLUSION);
    return new EvmConnection(options, http, chain, signer, transactions, wait);
  }

  @Override
  public void close() {
    http.close();
  }
}
