package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.CooperativeHtlcPort;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.MessageSource;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One network of the Bitcoin family behind the adapter interface. */
final class BitcoinAdapter implements ChainAdapter {
  /** Connections to one node. */
  private static final int CONNECTIONS = 8;

  /** Calls that wait for a connection to one node; more are refused. */
  private static final int WAITING = 1_000;

  /** Seconds after which an idle connection is given up: before the node does so (30). */
  private static final int IDLE = 15;

  /** Blocks of regtest, which are small, that are fetched with one request. */
  private static final int SMALL_BLOCKS = 25;

  /** A best block older than this many mean block times makes a chain unusable. */
  private static final int STALE_BLOCKS = 20;

  private final AdapterContext context;
  private final UtxoNetwork network;
  private final ChainProfile profile;
  private final HttpClient http;
  private final EndpointPool pool;
  private final ChainReader chain;
  private final Optional<PeerHeaders> peers;
  private final BitcoinHeaders headers;
  private final BitcoinEvidence evidence;
  private final BitcoinTransactions transactions;
  private final BitcoinHtlc htlc;
  private final TaprootHtlc taproot;
  private final BitcoinCustody custody;

  BitcoinAdapter(
      AdapterContext context, UtxoNetwork network, AdapterOptions options, ChainConfig config) {
    this.context = context;
    this.network = network;
    this.profile =
        new ChainProfile(
            network.chain(),
            network.displayName(),
            network.coin(),
            8,
            network.family().blockSeconds(),
            new ChainProfile.Finality.Depth(options.confirmations()),
            options.timing(),
            network.isTest());
    this.http =
        context
            .vertx()
            .createHttpClient(
                new HttpClientOptions().setKeepAliveTimeout(IDLE).setMaxRedirects(0),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING));
    List<BitcoinRpc> nodes =
        config.endpoints().stream()
            .map(endpoint -> new BitcoinRpc(http, endpoint, options.rpcTimeout()))
            .toList();
    this.pool = new EndpointPool(nodes, network);
    this.chain = new ChainReader(pool);
    BlockReader blocks = new BlockReader(pool, isRegtest() ? SMALL_BLOCKS : 1);
    ScriptIndex index = new ScriptIndex(chain, blocks, pool, options.scanBlocks(), context.time());
    FeePolicy fees = new FeePolicy(pool, options);
    Addresses addresses = new Addresses(network);
    TransactionLookup lookup = new TransactionLookup(pool, chain);
    this.peers = peers(context, network, options);
    this.headers =
        new BitcoinHeaders(
            context.vertx(),
            peers.map(HeaderReader.class::cast).orElse(chain),
            network == UtxoNetwork.BITCOIN_SIGNET
                ? new SignetBlocks(pool)::solved
                : UnaryOperator.identity(),
            options.confirmations(),
            options.poll());
    this.evidence = new BitcoinEvidence(lookup, blocks);
    CoinStore coins = new CoinStore(index, context.time());
    this.transactions =
        new BitcoinTransactions(
            network,
            new Broadcaster(pool, chain, lookup),
            lookup,
            addresses,
            coins,
            fees,
            options.confirmations());
    this.htlc =
        new BitcoinHtlc(
            LockContract.Form.P2WSH, network, index, addresses, lookup, transactions, fees);
    this.taproot = new TaprootHtlc(network, index, addresses, lookup, transactions, fees);
    this.custody = new BitcoinCustody(index, addresses);
  }

  private static Optional<PeerHeaders> peers(
      AdapterContext context, UtxoNetwork network, AdapterOptions options) {
    return options.peers().isEmpty()
        ? Optional.empty()
        : PeerNetwork.magic(network)
            .map(
                magic ->
                    new PeerHeaders(
                        context.vertx(),
                        context.time(),
                        network,
                        magic,
                        options.peers(),
                        options.peerTimeout()));
  }

  @Override
  public ChainProfile profile() {
    return profile;
  }

  @Override
  public Future<Void> start() {
    return Async.supply(
            () -> {
              // every node shows its genesis block before it is asked anything else
              EndpointPool.refuseWrongChain(pool.all(rpc -> ChainReader.blockHash(rpc, 0)));
              return chain.tip();
            })
        .compose(tip -> peers.map(PeerHeaders::start).orElse(Future.succeededFuture()));
  }

  @Override
  public Future<Health> health() {
    return Async.supply(this::measure)
        .recover(
            failure ->
                Future.succeededFuture(
                    new Health(
                        false, 0, 0, 0, 0, pool.size(), String.valueOf(failure.getMessage()))));
  }

  private Health measure() {
    RawHeader tip = chain.tip();
    long height = tip.ref().height();
    long lag = Math.max(0, context.time().nowSeconds() - tip.ref().timestampSeconds());
    boolean stale = !isRegtest() && lag > (long) STALE_BLOCKS * network.family().blockSeconds();
    int agreeing = chain.agreeing(tip.ref());
    boolean peerless = peers.filter(each -> each.answering() == 0).isPresent();
    return new Health(
        !stale && !peerless && agreeing >= pool.quorum(),
        height,
        Math.max(0, height - transactions.confirmations() + 1),
        lag,
        agreeing,
        pool.size(),
        stale
            ? "no new block for " + lag + " s"
            : peers
                .map(each -> each.answering() + " of " + each.peers() + " peers give headers")
                .orElse(""));
  }

  private boolean isRegtest() {
    return switch (network) {
      case BITCOIN_REGTEST, LITECOIN_REGTEST -> true;
      case BITCOIN,
          BITCOIN_TESTNET3,
          BITCOIN_TESTNET4,
          BITCOIN_SIGNET,
          LITECOIN,
          LITECOIN_TESTNET ->
          false;
    };
  }

  @Override
  public HeaderSource headers() {
    return headers;
  }

  @Override
  public EvidenceSource evidence() {
    return evidence;
  }

  @Override
  public MessageSource messages() {
    return NoMessages.INSTANCE;
  }

  @Override
  public TransactionPort transactions() {
    return transactions;
  }

  @Override
  public Optional<HtlcPort> htlc() {
    return Optional.of(htlc);
  }

  @Override
  public Optional<CooperativeHtlcPort> cooperativeHtlc() {
    return Optional.of(taproot);
  }

  @Override
  public Optional<CustodyPort> custody() {
    return Optional.of(custody);
  }

  @Override
  public void close() {
    headers.close();
    peers.ifPresent(PeerHeaders::close);
    http.close();
  }

  /** Chains of this family have no contracts. */
  private enum NoMessages implements MessageSource {
    INSTANCE;

    @Override
    public Future<List<SourceEvent>> replay(Bytes emitter, long fromHeight, long toHeight) {
      return unsupported();
    }

    @Override
    public Future<List<SourceEvent>> reobserve(Bytes emitter, Hash32 transactionId) {
      return unsupported();
    }

    private static <T> Future<T> unsupported() {
      return Future.failedFuture(
          new AdapterException(AdapterError.NOT_SUPPORTED, "this chain has no contracts"));
    }
  }
}
