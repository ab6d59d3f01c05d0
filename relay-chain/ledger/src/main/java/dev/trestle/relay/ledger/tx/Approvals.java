package dev.trestle.relay.ledger.tx;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.SwapTerms;
import java.util.List;

/**
 * What governance, members, parties and depositors sign besides the transaction itself. Each digest
 * is bound to the relay chain and to one purpose by its tag.
 */
public final class Approvals {
  private static final DomainTag REGISTER_CHAIN = DomainTag.of("ledger", "register-chain", 2);
  private static final DomainTag REGISTER_ROUTE = DomainTag.of("ledger", "register-route", 4);
  private static final DomainTag RESUME = DomainTag.of("ledger", "resume", 2);
  private static final DomainTag REFUND = DomainTag.of("ledger", "claim-refund", 1);
  private static final DomainTag FACT_BY_MEMBER = DomainTag.of("ledger", "fact-by-member", 1);
  private static final DomainTag FACT_BY_ATTESTOR = DomainTag.of("ledger", "fact-by-attestor", 1);
  private static final DomainTag SWAP = DomainTag.of("ledger", "swap-terms", 1);

  private Approvals() {}

  /**
   * What governance signs: every field of the registration but the approvals.
   *
   * @param epoch of governance: approvals of an older set are worth nothing
   */
  public static Hash32 registerChain(Hash32 hubId, long epoch, TransactionBody.RegisterChain body) {
    return over(
        REGISTER_CHAIN,
        hubId,
        epoch,
        new TransactionBody.RegisterChain(
            body.chain(),
            body.name(),
            body.adapterId(),
            body.clientType(),
            body.anchor(),
            body.confirmations(),
            body.bridgeContract(),
            body.sample(),
            body.limits(),
            List.of()));
  }

  /**
   * What governance signs: every field of the route but the approvals.
   *
   * @param epoch of governance
   */
  public static Hash32 registerRoute(Hash32 hubId, long epoch, TransactionBody.RegisterRoute body) {
    return over(REGISTER_ROUTE, hubId, epoch, body.approvedBy(List.of()));
  }

  /**
   * What governance signs to lift one pause.
   *
   * @param epoch of governance
   * @param pauseNumber of the pause record: an old approval does not lift a later pause
   */
  public static Hash32 resume(Hash32 hubId, long epoch, PauseSubject subject, long pauseNumber) {
    CanonicalWriter out = new CanonicalWriter().hash(RESUME.hash()).hash(hubId).u64(epoch);
    subject.write(out);
    return Digests.keccak256(out.u64(pauseNumber).toBytes());
  }

  /** What the transfer's refund key signs to be paid to {@code script}. */
  public static Hash32 refund(Hash32 hubId, Hash32 transferId, Bytes script) {
    return Digests.keccak256(
        new CanonicalWriter()
            .hash(REFUND.hash())
            .hash(hubId)
            .hash(transferId)
            .bytes(script)
            .toBytes());
  }

  /**
   * What members of the committee sign to say that a fact stands in a block.
   *
   * @param epoch of the committee
   * @param policyHash of the route for which they say so: nothing said for one policy counts for
   *     another
   */
  public static Hash32 factByMember(
      Hash32 hubId,
      long epoch,
      Hash32 policyHash,
      ChainId chain,
      Claim claim,
      HeaderRef block,
      long confirmations) {
    CanonicalWriter out = new CanonicalWriter().hash(FACT_BY_MEMBER.hash()).hash(hubId).u64(epoch);
    return Digests.keccak256(fact(out, policyHash, chain, claim, block, confirmations));
  }

  /** What an attestor signs for the same; it has no epoch, the policy names its key. */
  public static Hash32 factByAttestor(
      Hash32 hubId,
      Hash32 policyHash,
      ChainId chain,
      Claim claim,
      HeaderRef block,
      long confirmations) {
    CanonicalWriter out = new CanonicalWriter().hash(FACT_BY_ATTESTOR.hash()).hash(hubId);
    return Digests.keccak256(fact(out, policyHash, chain, claim, block, confirmations));
  }

  private static Bytes fact(
      CanonicalWriter out,
      Hash32 policyHash,
      ChainId chain,
      Claim claim,
      HeaderRef block,
      long confirmations) {
    out.hash(policyHash).text(chain.toString()).bytes(claim.path());
    out.hash(Digests.sha256(claim.value())).u64(block.height()).hash(block.id());
    return out.u64(block.timestampSeconds()).u64(confirmations).toBytes();
  }

  /** What both parties of a swap sign: all terms, nothing else. It is the swap's id. */
  public static Hash32 swapTerms(Hash32 hubId, SwapTerms terms) {
    CanonicalWriter out = new CanonicalWriter().hash(SWAP.hash()).hash(hubId);
    terms.write(out);
    return Digests.keccak256(out.toBytes());
  }

  private static Hash32 over(DomainTag tag, Hash32 hubId, long epoch, TransactionBody body) {
    CanonicalWriter out = new CanonicalWriter().hash(tag.hash()).hash(hubId).u64(epoch);
    BodyCodec.write(out, body);
    return Digests.keccak256(out.toBytes());
  }
}
