package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.policy.SignedData;
import dev.trestle.lightclient.fabric.policy.Signers;
import dev.trestle.lightclient.fabric.protos.ChannelHeader;
import dev.trestle.lightclient.fabric.protos.EndorsedAction;
import dev.trestle.lightclient.fabric.protos.Endorsement;
import dev.trestle.lightclient.fabric.protos.Envelope;
import dev.trestle.lightclient.fabric.protos.ProposalResponse;
import java.util.List;
import java.util.function.Predicate;

/**
 * Rules of one endorser transaction (Fabric, "Transaction flow" 3 to 5; {@code
 * core/common/validation} and {@code builtin/v20}).
 *
 * <p>Reasons: {@code malformed}, {@code transaction-type}, {@code transaction-id} (not SHA-256 of
 * nonce and creator), {@code wrong-channel}, {@code wrong-chaincode}, {@code proposal-hash}, {@code
 * response-status}, those of {@link Signers} for the creator, {@code endorsement-policy}.
 */
public final class TransactionRules {
  private TransactionRules() {}

  /**
   * A transaction that is endorsed as it should be.
   *
   * @param creator who sent it
   * @param endorsers whose signatures count
   */
  public record Checked(
      Envelope envelope, EndorsedAction action, Identity creator, List<Identity> endorsers) {
    public Checked {
      endorsers = List.copyOf(endorsers);
    }
  }

  /**
   * @param envelope encoded
   * @param policy the chaincode's endorsement policy
   */
  public static Verdict<Checked> check(
      Bytes envelope,
      String channel,
      String chaincode,
      Predicate<List<Identity>> policy,
      Signers signers) {
    try {
      Envelope decoded = Envelope.decode(envelope);
      if (decoded.channel().type() != ChannelHeader.ENDORSER_TRANSACTION) {
        return Verdict.reject(FabricCode.TRANSACTION_TYPE, "type " + decoded.channel().type());
      }
      EndorsedAction action = EndorsedAction.decode(decoded.data());
      return form(decoded, action, channel, chaincode)
          .then(form -> signed(decoded, action, policy, signers));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static Verdict<EndorsedAction> form(
      Envelope envelope, EndorsedAction action, String channel, String chaincode) {
    ProposalResponse response = action.response();
    if (!envelope.channel().channel().equals(channel)) {
      return Verdict.reject(FabricCode.WRONG_CHANNEL, envelope.channel().channel());
    }
    String id = envelope.creator().transactionId();
    if (!envelope.channel().transactionId().equals(id)) {
      return Verdict.reject(FabricCode.TRANSACTION_ID, envelope.channel().transactionId());
    }
    String called = envelope.channel().chaincode();
    if (!response.chaincode().equals(chaincode)
        || (!called.isEmpty() && !called.equals(chaincode))) {
      return Verdict.reject(FabricCode.WRONG_CHAINCODE, response.chaincode());
    }
    if (response.status() != ProposalResponse.OK) {
      return Verdict.reject(FabricCode.RESPONSE_STATUS, "status " + response.status());
    }
    Bytes hash =
        EndorsedAction.proposalHash(envelope.channelHeader(), action.header(), action.proposal())
            .bytes();
    if (!response.proposalHash().equals(hash)
        || !action.header().equals(envelope.signatureHeader())) {
      return Verdict.reject(FabricCode.PROPOSAL_HASH, "the endorsers answered something else");
    }
    return Verdict.accept(action);
  }

  private static Verdict<Checked> signed(
      Envelope envelope, EndorsedAction action, Predicate<List<Identity>> policy, Signers signers) {
    return signers
        .one(new SignedData(envelope.payload(), envelope.creator().creator(), envelope.signature()))
        .then(
            creator ->
                signers
                    .valid(endorsements(action.response().encoded(), action.endorsements()))
                    .then(
                        endorsers ->
                            policy.test(endorsers)
                                ? Verdict.accept(new Checked(envelope, action, creator, endorsers))
                                : Verdict.reject(
                                    FabricCode.ENDORSEMENT_POLICY,
                                    endorsers.size() + " endorsements count")));
  }

  /** What endorsers sign: the response, then who endorses. */
  public static List<SignedData> endorsements(Bytes response, List<Endorsement> endorsements) {
    return endorsements.stream()
        .map(
            each ->
                new SignedData(
                    Bytes.concat(response, each.endorser()), each.endorser(), each.signature()))
        .toList();
  }
}
