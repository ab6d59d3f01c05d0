package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Future;
import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What {@code TrestleHtlc} can do beyond {@link dev.trestle.adapter.HtlcPort}: batches, claims that
 * a sponsor pays for, refunds that both agree to, deposit addresses. Ids, keys and paths come from
 * the terms alone. Transactions are signed, not sent.
 */
final class HtlcActions {
  /**
   * Gas that is not estimated: an estimate would show the preimages to a node before they are sent.
   * The contract itself refuses less than a payment may need, before it skips it.
   */
  private static final long BATCH_GAS = 300_000;

  private static final long COIN_CLAIM_GAS = 75_000;
  private static final long TOKEN_CLAIM_GAS = 215_000;
  private static final long ONE_GAS = 400_000;

  private final ChainProfile profile;
  private final EvmAddress contract;
  private final ChainReader chain;
  private final ContractReader reader;
  private final TransactionSigner signer;
  private final HtlcSignatures signatures;

  HtlcActions(
      ChainProfile profile, EvmAddress contract, ChainReader chain, TransactionSigner signer) {
    this.profile = profile;
    this.contract = contract;
    this.chain = chain;
    this.reader = new ContractReader(chain);
    this.signer = signer;
    this.signatures = new HtlcSignatures(Long.parseLong(profile.chain().reference()), contract);
  }

  HtlcSignatures signatures() {
    return signatures;
  }

  /** As {@link HtlcBatch#of}. */
  Verdict<HtlcBatch> batch(List<HtlcTerms> terms) {
    return HtlcBatch.of(terms, profile.chain(), profile.nativeAsset(), contract);
  }

  /**
   * Locks a batch. Tokens must be approved.
   *
   * @throws AdapterException through the future: REJECTED_BY_CHAIN with the contract's reason
   */
  Future<SignedTransaction> prepareLock(HtlcBatch batch, SecretKey from) {
    return Async.supply(
        () ->
            signer.sign(
                from, TransactionSigner.Call.estimated(contract, batch.value(), batch.lock())));
  }

  /** Claims the locks whose preimages are given; whoever sends it, each claimer is paid. */
  Future<SignedTransaction> prepareClaims(
      HtlcBatch batch, SortedMap<Integer, Hash32> preimages, SecretKey from) {
    return Async.supply(
        () -> {
          long each = batch.isCoin() ? COIN_CLAIM_GAS : TOKEN_CLAIM_GAS;
          return sign(from, batch.claim(preimages), BATCH_GAS + each * preimages.size());
        });
  }

  /** Takes back what is open of a batch; valid from its expiry on. */
  Future<SignedTransaction> prepareRefunds(HtlcBatch batch, SecretKey from) {
    return Async.supply(
        () -> sign(from, batch.refund(), BATCH_GAS + 10_000L * batch.locks().size()));
  }

  /** Pays the claimer, from wherever the lock is kept. */
  Future<SignedTransaction> prepareClaimAt(
      HtlcTerms terms, HtlcPlace place, Hash32 preimage, SecretKey from) {
    return Async.supply(
        () -> {
          HtlcCalls lock = opened(terms, preimage);
          return sign(
              from,
              Abi.call("claimAt", Abi.word(preimage), lock.struct(), place.struct()),
              ONE_GAS);
        });
  }

  /** Pays the refunder, from wherever the lock is kept; valid from the expiry on. */
  Future<SignedTransaction> prepareRefundAt(HtlcTerms terms, HtlcPlace place, SecretKey from) {
    return Async.supply(
        () -> sign(from, Abi.call("refundAt", lock(terms).struct(), place.struct()), ONE_GAS));
  }

