package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.HeaderRef;
import io.vertx.core.Future;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Hash-time-locks in the {@code TrestleHtlc} contract. Expiry is hard: a claim is valid strictly
 * before it, a refund from it on.
 */
final class EvmHtlc implements HtlcPort {
  /**
   * Gas for claims and refunds, which are not estimated: an estimate would show the preimage to a
   * node before it is sent, and a refund is signed before it is valid.
   */
  private static final long COIN_GAS = 150_000;

  private static final long TOKEN_GAS = 300_000;
  private static final Set<Hash32> LOCK_EVENTS = Set.of(HtlcCalls.LOCKED, HtlcCalls.LOCKED_COIN);

  /**
   * With these a lock has one event of each kind at most. Others of its id could be made by anyone
   * in any number, to make a search fail.
   */
  private static final Set<Hash32> OUTCOMES = Set.of(HtlcCalls.CLAIMED, HtlcCalls.REFUNDED);

  private static final BigInteger MAX_ALLOWANCE = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

  private final ChainProfile profile;
  private final EvmAddress contract;
  private final long fromBlock;
  private final ChainReader chain;
  private final ContractReader reader;
  private final PendingClaims pending;
  private final TransactionSigner signer;
  private final TransactionWait wait;

  EvmHtlc(
      ChainProfile profile,
      EvmAddress contract,
      long fromBlock,
      ChainReader chain,
      TransactionSigner signer,
      TransactionWait wait) {
    this.profile = profile;
    this.contract = contract;
    this.fromBlock = fromBlock;
    this.chain = chain;
    this.reader = new ContractReader(chain);
    this.pending = new PendingClaims(chain.pool(), contract);
    this.signer = signer;
    this.wait = wait;
  }

  /**
   * @throws AdapterException with BAD_CONFIG unless the code on the chain is exactly the code that
   *     we compiled: an owner or an upgrade could take everything
   */
  void checkCode() {
    if (!reader.code(contract).equals(ContractArtifact.HTLC.runtime())) {
      throw new AdapterException(
          AdapterError.BAD_CONFIG,
          "the code at " + Addresses.format(contract) + " is not TrestleHtlc");
    }
  }

  @Override
  public Verdict<HtlcLock> describe(HtlcTerms terms) {
    return calls(terms)
        .then(
            lock ->
                Verdict.accept(
                    new HtlcLock(
                        Addresses.format(contract),
                        lock.lockId().bytes(),
                        lock.lock(),
                        paymentUri(lock))));
  }

  @Override
  public Bytes partyKey(SecretKey key) {
    return TransactionSigner.addressOf(key).bytes();
  }

  /**
   * {@inheritDoc}
   *
   * <p>A token must be approved before it can be locked: when it is not, that is sent and waited
   * for first. The contract takes tokens only from whoever calls it, so an approval gives nobody
   * else a hold on them.
   */
  @Override
  public Future<SignedTransaction> prepareLock(HtlcTerms terms, SecretKey from) {
    return Async.supply(
        () -> {
          HtlcCalls lock = accepted(terms);
          if (!lock.isCoin()) {
            approve(lock, from);
          }
          return signer.sign(
              from,
              TransactionSigner.Call.estimated(
                  contract, lock.value(), lock.cheapestLock(TransactionSigner.addressOf(from))));
        });
  }

  @Override
  public Future<SignedTransaction> prepareClaim(
      HtlcTerms terms, LockFunding funding, Hash32 preimage, SecretKey claimer) {
    return Async.supply(
        () -> {
          HtlcCalls lock = accepted(terms);
          if (!Digests.sha256(preimage.bytes()).equals(lock.hash())) {
            throw new AdapterException(
                AdapterError.REJECTED_BY_CHAIN, "not the preimage of the lock's hash");
          }
          requireParty(claimer, lock.claimer());
          return signer.sign(
              claimer, TransactionSigner.Call.withGas(contract, lock.claim(preimage), gas(lock)));
        });
  }

  @Override
  public Future<SignedTransaction> prepareRefund(
      HtlcTerms terms, LockFunding funding, SecretKey refunder) {
    return Async.supply(
        () -> {
          HtlcCalls lock = accepted(terms);
          requireParty(refunder, lock.refunder());
          return signer.sign(
              refunder, TransactionSigner.Call.withGas(contract, lock.refund(), gas(lock)));
        });
  }

  @Override
  public Future<HtlcObservation> observe(HtlcTerms terms) {
    return Async.supply(() -> look(accepted(terms)));
  }

