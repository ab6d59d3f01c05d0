package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.ConsensusSigner;
import dev.trestle.relay.consensus.SignGuardRules;
import dev.trestle.relay.consensus.SignPosition;
import dev.trestle.relay.consensus.SignatureMemo;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The validator's key behind its sign guard: a signature leaves only after the guard's record of it
 * is on the disk. Used by the consensus thread alone.
 */
final class GuardedSigner implements ConsensusSigner, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedSigner.class);

  private final SecretKey key;
  private final EvmAddress address;
  private final SignGuardFile file;
  private final LongSupplier logNext;
  private final SignatureMemo memo = new SignatureMemo();
  private GuardState state;
  private BooleanSupplier caughtUp = () -> true;

  /**
   * @param logNext how many records the write-ahead log holds on the disk
   */
  GuardedSigner(SecretKey key, SignGuardFile file, LongSupplier logNext) {
    this.key = key;
    this.address = key.publicKey().evmAddress();
    this.file = file;
    this.logNext = logNext;
    this.state = GuardState.decode(file.payload());
  }

  /**
   * A guard that has signed nothing may be the second one of a key that has: until {@code caughtUp}
   * holds it signs nothing, so that it does not begin again at the first height of an old chain.
   */
  void waitsFor(BooleanSupplier caughtUp) {
    this.caughtUp = caughtUp;
  }

  private boolean isWaiting() {
    return state.last().isEmpty() && !caughtUp.getAsBoolean();
  }

  PublicKey publicKey() {
    return key.publicKey();
  }

  /** A transaction by the validator's key. Its digest has a tag of its own: it is no vote. */
  Transaction transaction(Hash32 chainId, long nonce, TransactionBody body) {
    return Transaction.sign(chainId, key, nonce, body);
  }

  /** Signatures that this validator has found good, its own among them. */
  SignatureMemo memo() {
    return memo;
  }

  @Override
  public EvmAddress address() {
    return address;
  }

  @Override
  public Optional<EcdsaSignature> sign(SignPosition position, Hash32 digest) {
    if (position.height() <= state.abstainThrough() || isWaiting()) {
      return Optional.empty();
    }
    return switch (SignGuardRules.decide(state.last(), position, digest)) {
      case Verdict.Accepted<SignGuardRules.Decision>(SignGuardRules.Decision decision) ->
          Optional.of(
              switch (decision) {
                case SignGuardRules.Decision.Repeat(EcdsaSignature signature) -> signature;
                case SignGuardRules.Decision.SignNew() -> signNew(position, digest);
              });
      case Verdict.Rejected<SignGuardRules.Decision> _,
          Verdict.Ignored<SignGuardRules.Decision> _,
          Verdict.Later<SignGuardRules.Decision> _ ->
          Optional.empty();
    };
  }

  /** Durably gives up every height up to {@code height}. */
  void abstainThrough(long height, String reason) {
    if (height > state.abstainThrough()) {
      NodeEvent.GUARD_ABSTAINS
          .on(LOG)
          .addKeyValue("height", height)
          .log("not voting up to a height: {}", reason);
      store(new GuardState(logNext.getAsLong(), height, state.last()));
    }
  }

  /** Signs nothing any more, also after a restart, until the operator has looked into it. */
  void stop(String reason) {
    NodeEvent.GUARD_STOPPED.on(LOG).log("not voting any more: {}", reason);
    abstainThrough(Long.MAX_VALUE, reason);
  }

  GuardState state() {
    return state;
  }

  /** Why it does not sign at {@code height}; empty if it does. */
  Optional<String> silentAt(long height) {
    if (height > state.abstainThrough()) {
      return isWaiting()
          ? Optional.of("a new guard: first it hears a quorum and has what they have")
          : Optional.empty();
    }
    return Optional.of(
        state.abstainThrough() == Long.MAX_VALUE
            ? NodeReason.GUARD_ROLLED_BACK.code()
            : "abstains through height " + state.abstainThrough());
  }

  long sequence() {
    return file.sequence();
  }

  @Override
  public void close() {
    file.close();
    key.close();
  }

  private EcdsaSignature signNew(SignPosition position, Hash32 digest) {
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(digest, key);
    memo.own(signature, digest, address);
    SignGuardRules.Last record = new SignGuardRules.Last(position, digest, signature);
    store(new GuardState(logNext.getAsLong(), state.abstainThrough(), Optional.of(record)));
    return signature;
  }

  private void store(GuardState next) {
    file.store(next.encode());
    state = next;
  }
}
