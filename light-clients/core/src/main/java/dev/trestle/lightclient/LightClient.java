package dev.trestle.lightclient;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import java.util.List;

/**
 * Verifies one connected chain. Pure and deterministic: every method is a function of its
 * arguments; time is a parameter; work is charged to the {@link Budget} before it is done. Nothing
 * is trusted that does not follow from the state in the {@link ClientView}: no method takes a
 * verifier, a set or a result from its caller. Rejections carry a {@link RejectionCode} or a code
 * of the family's own enum.
 */
public interface LightClient {
  /**
   * Turns a weak-subjectivity anchor into the first state.
   *
   * @param anchor chain parameters and trusted start, in the family's documented form
   */
  Verdict<ClientDelta> initialize(Bytes anchor, Budget budget);

  /**
   * Checks new headers against the state without changing it.
   *
   * @param nowSeconds Unix time by which headers from the future and expired trust are judged
   */
  Verdict<VerifiedUpdate> verify(ClientView view, Bytes message, Budget budget, long nowSeconds);

  /** The state change of an update that {@link #verify} accepted against this same view. */
  ClientDelta apply(ClientView view, VerifiedUpdate update);

  /**
   * Accepts only proof that the chain's consensus itself broke (for example two conflicting
   * finalised headers). Honest progress, reorganisations within the family's rules included, is
   * rejected. The delta freezes the client.
   *
   * @param nowSeconds Unix time by which the trusting period of the evidence is judged: keys of a
   *     set that nothing binds any more must not be able to freeze a client
   */
  Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds);

  /** Checks that a fact is part of the chain. */
  Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget);

  /** Checks that nothing stands under {@code path}. Families without absence proofs reject. */
  Verdict<ProvenFact> nonMembership(ClientView view, Bytes path, Bytes proof, Budget budget);

  ClientStatus status(ClientView view, long nowSeconds);

  /** The best header that the state knows. */
  HeaderRef latest(ClientView view);

  /** Unix seconds of the header at {@code height} on the best chain; rejects unknown heights. */
  Verdict<Long> timestampAt(ClientView view, long height);

  /**
   * Moves a frozen or expired client to the state of a healthy substitute of the same chain; who
   * may ask for it is the ledger's business. Starts with {@link RecoveryRules#check}: rejects a
   * subject that works and a substitute that does not. Rejects another chain or other parameters
   * with {@link RejectionCode#WRONG_CHAIN} or {@link RejectionCode#VALUE_MISMATCH}, and headers
   * that the budget does not cover.
   *
   * @param nowSeconds Unix time by which both are judged
   */
  Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds);

  /** Joins headers as the chain's node returns them into one message for {@link #verify}. */
  Bytes encodeUpdate(List<Bytes> rawHeaders);
}
