package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;

/**
 * {@code protos.ProposalResponsePayload} with its {@code ChaincodeAction}: what endorsers sign.
 *
 * @param encoded as signed
 * @param proposalHash of the proposal that was endorsed
 * @param results encoded {@code TxReadWriteSet}
 * @param event encoded {@code ChaincodeEvent}
 * @param status of the chaincode's response, 200 for success
 * @param payload of the chaincode's response
 * @param chaincode that answered
 */
public record ProposalResponse(
    Bytes encoded,
    Bytes proposalHash,
    Bytes results,
    Bytes event,
    long status,
    Bytes payload,
    String chaincode) {
  /** {@code shim.OK}. */
  public static final long OK = 200;

  public static ProposalResponse decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    ProtoFields action = in.message(2);
    ProtoFields response = action.message(3);
    return new ProposalResponse(
        encoded,
        in.bytes(1),
        action.bytes(1),
        action.bytes(2),
        response.varint(1),
        response.bytes(3),
        action.message(4).text(2));
  }
}
