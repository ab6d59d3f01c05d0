package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.MessageSource;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.sim.SimFaults.Call;
import dev.trestle.adapter.sim.SimFaults.Fault;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One party's connection to a {@link SimChain}. Answers at once on the caller's thread. Proofs and
 * contract messages do not exist here and fail with {@link AdapterError#NOT_SUPPORTED}.
 */
public final class SimAdapter implements ChainAdapter {
  private final SimChain chain;
  private final SimFaults faults;
  private final SimWallet wallet;
  private final SimHtlc htlc;
  private final SimTransactions transactions;
  private final SimHeaders headers;

  public SimAdapter(SimChain chain) {
    this(chain, SimFaults.NONE, PreimageSearch.BY_HASH);
  }

  public SimAdapter(SimChain chain, SimFaults faults) {
    this(chain, faults, PreimageSearch.BY_HASH);
  }

  /**
   * @param search how it looks for preimages; anything but {@link PreimageSearch#BY_HASH} is a
   *     seeded mistake
   */
  public SimAdapter(SimChain chain, SimFaults faults, PreimageSearch search) {
    this.chain = chain;
    this.faults = faults;
    this.wallet = new SimWallet(chain);
    this.htlc = new SimHtlc(this, search);
    this.transactions = new SimTransactions(this);
    this.headers = new SimHeaders(chain);
  }

  SimChain chain() {
    return chain;
  }

  SimWallet wallet() {
    return wallet;
  }

  /** Does {@code work}, with the fault that is due before or after it. */
  <T> Future<T> call(Call call, Supplier<T> work) {
    Optional<Fault> fault = faults.next(call);
    try {
      if (fault.isPresent() && !fault.get().afterEffect()) {
        throw new AdapterException(fault.get().error(), call + " fails as told");
      }
      T result = work.get();
      if (fault.isPresent()) {
        throw new AdapterException(fault.get().error(), call + " has its effect and fails");
      }
      return Future.succeededFuture(result);
    } catch (AdapterException e) {
      return Future.failedFuture(e);
    } catch (IllegalStateException | IllegalArgumentException | ArithmeticException e) {
      return Future.failedFuture(
          new AdapterException(AdapterError.NODE_ERROR, String.valueOf(e.getMessage()), e));
    }
  }

  @Override
  public ChainProfile profile() {
    return chain.profile();
  }

  @Override
  public Future<Void> start() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Health> health() {
    return call(
        Call.HEALTH,
        () -> {
          boolean usable = chain.isUsable();
          long finalized = Math.max(0, chain.head() - chain.finalDepth() + 1);
          return new Health(
              usable,
              chain.head(),
              finalized,
              chain.ageSeconds(),
              usable ? 1 : 0,
              1,
              usable ? "" : "told to be unusable");
        });
  }

  @Override
  public HeaderSource headers() {
    return headers;
  }

  @Override
  public EvidenceSource evidence() {
    return new EvidenceSource() {
      @Override
      public Future<Claim> transaction(Hash32 transactionId) {
        return notSupported();
      }

      @Override
      public Future<Claim> message(MessageSource.SourceEvent event) {
        return notSupported();
      }
    };
  }

  @Override
  public MessageSource messages() {
    return new MessageSource() {
      @Override
      public Future<List<SourceEvent>> replay(Bytes emitter, long fromHeight, long toHeight) {
        return notSupported();
      }

      @Override
      public Future<List<SourceEvent>> reobserve(Bytes emitter, Hash32 transactionId) {
        return notSupported();
      }
    };
  }

  private static <T> Future<T> notSupported() {
    return Future.failedFuture(
        new AdapterException(AdapterError.NOT_SUPPORTED, "a simulated chain has none"));
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
  public void close() {
    // holds nothing
  }
}
