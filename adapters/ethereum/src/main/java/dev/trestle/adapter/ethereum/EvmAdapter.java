package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.MessageSource;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.AssetId;
import io.vertx.core.Future;
import java.util.Optional;

/** One EVM chain behind the adapter interface. */
final class EvmAdapter implements ChainAdapter {
  private static final int ETHER = 60;
  private static final int DECIMALS = 18;
  private static final double BLOCK_SECONDS = 12;

  /** A best block older than this many seconds makes a chain of value unusable. */
  private static final long STALE_SECONDS = 600;

  private final AdapterContext context;
  private final EvmConnection connection;
  private final ChainProfile profile;
  private final EvmHeaders headers;
  private final EvidenceSource evidence;
  private final MessageSource messages;
  private final Optional<EvmHtlc> htlc;
  private final Optional<HtlcActions> actions;
  private final PacketPort packets;

  EvmAdapter(AdapterContext context, ChainConfig config) {
    this.context = context;
    this.connection = EvmConnection.open(context, config);
    EvmOptions options = connection.options();
    ChainReader chain = connection.chain();
    this.profile =
        new ChainProfile(
            config.chain(),
            "EVM chain " + options.chainId(),
            AssetId.nativeCoin(config.chain(), ETHER),
            DECIMALS,
            BLOCK_SECONDS,
            options.confirmations().isPresent()
                ? new ChainProfile.Finality.Depth(options.confirmations().getAsInt())
                : new ChainProfile.Finality.ByChain(),
            options.timing(),
            options.test());
    this.headers = new EvmHeaders(context.vertx(), chain, options.poll());
    this.evidence = new EvmEvidence(chain);
    this.messages = new EvmMessages(chain, connection.transactions());
    this.htlc =
        options
            .htlc()
            .map(
                contract ->
                    new EvmHtlc(
                        profile,
                        contract,
                        options.htlcFromBlock(),
                        chain,
                        connection.signer(),
                        connection.await()));
    this.actions =
        options
            .htlc()
            .map(contract -> new HtlcActions(profile, contract, chain, connection.signer()));
    this.packets = new EvmPackets(chain, connection.signer());
  }

  /** Batches, sponsored claims and the like; with a hash-time-lock contract only. */
  Optional<HtlcActions> htlcActions() {
    return actions;
  }

  @Override
  public ChainProfile profile() {
    return profile;
  }

  @Override
  public Future<Void> start() {
    return Async.supply(
            () -> {
              RawHeader tip = connection.chain().tip();
              htlc.ifPresent(EvmHtlc::checkCode);
              return tip;
            })
        .mapEmpty();
  }

  @Override
  public Future<Health> health() {
    return Async.supply(this::measure)
        .recover(
            failure ->
                Future.succeededFuture(
                    new Health(
                        false,
                        0,
                        0,
                        0,
                        0,
                        connection.chain().pool().size(),
                        String.valueOf(failure.getMessage()))));
  }

  private Health measure() {
    ChainReader chain = connection.chain();
    RawHeader tip = chain.tip();
    long finalized = chain.finalized().ref().height();
    long lag = Math.max(0, context.time().nowSeconds() - tip.ref().timestampSeconds());
    boolean stale = !profile.test() && lag > STALE_SECONDS;
    int agreeing = chain.agreeing(tip.ref());
    return new Health(
        !stale && agreeing >= chain.pool().quorum(),
        tip.ref().height(),
        finalized,
        lag,
        agreeing,
        chain.pool().size(),
        stale ? "no new block for " + lag + " s" : "");
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
    return messages;
  }

  @Override
  public TransactionPort transactions() {
    return connection.transactions();
  }

  @Override
  public Optional<HtlcPort> htlc() {
    return htlc.map(port -> port);
  }

  @Override
  public Optional<PacketPort> packets() {
    return Optional.of(packets);
  }

  @Override
  public void close() {
    headers.close();
    connection.close();
  }
}