  private HtlcObservation look(HtlcCalls lock) {
    HeaderRef head = chain.tip().ref();
    long finalHeight = Math.min(chain.finalized().ref().height(), head.height());
    LockStatus status =
        LockStatus.of(
            Abi.integerAt(reader.call(contract, head, "status", Abi.word(lock.lockId())), 0));
    if (status == LockStatus.NONE) {
      return new HtlcObservation(
          head.timestampSeconds(), head.height(), List.of(), Optional.empty());
    }
    List<ContractReader.LogEntry> logs =
        reader.logs(
            contract,
            Math.min(fromBlock, head.height()),
            head.height(),
            List.of(
                Stream.concat(LOCK_EVENTS.stream(), OUTCOMES.stream()).map(Json::data).toList(),
                Json.data(lock.lockId())));
    ContractReader.LogEntry locked = only(logs, LOCK_EVENTS);
    if (!lock.isLockedEvent(locked.log().topics(), locked.log().data())) {
      throw Json.malformed("a lock event of other terms");
    }
    LockFunding funding =
        new LockFunding(
            locked.transactionId(),
            0,
            new Amount(lock.amount()),
            head.height() - locked.height() + 1,
            locked.height() <= finalHeight);
    return new HtlcObservation(
        head.timestampSeconds(),
        head.height(),
        List.of(funding),
        spend(lock, status, logs, head, finalHeight));
  }

  private Optional<LockSpend> spend(
      HtlcCalls lock,
      LockStatus status,
      List<ContractReader.LogEntry> logs,
      HeaderRef head,
      long finalHeight) {
    return switch (status) {
      case NONE -> Optional.empty();
      case LOCKED -> pending.find(lock, head);
      case CLAIMED -> {
        ContractReader.LogEntry entry = only(logs, Set.of(HtlcCalls.CLAIMED));
        Hash32 preimage = Abi.wordAt(entry.log().data(), 0);
        if (!Digests.sha256(preimage.bytes()).equals(lock.hash())) {
          throw Json.malformed("a claim without the preimage");
        }
        yield Optional.of(
            new LockSpend.Claimed(
                entry.transactionId(),
                preimage,
                head.height() - entry.height() + 1,
                entry.height() <= finalHeight));
      }
      case REFUNDED -> {
        ContractReader.LogEntry entry = only(logs, Set.of(HtlcCalls.REFUNDED));
        yield Optional.of(
            new LockSpend.Refunded(
                entry.transactionId(),
                head.height() - entry.height() + 1,
                entry.height() <= finalHeight));
      }
    };
  }

  private enum LockStatus {
    NONE,
    LOCKED,
    CLAIMED,
    REFUNDED;

    static LockStatus of(BigInteger code) {
      if (code.bitLength() > 2) {
        throw Json.malformed("lock status " + code);
      }
      return values()[code.intValueExact()];
    }
  }

  /** The one event of a kind that a lock with this status has. */
  private static ContractReader.LogEntry only(
      List<ContractReader.LogEntry> logs, Set<Hash32> events) {
    List<ContractReader.LogEntry> found =
        logs.stream().filter(entry -> events.contains(entry.log().topics().getFirst())).toList();
    if (found.size() != 1) {
      throw Json.malformed("status and events of a lock do not fit");
    }
    return found.getFirst();
  }

  private void approve(HtlcCalls lock, SecretKey from) {
    EvmAddress owner = TransactionSigner.addressOf(from);
    HeaderRef head = chain.tip().ref();
    BigInteger allowed =
        Abi.integerAt(
            reader.call(lock.token(), head, "allowance", Abi.address(owner), Abi.address(contract)),
            0);
    if (allowed.compareTo(lock.amount()) >= 0) {
      return;
    }
    if (allowed.signum() > 0) {
      approve(lock.token(), BigInteger.ZERO, from); // some tokens refuse to change a rest
    }
    approve(lock.token(), MAX_ALLOWANCE, from);
  }

  private void approve(EvmAddress token, BigInteger amount, SecretKey from) {
    Bytes call =
        Abi.call(
            "approve",
            Abi.address(contract),
            new org.web3j.abi.datatypes.generated.Uint256(amount));
    wait.execute(signer.sign(from, TransactionSigner.Call.estimated(token, BigInteger.ZERO, call)));
  }

  private static void requireParty(SecretKey key, EvmAddress party) {
    if (!TransactionSigner.addressOf(key).equals(party)) {
      throw new AdapterException(
          AdapterError.INVALID_ADDRESS, "the key is not the one that the lock names");
    }
  }

  private static long gas(HtlcCalls lock) {
    return lock.isCoin() ? COIN_GAS : TOKEN_GAS;
  }

  private Verdict<HtlcCalls> calls(HtlcTerms terms) {
    return HtlcCalls.of(terms, profile.chain(), profile.nativeAsset(), contract);
  }

  private HtlcCalls accepted(HtlcTerms terms) {
    return HtlcCalls.accepted(calls(terms));
  }

  /** EIP-681. */
  private String paymentUri(HtlcCalls lock) {
    return "ethereum:"
        + Addresses.format(contract)
        + "@"
        + profile.chain().reference()
        + "/lock?bytes32="
        + Json.data(lock.hash())
        + "&address="
        + lock.token()
        + "&uint256="
        + lock.amount()
        + "&address="
        + lock.claimer()
        + "&address="
        + lock.refunder()
        + "&uint64="
        + lock.expiry()
        + (lock.isCoin() ? "&value=" + lock.amount() : "");
  }
}