  /**
   * Signs for a sponsor, or to be paid elsewhere.
   *
   * @throws AdapterException INVALID_AMOUNT for a fee above half of the amount, INVALID_ADDRESS
   *     when the key is not the claimer's or the payee cannot be paid
   */
  HtlcSignatures.Signed redirect(
      HtlcTerms terms, HtlcPlace place, HtlcSignatures.Redirection claim, SecretKey claimer) {
    HtlcCalls lock = lock(terms);
    requireClaimer(lock, claimer);
    if (claim.fee().signum() < 0 || claim.fee().compareTo(lock.amount().shiftRight(1)) > 0) {
      throw new AdapterException(AdapterError.INVALID_AMOUNT, "a fee of " + claim.fee());
    }
    boolean payable =
        !claim.to().equals(HtlcCalls.NO_TOKEN)
            && !claim.to().equals(contract)
            && !claim.to().equals(lock.token());
    if (!payable) {
      throw new AdapterException(AdapterError.INVALID_ADDRESS, "payee " + claim.to());
    }
    return signatures.redirect(place.key(lock.lockId()), claim, claimer);
  }

  /** Sends what a claimer has signed; the sender is paid the fee. */
  Future<SignedTransaction> prepareRedirected(
      HtlcTerms terms,
      HtlcPlace place,
      Hash32 preimage,
      HtlcSignatures.Signed signed,
      SecretKey from) {
    return Async.supply(
        () -> {
          HtlcCalls lock = opened(terms, preimage);
          return sign(
              from,
              Abi.call(
                  "claimFor", Abi.word(preimage), lock.struct(), place.struct(), signed.struct()),
              ONE_GAS);
        });
  }

  /** The claimer's word that the lock goes back now. Only when no claim of it can follow. */
  EcdsaSignature agreeToRefund(HtlcTerms terms, HtlcPlace place, SecretKey claimer) {
    HtlcCalls lock = lock(terms);
    requireClaimer(lock, claimer);
    return signatures.refund(place.key(lock.lockId()), claimer);
  }

  /**
   * Refunds before the expiry what the claimer has agreed to.
   *
   * @throws AdapterException through the future: REJECTED_BY_CHAIN when it is not the claimer's
   *     signature for this place
   */
  Future<SignedTransaction> prepareAgreedRefund(
      HtlcTerms terms, HtlcPlace place, EcdsaSignature agreed, SecretKey from) {
    return Async.supply(
        () -> {
          HtlcCalls lock = lock(terms);
          if (!signatures.isRefundOf(place.key(lock.lockId()), lock.claimer(), agreed)) {
            throw new AdapterException(
                AdapterError.REJECTED_BY_CHAIN, "the claimer has not signed this refund");
          }
          Bytes call =
              Abi.call(
                  "refundTogether",
                  lock.struct(),
                  place.struct(),
                  Abi.word(HtlcSignatures.r(agreed)),
                  Abi.word(HtlcSignatures.vs(agreed)));
          return sign(from, call, ONE_GAS);
        });
  }

  /** Where a plain transfer of the amount is a lock of these terms. */
  EvmAddress depositAddress(HtlcTerms terms) {
    return HtlcPlace.Deposit.address(contract, lock(terms).lockId());
  }

  /** Pays the refunder what came to a deposit address after it was claimed or refunded. */
  Future<SignedTransaction> prepareSweep(HtlcTerms terms, EvmAddress asset, SecretKey from) {
    return Async.supply(
        () ->
            sign(
                from, Abi.call("sweepDeposit", lock(terms).struct(), Abi.address(asset)), ONE_GAS));
  }

  /** How it stands with a deposit address. */
  Future<DepositState> observeDeposit(HtlcTerms terms) {
    return Async.supply(
        () -> {
          HtlcCalls lock = lock(terms);
          HeaderRef head = chain.tip().ref();
          EvmAddress box = HtlcPlace.Deposit.address(contract, lock.lockId());
          BigInteger paid =
              lock.isCoin()
                  ? signer.balance(box)
                  : Abi.integerAt(
                      reader.call(lock.token(), head, "balanceOf", Abi.address(box)), 0);
          Hash32 key = new HtlcPlace.Deposit().key(lock.lockId());
          int code =
              Abi.integerAt(reader.call(contract, head, "status", Abi.word(key)), 0)
                  .intValueExact();
          return new DepositState(State.of(code), new Amount(paid));
        });
  }

