package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;

/**
 * The only action of an endorser transaction ({@code protos.Transaction} down to {@code
 * ChaincodeEndorsedAction}); Fabric refuses transactions with several.
 *
 * @param header encoded {@link SignatureHeader}
 * @param proposal encoded {@code ChaincodeProposalPayload} without transient fields
 */
public record EndorsedAction(
    Bytes header, Bytes proposal, ProposalResponse response, List<Endorsement> endorsements) {
  public EndorsedAction {
    endorsements = List.copyOf(endorsements);
  }

  /**
   * @param transaction the data of an envelope
   * @throws DecodeException if it is no transaction with one action
   */
  public static EndorsedAction decode(Bytes transaction) {
    List<Bytes> actions = ProtoFields.parse(transaction).repeated(1, 2);
    if (actions.size() != 1) {
      throw new DecodeException(actions.size() + " actions");
    }
    ProtoFields action = ProtoFields.parse(actions.getFirst());
    ProtoFields payload = action.message(2);
    ProtoFields endorsed = payload.message(2);
    return new EndorsedAction(
        action.bytes(1),
        payload.bytes(1),
        ProposalResponse.decode(endorsed.bytes(1)),
        endorsed.repeated(2, Endorsement.MAX).stream().map(Endorsement::decode).toList());
  }

  /** {@code protoutil.GetProposalHash2}. */
  public static Hash32 proposalHash(Bytes channelHeader, Bytes signatureHeader, Bytes proposal) {
    return Digests.sha256(channelHeader, signatureHeader, proposal);
  }
}