  /** Status and balance of a deposit address; NONE is what is not yet claimed or refunded. */
  record DepositState(State state, Amount paid) {}

  /** Status codes of the contract. */
  enum State {
    NONE,
    LOCKED,
    CLAIMED,
    REFUNDED;

    static State of(int code) {
      if (code < 0 || code >= values().length) {
        throw Json.malformed("lock status " + code);
      }
      return values()[code];
    }
  }

  /**
   * What the chain shows of a batch at its best block.
   *
   * @param states of each lock
   * @param preimages of those that are claimed, each checked against its hash
   */
  record BatchState(List<State> states, SortedMap<Integer, Hash32> preimages) {
    BatchState {
      states = List.copyOf(states);
      preimages = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(preimages));
    }
  }

  /**
   * Looks at a batch.
   *
   * @param fromBlock block of its lock, or an earlier one
   */
  Future<BatchState> observe(HtlcBatch batch, long fromBlock) {
    return Async.supply(() -> look(batch, fromBlock));
  }

  private BatchState look(HtlcBatch batch, long fromBlock) {
    HeaderRef head = chain.tip().ref();
    BigInteger word =
        Abi.integerAt(reader.call(contract, head, "batches", Abi.word(batch.batchId())), 0);
    List<State> states =
        IntStream.range(0, batch.locks().size())
            .mapToObj(i -> State.of(word.shiftRight(2 * i).intValue() & 3))
            .toList();
    List<Integer> claimed =
        IntStream.range(0, states.size())
            .filter(i -> states.get(i) == State.CLAIMED)
            .boxed()
            .toList();
    return new BatchState(states, preimages(batch, claimed, fromBlock, head));
  }

  /** A key has one outcome ever, so that there are no more events than locks. */
  private SortedMap<Integer, Hash32> preimages(
      HtlcBatch batch, List<Integer> claimed, long fromBlock, HeaderRef head) {
    TreeMap<Integer, Hash32> preimages = new TreeMap<>();
    if (claimed.isEmpty()) {
      return preimages;
    }
    List<ContractReader.LogEntry> logs =
        reader.logs(
            contract,
            Math.min(fromBlock, head.height()),
            head.height(),
            List.of(
                Json.data(HtlcCalls.CLAIMED),
                claimed.stream().map(i -> Json.data(batch.key(i))).toList()));
    for (int index : claimed) {
      Hash32 key = batch.key(index);
      preimages.put(
          index,
          logs.stream()
              .map(ContractReader.LogEntry::log)
              .filter(log -> log.topics().size() > 1 && log.topics().get(1).equals(key))
              .map(log -> Abi.wordAt(log.data(), 0))
              .filter(word -> Digests.sha256(word.bytes()).equals(batch.locks().get(index).hash()))
              .findFirst()
              .orElseThrow(() -> Json.malformed("a claim without the preimage")));
    }
    return preimages;
  }

  private SignedTransaction sign(SecretKey from, Bytes call, long gas) {
    return signer.sign(from, TransactionSigner.Call.withGas(contract, call, gas));
  }

  private HtlcCalls lock(HtlcTerms terms) {
    return HtlcCalls.accepted(
        HtlcCalls.of(terms, profile.chain(), profile.nativeAsset(), contract));
  }

  private HtlcCalls opened(HtlcTerms terms, Hash32 preimage) {
    HtlcCalls lock = lock(terms);
    if (!Digests.sha256(preimage.bytes()).equals(lock.hash())) {
      throw new AdapterException(
          AdapterError.REJECTED_BY_CHAIN, "not the preimage of the lock's hash");
    }
    return lock;
  }

  private static void requireClaimer(HtlcCalls lock, SecretKey key) {
    if (!TransactionSigner.addressOf(key).equals(lock.claimer())) {
      throw new AdapterException(
          AdapterError.INVALID_ADDRESS, "the key is not the claimer's of the lock");
    }
  }
}
